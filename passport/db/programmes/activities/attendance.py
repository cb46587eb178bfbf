"""Who was at a session of an activity, and how many came of whom no names are kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, selectinload

from passport.db.base import Base, UtcDateTime
from passport.db.programmes.activities.menu import Activity, ActivitySession, ActivityState
from passport.db.programmes.activities.sign_ups import SignUp, SignUpState
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


def took_part(session: Session, student_id: int, since: date, until: date) -> list[Activity]:
    """Return what a student has taken part in between two days, with its sessions, the newest first.

    That is what they have a place at, unless they are recorded as absent, what they are recorded at, and what
    is their own.
    """
    held = select(ActivitySession.id).where(
        ActivitySession.activity_id == Activity.id,
        ActivitySession.held_on >= since,
        ActivitySession.held_on <= until,
    )
    booked = select(SignUp.id).where(
        SignUp.activity_id == Activity.id,
        SignUp.student_id == student_id,
        SignUp.state == SignUpState.BOOKED,
    )
    recorded = (
        select(Attendance.id)
        .join(ActivitySession, ActivitySession.id == Attendance.session_id)
        .where(ActivitySession.activity_id == Activity.id, Attendance.student_id == student_id)
    )
    there = recorded.where(Attendance.present.is_(True)).exists()
    query = select(Activity).where(
        Activity.state == ActivityState.PUBLISHED,
        held.exists(),
        or_(Activity.own_of_id == student_id, there, and_(booked.exists(), ~recorded.exists())),
    )
    whole = query.options(selectinload(Activity.sessions))
    return list(session.scalars(whole.order_by(Activity.held_on.desc(), Activity.id.desc())))


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
    return any(anything_at(session, one) for one in session.scalars(sessions))


def anything_at(session: Session, session_id: int) -> bool:
    """Return whether attendance or a headcount is recorded for a session."""
    tables = (Attendance, Headcount)
    queries = [select(one.id).where(one.session_id == session_id).limit(1) for one in tables]
    return any(session.scalar(query) is not None for query in queries)


def present_at(session: Session, session_ids: list[int]) -> dict[int, int]:
    """Return how many students were at each of these sessions, by the ids of the sessions."""
    query = (
        select(Attendance.session_id, func.count().label("number"))
        .where(Attendance.session_id.in_(session_ids), Attendance.present.is_(True))
        .group_by(Attendance.session_id)
    )
    return {row.session_id: row.number for row in session.execute(query)}
