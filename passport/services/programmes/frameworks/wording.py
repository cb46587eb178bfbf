"""The words of a skill, their limits, and the digest of a version's words, which is what people sign."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from passport.db.programmes.frameworks.versions import FrameworkVersion, Skill
from passport.services.core.errors import Refused, UnusableText
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import problem

LEVELS = 4
LONGEST_TITLE = 96
LONGEST_GROUP, LONGEST_NAME, LONGEST_DESCRIPTOR = 60, 96, 300
_LONGEST = (LONGEST_GROUP, LONGEST_NAME, *[LONGEST_DESCRIPTOR] * LEVELS)


@dataclass(frozen=True)
class Words:
    """What a skill says. In a draft a level may be empty; group and name may not."""

    group: str
    name: str
    levels: tuple[str, str, str, str] = ("", "", "", "")

    @property
    def stored(self) -> tuple[object, ...]:
        """Return the words as values for `edit_conflict`."""
        return (self.group, self.name, *self.levels)


def words_of(skill: Skill) -> Words:
    """Return what a skill says now."""
    return Words(skill.group, skill.name, skill.descriptors)


def set_words(skill: Skill, words: Words) -> None:
    """Make a skill say these words."""
    skill.group, skill.name = words.group, words.name
    skill.level_1, skill.level_2, skill.level_3, skill.level_4 = words.levels


def usable(typed: Words) -> Words:
    """Return the words as they are stored, with single spaces.

    Raises Refused for a missing group or name and for an overlong text, UnusableText for one that cannot be
    signed.
    """
    first, second, third, fourth = (" ".join(level.split()) for level in typed.levels)
    words = Words(" ".join(typed.group.split()), " ".join(typed.name.split()), (first, second, third, fourth))
    if not words.group or not words.name:
        raise Refused(Reason.NAME_MISSING)
    texts = (words.group, words.name, *words.levels)
    for text, longest in zip(texts, _LONGEST, strict=True):
        if len(text) > longest:
            raise Refused(Reason.NAME_TOO_LONG, most=longest)
        advice = problem(text, quoted=text == words.name) if text else None
        if advice:
            raise UnusableText(f"text {text!r}", advice)
    return words


def digest(version: FrameworkVersion) -> str:
    """Return the SHA-256, in hex, of all that a version says: title, skills in their order, crosswalk."""
    said = [
        version.framework.title,
        [
            [one.number, one.group, one.name, *one.descriptors, sorted(item.said for item in one.alignments)]
            for one in version.skills
        ],
    ]
    return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
