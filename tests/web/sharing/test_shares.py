from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from passport.services.credentials import lifecycle
from tests.fixtures.browsers import OpenPage
from tests.fixtures.servers import Serve
from tests.fixtures.towns import PASSWORD, Town
from tests.web.conftest import Arrive, Visitor

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture
def amara(arrive: Arrive) -> Visitor:
    return arrive("amara")


@pytest.fixture
def entry(town: Town) -> str:
    return town.issued()


def _drafted(amara: Visitor, entry: str) -> str:
    return amara.send("/shares/new", entries=entry).location.removesuffix("/audience")


def _shared(amara: Visitor, entry: str) -> str:
    share = _drafted(amara, entry)
    amara.send(f"{share}/audience", audience="A college", end="usual")
    assert amara.send(f"{share}/preview").location == share
    return share


def _code(page: str) -> str:
    found = re.search(r"SP-\w{4}-\w{4}-\w{4}", page)
    assert found
    return found.group()


def test_no_entry_is_ticked_and_one_must_be(amara: Visitor, entry: str) -> None:
    assert "checked" not in amara.read("/shares/new")
    assert "Choose at least one entry" in amara.send("/shares/new").text


def test_the_first_choice_is_not_to_share_and_then_nothing_is(amara: Visitor, entry: str) -> None:
    share = _drafted(amara, entry)
    page = amara.read(f"{share}/audience")
    assert "checked" not in page
    assert page.index("Do not share yet") < page.index("For 12 months") < page.index("Until another day")
    assert "Until 14 March 2027" in page
    assert amara.send(f"{share}/audience", end="not-yet").location == "/shares"
    assert "Not shared. Nobody can see anything" in amara.read("/shares")
    for step in ("", "/choose", "/audience", "/preview"):
        assert amara.open(f"{share}{step}").location == "/shares"
        assert "Not shared. Nobody can see anything" in amara.read("/shares")


def test_a_wrong_last_day_does_not_stand_in_the_way_of_another_answer(amara: Visitor, entry: str) -> None:
    share = _drafted(amara, entry)
    nonsense = {"audience": "A college", "until": ["31", "2", "x"]}
    assert "a day that exists" in amara.send(f"{share}/audience", end="other", **nonsense).text
    assert amara.send(f"{share}/audience", end="usual", **nonsense).location == f"{share}/preview"
    assert amara.send(f"{share}/audience", end="not-yet", **nonsense).location == "/shares"


def test_an_entry_that_was_withdrawn_in_another_tab(amara: Visitor, entry: str, town: Town) -> None:
    town.issued()
    amara.press("/evidence/new", f"/entries/{entry}/withdraw")
    answer = amara.send("/shares/new", entries=[entry])
    assert "One of the entries that you chose has changed" in answer.text
    assert entry not in answer.text.partition("<form")[0]


def test_the_words_about_a_forged_choice_are_ours(amara: Visitor, entry: str) -> None:
    share = _drafted(amara, entry)
    for page, fields in (
        ("/shares/new", {"entries": ["x", "y"]}),
        (f"{share}/choose", {"entries": [entry, "y"]}),
        (f"{share}/audience", {"end": "x", "audience": "y"}),
    ):
        answer = amara.send(page, **fields)
        assert "There is a problem" in answer.text
        assert not re.search("valid|coerce", answer.text.replace("novalidate", ""), re.IGNORECASE), page


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({}, "Choose how long they can check it"),
        ({"end": "usual"}, "Enter who it is for"),
        ({"end": "other", "audience": "x"}, "Enter the last day"),
        ({"end": "other", "audience": "x", "until": ["13", "3", "2026"]}, "from today on"),
        ({"end": "other", "audience": "x", "until": ["15", "3", "2028"]}, "at most 24 months from now"),
        ({"end": "other", "audience": "x", "until": ["31", "2", "2027"]}, "a day that exists"),
        ({"end": "usual", "audience": "x" * 101}, "at most 100 characters"),
    ],
)
def test_each_wrong_answer_has_its_message(
    answers: dict[str, object], message: str, amara: Visitor, entry: str
) -> None:
    answer = amara.send(f"{_drafted(amara, entry)}/audience", **answers)
    assert message in answer.text
    assert "There is a problem" in answer.text


def test_the_preview_is_what_a_stranger_sees(amara: Visitor, entry: str, arrive: Arrive) -> None:
    share = _drafted(amara, entry)
    amara.send(f"{share}/audience", audience="A college", end="usual")
    preview = result_of(amara.open(f"{share}/preview").text)
    amara.send(f"{share}/preview")
    code = _code(amara.read(share))
    seen = result_of(arrive().open(f"/c/{code}").text)
    assert preview.replace("Your code comes next", code) == seen
    assert code not in preview
    assert "Amara Demoson" in preview


