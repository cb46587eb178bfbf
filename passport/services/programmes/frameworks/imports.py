"""Import a framework's draft from a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from passport import db
from passport.db import Session
from passport.db.programmes.frameworks.versions import Framework, FrameworkState, FrameworkVersion, Skill
from passport.db.programmes.programme import Programme
from passport.services.core import audit
from passport.services.core.texts import problem
from passport.services.programmes.frameworks.tables import Draft, Problem, read
from passport.services.programmes.frameworks.tables import Skill as TableSkill

__all__ = ["Draft", "Import", "Problem", "import_table", "read"]


@dataclass
class Import:
    """The result of an import: the version, the numbers of skills added and kept, problems and notes.

    With a problem nothing was imported, and there is no version.
    """

    version: FrameworkVersion | None = None
    added: int = 0
    kept: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def import_table(session: Session, programme: Programme, title: str, draft: Draft, at: datetime) -> Import:
    """Make the draft version of a title equal to a table, whole or not at all; it is created if needed.

    Idempotent: the same table again, or one that equals the newest version, changes nothing.
    """
    advice = problem(title)
    problems = [Problem(0, "title", advice)] if advice else draft.problems
    if problems:
        return Import(problems=problems, notes=draft.notes)
    framework = db.programmes.frameworks.versions.find(session, programme.id, title)
    versions = db.programmes.frameworks.versions.versions(session, framework) if framework else []
    if versions and _said(versions[0]) == set(draft.skills):
        return Import(versions[0], kept=len(draft.skills), notes=draft.notes)
    if framework is None:
        framework = Framework(
            programme_id=programme.id,
            number=db.programmes.frameworks.versions.next_number(session),
            title=title,
        )
        session.add(framework)
        session.flush()
    version = _draft(session, framework, versions)
    kept = _fill(session, version, draft.skills, versions)
    done = Import(version, len(draft.skills) - kept, kept, notes=draft.notes)
    subject = f"{framework.number}/{version.number}"
    audit.record(session, at, audit.OPERATOR, "framework.imported", subject, added=done.added)
    return done


def _said(version: FrameworkVersion) -> set[TableSkill]:
    return {(skill.group, skill.name, *skill.descriptors) for skill in version.skills}


def _draft(session: Session, framework: Framework, versions: list[FrameworkVersion]) -> FrameworkVersion:
    if versions and versions[0].state is FrameworkState.DRAFT:
        return versions[0]
    number = versions[0].number + 1 if versions else 1
    draft = FrameworkVersion(framework=framework, number=number, state=FrameworkState.DRAFT)
    session.add(draft)
    session.flush()
    return draft


def _fill(
    session: Session, draft: FrameworkVersion, skills: list[TableSkill], versions: list[FrameworkVersion]
) -> int:
    """Rewrite the draft and return how many skills it had before. A published skill keeps its number.

    The skills of a draft cannot have been claimed yet.
    """
    there = {skill.name for skill in draft.skills}
    for skill in draft.skills:
        session.delete(skill)
    session.flush()
    session.expire(draft, ["skills"])
    numbers = {
        skill.name: skill.number
        for version in reversed(versions)
        if version is not draft
        for skill in version.skills
    }
    free = count(max(numbers.values(), default=0) + 1)
    for group, name, *levels in skills:
        words = {f"level_{place}": text for place, text in enumerate(levels, 1)}
        number = numbers.get(name) or next(free)
        draft.skills.append(Skill(number=number, group=group, name=name, **words))
    session.flush()
    session.expire(draft, ["skills"])  # read them again in the order of their numbers
    return sum(name in there for _group, name, *_levels in skills)
