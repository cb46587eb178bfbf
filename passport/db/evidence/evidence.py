"""Evidence: a student's account of one thing they did, tied to one skill and level, and its versions."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, Exact, UtcDateTime, choice, new_reference
from passport.db.people.accounts import Student

if TYPE_CHECKING:
    from passport.db.programmes.activities.menu import Activity
    from passport.db.programmes.frameworks.versions import Skill


class EvidenceState(StrEnum):
    """State of a piece of evidence (product, section 3)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    HELD = "held"
    RETURNED = "returned"
    ENDORSED = "endorsed"
    DECLINED = "declined"
    REMOVED = "removed"


class Evidence(Base):
    """What the student is writing, or last sent. What was sent is frozen in its versions."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_waiting", "state", "submitted_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skills.id"))
    state: Mapped[EvidenceState] = mapped_column(choice(EvidenceState, "evidence_state"))
    level: Mapped[int | None]
    narrative: Mapped[str] = mapped_column(default="")
    held_on: Mapped[date | None]
    hours: Mapped[Decimal | None] = mapped_column(Exact)
    # the page that saved the text last: a page opened before that has not shown this text
    written_on: Mapped[str] = mapped_column(default=new_reference)
    version: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the staff member who wrote it down for the student, who reads it and sends it themselves
    scribe_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    student: Mapped[Student] = relationship(lazy="joined")
    activity: Mapped[Activity] = relationship(lazy="joined")
    skill: Mapped[Skill | None] = relationship(lazy="joined")


class EvidenceVersion(Base):
    """What a champion saw: never changed once written."""

    __tablename__ = "evidence_versions"
    __table_args__ = (UniqueConstraint("evidence_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    number: Mapped[int]
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    level: Mapped[int]
    narrative: Mapped[str]
    held_on: Mapped[date]
    hours: Mapped[Decimal] = mapped_column(Exact)
    salt: Mapped[bytes]
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scribed: Mapped[bool] = mapped_column(default=False)
    # JSON: the reference and the digest of each file that was sent with it; empty if there was none
    files: Mapped[str] = mapped_column(default="")
    skill: Mapped[Skill] = relationship(lazy="joined")


def of_student(session: Session, student_id: int) -> list[Evidence]:
    """Return a student's evidence that they have not removed, most recently changed first."""
    query = select(Evidence).where(Evidence.student_id == student_id, Evidence.state != EvidenceState.REMOVED)
    return list(session.scalars(query.order_by(Evidence.updated_at.desc(), Evidence.id.desc())))


def own(session: Session, student_id: int, reference: str) -> Evidence | None:
    """Return a student's piece of evidence, or None if it is another student's or removed."""
    return session.scalar(
        select(Evidence).where(
            Evidence.student_id == student_id,
            Evidence.reference == reference,
            Evidence.state != EvidenceState.REMOVED,
        )
    )


def untouched_draft(session: Session, student_id: int, activity_id: int) -> Evidence | None:
    """Return a draft in which only the activity is filled in."""
    return session.scalar(
        select(Evidence).where(
            Evidence.student_id == student_id,
            Evidence.activity_id == activity_id,
            Evidence.state == EvidenceState.DRAFT,
            Evidence.skill_id.is_(None),
            Evidence.level.is_(None),
            Evidence.narrative == "",
        )
    )


def scribed_drafts(session: Session, student_id: int, scribe_id: int) -> list[Evidence]:
    """Return the unsent drafts that a staff member wrote down for a student, the newest first."""
    query = select(Evidence).where(
        Evidence.student_id == student_id,
        Evidence.scribe_id == scribe_id,
        Evidence.state == EvidenceState.DRAFT,
    )
    return list(session.scalars(query.order_by(Evidence.id.desc())))


def by_reference(session: Session, reference: str) -> Evidence | None:
    """Return the evidence with this reference, of any student: the caller checks who may see it."""
    return session.scalar(select(Evidence).where(Evidence.reference == reference))


def frozen(session: Session, evidence: Evidence, number: int) -> EvidenceVersion | None:
    """Return one version as it was sent."""
    return session.scalar(
        select(EvidenceVersion).where(
            EvidenceVersion.evidence_id == evidence.id, EvidenceVersion.number == number
        )
    )


def versions(session: Session, evidence_id: int) -> list[EvidenceVersion]:
    """Return all versions of a piece of evidence, the newest first."""
    query = select(EvidenceVersion).where(EvidenceVersion.evidence_id == evidence_id)
    return list(session.scalars(query.order_by(EvidenceVersion.number.desc())))


def counts(session: Session, school_ids: list[int]) -> dict[str, int]:
    """Return how many pieces of evidence these schools' students have in each state."""
    query = (
        select(Evidence.state, func.count())
        .join(Student)
        .where(Student.school_id.in_(school_ids))
        .group_by(Evidence.state)
    )
    return {state.value: number for state, number in session.execute(query)}


def logged(session: Session, activity_ids: list[int]) -> set[int]:
    """Return the ids of those activities that any student has logged, in any state."""
    query = select(Evidence.activity_id).where(Evidence.activity_id.in_(activity_ids)).distinct()
    return set(session.scalars(query))
