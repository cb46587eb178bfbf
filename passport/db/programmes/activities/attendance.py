"""Who was at a session of an activity, and how many came of whom no names are kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from passport.db.base import Base, UtcDateTime
from passport.db.programmes.activities.menu import Activity, ActivitySession
from passport.db.programmes.programme import School

if TYPE_CHECKING:
    from passport.db.people.accounts import Student


class Attendance(Base):
    """Whether a student was at a session. ``marked_by_id`` is None where they entered the code themselves."""

    __tablename__ = "activity_attendance"
    __table_args__ = (UniqueConstraint("session_id", "student_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("activity_sessions.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    present: Mapped[bool]
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    session: Mapped[ActivitySession] = relationship(lazy="select")
    student: Mapped[Student] = relationship(lazy="joined")


class Headcount(Base):
    """How many young people of a school and year group were at a session: a number, and no names."""

    __tablename__ = "activity_headcounts"
    __table_args__ = (
        UniqueConstraint("session_id", "school_id", "year_group"),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("activity_sessions.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    year_group: Mapped[int]
    number: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counted_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    school: Mapped[School] = relationship(lazy="joined")
    session: Mapped[ActivitySession] = relationship(lazy="select")


def of_session(session: Session, session_id: int) -> dict[int, Attendance]:
    """Return what is recorded of a session, by the ids of the students."""
    query = select(Attendance).where(Attendance.session_id == session_id)
    return {one.student_id: one for one in session.scalars(query)}


def of_student(session: Session, student_id: int) -> dict[int, list[Attendance]]:
    """Return what is recorded of a student, by the ids of the activities."""
    query = (
        select(Attendance, ActivitySession.activity_id)
        .join(ActivitySession, ActivitySession.id == Attendance.session_id)
        .where(Attendance.student_id == student_id)
    )
    found: dict[int, list[Attendance]] = {}
    for one, activity_id in session.execute(query):
        found.setdefault(activity_id, []).append(one)
    return found


def headcount(session: Session, session_id: int, school_id: int, year_group: int) -> Headcount | None:
    """Return the headcount of a school's year group at a session."""
    return session.scalar(
        select(Headcount).where(
            Headcount.session_id == session_id,
            Headcount.school_id == school_id,
            Headcount.year_group == year_group,
        )
    )


def headcounts(session: Session, activity_id: int) -> list[Headcount]:
    """Return the headcounts of an activity's sessions, by day, school and year group."""
    query = (
        select(Headcount)
        .join(ActivitySession, ActivitySession.id == Headcount.session_id)
        .join(School, School.id == Headcount.school_id)
        .where(ActivitySession.activity_id == activity_id)
        .order_by(ActivitySession.held_on, ActivitySession.id, School.name, Headcount.year_group)
    )
    return list(session.scalars(query))


def headcounts_of_programme(session: Session, programme_id: int) -> list[Headcount]:
    """Return every headcount of a programme's activities, by day, with session, activity and sectors."""
    activity = joinedload(Headcount.session).joinedload(ActivitySession.activity)
    query = (
        select(Headcount)
        .options(activity.selectinload(Activity.sectors))
        .join(ActivitySession, ActivitySession.id == Headcount.session_id)
        .join(Activity, Activity.id == ActivitySession.activity_id)
        .where(Activity.programme_id == programme_id)
        .order_by(ActivitySession.held_on, Headcount.id)
    )
    return list(session.scalars(query))


def anything(session: Session, activity_id: int) -> bool:
    """Return whether attendance or a headcount is recorded for a session of an activity."""
    sessions = select(ActivitySession.id).where(ActivitySession.activity_id == activity_id)
    query = select(
        select(Attendance.id).where(Attendance.session_id.in_(sessions)).exists()
        | select(Headcount.id).where(Headcount.session_id.in_(sessions)).exists()
    )
    return bool(session.scalar(query))


def present_counts(session: Session, activity_id: int) -> dict[int, int]:
    """Return how many students were at each session of an activity, by the ids of the sessions."""
    query = (
        select(Attendance.session_id, func.count())
        .join(ActivitySession, ActivitySession.id == Attendance.session_id)
        .where(ActivitySession.activity_id == activity_id, Attendance.present.is_(True))
        .group_by(Attendance.session_id)
    )
    return {number: count for number, count in session.execute(query)}  # noqa: C416  # rows are no tuples
