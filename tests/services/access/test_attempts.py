"""A thousand wrong passwords: a hundred are judged, and the door opens again by mail."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta

import pytest

from passport.db.access.attempts import Attempts as Row
from passport.limits import JUNK_CLASS_CODES, NAME, WRONG_PASSWORDS, Limit
from passport.services.access.attempts import Attempts, forget_old
from passport.services.core.errors import Locked, TooSoon
from tests.fixtures.towns import Town

ATTEMPTS = Attempts("a secret")
DOOR, ROBIN = "password", "robin@example.test"


@pytest.fixture
def database_kind() -> str:
    """The rule is the same on both; test_at_once.py has many at once."""
    return "sqlite"


def knock(town: Town, network: str, name: str = ROBIN) -> str:
    """One more wrong password: what becomes of it."""
    try:
        with town.transaction() as session:
            ATTEMPTS.take(session, DOOR, name, network, town.clock())
    except (TooSoon, Locked) as error:
        return type(error).__name__
    return "judged"


def test_of_a_thousand_wrong_passwords_from_fifty_networks_a_hundred_are_judged(town: Town) -> None:
    became: Counter[str] = Counter()
    for number in range(1000):
        town.clock.forward(minutes=2)
        became[knock(town, f"198.51.100.{number % 50}")] += 1
    assert became == {"judged": NAME.most, "Locked": 1000 - NAME.most}
    assert knock(town, "198.51.100.99", "sky@example.test") == "judged", "nobody else's door is closed"
    town.clock.forward(days=30)
    assert knock(town, "203.0.113.1") == "Locked", "time alone opens no door"
    with town.transaction() as session:
        ATTEMPTS.clear_everywhere(session, DOOR, ROBIN)
    assert knock(town, "203.0.113.1") == "judged"


def test_a_thousand_in_a_row_from_one_network_wait_longer_and_longer(town: Town) -> None:
    became: Counter[str] = Counter()
    for _second in range(1000):
        town.clock.forward(seconds=1)
        became[knock(town, "198.51.100.1")] += 1
    assert became["judged"] <= 25
    assert became["judged"] + became["TooSoon"] == 1000


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
def test_a_network_fails_a_hundred_times_at_once_and_then_once_each_half_minute(town: Town) -> None:
    def spend(network: str = "one", limit: Limit = WRONG_PASSWORDS, *, is_free: bool = False) -> int:
        """Give the seconds to wait, 0 for an attempt that was taken."""
        try:
            with town.transaction() as session:
                ATTEMPTS.spend(session, limit, network, town.clock(), is_free=is_free)
        except TooSoon as error:
            return error.seconds if error.limit is limit else -1
        return 0

    assert [spend() for _failure in range(102)] == [0] * 100 + [30, 30]
    assert spend(is_free=True) == 0
    assert spend("another network") == spend(limit=JUNK_CLASS_CODES) == 0
    town.clock.forward(seconds=20)
    assert spend() == 10
    town.clock.forward(seconds=10)
    assert [spend(), spend()] == [0, 30]
    with town.transaction() as session:
        ATTEMPTS.give_back(session, WRONG_PASSWORDS, "one")
    assert [spend(), spend()] == [0, 30], "a success takes its own attempt back, and no failure"
    town.clock.forward(minutes=50)
    assert [spend() for _failure in range(101)] == [0] * 100 + [30]


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
def test_counts_are_keyed_hashes_and_go_after_days(town: Town) -> None:
    def rows() -> list[str]:
        with town.transaction() as session:
            return sorted(row.digest for row in session.query(Row))

    with town.transaction() as session:
        ATTEMPTS.take(session, DOOR, ROBIN, "192.0.2.1", town.clock())
        ATTEMPTS.spend(session, WRONG_PASSWORDS, "192.0.2.1", town.clock())
    ours = rows()
    bare = [(DOOR, ROBIN, "192.0.2.1"), (DOOR, ROBIN), (WRONG_PASSWORDS.what, "192.0.2.1")]
    assert len(ours) == len(bare)
    for parts in bare:
        text = "\x00".join(parts).casefold().encode()
        assert hashlib.sha256(text).hexdigest() not in ours, "whoever has the table could try every name"
    with town.transaction() as session:
        Attempts("another secret").take(session, DOOR, ROBIN, "192.0.2.1", town.clock())
    assert len(rows()) == 5, "with another secret nothing of it is found"
    left = {}
    for days in (1, 2, 30, 31):
        town.clock.now = town.clock.now.replace(month=3, day=14) + timedelta(days=days)
        with town.transaction() as session:
            forget_old(session, town.clock())
        left[days] = len(rows())
    assert left == {1: 5, 2: 2, 30: 2, 31: 0}
