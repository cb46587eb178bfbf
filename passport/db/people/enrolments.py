"""The append-only history of students' enrolment, and the lists of a school's students."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, false, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice, locking
from passport.db.people.accounts import Account, EnrolmentState, Student
from passport.db.programmes.cohorts import Cohort
from passport.db.programmes.programme import School
from passport.openbadges import signed_texts

# parameters of one statement
AT_ONCE = 500


class EnrolmentChange(Base):
    """One step of a student's way through the programme: who made it, when and why."""

    __tablename__ = "enrolment_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    state: Mapped[EnrolmentState] = mapped_column(choice(EnrolmentState, "enrolment_state"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    # the school whose staff may read this line and its note
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    reason: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    actor: Mapped[Account] = relationship(lazy="joined")
    school: Mapped[School] = relationship(lazy="joined")


@dataclass(frozen=True)
class FoundStudents:
    """A page of students, and how many there are in all."""

    rows: list[Student]
    total: int


def history(session: Session, student_id: int) -> list[EnrolmentChange]:
    """Return the changes of a student's enrolment, the newest first."""
    query = select(EnrolmentChange).where(EnrolmentChange.student_id == student_id)
    return list(session.scalars(query.order_by(EnrolmentChange.id.desc())))


def students(
    session: Session, school_id: int, name: str, state: EnrolmentState | None, start: int, limit: int
) -> FoundStudents:
    """Return a page of a school's students, by name, in one state or in any.

    ``name`` is part of a name; capitals, accents, apostrophes, hyphens and spaces make no difference.
    """
    chosen = _chosen(select(Student), school_id, name, state).options(joinedload(Student.cohort))
    counted = _chosen(select(func.count()).select_from(Student), school_id, name, state)
    ordered = chosen.order_by(func.lower(Account.name), Account.id).offset(start).limit(limit)
    return FoundStudents(list(session.scalars(ordered)), session.scalar(counted) or 0)


def student(session: Session, school_id: int, reference: str, *, lock: bool) -> Student | None:
    """Return a school's student; with ``lock``, with a row lock that keeps their enrolment unchanged.

    Rows that refer to the student can still be added (FOR NO KEY UPDATE): who holds the lock may wait for an
    activity in whose lock attendance is written.
    """
    query = (
        select(Student)
        .join(Account, Account.id == Student.account_id)
        .where(Student.school_id == school_id, Account.reference == reference, Student.erased_at.is_(None))
    )
    return session.scalar(locking(query, Student, lock=lock, key_share=True))


def by_id(session: Session, account_id: int, *, lock: bool) -> Student:
    """Return a student by row id; with ``lock``, with a row lock as `student`."""
    query = select(Student).where(Student.account_id == account_id)
    return session.scalars(locking(query, Student, lock=lock, key_share=True)).one()


def by_ids(session: Session, account_ids: Collection[int]) -> dict[int, Student]:
    """Return students by row id."""
    found: dict[int, Student] = {}
    listed = sorted(account_ids)
    for start in range(0, len(listed), AT_ONCE):
        query = select(Student).where(Student.account_id.in_(listed[start : start + AT_ONCE]))
        found |= {one.account_id: one for one in session.scalars(query)}
    return found


def all_students(session: Session, school_id: int) -> list[Student]:
    """Return all students of a school, by name."""
    query = select(Student).join(Account, Account.id == Student.account_id)
    own = query.where(Student.school_id == school_id, Student.erased_at.is_(None)).options(
        joinedload(Student.cohort)
    )
    return list(session.scalars(own.order_by(func.lower(Account.name), Account.id)))


def same_name(session: Session, school_id: int, name: str) -> list[Student]:
    """Return a school's students with exactly this name."""
    query = select(Student).join(Account, Account.id == Student.account_id)
    there = query.where(Student.school_id == school_id, Account.name == name, Student.erased_at.is_(None))
    return list(session.scalars(there))


def counts(session: Session, school_ids: list[int]) -> dict[EnrolmentState, int]:
    """Return how many students of these schools are in each state."""
    query = (
        select(Student.enrolment, func.count().label("number"))
        .where(Student.school_id.in_(school_ids), Student.erased_at.is_(None))
        .group_by(Student.enrolment)
    )
    return {row.enrolment: row.number for row in session.execute(query)}


def _chosen(query: Select[Any], school_id: int, name: str, state: EnrolmentState | None) -> Select[Any]:
    found = query.join(Account, Account.id == Student.account_id).where(
        Student.school_id == school_id, Student.erased_at.is_(None)
    )
    if name:
        letters = signed_texts.search_name(name)
        # only characters that no name has: it matches no student
        found = found.where(Account.search_name.contains(letters, autoescape=True) if letters else false())
    return found if state is None else found.where(Student.enrolment == state)


def by_school(session: Session, programme_id: int) -> dict[int, int]:
    """Return how many students each school of a programme has."""
    query = (
        select(Student.school_id, func.count().label("number"))
        .join(School, School.id == Student.school_id)
        .where(School.programme_id == programme_id, Student.erased_at.is_(None))
        .group_by(Student.school_id)
    )
    return {row.school_id: row.number for row in session.execute(query)}


def counts_by_cohort(session: Session, programme_id: int) -> dict[tuple[int, EnrolmentState], int]:
    """Return how many students of each cohort are in each state."""
    query = (
        select(Cohort.id, Student.enrolment, func.count())
        .join(Student, Student.cohort_id == Cohort.id)
        .where(Cohort.programme_id == programme_id)
        .group_by(Cohort.id, Student.enrolment)
    )
    return {(cohort, state): number for cohort, state, number in session.execute(query)}
