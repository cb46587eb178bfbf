"""Passwords: long, not common, of any signs; guessing is slow and ends."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest

from passport.services.access import passwords
from passport.services.access.attempts import Attempts
from passport.services.core.errors import Locked, Refused, TooSoon, WrongPassword
from passport.services.people import accounts
from tests.fixtures.towns import Town

ATTEMPTS = Attempts("a secret")
GOOD = [
    "four words in a row",
    "ein Pferd, das zählt 9",
    "x7#kQ!9zLm2@pW4",
    "пароль из пяти слов",
    "🦊" * 4 + "eleven more",
]
BAD = {
    "fourteen chars": "password-too-short",
    "": "password-too-short",
    "x" * 513: "password-too-long",
    "1234567890 1234567890": "password-common",
    "Password Password": "password-common",
    "aaaaaaaabbbbbbbb": "password-easy",
    "amara-demoson-2026": "password-easy",
}


@pytest.fixture
def database_kind() -> str:
    """What is asked here has nothing to do with the kind of database."""
    return "sqlite"


def test_what_is_long_and_not_common_is_taken_whatever_signs_it_has(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        for good in GOOD:
            assert passwords.problem(good, amara, False) is None, good
            passwords.change(session, amara, good, False, town.clock())
            assert accounts.sign_in(session, "amara@example.test", good).id == amara.id


def test_what_is_short_or_guessed_first_is_refused_with_its_reason(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        for bad, reason in BAD.items():
            assert passwords.problem(bad, amara, False) == reason, bad
            with pytest.raises(Refused, match=reason):
                passwords.change(session, amara, bad, False, town.clock())


def test_beside_a_second_factor_eight_characters_do_and_common_ones_never(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert passwords.problem("k7#Qz!9w", amara, True) is None
        assert passwords.problem("k7#Qz!9", amara, True) == "password-too-short"
        for common in ("trustno1", "TrustNo1", "trust-no-1", "sunshine", "baseball1"):
            assert passwords.problem(common, amara, True) == "password-common", common


def test_the_same_letters_are_the_same_password_however_a_keyboard_writes_them(town: Town) -> None:
    with town.transaction() as session:
        passwords.change(
            session, town.account(session, "amara"), "Zoe\u0308 und der Hund", False, town.clock()
        )
        found = accounts.sign_in(session, "amara@example.test", "Zoë und der Hund")
        assert found.reference == town.references["amara"]


def test_who_has_no_password_comes_in_with_none(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        amara.password_hash = ""
        for guess in ("", "nobody has this password", " "):
            with pytest.raises(WrongPassword):
                accounts.sign_in(session, "amara@example.test", guess)


def test_the_list_is_the_one_that_its_source_names() -> None:
    file = passwords.COMMON
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest in (file.parent / "SOURCE.md").read_text(encoding="utf-8")
    assert len(passwords.common() - {""}) == 10_000
    assert "MIT License" in (file.parent / "LICENSE-zxcvbn").read_text(encoding="utf-8")


def guess(town: Town, name: str = "amara@example.test", network: str = "192.0.2.1") -> str:
    """Take a try; says what happened."""
    try:
        with town.transaction() as session:
            ATTEMPTS.take(session, "password", name, network, town.clock())
    except TooSoon as error:
        return f"wait {error.seconds}"
    except Locked:
        return "locked"
    return "tried"


def test_after_five_wrong_tries_each_next_one_waits_longer(town: Town) -> None:
    assert [guess(town) for _ in range(6)] == ["tried"] * 5 + ["wait 2"]
    waits = []
    for _ in range(8):
        waits.append(int(re.sub(r"\D", "", guess(town))))
        town.clock.now += timedelta(seconds=waits[-1])
        assert guess(town) == "tried"
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert guess(town, network="198.51.100.7") == "tried", "somebody elsewhere does not wait for a guesser"
    assert guess(town, "kit@example.test") == "tried", "nor does a classmate at the same school"


@pytest.mark.parametrize("name", ["amara@example.test", "nobody@example.test"])
def test_of_a_thousand_wrong_passwords_a_hundred_are_tried(town: Town, name: str) -> None:
    said = [guess(town, name, f"192.0.2.{number // 5}") for number in range(1000)]
    assert said.count("tried") == 100
    assert said[-1] == "locked"
    town.clock.forward(days=30)
    assert guess(town, name) == "locked"
    with town.transaction() as session:
        ATTEMPTS.clear(session, "password", name, "203.0.113.9")
    assert guess(town, name) == "tried"


def test_tries_that_are_too_soon_or_too_many_count_nothing(town: Town) -> None:
    for _ in range(500):
        guess(town)
    town.clock.forward(minutes=16)
    assert [guess(town) for _ in range(5)] == ["tried"] * 5
