"""Dry run: what publishing or retiring a version changes for what students have written.

Evidence names the skill of one version. What was sent keeps that skill, whatever is published later, and is
decided under its words. What was not sent yet needs a skill that is offered when it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from passport import db
from passport.db import Session
from passport.db.credentials.skill_use import UNSENT, WAITING
from passport.db.programmes.frameworks.versions import FrameworkVersion, Skill
from passport.services.programmes.frameworks.comparing import Fate


@dataclass(frozen=True)
class Effect:
    """What becomes of a skill that students are offered now.

    ``unsent`` counts drafts and evidence that was sent back: they go along with a skill that stays the same,
    and need another choice of level or skill otherwise. ``waiting`` counts what is decided under the old
    words.
    """

    skill: Skill
    new: Skill | None
    fate: Fate
    unsent: int
    waiting: int


@dataclass(frozen=True)
class Effects:
    """The versions that students are offered now and then, and what becomes of each skill."""

    now: FrameworkVersion | None
    then: FrameworkVersion | None
    skills: list[Effect]
    added: list[Skill]

    def unsent(self, *fates: Fate) -> int:
        """Return how much unsent evidence names skills with these fates."""
        return sum(one.unsent for one in self.skills if one.fate in fates)

    @property
    def waiting(self) -> int:
        """How much evidence waits for a decision."""
        return sum(one.waiting for one in self.skills)


def of_publishing(session: Session, version: FrameworkVersion) -> Effects:
    """Return what publishing a version would change."""
    now = db.programmes.frameworks.versions.current(session, version.framework.programme_id)
    return _effects(session, now, version)


def of_retiring(session: Session, version: FrameworkVersion) -> Effects:
    """Return what retiring a version would change: nothing if students are offered another one anyway."""
    programme = version.framework.programme_id
    now = db.programmes.frameworks.versions.current(session, programme)
    if now is not None and now.id != version.id:
        return Effects(now, now, [], [])
    return _effects(session, now, db.programmes.frameworks.versions.current(session, programme, version.id))


def _effects(session: Session, now: FrameworkVersion | None, then: FrameworkVersion | None) -> Effects:
    if now is None:
        return Effects(None, then, [], list(then.skills) if then else [])
    is_same = then is not None and then.framework_id == now.framework_id
    new = {skill.number: skill for skill in then.skills} if then and is_same else {}
    unsent = db.credentials.skill_use.evidence(session, now.id, UNSENT)
    waiting = db.credentials.skill_use.evidence(session, now.id, WAITING)
    skills = [
        Effect(
            skill,
            new.get(skill.number),
            _fate(skill, new.get(skill.number)),
            unsent.get(skill.number, 0),
            waiting.get(skill.number, 0),
        )
        for skill in now.skills
    ]
    old = {skill.number for skill in now.skills} if is_same else set()
    return Effects(now, then, skills, [one for one in then.skills if one.number not in old] if then else [])


def _fate(old: Skill, new: Skill | None) -> Fate:
    """Return what becomes of a skill: a level that a student chose stands for its words."""
    if new is None:
        return Fate.REMOVED
    return Fate.SAME if (old.name, old.descriptors) == (new.name, new.descriptors) else Fate.CHANGED
