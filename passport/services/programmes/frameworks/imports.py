"""Import a framework's draft from a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.programmes.frameworks.versions import FrameworkVersion
from passport.db.programmes.programme import Programme
from passport.services.core.text_rules import problem
from passport.services.programmes.frameworks import drafts, wording
from passport.services.programmes.frameworks.findings import Finding, What, found
from passport.services.programmes.frameworks.tables import Draft, read
from passport.services.programmes.frameworks.tables import Skill as TableSkill
from passport.services.programmes.frameworks.wording import Words

__all__ = ["Draft", "Import", "import_table", "read"]


@dataclass
class Import:
    """The result of an import: the version, the numbers of skills added and kept, problems and notes.

    With a problem nothing was imported, and there is no version.
    """

    version: FrameworkVersion | None = None
    added: int = 0
    kept: int = 0
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)


def import_table(session: Session, programme: Programme, title: str, draft: Draft, at: datetime) -> Import:
    """Make the draft version of a title equal to a table, whole or not at all; it is created if needed.

    Idempotent: the same table again, or one that equals the newest version, changes nothing.
    """
    advice = problem(title)
    problems = [found(What.UNUSABLE, 0, "title", advice=advice)] if advice else draft.problems
    if problems:
        return Import(problems=problems, notes=draft.notes)
    db.programmes.programme.lock(session, programme)
    framework = db.programmes.frameworks.versions.find(session, programme.id, title)
    versions = db.programmes.frameworks.versions.versions(session, framework) if framework else []
    rows = [_words(skill) for skill in draft.skills]
    if versions:
        db.programmes.frameworks.versions.lock_version(session, versions[0])
    if versions and [wording.words_of(skill) for skill in versions[0].skills] == rows:
        return Import(versions[0], kept=len(rows), notes=draft.notes)
    version = versions[0] if versions and versions[0].is_open else None
    if version is None:
        version = drafts.new_version(session, programme.id, title, framework, at)
    kept = drafts.fill(session, version, rows)
    done = Import(version, len(rows) - kept, kept, notes=draft.notes)
    drafts.words_changed(session, None, version, at, "framework.imported", added=done.added)
    return done


def _words(skill: TableSkill) -> Words:
    group, name, *levels = skill
    first, second, third, fourth = levels
    return Words(group, name, (first, second, third, fourth))
