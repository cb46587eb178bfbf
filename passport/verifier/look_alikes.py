"""Names that equal or look like a registered issuer's: what that issuer did not sign is not shown under them.

Two names look alike if they are equal in letters and digits alone, after letters of other scripts and signs
that are drawn like a Latin letter have become that letter; if a registered name stands inside the other; or
if one letter is added, missing, changed or swapped (a shortened form of Unicode Technical Standard 39,
section 4).
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from passport.openbadges import texts

# No name that is shown is longer; the rest is not looked at, and no long text is kept.
LONGEST = 400
# A shorter name stands in too many others to say anything.
SHORTEST_PART = 8

_DRAWN_ALIKE = str.maketrans(
    {
        # Cyrillic, Greek, digits and signs, and letters without a base letter in Unicode's own tables
        **dict(zip("авгеёзкмнорстухѕіјһԁԛԝ", "abreeekmhopctyxsljhdqw", strict=True)),
        **dict(zip("αβγεζηικμνορτυχωϲ", "abyeznlkuvoptuxwc", strict=True)),
        **dict(zip("013456$@|!", "oleasgsall", strict=True)),
        **dict(zip("ıłøđij", "llodll", strict=True)),
        "æ": "ae",
        "œ": "oe",
    }
)


def is_like_one_of(name: str, theirs: Iterable[str]) -> bool:
    """Return whether a name equals or looks like one of some others."""
    drawn = _drawn(name[:LONGEST])
    return bool(drawn) and any(_is_like(drawn, _drawn(other[:LONGEST])) for other in theirs)


@lru_cache(maxsize=4_096)
def _drawn(name: str) -> str:
    """Return a name as it is drawn: letters and digits, in one form for all that look alike."""
    folded = unicodedata.normalize("NFKD", texts.shown(name)).casefold().translate(_DRAWN_ALIKE)
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if sign.isalnum())
    return letters.replace("rn", "m").replace("vv", "w")


def _is_like(drawn: str, theirs: str) -> bool:
    if drawn == theirs:
        return True
    if len(theirs) < SHORTEST_PART:
        return False
    return theirs in drawn or _is_one_edit_away(drawn, theirs)


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
