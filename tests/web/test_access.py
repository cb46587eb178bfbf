from __future__ import annotations

import pytest
from flask import Flask

from passport.web import access
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive
from tests.web.places import NOT_THERE, Places, gets, routes

PEOPLE = {
    "amara": "student",
    "robin": "champion",
    "casey": "coordinator",
    "morgan": "manager",
    "ash": "admissions",
}


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    for rule in routes(app):
        assert access.declared(app, rule.endpoint).everyone or access.declared(app, rule.endpoint).roles


def test_a_route_that_does_not_say_stops_the_service_from_starting(app: Flask) -> None:
    app.view_functions["forgotten"] = lambda: "for whom?"
    with pytest.raises(access.UndeclaredRoute, match="forgotten"):
        access.enforce(app)


def test_only_the_roles_of_a_route_find_it(app: Flask, town: Town, arrive: Arrive) -> None:
    places = Places(town)
    for who, role in PEOPLE.items():
        visitor = arrive(who)
        for rule in gets(app):
            audience = access.declared(app, rule.endpoint)
            found = visitor.open(places.address(rule)).status_code
            if not audience.everyone and role not in audience.roles:
                assert found == 404, (who, rule)
            elif rule.endpoint not in NOT_THERE:
                assert found in {200, 302}, (who, rule, found)


def test_a_stranger_is_asked_to_sign_in_and_comes_back(app: Flask, town: Town, arrive: Arrive) -> None:
    places = Places(town)
    for rule in gets(app):
        if access.declared(app, rule.endpoint).everyone:
            continue
        answer = arrive().open(places.address(rule))
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in"), rule
        assert answer.location.endswith(places.address(rule).replace("/", "%2F").replace("%2F", "/"))


def test_another_students_things_are_not_there(app: Flask, town: Town, arrive: Arrive) -> None:
    places = Places(town)
    kit = arrive("kit")
    token = kit.token("/evidence/new")
    own = [rule for rule in routes(app) if "reference" in rule.arguments]
    for rule in own:
        if access.declared(app, rule.endpoint).roles != {"student"}:
            continue
        address = places.address(rule)
        if "GET" in (rule.methods or set()):
            assert kit.open(address).status_code == 404, rule
        if "POST" in (rule.methods or set()):
            good = {
                "csrf_token": token,
                "skill": 1,
                "level": 1,
                "end": "usual",
                "audience": "me",
                "narrative": "x",
            }
            assert kit.client.post(address, data=good).status_code == 404, rule


def test_another_schools_evidence_is_not_there_for_a_champion(town: Town, arrive: Arrive) -> None:
    reference = town.sent("amara")
    sky = arrive("sky")
    for step in ("", "/endorse", "/send-back", "/decline"):
        assert sky.open(f"/queue/{reference}{step}").status_code == 404
    assert "Amara" not in sky.read("/queue")


def test_looking_changes_nothing_but_the_logs_of_checks_and_looks(
    app: Flask, town: Town, arrive: Arrive
) -> None:
    places = Places(town)
    before = _without_log(_rows(town))
    for who in (None, *PEOPLE):
        visitor = arrive(who)
        for rule in gets(app):
            visitor.open(places.address(rule))
    assert _without_log(_rows(town)) == before


def _without_log(rows: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    from passport.db.shares import Share

    counts = [list(Share.__table__.columns.keys()).index(name) for name in ("checks", "last_checked_on")]
    shares = [
        tuple(value for place, value in enumerate(row) if place not in counts) for row in rows["shares"]
    ]
    # that an adult looked at a child's entry is written down for her
    return {name: kept for name, kept in rows.items() if name not in {"receipts", "looks"}} | {
        "shares": shares
    }


# somebody who comes in writes these, whatever is done then
COMING_IN = {"sign_ins", "attempts"}


def _rows(town: Town) -> dict[str, list[tuple[object, ...]]]:
    from sqlalchemy import text

    from passport.db import Base

    with town.transaction() as session:
        return {
            name: [tuple(row) for row in session.execute(text(f'SELECT * FROM "{name}"'))]  # noqa: S608 - our names
            for name in Base.metadata.tables
            if name not in COMING_IN
        }
