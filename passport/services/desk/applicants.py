"""What a list says of an applicant, compared with the entry: a last name, and how people write a day."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

DAYS = (
    "%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d %B %Y", "%d %b %Y", "%d-%b-%Y",
    "%d-%B-%Y", "%d/%m/%y", "%d-%b-%y", "%d.%m.%y",
)  # fmt: skip
# Letters that have no base letter in Unicode's own tables.
ALONE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})

# Only those of European letters: the vowel signs of Panjabi are no accents.
ACCENTS = frozenset(map(chr, range(0x300, 0x370)))
APOSTROPHES = frozenset("'’ʼ`´")


def same_last_name(holder: str, last_name: str) -> bool:
    """Whether a full name ends in this last name, in whatever capitals, accents, hyphens and spaces."""
    names, wanted = _words(holder), "".join(_words(last_name))
    return bool(wanted) and any("".join(names[start:]) == wanted for start in range(len(names)))


def day(text: str) -> date | None:
    """The day that somebody wrote, the day before the month; None for what is no day."""
    plain = " ".join(text.replace(",", " ").split())
    for form in DAYS:
        try:
            found = datetime.strptime(plain, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return found if found.year >= 1900 else None
    return None


def _words(name: str) -> list[str]:
    """The words of a name: letters alone, small, without accents. An apostrophe parts no word."""
    folded = unicodedata.normalize("NFKD", name.casefold().translate(ALONE))
    kept = (sign for sign in folded if sign not in ACCENTS and sign not in APOSTROPHES)
    return "".join(sign if unicodedata.category(sign)[0] in "LM" else " " for sign in kept).split()
