"""Parser of a programme's rules file, line by line. It has no regular expressions, so no rule can be slow.

Headings are in square brackets. [find] lists the detectors to use, [fine] lists phrases that are never
flagged, and any other heading lists words and phrases that are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.programmes.screening import detectors

DEFAULT = Path(__file__).with_name("default.txt").read_text(encoding="utf-8")
LARGEST, MOST_LINES, LONGEST_LINE, MOST_WORDS = 20_000, 600, 80, 8
# a shorter word would flag nearly every text
FEWEST_LETTERS = 4
FIND, FINE = "find", "fine"
Phrase = tuple[str, ...]


class BadRule(Refused):
    """A line is not a valid rule: its number, its text, and the reason."""

    def __init__(self, line: int, text: str, reason: Reason) -> None:
        """Store the line's number and text, and the reason."""
        super().__init__(reason)
        self.line, self.text = line, text


@dataclass(frozen=True)
class Rules:
    """Parsed rules: detectors to use, phrases with their headings, and phrases that are never flagged."""

    find: tuple[str, ...]
    words: tuple[tuple[str, Phrase], ...]
    fine: tuple[Phrase, ...]


@lru_cache(maxsize=64)
def parse(text: str) -> Rules:
    """Parse a rules file; cached. Raises BadRule for the first invalid line or for an oversized file."""
    lines = text.splitlines()
    if len(text) > LARGEST or len(lines) > MOST_LINES:
        raise BadRule(min(len(lines), MOST_LINES), "", Reason.RULES_TOO_MANY)
    heading = ""
    find: list[str] = []
    words: list[tuple[str, Phrase]] = []
    fine: list[Phrase] = []
    for number, raw in enumerate(lines, start=1):
        line = " ".join(raw.split())
        if not line or line.startswith("#"):
            continue
        if len(line) > LONGEST_LINE:
            raise BadRule(number, line, Reason.RULE_TOO_LONG)
        if line.startswith("["):
            heading = _heading(number, line)
        elif not heading:
            raise BadRule(number, line, Reason.RULE_NO_HEADING)
        elif heading == FIND:
            find.append(_found_by_form(number, line))
        elif heading == FINE:
            fine.append(_phrase(number, line))
        else:
            words.append((heading, _phrase(number, line)))
    return Rules(tuple(dict.fromkeys(find)), tuple(words), tuple(fine))


def _heading(number: int, line: str) -> str:
    inside = line[1:-1].strip().casefold()
    if not line.endswith("]") or not inside or not inside.replace(" ", "").isalpha():
        raise BadRule(number, line, Reason.RULE_BAD_HEADING)
    return inside


def _found_by_form(number: int, line: str) -> str:
    name = line.casefold()
    if name not in detectors.DETECTORS:
        raise BadRule(number, line, Reason.RULE_NOT_FINDABLE)
    return name


def _phrase(number: int, line: str) -> Phrase:
    made = []
    for word in line.split(" "):
        stem = word.removesuffix("*")
        if detectors.words(detectors.plain(stem)) != [stem.casefold().replace("'", "").replace("\u2019", "")]:
            raise BadRule(number, line, Reason.RULE_NOT_WORDS)
        made.append(detectors.words(detectors.plain(stem))[0] + word[len(stem) :])
    if sum(len(word.rstrip("*")) for word in made) < FEWEST_LETTERS or len(made) > MOST_WORDS:
        is_long = len(made) > MOST_WORDS
        raise BadRule(number, line, Reason.RULE_TOO_LONG if is_long else Reason.RULE_TOO_SHORT)
    return tuple(made)
