"""Lists of what a school's students have sent: always one page, with a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from passport.db.endorsements.decisions import Decision, DecisionOutcome, DecisionState
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.evidence.evidence_holds import EvidenceHold, HoldOutcome
from passport.db.people.accounts import Student


class Waits(StrEnum):
    """What a piece of evidence waits for: the school's staff, a champion, its student; or all sent."""

    HELD = "held"
    CHAMPION = "champion"
    STUDENT = "student"
    ALL = "all"


@dataclass(frozen=True)
class Since:
    """Thresholds: only what has waited since before these times is listed."""

    champion: datetime
    student: datetime


def counts(session: Session, school_id: int, since: Since) -> dict[Waits, int]:
    """Return how many pieces of evidence wait for each, in one query."""
    columns = [func.count().filter(_waits(one, since)).label(one.name) for one in Waits]
    found = session.execute(_of_school(select(*columns).select_from(Evidence), school_id)).one()
    return dict(zip(Waits, found, strict=True))


def page(
    session: Session, school_id: int, waits: Waits, since: Since, start: int, limit: int
) -> list[Evidence]:
    """Return a page of them: longest waiting first; for ALL, the newest first."""
    query = _of_school(select(Evidence), school_id).where(_waits(waits, since))
    if waits is Waits.ALL:
        query = query.order_by(Evidence.submitted_at.desc(), Evidence.id.desc())
    else:
        query = query.order_by(Evidence.submitted_at, Evidence.id)
    return list(session.scalars(query.offset(start).limit(limit)))


def _of_school(query: Any, school_id: int) -> Any:
    return query.join(Student, Student.account_id == Evidence.student_id).where(
        Student.school_id == school_id
    )


def _waits(waits: Waits, since: Since) -> ColumnElement[bool]:
    if waits is Waits.HELD:
        return Evidence.state == EvidenceState.HELD
    if waits is Waits.CHAMPION:
        return (Evidence.state == EvidenceState.SUBMITTED) & (Evidence.submitted_at < since.champion)
    if waits is Waits.STUDENT:
        lately = exists().where(
            Decision.evidence_id == Evidence.id,
            Decision.decision == DecisionOutcome.RETURNED,
            Decision.state != DecisionState.UNDONE,
            Decision.decided_at >= since.student,
        )
        lately_by_school = exists().where(
            EvidenceHold.evidence_id == Evidence.id,
            EvidenceHold.outcome == HoldOutcome.RETURNED,
            EvidenceHold.decided_at >= since.student,
        )
        return (Evidence.state == EvidenceState.RETURNED) & ~lately & ~lately_by_school
    return (Evidence.version > 0) & (Evidence.state != EvidenceState.REMOVED)
