"""Sign-ups for activities: who has a place, and who waits for one in which order."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, and_, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice, locking, new_reference
from passport.db.programmes.activities.menu import Activity

if TYPE_CHECKING:
    from passport.db.people.accounts import Student

LIVE = text("state IN ('booked', 'waiting')")


class SignUpState(StrEnum):
    """State of a sign-up."""

    BOOKED = "booked"
    WAITING = "waiting"
    LEFT = "left"
    REFUSED = "refused"


LIVE_STATES = (SignUpState.BOOKED, SignUpState.WAITING)


class SignUp(Base):
    """A student's sign-up. At most one that stands exists for a student and an activity.

    ``number`` counts the sign-ups of an activity in the order in which they were committed: places that
    become free go to the lowest number that waits. A place is kept for a student until the school has
    approved or refused it.
    """

    __tablename__ = "activity_sign_ups"
    __table_args__ = (
        UniqueConstraint("activity_id", "number"),
        Index(
            "uq_activity_sign_ups_one_live",
            "activity_id",
            "student_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    number: Mapped[int]
    state: Mapped[SignUpState] = mapped_column(choice(SignUpState, "sign_up_state"))
    signed_up_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    activity: Mapped[Activity] = relationship(lazy="joined")
    student: Mapped[Student] = relationship(lazy="joined")


def of_activity(session: Session, activity_id: int) -> list[SignUp]:
    """Return the sign-ups of an activity that stand: those with a place first, then in order of number."""
    query = select(SignUp).where(SignUp.activity_id == activity_id, SignUp.state.in_(LIVE_STATES))
    # "booked" sorts before "waiting"
    return list(session.scalars(query.order_by(SignUp.state, SignUp.number)))


def of_student(session: Session, student_id: int) -> list[SignUp]:
    """Return a student's sign-ups that stand, the soonest activity first."""
    query = (
        select(SignUp)
        .join(Activity, Activity.id == SignUp.activity_id)
        .where(SignUp.student_id == student_id, SignUp.state.in_(LIVE_STATES))
    )
    return list(session.scalars(query.order_by(Activity.held_on, SignUp.id)))


def standing(session: Session, activity_id: int, student_id: int) -> SignUp | None:
    """Return a student's sign-up for an activity, if one stands."""
    return session.scalar(
        select(SignUp).where(
            SignUp.activity_id == activity_id,
            SignUp.student_id == student_id,
            SignUp.state.in_(LIVE_STATES),
        )
    )


def activities_of(session: Session, student_ids: Collection[int]) -> list[int]:
    """Return the row ids of the activities for which a sign-up of one of these students stands, in order."""
    query = select(SignUp.activity_id).where(_is_theirs(student_ids))
    return list(session.scalars(query.distinct().order_by(SignUp.activity_id)))


def standing_of(session: Session, activity_id: int, student_ids: Collection[int]) -> list[SignUp]:
    """Return the sign-ups of these students for an activity that stand, in order of number."""
    query = select(SignUp).where(SignUp.activity_id == activity_id, _is_theirs(student_ids))
    fresh = query.order_by(SignUp.number).execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def _is_theirs(student_ids: Collection[int]) -> ColumnElement[bool]:
    return and_(SignUp.student_id.in_(student_ids), SignUp.state.in_(LIVE_STATES))


def by_reference(session: Session, activity_id: int, reference: str, *, lock: bool) -> SignUp | None:
    """Return a sign-up of an activity; with ``lock``, with a row lock."""
    query = select(SignUp).where(SignUp.activity_id == activity_id, SignUp.reference == reference)
    return session.scalar(locking(query, SignUp, lock=lock))


def taken(session: Session, activity_id: int) -> tuple[int, int]:
    """Return how many places of an activity are taken, and the number of its last sign-up, 0 without one.

    The caller holds a lock on the activity's row.
    """
    booked = func.count().filter(SignUp.state == SignUpState.BOOKED)
    query = select(booked, func.coalesce(func.max(SignUp.number), 0)).where(SignUp.activity_id == activity_id)
    found = session.execute(query).one()
    return found[0], found[1]


def ever(session: Session, activity_id: int) -> bool:
    """Return whether a student ever signed up for an activity."""
    query = select(SignUp.id).where(SignUp.activity_id == activity_id).limit(1)
    return session.scalar(query) is not None


def booked(session: Session, activity_id: int) -> int:
    """Return how many places of an activity are taken."""
    query = (
        select(func.count())
        .select_from(SignUp)
        .where(SignUp.activity_id == activity_id, SignUp.state == SignUpState.BOOKED)
    )
    return session.scalar(query) or 0


def counts(session: Session, activity_ids: list[int]) -> dict[tuple[int, SignUpState], int]:
    """Return how many sign-ups stand for each of these activities, in each state."""
    query = (
        select(SignUp.activity_id, SignUp.state, func.count())
        .where(SignUp.activity_id.in_(activity_ids), SignUp.state.in_(LIVE_STATES))
        .group_by(SignUp.activity_id, SignUp.state)
    )
    return {(activity, state): number for activity, state, number in session.execute(query)}


def first_waiting(session: Session, activity_id: int, limit: int) -> list[SignUp]:
    """Return the first sign-ups of an activity's waiting list."""
    query = select(SignUp).where(SignUp.activity_id == activity_id, SignUp.state == SignUpState.WAITING)
    return list(session.scalars(query.order_by(SignUp.number).limit(limit)))


def of_school(session: Session, activity_id: int, school_id: int) -> list[SignUp]:
    """Return the sign-ups of a school's students for an activity, as `of_activity`."""
    query = (
        select(SignUp)
        .where(SignUp.activity_id == activity_id, SignUp.state.in_(LIVE_STATES))
        .where(SignUp.student.has(school_id=school_id))
    )
    return list(session.scalars(query.order_by(SignUp.state, SignUp.number)))


def to_approve(session: Session, school_id: int, limit: int) -> list[SignUp]:
    """Return the places that a school's students have taken and that its staff have not approved yet."""
    query = (
        select(SignUp)
        .join(Activity, Activity.id == SignUp.activity_id)
        .where(
            SignUp.student.has(school_id=school_id),
            SignUp.state == SignUpState.BOOKED,
            SignUp.approved_at.is_(None),
        )
    )
    return list(session.scalars(query.order_by(Activity.held_on, SignUp.number).limit(limit)))
