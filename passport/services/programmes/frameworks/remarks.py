"""What people should know about the words of a version before they sign or publish it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from passport import db
from passport.db import Session
from passport.db.programmes.frameworks.versions import FrameworkVersion, Skill


class Kind(StrEnum):
    """Kinds of remarks. An empty level prevents signing; the others are for people to weigh."""

    EMPTY_LEVEL = "empty level"
    SAME_WORDING = "same wording"
    SKILL_GONE = "skill gone"
    SKILL_RENAMED = "skill renamed"


@dataclass(frozen=True)
class Remark:
    """One remark on a skill.

    ``levels`` are the levels concerned; ``other`` is the name of another skill with the same wording, or the
    skill's new name; ``entries`` counts the entries that were issued for the skill.
    """

    kind: Kind
    skill: str
    number: int
    levels: tuple[int, ...] = ()
    other: str = ""
    entries: int = 0


def remarks(session: Session, version: FrameworkVersion) -> list[Remark]:
    """Return the remarks on a version: on its skills in their order, then on skills that entries name."""
    found = [one for skill in version.skills for one in _empty(skill)]
    return [*found, *_same(version.skills), *_lost(session, version)]


def _empty(skill: Skill) -> Iterator[Remark]:
    levels = tuple(number for number, text in enumerate(skill.descriptors, 1) if not text)
    if levels:
        yield Remark(Kind.EMPTY_LEVEL, skill.name, skill.number, levels)


def _same(skills: list[Skill]) -> Iterator[Remark]:
    """Yield a remark for each descriptor that stands at two levels, of one skill or of two."""
    first: dict[str, tuple[Skill, int]] = {}
    for skill in skills:
        for level, text in enumerate(skill.descriptors, 1):
            if not text:
                continue
            other, at = first.setdefault(" ".join(text.casefold().split()), (skill, level))
            if (other, at) != (skill, level):
                name = "" if other is skill else other.name
                yield Remark(Kind.SAME_WORDING, skill.name, skill.number, (at, level), name)


def _lost(session: Session, version: FrameworkVersion) -> Iterator[Remark]:
    """Yield a remark for each published skill that this version continues not at all, or by another name."""
    there = db.programmes.frameworks.versions.versions(session, version.framework)
    before = next((one for one in there if not one.is_open and one.number < version.number), None)
    if before is None:
        return
    entries = db.credentials.skill_use.entries(session, version.framework_id)
    now = {skill.number: skill for skill in version.skills}
    for old in before.skills:
        new, issued = now.get(old.number), entries.get(old.number, 0)
        if new is None:
            yield Remark(Kind.SKILL_GONE, old.name, old.number, entries=issued)
        elif new.name != old.name:
            yield Remark(Kind.SKILL_RENAMED, old.name, old.number, other=new.name, entries=issued)
