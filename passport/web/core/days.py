"""Parse a day as people write it."""

from __future__ import annotations

import re
from datetime import date

MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
# years of two digits up to this one are of this century, as with strptime's %y
LATEST_SHORT_YEAR = 68


def day_in(text: str) -> date | None:
    """Parse a day in the order day, month, year: 14 3 2026, 8 feb 26, 14/03/2026, 14th March 2026.

    Return None for text that is no day, and for years before 1900 and after 2199.
    """
    parts = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text.casefold())
    found = [part for part in re.split(r"[\s/.,-]+", parts) if part]
    if len(found) != 3 or not (found[0].isdecimal() and found[2].isdecimal() and len(found[2]) in {2, 4}):
        return None
    month, year = _month(found[1]), int(found[2])
    if len(found[2]) == 2:
        year += 2000 if year <= LATEST_SHORT_YEAR else 1900
    try:
        return date(year, month, int(found[0])) if 1900 <= year <= 2199 else None
    except ValueError:
        return None


def _month(text: str) -> int:
    """Return the number of a month, given as a number or by its English name; 0 for anything else."""
    if text.isdecimal():
        return int(text[:4])
    named = [number for number, name in enumerate(MONTH_NAMES, 1) if len(text) >= 3 and name.startswith(text)]
    return named[0] if len(named) == 1 else 0
