"""The one rule for texts that will be signed: names of people, schools, employers, skills and their levels.

What a person sees must be what was signed, and signing must never fail later for a text that was accepted.
So a text is checked where it comes in, and refused, never repaired.
"""

import unicodedata

from .errors import BadText

# Controls, formats (bidirectional overrides, zero-width ones), surrogates, private use, line separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_BROKEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Letters and marks that are invisible on paper: fillers, joiners and variation selectors.
_BLANK = frozenset(
    [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)),
    ]
)
# What stands between people's texts in the sentence that `endorsement` writes and reads.
_SENTENCE_PARTS = ("” (“", "”) ", "” at the level “")
# Letters that have no base letter in Unicode's own tables.
_ALONE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})

# Only those of European letters: the vowel signs of Panjabi are no accents.
_ACCENTS = frozenset(map(chr, range(0x300, 0x370)))
_APOSTROPHES = frozenset("'’ʼ`´")
_JOINERS = "\u200c\u200d"
_JOINED_SCRIPTS = frozenset(
    {
        "ARABIC",
        "BENGALI",
        "DEVANAGARI",
        "GUJARATI",
        "GURMUKHI",
        "KANNADA",
        "MALAYALAM",
        "ORIYA",
        "SINHALA",
        "SYRIAC",
        "TAMIL",
        "TELUGU",
    }
)


def check(text: str) -> None:
    """Raise BadText, saying what to do, unless the text can be signed and shown as it is."""
    if not text.strip():
        raise BadText("write something here")
    if text != text.strip():
        raise BadText("take out the space at the beginning or the end")
    if any(_is_hidden(text, place) for place in range(len(text))):
        raise BadText("take out the invisible characters")
    if not unicodedata.is_normalized("NFC", text):
        raise BadText("some letters are written as a letter and an accent: type them again as one")


def shown(text: str) -> str:
    """Return the visible part of a text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign for place, sign in enumerate(text) if not _is_hidden(text, place))


def without_overrides(text: str) -> str:
    """Return a free text without controls and without characters that change its direction."""
    return "".join(
        sign for sign in text if sign in "\n\t" or not (_turns(sign) or unicodedata.category(sign) in _BROKEN)
    )


def _turns(sign: str) -> bool:
    """Return whether it embeds, overrides or isolates a direction (Unicode Bidirectional Algorithm, 2)."""
    return "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"


def check_quotable(text: str) -> None:
    """Raise BadText as `check` does, and for a name, role or skill that looks like a part of the sentence."""
    check(text)
    if any(part in text for part in _SENTENCE_PARTS):
        raise BadText("take out the signs “ and ”, or write ' for them")


def _is_hidden(text: str, place: int) -> bool:
    sign = text[place]
    if sign in _JOINERS:
        return not (_needs_joiners(text[place - 1 : place]) and _needs_joiners(text[place + 1 : place + 2]))
    is_no_character = ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF
    return is_no_character or ord(sign) in _BLANK or unicodedata.category(sign) in _HIDDEN


def _needs_joiners(sign: str) -> bool:
    """Return whether it is a letter or mark of a script whose words need joiners to be written right."""
    return bool(sign) and unicodedata.name(sign, "").partition(" ")[0] in _JOINED_SCRIPTS


def name_words(name: str) -> list[str]:
    """Split a name into words to compare: letters only, in lower case, without accents.

    An apostrophe does not split a word; every other character does.
    """
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_ALONE))
    kept = (sign for sign in folded if sign not in _ACCENTS and sign not in _APOSTROPHES)
    return "".join(sign if unicodedata.category(sign)[0] in "LM" else " " for sign in kept).split()


def search_name(name: str) -> str:
    """Return a name as lists are searched: obrien for O’Brien, siobhan for Siobhán, "" for no letter."""
    return "".join(name_words(name))
