"""Hints for misread characters: which characters are in no code, and which code was probably meant.

They follow from the check character alone. Nothing is looked up, so nothing is disclosed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.openbadges.share_code import ALPHABET, LENGTH, PREFIX
from passport.services.checking import typed_codes

# What a character that is in no code may be on paper
STRANGERS = {
    "O": "QDCG",
    "0": "QDC8",
    "I": "JT7",
    "1": "7JT",
    "L": "JT4",
    "U": "VW",
    "Y": "VX",
    "A": "4RH",
    "E": "F3B",
}
MOST_STRANGERS = 3
MOST_LIKELY = 3


@dataclass(frozen=True)
class Slip:
    """The characters that no code contains, each once, and the codes that may be meant, if they are few."""

    other_signs: tuple[str, ...]
    likely: tuple[str, ...]


def find(entered: str) -> Slip | None:
    """Return a hint for text that has the length of a code and is none; None for anything else."""
    joined = typed_codes.grouped(entered).replace("-", "").upper().removeprefix(PREFIX)
    if len(joined) != LENGTH or not (joined.isascii() and joined.isalnum()):
        return None
    other_signs = tuple(dict.fromkeys(sign for sign in joined if sign not in ALPHABET))
    fitting = [code for code in dict.fromkeys(_meant(joined)) if _is_code(code)]
    likely = [share_code.pretty(PREFIX + code) for code in fitting]
    return Slip(other_signs, tuple(likely) if len(likely) <= MOST_LIKELY else ())


def _meant(signs: str) -> Iterator[str]:
    """Yield candidates in which each character that no code contains is replaced by a similar one.

    If every character is in our alphabet, nothing is offered: one change in 27 fits the check character by
    chance, so most offers would be another code than the one that was meant.
    """
    strange = sum(sign not in ALPHABET for sign in signs)
    if 0 < strange <= MOST_STRANGERS:
        choices = [sign if sign in ALPHABET else STRANGERS.get(sign, "") for sign in signs]
        yield from ("".join(chosen) for chosen in product(*choices))


def _is_code(signs: str) -> bool:
    try:
        share_code.parse(PREFIX + signs)
    except BadCode:
        return False
    return True
