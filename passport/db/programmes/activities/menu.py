"""Activities: tours, master classes, projects and the like that evidence comes from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, Exact, choice, locking, new_reference

if TYPE_CHECKING:
    from passport.db.programmes.programme import Employer


class ActivityKind(StrEnum):
    """The kind of an activity."""

    TOUR = "tour"
    TASTER = "taster"
    MASTER_CLASS = "master class"
    PROJECT = "project"
    CHALLENGE = "challenge"
    EVENT = "event"
    MENTORING = "mentoring"


class Activity(Base):
    """An activity that students of a programme took part in."""

    __tablename__ = "activities"
    __table_args__ = (UniqueConstraint("programme_id", "title", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    title: Mapped[str]
    kind: Mapped[ActivityKind] = mapped_column(choice(ActivityKind, "activity_kind"))
    setting: Mapped[str]
    held_on: Mapped[date]
    hours: Mapped[Decimal] = mapped_column(Exact)
    employer: Mapped[Employer] = relationship(lazy="joined")


def of_programme(session: Session, programme_id: int, until: date) -> list[Activity]:
    """Return a programme's activities up to a day, newest first."""
    query = select(Activity).where(Activity.programme_id == programme_id, Activity.held_on <= until)
    return list(session.scalars(query.order_by(Activity.held_on.desc(), Activity.id.desc())))


def by_reference(session: Session, programme_id: int, reference: str, *, lock: bool) -> Activity | None:
    """Return a programme's activity; with ``lock``, with a row lock, so that no log of it begins."""
    query = select(Activity).where(Activity.programme_id == programme_id, Activity.reference == reference)
    return session.scalar(locking(query, Activity, lock=lock))


def page(session: Session, programme_id: int, start: int, limit: int) -> list[Activity]:
    """Return a page of a programme's activities, newest first."""
    query = select(Activity).where(Activity.programme_id == programme_id)
    ordered = query.order_by(Activity.held_on.desc(), Activity.id.desc())
    return list(session.scalars(ordered.offset(start).limit(limit)))


def count(session: Session, programme_id: int) -> int:
    """Return how many activities a programme has."""
    query = select(func.count()).select_from(Activity).where(Activity.programme_id == programme_id)
    return session.scalar(query) or 0


def of_day(session: Session, programme_id: int, title: str, held_on: date) -> Activity | None:
    """Return a programme's activity with this title on a day."""
    return session.scalar(
        select(Activity).where(
            Activity.programme_id == programme_id, Activity.title == title, Activity.held_on == held_on
        )
    )
