"""What was submitted, version by version: the changed words, the files and other differences for a reader."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum

from passport import db
from passport.db import Session
from passport.db.evidence.evidence import Evidence, EvidenceVersion
from passport.db.evidence.evidence_files import EvidenceFile
from passport.services.evidence import evidence_files

__all__ = ["Change", "Changes", "Kind", "Reading", "changes", "of_student", "reading"]

WORDS = re.compile(r"\s+|[^\s]+")


class Kind(StrEnum):
    """How a run of words differs between two versions."""

    SAME = "same"
    ADDED = "added"
    TAKEN_OUT = "taken out"


@dataclass(frozen=True)
class Change:
    """A run of words and how it differs."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Changes:
    """Differences of a version from the one before it; None for a field that did not change."""

    before: EvidenceVersion
    narrative: tuple[Change, ...] | None
    skill: str | None
    level: int | None
    when: bool
    files: bool

    @property
    def something(self) -> bool:
        """Return whether there is any difference to show."""
        facts = (self.narrative, self.skill, self.level)
        return self.when or self.files or any(fact is not None for fact in facts)


@dataclass(frozen=True)
class Reading:
    """A version with its files, and its differences from the version before it."""

    version: EvidenceVersion
    files: list[EvidenceFile]
    changes: Changes | None


def reading(
    session: Session, evidence: Evidence, version: EvidenceVersion, *, whole: bool = False
) -> Reading:
    """Return a version with its files and differences from the one before it.

    Args:
        whole: the reader may see the whole history; without it, nothing is compared with a version that the
            school kept from champions.
    """
    files = evidence_files.of_version(session, version)
    before = db.evidence.evidence.frozen(session, evidence, version.number - 1)
    if before is None or (not whole and _was_unseen(session, evidence, before)):
        return Reading(version, files, None)
    found = changes(before, version)
    return Reading(version, files, found if found.something else None)


def of_student(session: Session, evidence: Evidence) -> list[Reading]:
    """Return all versions that the student submitted, the newest first, each with its differences."""
    sent = db.evidence.evidence.versions(session, evidence.id)
    return [reading(session, evidence, one, whole=True) for one in sent]


def changes(before: EvidenceVersion, after: EvidenceVersion) -> Changes:
    """Compare two versions field by field."""
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
    """Compare word by word and keep white space; what was taken out comes before what replaced it."""
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
    """Return whether the school kept that version from champions."""
    hold = db.evidence.evidence_holds.last(session, evidence.id, version.number)
    return hold is not None and hold.outcome != "released"
