"""Dates in the programmes' time zone, and arithmetic with calendar months.

The rule for days is `passport.openbadges.days`; here it has the zone that stands in the registry.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from passport.openbadges import days

TIME_ZONE = "Europe/London"
HOME = ZoneInfo(TIME_ZONE)


def today(at: datetime) -> date:
    """Return the day on which a time is, where the programmes are."""
    return days.day_of(at, HOME)


def day_ends(day: date) -> datetime:
    """Return when a day is over where the programmes are."""
    return days.ends(day, HOME)


def add_months(day: date, months: int) -> date:
    """Add calendar months to a day; where the target month is shorter, return its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def whole_months(start: date, end: date) -> int:
    """Return the number of whole months between two days; 0 where ``end`` is before ``start``."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(0, months - (add_months(start, months) > end)) if months > 0 else 0
