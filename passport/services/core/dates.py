"""Days as the people of a programme live them, and months counted as a calendar does."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/London")


def today(at: datetime) -> date:
    """The day it is for the people of the programme."""
    return at.astimezone(HOME).date()


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def whole_months(start: date, end: date) -> int:
    """How many whole months lie between two days; none where the end comes first."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return max(0, months - (add_months(start, months) > end)) if months > 0 else 0
