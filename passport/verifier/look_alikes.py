"""Names that equal or look like a registered issuer's: what that issuer did not sign is not shown under them.

Two names look alike if they are equal in letters and digits alone, after letters of other scripts and signs
that are drawn like a Latin letter have become that letter; if a registered name stands inside the other; or
if one letter is added, missing, changed or swapped (a shortened form of Unicode Technical Standard 39,
section 4). No table has every sign that is drawn like a letter: in a name that is otherwise written in Latin
letters, any other letter or symbol may stand for any letter.
"""

import re
import unicodedata
from collections.abc import Iterable

from passport.openbadges import signed_texts
from passport.proofs.cache import LruCache

# No name that is shown is longer; the rest is not looked at, and no long text is kept.
LONGEST = 400
# A shorter name stands in too many others to say anything.
SHORTEST_PART = 8
_KEPT = 256

_DRAWN_ALIKE = str.maketrans(
    {
        # Cyrillic, Greek, digits and signs, and letters without a base letter in Unicode's own tables
        **dict(zip("авгеёзкмнорстухѕіјһԁԛԝ", "abreeekmhopctyxsljhdqw", strict=True)),
        **dict(zip("αβγεζηικμνορτυχωϲ", "abyeznlkuvoptuxwc", strict=True)),
        **dict(zip("013456$@|!", "oleasgsall", strict=True)),
        **dict(zip("ıłøđij", "llodll", strict=True)),
        # every letter of Lisu is a Latin capital, some of them turned
        **dict(zip("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrvhwxyaelou", strict=True)),
        "¡": "l",
        "æ": "ae",
        "œ": "oe",
    }
)


# Letters that Unicode takes for others than the Latin ones which their names say: small capitals, letters
# with hooks and bars, white on black, and those of which flags are made.
_NAMED = re.compile(
    r"(?:LATIN (?:SMALL |CAPITAL )?|NEGATIVE \w+ LATIN CAPITAL |REGIONAL INDICATOR SYMBOL )"
    r"LETTER (?:SMALL CAPITAL |SCRIPT )?(?P<letter>[A-Z])(?: WITH .*)?"
)
_UNKNOWN = "?"


class Names:
    """Registered names as they are drawn, and a cache of others, for many comparisons."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names that others are compared with."""
        self.drawn = tuple(_drawn(name[:LONGEST]) for name in names)
        self._compared: LruCache[tuple[str, str]] = LruCache(_KEPT)

    def compared(self, name: str) -> tuple[str, str]:
        """Return another name as it is drawn, and with a mark for each letter that is not known here."""
        name = name[:LONGEST]
        return self._compared.once(name, lambda: (_drawn(name), _guessed(name)))


def is_like_one_of(name: str, theirs: Names) -> bool:
    """Return whether a name equals or looks like one of some others."""
    drawn, guessed = theirs.compared(name)
    return bool(drawn) and any(_is_like(drawn, other) or _may_be(guessed, other) for other in theirs.drawn)


def _drawn(name: str) -> str:
    """Return a name as it is drawn: letters and digits, in one form for all that look alike."""
    return _joined(sign for sign in _signs(name) if sign.isalnum())


def _guessed(name: str) -> str:
    """Return a name as it is drawn, with a mark for each letter and symbol that is not known here."""
    signs = _signs(name)[:LONGEST]  # one sign can stand for a whole sentence
    kept = (sign for sign in signs if sign.isalnum() or unicodedata.category(sign)[0] == "S")
    return _joined(sign if sign.isascii() and sign.isalnum() else _UNKNOWN for sign in kept)


def _signs(name: str) -> str:
    plain = unicodedata.normalize("NFKD", signed_texts.shown(name)).casefold()
    named = "".join(sign if sign.isascii() else _named(sign) for sign in plain)
    return unicodedata.normalize("NFKD", named.translate(_DRAWN_ALIKE))


def _named(sign: str) -> str:
    found = _NAMED.fullmatch(unicodedata.name(sign, ""))
    return found["letter"].lower() if found else sign


def _joined(signs: Iterable[str]) -> str:
    return "".join(signs).replace("rn", "m").replace("vv", "w")


def _is_like(drawn: str, theirs: str) -> bool:
    if drawn == theirs:
        return True
    if len(theirs) < SHORTEST_PART:
        return False
    return theirs in drawn or _is_one_edit_away(drawn, theirs)


def _may_be(guessed: str, theirs: str) -> bool:
    """Return whether a name stands inside the other where unknown signs, at most every second, fit any."""
    size, unknown = len(theirs), guessed.count(_UNKNOWN)
    if not unknown or size < SHORTEST_PART or 2 * (len(guessed) - unknown) < size:
        return False
    parts = (guessed[start : start + size] for start in range(len(guessed) - size + 1))
    return any(
        2 * part.count(_UNKNOWN) <= size
        and all(sign in (_UNKNOWN, other) for sign, other in zip(part, theirs, strict=True))
        for part in parts
    )


def _is_one_edit_away(one: str, other: str) -> bool:
    """Return whether one letter more, less or other, or two swapped, make one text the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    left, right = one[start:], other[start:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]
