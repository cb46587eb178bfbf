"""A thousand wrong passwords: a hundred are judged, and the door opens again by mail."""

from __future__ import annotations

from collections import Counter

import pytest

from passport.services import attempts
from passport.services.errors import Locked, TooSoon
from tests.fixtures.towns import Town

DOOR, NAME = "password", "robin@example.test"


@pytest.fixture
def database_kind() -> str:
    """The rule is the same on both; test_at_once.py has many at once."""
    return "sqlite"


def knock(town: Town, network: str, name: str = NAME) -> str:
    """One more wrong password: what becomes of it."""
    try:
        with town.transaction() as session:
            attempts.take(session, DOOR, name, network, town.clock())
    except (TooSoon, Locked) as error:
        return type(error).__name__
    return "judged"


def test_of_a_thousand_wrong_passwords_from_fifty_networks_a_hundred_are_judged(town: Town) -> None:
    became: Counter[str] = Counter()
    for number in range(1000):
        town.clock.forward(minutes=2)
        became[knock(town, f"198.51.100.{number % 50}")] += 1
    assert became == {"judged": attempts.MOST, "Locked": 1000 - attempts.MOST}
    assert knock(town, "198.51.100.99", "sky@example.test") == "judged", "nobody else's door is closed"
    town.clock.forward(days=30)
    assert knock(town, "203.0.113.1") == "Locked", "time alone opens no door"
    with town.transaction() as session:
        attempts.clear_everywhere(session, DOOR, NAME)
    assert knock(town, "203.0.113.1") == "judged"


def test_a_thousand_in_a_row_from_one_network_wait_longer_and_longer(town: Town) -> None:
    became: Counter[str] = Counter()
    for _second in range(1000):
        town.clock.forward(seconds=1)
        became[knock(town, "198.51.100.1")] += 1
    assert became["judged"] <= 25
    assert became["judged"] + became["TooSoon"] == 1000
