"""Worries about what somebody has read. Only `services.worries` may know them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.accounts import Account, Student
from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.evidence import Evidence


class WorryState(StrEnum):
    """How far it is."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Worry(Base):
    """Somebody who read a piece of evidence was worried about what it says."""

    __tablename__ = "worries"
    __table_args__ = (Index("ix_worries_school_id_state", "school_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    version: Mapped[int]
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[WorryState] = mapped_column(choice(WorryState, "worry_state"))
    words: Mapped[str] = mapped_column(default="")
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    student: Mapped[Student] = relationship(lazy="joined")
    evidence: Mapped[Evidence] = relationship(lazy="joined")
    raised_by: Mapped[Account] = relationship(lazy="joined")


def same(session: Session, evidence_id: int, version: int, raised_by_id: int) -> Worry | None:
    """What this person has already raised about this version."""
    return session.scalar(
        select(Worry).where(
            Worry.evidence_id == evidence_id, Worry.version == version, Worry.raised_by_id == raised_by_id
        )
    )


def open_of_school(session: Session, school_id: int, limit: int = 200) -> list[Worry]:
    """What was raised at a school and is not closed, oldest first."""
    query = select(Worry).where(Worry.school_id == school_id, Worry.state != WorryState.CLOSED)
    return list(session.scalars(query.order_by(Worry.id).limit(limit)))


def by_reference(session: Session, school_id: int, reference: str) -> Worry | None:
    """A worry of a school."""
    query = select(Worry).where(Worry.school_id == school_id, Worry.reference == reference)
    return session.scalar(query)
