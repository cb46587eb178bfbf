"""Hours as entered in forms, rounded to hundredths."""

from __future__ import annotations

from decimal import Decimal

UNBELIEVABLE_HOURS = 100_000


def kept_hours(hours: Decimal | None) -> Decimal | None:
    """Round a number of hours to hundredths; None for a missing, infinite or implausibly large number.

    Hundredths, because an entry has no room for more.
    """
    if hours is None or not hours.is_finite() or abs(hours) >= UNBELIEVABLE_HOURS:
        return None
    return round(hours, 2).normalize() + 0
