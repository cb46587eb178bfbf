"""Addresses of calendars that people subscribe to: one of their own, and one for a school's staff."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice
from passport.db.people.accounts import Account, Student
from passport.db.programmes.activities.sign_ups import SignUp, SignUpState


class FeedKind(StrEnum):
    """Whose sessions a calendar has: the account's own, or those of the school where it works."""

    OWN = "own"
    SCHOOL = "school"


class CalendarFeed(Base):
    """An address of a calendar, stored as the digest of the token in it."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (UniqueConstraint("account_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[FeedKind] = mapped_column(choice(FeedKind, "calendar_feed_kind"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship(lazy="joined")


def add(session: Session, feed: CalendarFeed) -> bool:
    """Add a calendar; False if the account has one of its kind, from another transaction."""
    return add_unless_taken(session, feed)


def by_digest(session: Session, digest: str) -> CalendarFeed | None:
    """Return the calendar with this digest of a token."""
    return session.scalar(select(CalendarFeed).where(CalendarFeed.digest == digest))


def of_account(session: Session, account_id: int) -> list[CalendarFeed]:
    """Return the calendars that an account has an address of."""
    query = select(CalendarFeed).where(CalendarFeed.account_id == account_id)
    return list(session.scalars(query.order_by(CalendarFeed.kind)))


def booked_by_school(session: Session, school_id: int) -> list[int]:
    """Return the row ids of the activities for which a student of a school has a place."""
    query = (
        select(SignUp.activity_id)
        .join(Student, Student.account_id == SignUp.student_id)
        .where(Student.school_id == school_id, SignUp.state == SignUpState.BOOKED)
    )
    return list(session.scalars(query.distinct()))
