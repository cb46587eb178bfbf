"""Days and hours are read as students type them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from passport.web.core.days import day_in
from passport.web.evidence.story_form import hours_in


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("2", "2"),
        (" 1.5 ", "1.5"),
        ("1,5", "1.5"),
        (".5", "0.5"),
        ("2h", "2"),
        ("2 hrs", "2"),
        ("2 Hours", "2"),
        ("1½", "1.5"),
        ("1 ½ hours", "1.5"),
        ("¾", "0.75"),
        ("1h30", "1.5"),
        ("1 h 30 min", "1.5"),
        ("1 hour and 30 minutes", "1.5"),
        ("1:30", "1.5"),
        ("90 min", "1.5"),
        ("45m", "0.75"),
    ],
)
def test_hours(typed: str, hours: str) -> None:
    assert hours_in(typed) == Decimal(hours)


@pytest.mark.parametrize("typed", ["", "two", "1.5.2", "-2", "1e3", "nan", "2 days", "1:2:3", "h", "½½"])
def test_what_is_no_number_of_hours(typed: str) -> None:
    assert hours_in(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "8 2 2026",
        "08 02 2026",
        "8 feb 26",
        "8 Feb 2026",
        "8 February 2026",
        "8th february 2026",
        "8/2/26",
        "8.2.2026",
        "08-02-2026",
        "8 2 26  ",
    ],
)
def test_a_day(typed: str) -> None:
    assert day_in(typed) == date(2026, 2, 8)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "8",
        "8 2",
        "30 2 2026",
        "2026 2 8",
        "8 fe 2026",
        "8 ma 2026",
        "8 13 2026",
        "8 2 202",
        "8 2 1800",
        "a b c",
    ],
)
def test_what_is_no_day(typed: str) -> None:
    assert day_in(typed) is None


def test_short_years_are_of_the_century_that_is_meant() -> None:
    assert day_in("1 9 08") == date(2008, 9, 1)
    assert day_in("1 9 71") == date(1971, 9, 1)
