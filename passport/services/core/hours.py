"""Hours as people give them, in hundredths."""

from __future__ import annotations

from decimal import Decimal

UNBELIEVABLE_HOURS = 100_000


def kept_hours(hours: Decimal | None) -> Decimal | None:
    """What is kept of a number of hours: hundredths, and nothing that cannot be meant.

    Hundredths, because an entry has room for no more.
    """
    if hours is None or not hours.is_finite() or abs(hours) >= UNBELIEVABLE_HOURS:
        return None
    return round(hours, 2).normalize() + 0
