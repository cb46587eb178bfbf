"""What is required before a champion may work: one row each time that it was done, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice
from passport.db.people.accounts import Account, Attachment, Champion
from passport.db.programmes.programme import School


class Step(StrEnum):
    """A requirement."""

    BRIEFING = "briefing"
    IDENTITY = "identity"
    SUPERVISION = "supervision"


class OnboardingStep(Base):
    """A requirement met on a day. For supervision a school records only yes or no, never which document."""

    __tablename__ = "onboarding_steps"
    __table_args__ = (
        CheckConstraint("(step = 'supervision') = (school_id IS NOT NULL)", name="school_of_supervision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    champion_id: Mapped[int] = mapped_column(ForeignKey("champions.account_id"), index=True)
    step: Mapped[Step] = mapped_column(choice(Step, "onboarding_step"))
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    good: Mapped[bool]
    done_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[Account] = relationship(lazy="joined")


def steps(session: Session, champion_ids: Iterable[int]) -> list[OnboardingStep]:
    """Return every step recorded about some champions, the oldest first."""
    query = select(OnboardingStep).where(OnboardingStep.champion_id.in_(champion_ids))
    return list(session.scalars(query.order_by(OnboardingStep.id)))


def attached(session: Session, champion_ids: Iterable[int], on: date) -> list[tuple[int, School]]:
    """Return champions with the schools they are attached to on a day or later, by the school's name."""
    query = (
        select(Attachment.champion_id, School)
        .join(School, School.id == Attachment.school_id)
        .where(Attachment.champion_id.in_(champion_ids), *_going_on(on))
        .distinct()
        .order_by(School.name)
    )
    return [(champion, school) for champion, school in session.execute(query)]


def was_attached(session: Session, champion_id: int, school_id: int, on: date) -> bool:
    """Return whether a champion's time at a school has begun by a day, even if it has ended since."""
    query = select(Attachment.id).where(
        Attachment.champion_id == champion_id, Attachment.school_id == school_id, Attachment.since <= on
    )
    return session.scalar(query.limit(1)) is not None


def champions(session: Session, programme_id: int, school_ids: list[int], on: date) -> list[Champion]:
    """Return the champions who are or will be attached to one of these schools, by name."""
    there = select(Attachment.champion_id).where(Attachment.school_id.in_(school_ids), *_going_on(on))
    query = (
        select(Champion)
        .join(Account, Account.id == Champion.account_id)
        .where(Account.programme_id == programme_id, Champion.account_id.in_(there))
    )
    return list(session.scalars(query.order_by(Account.name, Account.id)))


def champions_of_programme(session: Session, programme_id: int) -> list[Champion]:
    """Return all champions of a programme, by name."""
    query = select(Champion).join(Account, Account.id == Champion.account_id)
    ordered = query.where(Account.programme_id == programme_id).order_by(Account.name, Account.id)
    return list(session.scalars(ordered))


def _going_on(on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return on <= Attachment.until, Attachment.ended_at.is_(None)
