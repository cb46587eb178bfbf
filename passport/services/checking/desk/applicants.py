"""Compare a list's data about an applicant with the entry: last names, and days as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from passport.openbadges.texts import name_words

DAYS = (
    "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d %B %Y", "%d %b %Y", "%d-%b-%Y",
    "%d-%B-%Y", "%d/%m/%y", "%d-%b-%y", "%d.%m.%y",
)  # fmt: skip


def same_last_name(holder: str, last_name: str) -> bool:
    """Return whether a full name ends in a last name, ignoring case, accents, hyphens and spaces."""
    names, wanted = name_words(holder), "".join(name_words(last_name))
    return bool(wanted) and any("".join(names[start:]) == wanted for start in range(len(names)))


def day(text: str) -> date | None:
    """Parse a written date, the day before the month; return None for anything that is not a date."""
    plain = " ".join(text.replace(",", " ").split())
    for form in DAYS:
        try:
            found = datetime.strptime(plain, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return found if found.year >= 1900 else None
    return None
