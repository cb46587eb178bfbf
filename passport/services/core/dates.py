"""Local dates (Europe/London), and arithmetic with calendar months."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/London")


def today(at: datetime) -> date:
    """Return the local date (Europe/London) at a time."""
    return at.astimezone(HOME).date()


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
