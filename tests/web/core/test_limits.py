"""How often what may be asked: unknown codes, everything that anybody may post, and who counts for whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from passport import limits
from passport.app import create_app
from passport.jobs import queue as job_queue
from passport.limits import Counted
from passport.openbadges import share_code
from passport.services.people import institutions
from passport.web.core.limits import UnlimitedRoute, open_posts
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive, Visitor
from tests.web.places import Places

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

HOUR = timedelta(hours=1)
OURS, THEIRS, OTHERS = ({"REMOTE_ADDR": f"192.0.2.{number}"} for number in (1, 2, 3))


@pytest.fixture
def code(town: Town) -> str:
    return town.shared(town.issued())


def look(visitor: Visitor, code: str, network: dict[str, str] = OURS) -> TestResponse:
    """Ask for the page of a code from a network."""
    return visitor.open(f"/c/{code}", environ_overrides=network)


def ask(visitor: Visitor, codes: list[str], network: dict[str, str] = OURS) -> TestResponse:
    """Ask the programs' interface for codes."""
    body = {"checks": [{"code": one} for one in codes]}
    return visitor.client.post("/api/checks", json=body, environ_overrides=network)


def alerts(logged: str) -> list[dict[str, Any]]:
    """What the operator was alerted of."""
    lines = [json.loads(line) for line in logged.splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "security alert"]


def unknown(number: int) -> list[str]:
    return [share_code.new() for _one in range(number)]


def test_after_ten_unknown_codes_in_a_minute_the_unknown_are_refused_and_what_is_found_is_answered(
    code: str, town: Town, arrive: Arrive
) -> None:
    visitor = arrive()
    bodies = set()
    for one in unknown(10):
        answer = look(visitor, one)
        assert answer.status_code == 404
        bodies.add(answer.text.replace(share_code.pretty(one), ""))
    assert len(bodies) == 1
    refused = look(visitor, share_code.new())
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert "Wait 60 seconds, then try again" in refused.text
    for _one in range(3):
        assert look(visitor, code).status_code == 200, "one curious person does not stop an enrolment hall"
    assert look(visitor, share_code.new(), THEIRS).status_code == 404, "another network is not concerned"
    town.clock.forward(minutes=1)
    assert look(visitor, share_code.new()).status_code == 404


