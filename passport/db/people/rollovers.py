"""Year rollovers of a school: the place of each student before and after, so that it can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.people.accounts import Account, EnrolmentState, Student
from passport.db.people.enrolments import EnrolmentChange
from passport.db.people.student_changes import StudentChange

GOING_ON = (EnrolmentState.INVITED, EnrolmentState.ACTIVE, EnrolmentState.PAUSED)


class Rollover(Base):
    """One rollover of a school. It can be undone until ``undo_until``."""

    __tablename__ = "rollovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undo_until: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[Account] = relationship(lazy="joined")


class RolloverStep(Base):
    """What a rollover changed about one student."""

    __tablename__ = "rollover_steps"

    rollover_id: Mapped[int] = mapped_column(ForeignKey("rollovers.id"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), primary_key=True, index=True)
    year_before: Mapped[int]
    year_after: Mapped[int]
    state_before: Mapped[EnrolmentState] = mapped_column(choice(EnrolmentState, "rollover_state_before"))
    state_after: Mapped[EnrolmentState] = mapped_column(choice(EnrolmentState, "rollover_state_after"))


@dataclass(frozen=True)
class Place:
    """A student's year group and enrolment."""

    id: int
    reference: str
    name: str
    year_group: int
    enrolment: EnrolmentState


def lock_students(session: Session, school_id: int) -> None:
    """Lock the rows of a school's students, the lowest id first, so that what is read of them stays true."""
    query = select(Student.account_id).where(Student.school_id == school_id, Student.erased_at.is_(None))
    session.execute(query.order_by(Student.account_id).with_for_update(key_share=True)).all()


def places(session: Session, school_id: int) -> list[Place]:
    """Return the places of a school's students who go on, by year group and name."""
    query = (
        select(Account.id, Account.reference, Account.name, Student.year_group, Student.enrolment)
        .join(Student, Student.account_id == Account.id)
        .where(Student.school_id == school_id, Student.enrolment.in_(GOING_ON), Student.erased_at.is_(None))
        .order_by(Student.year_group, func.lower(Account.name), Account.id)
    )
    return [Place(*row) for row in session.execute(query)]


def latest(session: Session, school_id: int) -> Rollover | None:
    """Return a school's latest rollover that was not undone."""
    query = select(Rollover).where(Rollover.school_id == school_id, Rollover.undone_at.is_(None))
    return session.scalars(query.order_by(Rollover.id.desc()).limit(1)).first()


def by_reference(session: Session, school_id: int, reference: str) -> Rollover | None:
    """Return a school's rollover with a row lock (FOR UPDATE)."""
    query = select(Rollover).where(Rollover.school_id == school_id, Rollover.reference == reference)
    locked = query.with_for_update(of=Rollover).execution_options(populate_existing=True)
    return session.scalar(locked)


def steps(session: Session, rollover: Rollover) -> list[RolloverStep]:
    """Return what a rollover changed."""
    query = select(RolloverStep).where(RolloverStep.rollover_id == rollover.id)
    return list(session.scalars(query.order_by(RolloverStep.student_id)))


def current(session: Session, school_id: int) -> dict[int, tuple[int, EnrolmentState]]:
    """Return the present year group and enrolment of all students of a school who were not erased."""
    query = select(Student.account_id, Student.year_group, Student.enrolment)
    found = session.execute(query.where(Student.school_id == school_id, Student.erased_at.is_(None)))
    return {one: (year, state) for one, year, state in found}


def add_steps(session: Session, values: list[dict[str, Any]]) -> None:
    """Add steps in one statement."""
    if values:
        session.execute(insert(RolloverStep), values)


def set_places(session: Session, values: list[dict[str, Any]]) -> None:
    """Set year groups and enrolments of students, each given by its ``account_id``."""
    if values:
        session.execute(update(Student), values)


def add_history(session: Session, changes: list[dict[str, Any]], states: list[dict[str, Any]]) -> None:
    """Add lines to the histories of details and of enrolments."""
    if changes:
        session.execute(insert(StudentChange), changes)
    if states:
        session.execute(insert(EnrolmentChange), states)
