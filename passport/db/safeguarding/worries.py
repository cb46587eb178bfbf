"""Worries about a text that a person has read. Only `services.safeguarding.worries` may import this."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Account, Student
from passport.db.programmes.programme import School


class WorryState(StrEnum):
    """State of a worry."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class WorrySubject(Base):
    """A safeguarding lead of a school whom a worry is about: others read it and decide."""

    __tablename__ = "worry_subjects"

    worry_id: Mapped[int] = mapped_column(ForeignKey("worries.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)


class Worry(Base):
    """A worry that a reader raised about a piece of evidence."""

    __tablename__ = "worries"
    __table_args__ = (Index("ix_worries_school_id_state", "school_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    version: Mapped[int]
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[WorryState] = mapped_column(choice(WorryState, "worry_state"))
    words: Mapped[str] = mapped_column(default="")
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    student: Mapped[Student] = relationship(lazy="joined")
    evidence: Mapped[Evidence] = relationship(lazy="joined")
    raised_by: Mapped[Account] = relationship(lazy="joined")
    subjects: Mapped[list[WorrySubject]] = relationship(lazy="selectin")


def same(session: Session, evidence_id: int, version: int, raised_by_id: int) -> Worry | None:
    """Return the worry that this person has already raised about this version."""
    return session.scalar(
        select(Worry).where(
            Worry.evidence_id == evidence_id, Worry.version == version, Worry.raised_by_id == raised_by_id
        )
    )


def open_about(session: Session, evidence_id: int) -> list[Worry]:
    """Return the open worries about a piece of evidence, whichever version was read, oldest first."""
    query = select(Worry).where(Worry.evidence_id == evidence_id, Worry.state != WorryState.CLOSED)
    return list(session.scalars(query.order_by(Worry.id)))


def open_of_student(session: Session, student_id: int) -> list[Worry]:
    """Return the open worries about what a student wrote or raised, oldest first."""
    query = select(Worry).where(Worry.student_id == student_id, Worry.state != WorryState.CLOSED)
    return list(session.scalars(query.order_by(Worry.id)))


def of_student(session: Session, student_id: int) -> list[Worry]:
    """Return every worry about what a student wrote or raised, oldest first."""
    return list(session.scalars(select(Worry).where(Worry.student_id == student_id).order_by(Worry.id)))


def open_of_school(session: Session, school_id: int, reader_id: int, limit: int = 200) -> list[Worry]:
    """Return the open worries of a school that are not about the reader, oldest first."""
    query = select(Worry).where(
        Worry.school_id == school_id,
        Worry.state != WorryState.CLOSED,
        ~exists().where(WorrySubject.worry_id == Worry.id, WorrySubject.account_id == reader_id),
    )
    return list(session.scalars(query.order_by(Worry.id).limit(limit)))


def open_of_programme(session: Session, programme_id: int) -> list[Worry]:
    """Return all open worries of a programme's schools, oldest first."""
    query = select(Worry).join(School, School.id == Worry.school_id)
    query = query.where(School.programme_id == programme_id, Worry.state != WorryState.CLOSED)
    return list(session.scalars(query.order_by(Worry.id)))


def by_reference(session: Session, reference: str) -> Worry | None:
    """Return a worry of any school: the caller checks who may read it."""
    return session.scalar(select(Worry).where(Worry.reference == reference))


def lock(session: Session, worry: Worry) -> None:
    """Reload a worry's state with a row lock (FOR UPDATE)."""
    session.refresh(worry, ["state", "closed_at"], with_for_update=True)
