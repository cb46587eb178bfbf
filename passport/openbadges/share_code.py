"""Share codes: eleven random characters and a check character that catches typing errors.

The alphabet has 27 characters that are hard to confuse. Each has a value from 0; the values of all twelve,
weighted 1, 2, 1, 2 and so on, add up to a multiple of 27. So every single wrong character and every swap of
two neighbours is detected.
"""

import secrets
import unicodedata

from .errors import BadCode

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
PREFIX = "SP"
LENGTH = 12

_BASE = len(ALPHABET)
_HALF = pow(2, -1, _BASE)
# Hyphens, spaces and invisible characters, in any form that a keyboard or a word processor puts in.
_IGNORED = frozenset({"Pd", "Zs", "Cc", "Cf"})
_MAX_TYPED = 64


def new() -> str:
    """Return a new random code, in the form in which codes are kept: `SP4F7K9QXM2TW9`."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return PREFIX + drawn + _check_character(drawn)


def parse(typed: str) -> str:
    """Parse a typed code: any case, spaces and hyphens anywhere, with or without SP.

    Returns the form in which codes are kept. Raises BadCode when it cannot be a code.
    """
    if len(typed) > _MAX_TYPED:
        raise BadCode("too long for a code")
    signs = "".join(
        sign for sign in typed if sign != "\u2212" and unicodedata.category(sign) not in _IGNORED
    ).upper()
    if len(signs) == len(PREFIX) + LENGTH:
        signs = signs.removeprefix(PREFIX)
    if len(signs) != LENGTH or not set(signs) <= set(ALPHABET):
        raise BadCode("not twelve characters of a code")
    if _weighted_sum(signs) % _BASE:
        raise BadCode("one character is wrong, or two stand the wrong way round")
    return PREFIX + signs


def pretty(code: str) -> str:
    """Format a code for people: `SP-4F7K-9QXM-2TW9`."""
    signs = parse(code).removeprefix(PREFIX) if len(code) == LENGTH else code.removeprefix(PREFIX)
    return "-".join([PREFIX, signs[:4], signs[4:8], signs[8:]])


def _weighted_sum(signs: str) -> int:
    return sum(ALPHABET.index(sign) * (1 + place % 2) for place, sign in enumerate(signs))


def _check_character(drawn: str) -> str:
    """Return the twelfth character: it has weight 2, so its value is half of what is missing."""
    return ALPHABET[-_weighted_sum(drawn) * _HALF % _BASE]
