"""Detectors by form: phone numbers, email addresses, links and handles.

All repetitions in the patterns are bounded, so that no text makes matching slow (ReDoS).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from passport.openbadges import signed_texts

SHORTEST_PHONE, LONGEST_PHONE, LONG_NUMBER = 9, 16, 10
SPOKEN_DIGITS = 7
DIGIT_WORDS = frozenset(
    [
        *("zero", "oh", "o", "nought", "double", "triple"),
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    ]
)
ENDS = "com|org|net|uk|app|info|dev|eu|link|gg"
# these endings are words too, so they count as a link only with a path
ENDS_WITH_PATH = "me|io|tv|ly|to|be|it|so|co"
LETTER_FOR_ZERO = re.compile(r"(?<=\d)[oO]{1,9}|[oO]{1,9}(?=\d)")
NUMBER = re.compile(r"(?<![\w.])[+(]{0,2}\d(?:[\s().-]{0,3}\d){6,40}")
DECIMAL = re.compile(r"(?<!\d)\d{1,2}\.\d")
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
SPOKEN_EMAIL = re.compile(
    r"\b[\w.+-]{1,64}[\s(\[]{1,3}(?:at|@)[\s)\]]{1,3}[\w-]{1,63}[\s(\[]{1,3}dot[\s)\]]{1,3}[a-z]{2,10}\b",
    re.IGNORECASE,
)
LINK = re.compile(
    r"\b(?:https?://|www\.)\S{1,200}"
    rf"|(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}(?:(?:{ENDS})(?![\w-])(?:/\S{{0,200}})?"
    rf"|(?:{ENDS_WITH_PATH})/\S{{1,200}})"
    r"|\b[\w-]{2,63}\s{1,3}dot\s{1,3}(?:com|co|org|net|uk)\b",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?<![\w@.])@(?=[\d_.]{0,39}[^\W\d_])[\w.]{2,40}|\b\w{2,32}#\d{4}\b")
WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Normalise a text for screening: no invisible characters, NFKC (plain for full-width letters)."""
    seen = signed_texts.shown(text.replace("\n", " ").replace("\t", " "))
    return unicodedata.normalize("NFKC", seen).replace("\u2019", "'")


def words(text: str) -> list[str]:
    """Return the words of a text, as `plain` returns it, in lower case and without apostrophes."""
    return WORD.findall(text.casefold().replace("'", ""))


def phones(text: str) -> list[str]:
    """Return phone numbers, also those written in words, but no measurements or dates."""
    digits = LETTER_FOR_ZERO.sub(lambda match: "0" * len(match[0]), text)
    found = [match[0].strip() for match in NUMBER.finditer(digits)]
    return [one for one in found if _can_be_rung(one)] + _spoken(text)


def _can_be_rung(number: str) -> bool:
    if DECIMAL.search(number):
        return False
    digits = "".join(str(unicodedata.digit(sign)) for sign in number if sign.isdigit())
    if number.startswith(("+", "(+")) or digits.startswith("0"):
        return SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE
    return len(digits) >= LONG_NUMBER and number.isdigit()


def _spoken(text: str) -> list[str]:
    found, run = [], list[str]()
    for word in [*words(text), ""]:
        if word in DIGIT_WORDS:
            run.append(word)
            continue
        if len(run) >= SPOKEN_DIGITS:
            found.append(" ".join(run))
        run = []
    return found


def emails(text: str) -> list[str]:
    """Return email addresses, also those written with "at" and "dot"."""
    return [match[0] for pattern in (EMAIL, SPOKEN_EMAIL) for match in pattern.finditer(text)]


def links(text: str) -> list[str]:
    """Return web addresses, except those that are part of an email address."""
    without = EMAIL.sub(" ", text)
    return [match[0] for match in LINK.finditer(without)]


def handles(text: str) -> list[str]:
    """Return user names of other services, such as @name or name#1234."""
    return [match[0] for match in HANDLE.finditer(text)]


DETECTORS: dict[str, Callable[[str], list[str]]] = {
    "phone numbers": phones,
    "emails": emails,
    "links": links,
    "handles": handles,
}
