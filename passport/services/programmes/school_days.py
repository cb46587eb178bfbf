"""School days: Monday to Friday, except the days on which a programme's schools are closed."""

from __future__ import annotations

from datetime import date, timedelta

from passport import db
from passport.db import Session
from passport.db.programmes.closed_days import ClosedDays

SATURDAY = 5
DAY = timedelta(days=1)
# bounds the search: a longer closure is presumed to be a mistake in the data
LONGEST = timedelta(days=2 * 366)


def count(session: Session, programme_id: int, since: date, until: date) -> int:
    """Count the school days after ``since``, up to and including ``until``."""
    closed = db.programmes.closed_days.of_programme(session, programme_id)
    days = max(0, (until - since).days)
    return sum(_is_school_day(since + DAY * number, closed) for number in range(1, days + 1))


def after(session: Session, programme_id: int, since: date, days: int) -> date:
    """Return the first day by which ``days`` school days have passed after ``since``."""
    closed = db.programmes.closed_days.of_programme(session, programme_id)
    day, last = since, since + LONGEST + DAY * (2 * days)
    while days > 0 and day < last:
        day += DAY
        days -= _is_school_day(day, closed)
    return day


def before(session: Session, programme_id: int, until: date, days: int) -> date:
    """Return the latest day after which ``days`` school days have passed by ``until``."""
    closed = db.programmes.closed_days.of_programme(session, programme_id)
    day, first = until, until - LONGEST - DAY * (2 * days)
    while days > 0 and day > first:
        days -= _is_school_day(day, closed)
        day -= DAY
    return day


def close(session: Session, programme_id: int, since: date, until: date, why: str) -> ClosedDays:
    """Store that a programme's schools are closed from ``since`` to ``until``, both included."""
    closed = ClosedDays(programme_id=programme_id, since=since, until=until, why=why)
    session.add(closed)
    session.flush()
    return closed


def _is_school_day(day: date, closed: list[ClosedDays]) -> bool:
    return day.weekday() < SATURDAY and not any(one.since <= day <= one.until for one in closed)
