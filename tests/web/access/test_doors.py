"""Every way in says and does the same for an address that is known and for one that is not.

Time is not measured here: the same text after the same statements and the same number of slow hashes takes
the same time. `python3 -m passport bench doors` measures it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event

from passport.services.access import class_codes
from passport.services.people import accounts
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive

if TYPE_CHECKING:
    from flask import Flask

Seen = tuple[int, str | None, str, list[str], int]
Ask = Callable[..., Seen]
PEOPLE = {
    "somebody": "robin@example.test",
    "nobody": "nobody@example.test",
    "suspended": "sky@example.test",
    "no password yet": "kit@example.test",
}
# each door that is given an address, with what else its form asks
DOORS: dict[str, dict[str, str]] = {
    "/sign-in": {"password": "not the password"},
    "/sign-in/link": {},
    "/new-password": {},
}


@pytest.fixture
def town(town: Town) -> Town:
    """A town with mail, where Sky is suspended and Kit was invited."""
    with town.transaction() as session:
        sky, kit = town.account(session, "sky"), town.account(session, "kit")
        accounts.suspend(session, town.account(session, "morgan"), sky, town.clock())
        kit.password_hash = ""
    return replace(town, runtime=replace(town.runtime, demo=True))


@pytest.fixture
def ask(app: Flask, town: Town, arrive: Arrive, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Send a door's form: what is answered, the statements that it took, and the slow hashes."""
    statements: list[str] = []
    hashes: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, *told: Any) -> Any:
        hashes.append("verify")
        return verify(self, *told)

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    event.listen(town.runtime.database.engine, "before_cursor_execute", note)

    def sending(door: str, **fields: str) -> Seen:
        visitor = arrive()
        token = visitor.token(door)
        statements.clear()
        hashes.clear()
        answer = visitor.client.post(door, data={"csrf_token": token, **fields})
        text = re.sub(r'value="[^"]*"', "", answer.text)
        return answer.status_code, answer.location, text, list(statements), len(hashes)

    return sending


@pytest.mark.parametrize("door", DOORS)
def test_a_door_that_asks_for_an_address(door: str, ask: Ask) -> None:
    ask(door, email="first@example.test", **DOORS[door])  # this network's first attempt makes its counter
    seen = {who: ask(door, email=email, **DOORS[door]) for who, email in PEOPLE.items()}
    assert all(one == seen["somebody"] for one in seen.values()), [
        who for who, one in seen.items() if one != seen["somebody"]
    ]
    assert seen["somebody"][4] == (1 if door == "/sign-in" else 0)


def test_the_door_of_a_class(town: Town, ask: Ask) -> None:
    with town.transaction() as session:
        casey, amara = town.account(session, "casey"), town.account(session, "amara")
        lesson = class_codes.make(session, casey, 60, town.clock()).code
        [card] = class_codes.give(session, casey, [amara.reference], town.clock())
    tries = {
        "both are somebody's": (lesson, card.code[:-1] + "?"),
        "the class is nobody's": ("222-222", card.code),
        "the card is nobody's": (lesson, "ZZZ-222-222"),
        "both are nobody's": ("222-222", "ZZZ-222-222"),
    }
    ask("/sign-in/class", class_code="333-333", pupil_code="333-333-333")  # this network's first try
    seen = {name: ask("/sign-in/class", class_code=a, pupil_code=b) for name, (a, b) in tries.items()}
    assert all(one == seen["both are nobody's"] for one in seen.values()), [
        (name, len(one[3]), one[4]) for name, one in seen.items()
    ]
    assert seen["both are nobody's"][4] == 1


def test_the_person_who_guesses_is_slowed_alike(ask: Ask) -> None:
    for email in ("robin@example.test", "nobody@example.test"):
        seen = [ask("/sign-in", email=email, password="x") for _try in range(6)]
        assert [one[4] for one in seen] == [1, 1, 1, 1, 1, 0]
        assert "Wait 2 seconds" in seen[5][2]
