"""Compare two versions of a framework: which skills came, went and changed, with the changed words marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from passport.db.programmes.frameworks.versions import FrameworkVersion, Skill

# a word or a sign, with the spaces after it
_PART = re.compile(r"\s+|(?:\w+|[^\w\s])\s*")


class Fate(StrEnum):
    """What became of a skill from one version to another."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A run of words of a text, and whether the other text has it not."""

    text: str
    is_changed: bool


@dataclass(frozen=True)
class TextPair:
    """A text before and after, in pieces; both are whole, so either can be read alone."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def differs(self) -> bool:
        """Whether the texts differ."""
        return any(piece.is_changed for piece in (*self.before, *self.after))


@dataclass(frozen=True)
class SkillPair:
    """A skill before and after: group, name and four levels. A missing skill has empty texts."""

    fate: Fate
    number: int
    name: str
    group: TextPair
    title: TextPair
    levels: tuple[TextPair, ...]


def compare(before: FrameworkVersion, after: FrameworkVersion) -> list[SkillPair]:
    """Return the skills of both versions, matched by number: in the later order, then those removed."""
    old = {skill.number: skill for skill in before.skills}
    new = {skill.number: skill for skill in after.skills}
    pairs = [_pair(old.get(number), skill) for number, skill in new.items()]
    return pairs + [_pair(skill, None) for number, skill in old.items() if number not in new]


def mark(before: str, after: str) -> TextPair:
    """Return both texts in pieces, with the words marked that only one of them has."""
    first, second = _PART.findall(before), _PART.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    words = [part.strip() for part in first], [part.strip() for part in second]
    for tag, i, j, k, m in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        for pieces, parts in ((left, first[i:j]), (right, second[k:m])):
            if parts:
                pieces.append(Piece("".join(parts), tag != "equal"))
    return TextPair(tuple(left), tuple(right))


def _pair(old: Skill | None, new: Skill | None) -> SkillPair:
    there = new or old
    if there is None:
        raise ValueError("one of the versions has the skill")
    before, after = _texts(old), _texts(new)
    group, title, *levels = (mark(one, other) for one, other in zip(before, after, strict=True))
    if old is None or new is None:
        fate = Fate.ADDED if old is None else Fate.REMOVED
    else:
        fate = Fate.SAME if before == after else Fate.CHANGED
    return SkillPair(fate, there.number, there.name, group, title, tuple(levels))


def _texts(skill: Skill | None) -> tuple[str, ...]:
    return (skill.group, skill.name, *skill.descriptors) if skill else ("",) * 6
