from __future__ import annotations

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive
from tests.web.places import PEOPLE, Places, changes, rows


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_no_change_without_its_token(token: str | None, app: Flask, town: Town, arrive: Arrive) -> None:
    places = Places(town)
    before = rows(town)
    data = {} if token is None else {"csrf_token": token}
    for who in (None, *PEOPLE):
        visitor = arrive(who)
        for rule, method in changes(app):
            answer = visitor.client.open(places.address(rule), method=method, data=data)
            assert answer.status_code == 400, (who, rule)
            assert "Nothing was changed" in answer.text or "not signed in" in answer.text
    assert rows(town) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_change_from_another_site_even_with_the_token(
    site: str, app: Flask, town: Town, arrive: Arrive
) -> None:
    places = Places(town)
    before = rows(town)
    visitor = arrive("amara")
    good = {"csrf_token": visitor.token("/evidence/new")}
    for rule, method in changes(app):
        answer = visitor.client.open(
            places.address(rule), method=method, data=good, headers={"Sec-Fetch-Site": site}
        )
        assert answer.status_code == 400, rule
    assert rows(town) == before


def test_one_sessions_token_is_no_good_in_another(arrive: Arrive) -> None:
    kits = arrive("kit").token("/evidence/new")
    answer = arrive("amara").client.post("/evidence/new", data={"csrf_token": kits, "activity": "x"})
    assert answer.status_code == 400


def test_a_session_that_ended_in_mid_form_loses_no_finished_step(town: Town, arrive: Arrive) -> None:
    amara = arrive("amara")
    started = amara.send("/evidence/new", activity=town.activity).location
    reference = started.split("/")[2]
    amara.send(started, skill=4)
    amara.send(f"/evidence/{reference}/level", level=3)
    amara.client.delete_cookie("session")
    answer = amara.client.post(f"/evidence/{reference}/story", data={"narrative": STORY, "csrf_token": "old"})
    assert answer.status_code == 400
    assert "You are not signed in any more" in answer.text
    assert STORY in answer.text, "nobody knows any more whose browser it is: the person copies it"
    assert f'href="/sign-in?next=/evidence/{reference}/story"' in answer.text
    back = amara.sign_in("amara", f"/sign-in?next=/evidence/{reference}/story")
    assert back.location == f"/evidence/{reference}/story"
    assert "Measuring and checking" in amara.read(f"/evidence/{reference}")
    assert "On my own" in amara.read(f"/evidence/{reference}")


def test_too_much_is_refused_before_it_is_read(arrive: Arrive) -> None:
    answer = arrive("amara").client.post("/evidence/new", data={"activity": "x" * 100_000})
    assert answer.status_code == 413
    assert "That is too large" in answer.text


def test_the_way_on_is_a_page_that_can_be_opened(app: Flask, town: Town, arrive: Arrive) -> None:
    places = Places(town)
    wanted = set()
    for who in (None, "amara", "robin"):
        visitor = arrive(who)
        for rule, method in changes(app):
            page = visitor.client.open(places.address(rule), method=method).text
            way = unescape(page.partition('role="button" href="')[2].partition('"')[0])
            there = visitor.open(way).status_code
            assert there in {200, 302, 404, 410}, (who, rule, way)
            if who is None:
                wanted.add(parse_qs(urlsplit(way).query).get("next", ["/home"])[0])
    assert len(wanted) > 20
    amara = arrive("amara")
    for way in wanted:
        assert amara.open(way).status_code != 405, way
    assert amara.open("/home").status_code == 200, "still signed in"
