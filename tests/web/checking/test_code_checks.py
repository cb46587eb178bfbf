"""`POST /api/checks`: what a page shows, for programs; more with a key, and the same twice alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient

from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from passport.services.core import idempotency
from passport.services.credentials import lifecycle
from passport.services.people import institutions
from passport.services.sharing import shares
from passport.verifier import CHECKS
from passport.web.checking.api import code_checks as api

if TYPE_CHECKING:
    from flask import Flask

    from tests.fixtures.towns import Town

AT = "/api/checks"
NOBODY = "SP-2222-2222-2222"
Document = dict[str, Any]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def entry(town: Town) -> str:
    return town.issued()


@pytest.fixture
def code(town: Town, entry: str) -> str:
    return share_code.pretty(town.shared(entry))


@pytest.fixture
def key(town: Town) -> dict[str, str]:
    with town.transaction() as session:
        made = institutions.make_key(session, institutions.find(session, "northlark"), town.clock())
    return {"Authorization": f"Bearer {made.text}"}


def ask(client: FlaskClient, *checks: Document | str, **headers: str) -> Any:
    body = {"checks": [{"code": one} if isinstance(one, str) else one for one in checks]}
    return client.post(
        AT, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def one(client: FlaskClient, check: Document | str) -> Document:
    answer = ask(client, check)
    assert answer.status_code == 200, answer.text
    [result] = answer.get_json()["results"]
    return dict(result)


def test_a_current_code_says_all_that_its_page_says(client: FlaskClient, town: Town, code: str) -> None:
    result = one(client, code.lower().replace("-", " "))
    assert (result["verdict"], result["code"]) == ("V1", code)
    assert result["checkedAt"] == "2026-03-14T15:00:00Z"
    assert result["receipt"].startswith("R-")
    [found] = result["entries"]
    assert found["holder"] == {"name": "Amara Demoson", "school": "Lanternmoor High School"}
    assert found["achievement"]["skill"] == "Measuring and checking"
    assert (found["achievement"]["level"], found["achievement"]["levelName"]) == (3, "On my own")
    assert found["endorsement"]["name"] == "Robin Fixturely"
    assert found["endorsement"]["employer"] == "Tinderbeck Precision Ltd"
    assert found["activity"] == {
        "kind": "master class", "setting": "workplace", "heldOn": "2026-03-10", "hours": 2.5
    }  # fmt: skip
    assert found["issuer"] == "Made in Brindlemoor"
    assert found["checks"] is None


def test_what_a_page_does_not_show_an_answer_does_not_hold(
    client: FlaskClient, town: Town, entry: str, code: str
) -> None:
    stopped = town.shared(entry)
    with town.transaction() as session:
        account = town.account(session, "amara")
        reference = next(one.reference for one in shares.mine(session, account) if one.code == stopped)
        shares.stop(session, account, reference, town.clock())
        lifecycle.withdraw(session, account, entry, town.clock())
    job_queue.run_due(town.runtime)
    withdrawn = one(client, code)
    assert withdrawn["verdict"] == "V2"
    [found] = withdrawn["entries"]
    assert found["holder"] == {"name": "Amara Demoson", "school": None}
    assert {name for name, value in found.items() if value} == {"verdict", "holder", "achievement"}
    assert {name for name, value in found["achievement"].items() if value} == {"skill"}
    gone = one(client, stopped)
    assert (gone["verdict"], gone["entries"]) == ("V10", [])
    town.clock.forward(days=2)
    late = one(client, code)
    assert late["verdict"] == "V8"
    assert "Amara" not in json.dumps(late)


def test_a_code_is_read_as_the_box_on_the_page_reads_it(client: FlaskClient, code: str) -> None:
    address = f"http://localhost:8000/c/{code.replace('-', '')}"
    answer = ask(
        client, f"{code}.", f"Code: {code}", address, f"Mine is {code}", f"https://evil.test/c/{code}"
    )
    told = [(one["verdict"], one["code"]) for one in answer.get_json()["results"]]
    assert told == [("V1", code)] * 4 + [("V9", None)]


def test_an_unknown_code_and_what_is_none_are_told_apart_from_nothing_else(client: FlaskClient) -> None:
    unknown, typo = one(client, NOBODY), one(client, "hello")
    assert (unknown["verdict"], unknown["code"], unknown["receipt"]) == ("V9", NOBODY, None)
    assert (typo["verdict"], typo["code"], typo["entries"]) == ("V9", None, [])


def test_many_codes_are_answered_in_order_each_with_its_reference(
    client: FlaskClient, code: str, key: dict[str, str]
) -> None:
    asked = [{"code": code if number % 2 else NOBODY, "reference": f"R{number}"} for number in range(1000)]
    answer = ask(client, *asked, **key)
    results = answer.get_json()["results"]
    assert [result["reference"] for result in results] == [f"R{number}" for number in range(1000)]
    assert [result["verdict"] for result in results] == ["V9", "V1"] * 500
    assert "Set-Cookie" not in answer.headers


def test_names_and_dates_are_compared_and_no_date_comes_back(client: FlaskClient, code: str) -> None:
    check = {"code": code, "lastName": "DEMOSON", "dateOfBirth": "2011-05-06"}
    result = one(client, check)
    assert (result["lastName"], result["dateOfBirth"]) == ("match", "match")
    assert "2011" not in json.dumps(result)
    wrong = one(client, {**check, "lastName": "Other", "dateOfBirth": "2011-05-07"})
    assert (wrong["lastName"], wrong["dateOfBirth"]) == ("no match", "no match")
    for _try in range(3):
        one(client, check)
    assert one(client, check)["dateOfBirth"] == "too often"
    nobody = one(client, {**check, "code": NOBODY})
    assert (nobody["lastName"], nobody["dateOfBirth"]) == (None, None)


def test_the_list_of_checks_comes_to_the_person_who_asks_for_it(client: FlaskClient, code: str) -> None:
    answer = client.post(AT, json={"checks": [{"code": code}], "options": {"checks": True}})
    [found] = answer.get_json()["results"][0]["entries"]
    assert {check["name"] for check in found["checks"]} >= set(CHECKS)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"checks": []},
        {"checks": [{}]},
        {"checks": [{"code": 7}]},
        {"checks": [{"code": "x" * 101}]},
        {"checks": [{"code": "x", "dateOfBirth": "06/05/2011"}]},
        {"checks": [{"code": "x", "other": 1}]},
        {"checks": [{"code": "x"}] * 51},
        {"checks": [{"code": "x"}] * 1001},
    ],
)
def test_a_question_of_another_shape_is_refused_with_what_is_wrong(
    client: FlaskClient, body: Document
) -> None:
    answer = client.post(AT, json=body)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.get_json()["errors"] or "at most 50" in answer.get_json()["detail"]


def test_a_question_of_another_kind_is_refused(client: FlaskClient) -> None:
    assert (
        client.post(AT, data=b"code=x", content_type="application/x-www-form-urlencoded").status_code == 415
    )
    assert client.post(AT, data=b"{", content_type="application/json").status_code == 400
    assert client.get(AT).status_code == 405
    large = b'{"checks": [' + b" " * 1_048_577 + b"]}"
    assert client.post(AT, data=large, content_type="application/json").status_code == 413


@pytest.mark.parametrize("shown", ["Bearer nonsense", "Bearer ", "Basic eDp5", "spk_x", ""])
def test_a_wrong_key_is_never_taken_for_none(client: FlaskClient, code: str, shown: str) -> None:
    answer = ask(client, code, Authorization=shown)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "Amara" not in answer.text


def test_a_revoked_key_opens_nothing(client: FlaskClient, town: Town, code: str, key: dict[str, str]) -> None:
    assert ask(client, code, **key).status_code == 200
    with town.transaction() as session:
        institutions.revoke_key(session, key["Authorization"].split("_")[1], town.clock())
    assert ask(client, code, **key).status_code == 401


def test_the_same_key_and_body_get_the_same_answer_byte_for_byte(
    client: FlaskClient, town: Town, code: str, key: dict[str, str]
) -> None:
    first = ask(client, code, Idempotency_Key="one", **key)
    town.clock.forward(minutes=5)
    again = ask(client, code, Idempotency_Key="one", **key)
    fresh = ask(client, code, Idempotency_Key="two", **key)
    assert (again.status_code, again.data, again.content_type) == (200, first.data, first.content_type)
    assert fresh.data != first.data
    other = ask(client, NOBODY, Idempotency_Key="one", **key)
    assert (other.status_code, other.content_type) == (422, "application/problem+json")
    with town.transaction() as session:
        made = institutions.make_key(session, institutions.find(session, "northlark"), town.clock())
    elses = ask(client, NOBODY, Idempotency_Key="one", Authorization=f"Bearer {made.text}")
    assert elses.status_code == 200, "another key's keys are its own"


def test_a_request_that_is_being_answered_is_not_answered_twice(
    client: FlaskClient, code: str, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    inner: list[int] = []
    answered = api._answer

    def meanwhile(question: Any, **more: Any) -> Any:
        if not inner:
            inner.append(0)
            inner[0] = ask(client, code, Idempotency_Key="one", **key).status_code
        return answered(question, **more)

    monkeypatch.setattr(api, "_answer", meanwhile)
    assert ask(client, code, Idempotency_Key="one", **key).status_code == 200
    assert inner == [409]


def test_what_a_process_that_died_left_behind_is_taken_up_after_a_minute(
    client: FlaskClient, town: Town, code: str, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "keep", lambda *_anything: 1 / 0)
        patch.setattr(idempotency, "give_up", lambda *_anything: None)
        assert ask(client, code, Idempotency_Key="one", **key).status_code == 500
    assert ask(client, code, Idempotency_Key="one", **key).status_code == 409
    town.clock.forward(seconds=61)
    assert ask(client, code, Idempotency_Key="one", **key).status_code == 200


def test_work_that_failed_may_be_asked_for_again_at_once(
    client: FlaskClient, code: str, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(api, "_told", lambda *_anything: 1 / 0)
        assert ask(client, code, Idempotency_Key="one", **key).status_code == 500
    assert ask(client, code, Idempotency_Key="one", **key).status_code == 200


def test_answers_are_forgotten_after_a_day(
    client: FlaskClient, town: Town, code: str, key: dict[str, str]
) -> None:
    from sqlalchemy import text

    ask(client, code, Idempotency_Key="one", **key)
    town.clock.forward(hours=24, seconds=1)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM api_answers")).scalar() == 0


def test_an_idempotency_key_needs_an_api_key_and_visible_signs(
    client: FlaskClient, code: str, key: dict[str, str]
) -> None:
    assert ask(client, code, Idempotency_Key="one").status_code == 401
    for bad in ("", "a b", "x" * 101, "é"):
        assert ask(client, code, Idempotency_Key=bad, **key).status_code == 422


def test_who_guesses_is_slowed_and_an_institution_is_not(
    client: FlaskClient, code: str, key: dict[str, str]
) -> None:
    guesses = [share_code.new() for _ in range(12)]
    assert ask(client, *guesses).status_code == 200
    slowed = ask(client, NOBODY)
    assert (slowed.status_code, slowed.content_type) == (429, "application/problem+json")
    other = {"REMOTE_ADDR": "192.0.2.9"}
    for _time in range(3):
        body = {"checks": [{"code": one} for one in guesses]}
        assert client.post(AT, json=body, headers=key, environ_overrides=other).status_code == 200


def test_the_rate_is_told(client: FlaskClient, code: str) -> None:
    headers = ask(client, code).headers
    assert int(headers["RateLimit-Limit"]) > int(headers["RateLimit-Remaining"]) >= 0
    assert int(headers["RateLimit-Reset"]) > 0