def result_of(page: str) -> str:
    """The verdict's text, without white space between its lines and what is for the person who checks."""
    inside = page[page.index('<div class="sp-verdict sp-verdict--v1"') : page.index("Paper is not proof")]
    inside = re.sub(r"<(details|p|button)[^>]* data-checker.*?</\1>", "", inside, flags=re.DOTALL)
    return "".join(line.strip() for line in inside.splitlines())


def test_the_code_its_picture_and_its_address_in_words(amara: Visitor, entry: str) -> None:
    share = _shared(amara, entry)
    page = amara.read(share)
    plain = _code(page).replace("-", "")
    assert f"http://localhost:8000/c/{plain}" in page
    assert "until 14 March 2027" in page
    picture = amara.open(f"{share}/qr.svg")
    assert picture.mimetype == "image/svg+xml"


def test_stopping_it(amara: Visitor, entry: str, arrive: Arrive) -> None:
    share = _shared(amara, entry)
    code = _code(amara.read(share))
    amara.press(share, f"{share}/stop")
    page = arrive().read(f"/c/{code}")
    assert "The holder has stopped sharing this" in page
    assert "Amara" not in page
    assert amara.open(f"{share}/qr.svg").status_code == 404
    assert "This share is over" in amara.read(share)


def test_a_share_ends_with_its_last_day(amara: Visitor, entry: str, town: Town, arrive: Arrive) -> None:
    code = _code(amara.read(_shared(amara, entry)))
    town.clock.now += timedelta(days=366)
    assert "The holder has stopped sharing this" in arrive().read(f"/c/{code}")


def test_what_is_shared_cannot_be_changed(amara: Visitor, entry: str) -> None:
    share = _shared(amara, entry)
    for step in ("choose", "audience", "preview"):
        assert amara.open(f"{share}/{step}").location == share
    token = amara.token(share)
    fields = {"csrf_token": token, "entries": entry, "audience": "Another", "end": "usual"}
    for step in ("choose", "audience"):
        answer = amara.client.post(f"{share}/{step}", data=fields)
        assert answer.status_code == 409
        assert "This has a code already" in answer.text
    throw_away = amara.client.post(f"{share}/audience", data=fields | {"end": "not-yet"})
    assert throw_away.status_code == 409
    assert "A college" in amara.read("/shares")


def test_another_persons_entry_cannot_be_chosen(entry: str, arrive: Arrive, town: Town) -> None:
    kits = town.issued("kit", "sky")
    answer = arrive("amara").send("/shares/new", entries=kits)
    assert "There is a problem" in answer.text


def test_withdrawing_an_entry_says_that_it_is_final(
    amara: Visitor, entry: str, town: Town, arrive: Arrive
) -> None:
    from passport.jobs import queue as job_queue

    code = _code(amara.read(_shared(amara, entry)))
    assert "This is final" in amara.read(f"/entries/{entry}/withdraw")
    assert "Genuine and current" in arrive().read(f"/c/{code}")
    for _click in range(2):
        amara.press("/evidence/new", f"/entries/{entry}/withdraw")
    job_queue.run_due(town.runtime)
    page = arrive().read(f"/c/{code}")
    assert "Genuine, but withdrawn" in page
    assert "Lanternmoor" not in page
    assert "Withdrawn" in amara.read(f"/entries/{entry}")


def test_without_a_script_nothing_shows_that_needs_one_and_no_word_is_broken(
    amara: Visitor, entry: str, town: Town, app: Flask, serve: Serve, open_page: OpenPage
) -> None:
    """Buttons that copy and print do nothing without a script; an outcome is read in its words."""
    share = _shared(amara, entry)
    code = _code(amara.read(share)).replace("-", "")
    page, address = open_page("no javascript"), serve(app)
    page.goto(f"{address}/sign-in")
    page.fill("#email", "amara@example.test")
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    for path in (share, f"/c/{code}", "/check"):
        page.goto(address + path)
        shown = [one for one in page.locator("[hidden]").all() if one.is_visible()]
        assert [one.inner_text() for one in shown] == [], path
    page.goto(f"{address}{share}/look")
    outcome = page.get_by_text("Not checked").last
    lines = outcome.evaluate(
        "one => { const all = document.createRange(); all.selectNodeContents(one);"
        " return all.getClientRects().length; }"
    )
    assert lines == 2


def test_with_nothing_current_in_it_there_is_nothing_to_print(amara: Visitor, entry: str, town: Town) -> None:
    share = _shared(amara, entry)
    assert "Print it" in amara.read(share)
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    page = amara.read(share)
    assert "No entry in this code is current, so there is nothing to print." in page
    for words in ("Print it", "Let your school print it", "With your entries"):
        assert words not in page
    assert "Stop sharing" in page
