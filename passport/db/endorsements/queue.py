"""A champion's queue: by waiting time, with the same activity, skill and level kept together."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from passport.db.endorsements.exclusions import Exclusion
from passport.db.evidence.evidence import Evidence, EvidenceState, EvidenceVersion
from passport.db.people.accounts import Account, Attachment, Role, Staff, Student, holds

Sent = tuple[Evidence, EvidenceVersion]


def waiting(session: Session, champion_id: int, school_ids: list[int], start: int, limit: int) -> list[Sent]:
    """Return a page of what waits: activities by their oldest item, skills and levels within likewise."""
    together = (Evidence.activity_id, Evidence.skill_id, Evidence.level)
    of_activity = func.min(Evidence.submitted_at).over(partition_by=together[:1]).label("of_activity")
    of_alike = func.min(Evidence.submitted_at).over(partition_by=together).label("of_alike")
    oldest = _for_champion(select(Evidence.id, of_activity, of_alike), champion_id, school_ids).subquery()
    order = (oldest.c.of_activity, together[0], oldest.c.of_alike, *together[1:], Evidence.submitted_at)
    query = _with_version().join(oldest, oldest.c.id == Evidence.id).order_by(*order, Evidence.id)
    found = session.execute(query.offset(start).limit(limit))
    return [(evidence, version) for evidence, version in found]


def count(session: Session, champion_id: int, school_ids: list[int]) -> int:
    """Return how many pieces of evidence wait for a champion."""
    query = _for_champion(select(func.count()).select_from(Evidence), champion_id, school_ids)
    return session.scalar(query) or 0


def chosen(session: Session, champion_id: int, school_ids: list[int], references: list[str]) -> list[Sent]:
    """Return which of these pieces of evidence wait for this champion, by id, each with its version."""
    query = _for_champion(_with_version(), champion_id, school_ids)
    found = query.where(Evidence.reference.in_(references)).order_by(Evidence.id)
    return [(evidence, version) for evidence, version in session.execute(found)]


def lock(session: Session, references: list[str]) -> None:
    """Lock the rows of these pieces of evidence (FOR UPDATE), always in the order of their ids."""
    query = select(Evidence.id).where(Evidence.reference.in_(references)).order_by(Evidence.id)
    session.execute(query.with_for_update())


def coordinators(session: Session, school_ids: list[int]) -> list[Account]:
    """Return the coordinators of some schools whose accounts are not suspended."""
    query = (
        select(Account)
        .join(Staff, Staff.account_id == Account.id)
        .where(
            Staff.school_id.in_(school_ids),
            holds(Role.COORDINATOR),
            Account.suspended_at.is_(None),
        )
    )
    return list(session.scalars(query.order_by(Account.id)))


def champions(session: Session, on: date, school_id: int | None = None) -> list[Account]:
    """Return the champions attached on a day, to any school or to this one, who are not suspended."""
    attached = select(Attachment.champion_id).where(
        Attachment.since <= on, on <= Attachment.until, Attachment.ended_at.is_(None)
    )
    if school_id is not None:
        attached = attached.where(Attachment.school_id == school_id)
    query = select(Account).where(Account.id.in_(attached), Account.suspended_at.is_(None))
    return list(session.scalars(query.order_by(Account.id)))


def attached_since(session: Session, school_id: int, since: date) -> set[int]:
    """Return the ids of the champions attached to a school since a day or longer."""
    query = select(Attachment.champion_id).where(
        Attachment.school_id == school_id, Attachment.since <= since, Attachment.ended_at.is_(None)
    )
    return set(session.scalars(query))


def waiting_since(session: Session, programme_id: int, before: datetime) -> list[Evidence]:
    """Return what was sent before a time and still waits, in a programme, oldest first."""
    query = (
        select(Evidence)
        .join(Account, Account.id == Evidence.student_id)
        .where(
            Account.programme_id == programme_id,
            Evidence.state == EvidenceState.SUBMITTED,
            Evidence.submitted_at < before,
        )
        .order_by(Evidence.submitted_at, Evidence.id)
    )
    return list(session.scalars(query))


def _with_version() -> Select[*tuple[Any, ...]]:
    """Select each piece of evidence with its last sent version."""
    sent = and_(EvidenceVersion.evidence_id == Evidence.id, EvidenceVersion.number == Evidence.version)
    return select(Evidence, EvidenceVersion).join(EvidenceVersion, sent)


def _for_champion(
    query: Select[*tuple[Any, ...]], champion_id: int, school_ids: list[int]
) -> Select[*tuple[Any, ...]]:
    return query.join(Student, Student.account_id == Evidence.student_id).where(
        Student.school_id.in_(school_ids),
        Evidence.state == EvidenceState.SUBMITTED,
        ~_is_excluded(champion_id),
    )


def _is_excluded(champion_id: int) -> ColumnElement[bool]:
    return (
        select(Exclusion.id)
        .where(Exclusion.evidence_id == Evidence.id, Exclusion.champion_id == champion_id)
        .exists()
    )