def test_after_three_hundred_in_ten_minutes_everything_from_there_is_refused_and_the_operator_alerted(
    code: str, town: Town, arrive: Arrive, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor = arrive()
    for _batch in range(10):
        town.clock.forward(seconds=1)
        for one in unknown(30):
            assert look(visitor, code).status_code == 200
            look(visitor, one)
    statements = counted(town)
    answers = {name: look(visitor, one) for name, one in (("found", code), ("unknown", share_code.new()))}
    for name, answer in answers.items():
        assert (name, answer.status_code) == (name, 429)
        assert answer.headers["Retry-After"] == "591"
        assert "Wait 10 minutes, then try again" in answer.text
    unknown_page = answers["unknown"].text.replace(answers["unknown"].request.path, f"/c/{code}")
    assert answers["found"].text == unknown_page
    assert statements == [], "nobody learns from its time what was refused"
    assert look(visitor, code, THEIRS).status_code == 200
    logged = capfd.readouterr().err
    [told] = alerts(logged)
    assert (told["limit"], told["level"]) == ("unknown codes of ten minutes", "error")
    assert "192.0.2" not in logged
    town.clock.forward(minutes=10)
    assert look(visitor, code).status_code == 200


def test_above_fifty_a_second_in_all_the_person_who_asked_for_unknown_codes_waits_and_no_other_person(
    code: str, town: Town, arrive: Arrive, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor = arrive()
    assert look(visitor, share_code.new(), THEIRS).status_code == 404
    assert ask(visitor, unknown(49)).status_code == 200
    assert ask(visitor, unknown(1), OTHERS).status_code == 200, "its first is answered"
    for network in (OURS, THEIRS, OTHERS):
        busy = look(visitor, code, network)
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
        assert "Wait 1 second, then try again" in busy.text
    assert look(visitor, code, {"REMOTE_ADDR": "192.0.2.4"}).status_code == 200
    assert [one["limit"] for one in alerts(capfd.readouterr().err)] == ["unknown codes of everybody"]
    town.clock.forward(seconds=1)
    assert look(visitor, code, THEIRS).status_code == 200


def typed(visitor: Visitor, codes: list[str]) -> None:
    for one in codes:
        sent = visitor.client.post("/check", data={"code": one}, environ_overrides=OURS)
        visitor.open(sent.location, environ_overrides=OURS)


def pasted(visitor: Visitor, codes: list[str]) -> None:
    visitor.client.post("/check", data={"text": "\n".join(codes)}, environ_overrides=OURS)


def of_programs(visitor: Visitor, codes: list[str]) -> None:
    ask(visitor, codes)


def born(visitor: Visitor, codes: list[str]) -> None:
    for one in codes:
        day = {"day": "6", "month": "5", "year": "2011"}
        visitor.client.post(f"/c/{one}/birthdate", data=day, environ_overrides=OURS)


def of_receipts(visitor: Visitor, codes: list[str]) -> None:
    for one in codes:
        visitor.open("/receipts/R" + one.removeprefix("SP"), environ_overrides=OURS)


def in_address(visitor: Visitor, codes: list[str]) -> None:
    for one in codes:
        asked = visitor.open(f"/check?code={one}", environ_overrides=OURS)
        visitor.open(asked.location, environ_overrides=OURS)


WAYS: list[Callable[[Visitor, list[str]], None]] = [
    typed,
    pasted,
    of_programs,
    born,
    of_receipts,
    in_address,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_to_ask_for_a_code_counts(
    way: Callable[[Visitor, list[str]], None], code: str, arrive: Arrive
) -> None:
    visitor = arrive()
    way(visitor, unknown(9))
    assert look(visitor, share_code.new()).status_code == 404
    assert look(visitor, share_code.new()).status_code == 429
    assert look(visitor, code).status_code == 200


@pytest.mark.parametrize("read", ["", "/answer.csv"])
def test_the_unknown_codes_of_a_list_count_once_when_its_answer_is_read(
    read: str, code: str, town: Town, arrive: Arrive
) -> None:
    visitor = arrive()
    rows = "\n".join(["code", *unknown(9), code, code[:-1]])
    taken = visitor.client.post("/desk", data={"pasted": rows}, environ_overrides=OURS)
    job_queue.run_due(town.runtime)
    for _time in range(3):
        assert visitor.open(taken.location + read, environ_overrides=OURS).status_code == 200
    assert look(visitor, share_code.new()).status_code == 404
    assert look(visitor, share_code.new()).status_code == 429


def test_what_is_found_and_what_was_mistyped_is_never_counted(code: str, arrive: Arrive) -> None:
    visitor = arrive()
    wrong = code[:-1] + next(sign for sign in share_code.ALPHABET if sign != code[-1])
    for _time in range(60):
        assert look(visitor, code).status_code == 200
        assert look(visitor, wrong).status_code == 404
    assert look(visitor, share_code.new()).status_code == 404


def test_among_several_the_unknown_ones_are_not_checked_and_the_others_are(code: str, arrive: Arrive) -> None:
    visitor = arrive()
    assert ask(visitor, unknown(10)).status_code == 200
    mixed = [share_code.new(), share_code.pretty(code)]
    told = ask(visitor, mixed).get_json()["results"]
    assert [(one["verdict"], one["receipt"] is None) for one in told] == [("V8", True), ("V1", False)]
    page = visitor.client.post("/check", data={"text": " ".join(mixed)}, environ_overrides=OURS)
    assert page.status_code == 200
    assert "Amara Demoson" in page.text
    assert "We could not finish the check" in page.text
    assert "We cannot find this code" not in page.text
    alone = ask(visitor, mixed[:1])
    assert (alone.status_code, alone.content_type) == (429, "application/problem+json")
    assert 0 < int(alone.headers["Retry-After"]) <= 60


def counted(town: Town) -> list[str]:
    """The statements from now on."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(town.runtime.database.engine, "before_cursor_execute", note)
    return statements


def test_the_unknown_and_the_refused_answer_take_the_same_work(code: str, town: Town, arrive: Arrive) -> None:
    visitor = arrive()
    statements = counted(town)
    work = []
    for one in unknown(12):
        statements.clear()
        answer = look(visitor, one)
        work.append((answer.status_code, list(statements)))
    assert [status for status, _asked in work] == [404] * 10 + [429] * 2
    assert work[1][1]
    assert all(asked == work[1][1] for _status, asked in work[1:])


def filled(endpoint: str) -> dict[str, str]:
    """Something typed into each field that a route gives back."""
    return {name: f"typed into {name}" for name in limits.POSTS[endpoint].keeps}


def test_every_public_post_is_limited_for_one_network_and_for_everybody(
    town: Town, compiled: Any, addresses: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, post in limits.POSTS.items():
        two = replace(post, network=(2, HOUR), everybody=(2, HOUR), counted=Counted.ALL)
        monkeypatch.setitem(limits.POSTS, name, two)
    settings = town.runtime.settings.model_copy(update={"api_limit": "2 per hour"})
    app = create_app(replace(town.runtime, settings=settings))
    app.jinja_env.bytecode_cache = compiled
    client, places = app.test_client(), Places(town)
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert limits.POSTS.keys() == open_posts(app), "a line in passport/limits.py belongs to no public route"
    wrong = []
    for endpoint in limits.POSTS:
        address, typed = places.address(rules[endpoint]), filled(endpoint)
        looked = [client.get(address, environ_overrides=OURS).status_code for _time in range(3)]
        if {429, 503} & set(looked):
            wrong.append(f"{endpoint}: looking at its page counts")
        told = [
            client.post(address, data=typed, environ_overrides=network)
            for network in (OURS, OURS, OURS, THEIRS, THEIRS)
        ]
        _first, _second, third, _new, busy = told
        statuses = [answer.status_code in {429, 503} for answer in told]
        lost = [words for words in typed.values() if words not in third.text]
        if statuses != [False, False, True, False, True] or lost:
            wrong.append(f"{endpoint}: {[answer.status_code for answer in told]}, loses {lost}")
        for answer, status, words in ((third, 429, "Wait 60 minutes"), (busy, 503, "Wait 60 minutes")):
            said = answer.is_json or words in answer.text
            if (answer.status_code, answer.headers.get("Retry-After"), said) != (status, "3600", True):
                wrong.append(f"{endpoint}: {answer.status_code} {answer.headers.get('Retry-After')}")
    assert not wrong, "\n".join(wrong)


def test_a_public_post_without_limits_stops_the_service_from_starting(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(limits.POSTS, "receipts.find")
    with pytest.raises(UnlimitedRoute, match=r"receipts\.find: add a line to POSTS in passport/limits"):
        create_app(town.runtime)


def test_an_api_key_and_those_without_one_are_each_limited_by_their_own_count(
    code: str, town: Town, compiled: Any, addresses: None
) -> None:
    settings = town.runtime.settings.model_copy(update={"api_limit": "3 per hour"})
    client = create_app(replace(town.runtime, settings=settings)).test_client()
    with town.transaction() as session:
        northlark = institutions.find(session, "northlark")
        keys = [institutions.make_key(session, northlark, town.clock()).text for _key in range(2)]
    first, second = ({"Authorization": f"Bearer {key}"} for key in keys)

    def asked(codes: list[str], **shown: str) -> TestResponse:
        body = {"checks": [{"code": one} for one in codes]}
        return client.post("/api/checks", json=body, headers=shown, environ_overrides=OURS)

    statuses = [asked(unknown(12)).status_code for _time in range(5)]
    assert statuses == [200, 429, 429, 429, 429], "without a key: unknown codes, then the number of requests"
    assert asked(unknown(1), Authorization="Bearer spk_22222222_" + "x" * 43).status_code == 429
    assert [asked(unknown(400), **first).status_code for _time in range(4)] == [200, 200, 200, 429]
    left = asked([code], **first).headers
    assert (left["RateLimit-Limit"], left["RateLimit-Remaining"]) == ("3", "0")
    assert 0 < int(left["Retry-After"]) <= 3600
    assert asked([code], **second).status_code == 200, "another key has its own count"
    theirs = {"checks": [{"code": code}]}
    for number in range(3):
        answer = client.post("/api/checks", json=theirs, environ_overrides=THEIRS)
        assert (number, answer.status_code) == (number, 200), "nor does a key use up that of others"


def test_the_page_of_a_refusal_gives_back_what_was_typed(arrive: Arrive) -> None:
    visitor = arrive()
    pasted(visitor, unknown(10))
    many = " and ".join(unknown(2))
    refused = visitor.client.post("/check", data={"text": many}, environ_overrides=OURS)
    assert refused.status_code == 429
    assert f"{many}</textarea>" in refused.text
    assert "Try again" in refused.text
