"""What was sent, version by version: the words that changed, and what else somebody who reads should know."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum

from passport import db
from passport.db import Session
from passport.db.evidence.drafts import Evidence, EvidenceVersion
from passport.db.evidence.evidence_files import EvidenceFile
from passport.services.evidence import evidence_files

__all__ = ["Change", "Changes", "Kind", "Reading", "changes", "of_student", "reading"]

WORDS = re.compile(r"\s+|[^\s]+")


class Kind(StrEnum):
    """What became of some words."""

    SAME = "same"
    ADDED = "added"
    TAKEN_OUT = "taken out"


@dataclass(frozen=True)
class Change:
    """Some words, and what became of them."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Changes:
    """How a version differs from the one before it; None for what is as it was."""

    before: EvidenceVersion
    narrative: tuple[Change, ...] | None
    skill: str | None
    level: int | None
    when: bool
    files: bool

    @property
    def something(self) -> bool:
        """Whether there is anything to show."""
        facts = (self.narrative, self.skill, self.level)
        return self.when or self.files or any(fact is not None for fact in facts)


@dataclass(frozen=True)
class Reading:
    """A version with its files, and what changed in it since it was sent before."""

    version: EvidenceVersion
    files: list[EvidenceFile]
    changes: Changes | None


def reading(
    session: Session, evidence: Evidence, version: EvidenceVersion, *, whole: bool = False
) -> Reading:
    """What stands beside a version. Who may read the ``whole`` history sees what the school held, too."""
    files = evidence_files.of_version(session, version)
    before = db.evidence.drafts.frozen(session, evidence, version.number - 1)
    if before is None or (not whole and _was_unseen(session, evidence, before)):
        return Reading(version, files, None)
    found = changes(before, version)
    return Reading(version, files, found if found.something else None)


def of_student(session: Session, evidence: Evidence) -> list[Reading]:
    """All that the student sent of it, the newest first, each with what changed."""
    sent = db.evidence.drafts.versions(session, evidence.id)
    return [reading(session, evidence, one, whole=True) for one in sent]


def changes(before: EvidenceVersion, after: EvidenceVersion) -> Changes:
    """Compare two versions."""
    same_text = before.narrative == after.narrative
    return Changes(
        before=before,
        narrative=None if same_text else tuple(_words(before.narrative, after.narrative)),
        skill=before.skill.name if before.skill_id != after.skill_id else None,
        level=before.level if before.level != after.level else None,
        when=(before.held_on, before.hours) != (after.held_on, after.hours),
        files=before.files != after.files,
    )


def _words(before: str, after: str) -> list[Change]:
    """Word by word, blanks kept: what was taken out stands before what was added in its place."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    found: list[Change] = []
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            found.append(Change(Kind.SAME, "".join(new[new_start:new_end])))
            continue
        if start < end:
            found.append(Change(Kind.TAKEN_OUT, "".join(old[start:end])))
        if new_start < new_end:
            found.append(Change(Kind.ADDED, "".join(new[new_start:new_end])))
    return found


def _was_unseen(session: Session, evidence: Evidence, version: EvidenceVersion) -> bool:
    """Whether the school kept that version from champions."""
    hold = db.evidence.evidence_holds.last(session, evidence.id, version.number)
    return hold is not None and hold.outcome != "released"
