"""Which day a time is on, and when a day that was written down is over."""

from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.openbadges import days

# Clocks go forward at midnight in Santiago (7 September 2025) and back at midnight (to 23:00) on 5 April 2026
DAYS = {
    ("Europe/London", date(2026, 3, 29)): ("2026-03-29T00:00", "2026-03-29T23:00"),
    ("Europe/London", date(2026, 10, 25)): ("2026-10-24T23:00", "2026-10-26T00:00"),
    ("Europe/London", date(2026, 1, 1)): ("2026-01-01T00:00", "2026-01-02T00:00"),
    ("America/Santiago", date(2025, 9, 7)): ("2025-09-07T04:00", "2025-09-08T03:00"),
    ("America/Santiago", date(2026, 4, 4)): ("2026-04-04T03:00", "2026-04-05T04:00"),
    ("Asia/Kolkata", date(2026, 1, 1)): ("2025-12-31T18:30", "2026-01-01T18:30"),
}


def where(name: str) -> tzinfo:
    found = days.zone(name)
    assert found is not None
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_a_day_begins_and_ends_where_the_clocks_say_so(zone: str, day: date) -> None:
    begins, ends = map(at, DAYS[zone, day])
    second = timedelta(seconds=1)
    assert days.ends(day, where(zone)) == ends
    assert days.ends(day - timedelta(days=1), where(zone)) == begins
    assert days.last_second(day, where(zone)) == ends - second
    assert [days.day_of(moment, where(zone)) == day for moment in (begins - second, begins)] == [False, True]
    assert [days.day_of(moment, where(zone)) == day for moment in (ends - second, ends)] == [True, False]


def test_without_a_zone_a_day_lasts_as_long_as_it_is_that_day_anywhere() -> None:
    day = date(2026, 3, 15)
    assert days.span(day, None) == (at("2026-03-14T10:00"), at("2026-03-16T12:00"))
    assert days.ends(day, None) == at("2026-03-16T12:00")


@pytest.mark.parametrize(
    "name", [None, "", "Mars/Olympus", "Europe", "../etc/passwd", "/etc/localtime", "x" * 300]
)
def test_a_name_that_is_not_known_is_no_zone(name: str | None) -> None:
    assert days.zone(name) is None


@given(
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.sampled_from(["UTC", "Europe/London", "America/Adak", "Pacific/Kiritimati"]),
)
def test_both_readings_of_a_day_are_in_its_span(day: date, zone: str) -> None:
    begin, end = days.span(day, where(zone))
    for reading in (where(zone), UTC):
        assert begin <= datetime(day.year, day.month, day.day, tzinfo=reading) < end
        assert begin < days.ends(day, reading) <= end
    first, last = days.span(day, None)
    assert first <= begin < end <= last
