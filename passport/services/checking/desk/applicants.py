"""Compare a list's data about an applicant with the entry: names and days as registrars write them."""

from __future__ import annotations

from enum import StrEnum

from passport.openbadges.signed_texts import name_words

TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "mstr", "master", "dr", "prof", "professor", "rev", "revd", "reverend"}
    | {"sir", "dame", "lady", "lord"}
)
SUFFIXES = frozenset({"jr", "jnr", "sr", "snr", "ii", "iii", "iv"})
# Two ways in which a list without these letters writes them: Muller and Mueller, Sorensen and Soerensen
GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)


class Name(StrEnum):
    """The result of comparing a name that a list has in its column of last names."""

    MATCH = "match"
    NO_MATCH = "no match"
    # the last name is right, and the list has a first name beside it that is not
    OTHER_FIRST_NAME = "other first name"


def compare_name(holder: str, written: str) -> Name:
    """Compare an entry's full name with a last name, or with "LAST NAME, First name".

    Case, accents, hyphens, spaces, titles (Ms) and suffixes (Jr) are ignored. A first name that is written
    must be the entry's first, or its initial.
    """
    found = [
        _compare(names, last, first)
        for names in _spellings(holder)
        for whole, first in _parted(written)
        for last in (whole, _untitled(whole), _bare(whole))
    ]
    return next((name for name in (Name.MATCH, Name.OTHER_FIRST_NAME) if name in found), Name.NO_MATCH)


def _compare(names: list[str], last: list[str], first: list[str]) -> Name:
    wanted = "".join(last)
    starts = [start for start in range(len(names)) if wanted and "".join(names[start:]) == wanted]
    if not starts:
        return Name.NO_MATCH
    return Name.MATCH if _fits(_bare(first), names[: starts[0]]) else Name.OTHER_FIRST_NAME


def _parted(written: str) -> list[tuple[list[str], list[str]]]:
    """Return the ways to part a written name into last and first names: by its comma, or by its capitals."""
    last, comma, first = written.rpartition(",")
    if comma and not set(name_words(first)) <= SUFFIXES:
        return [(name_words(last), name_words(first))]
    whole = (name_words(written), list[str]())
    words = written.replace(",", " ").split()
    capitals = next((place for place, word in enumerate(words) if not word.isupper()), 0)
    if not capitals:
        return [whole]
    return [whole, (name_words(" ".join(words[:capitals])), name_words(" ".join(words[capitals:])))]


def _untitled(words: list[str]) -> list[str]:
    """Return the words without one title at the beginning: Lord is also a last name."""
    return words[1:] if words and words[0] in TITLES else words


def _bare(words: list[str]) -> list[str]:
    """Return the words without titles and suffixes at either end."""
    start, end = 0, len(words)
    while start < end and words[start] in TITLES:
        start += 1
    while start < end and words[end - 1] in TITLES | SUFFIXES:
        end -= 1
    return words[start:end]


def _fits(first: list[str], names: list[str]) -> bool:
    """Return whether a written first name, which may be an initial, is the entry's."""
    if not first or not names:
        return not first
    return first[0] in {names[0], names[0][0]} or "".join(first) == "".join(names)


def _spellings(holder: str) -> list[list[str]]:
    """Return the words of an entry's name, which has no title, in both spellings and without a suffix too."""
    spelt = [name_words(holder), name_words(holder.translate(GERMAN))]
    return spelt + [words[:-1] for words in spelt if words and words[-1] in SUFFIXES]
