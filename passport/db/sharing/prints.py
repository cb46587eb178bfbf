"""Print batches: sheets of many students' shares in one document, for a ceremony."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ForeignKey, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db import failures
from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.failures import Job
from passport.db.people.accounts import Account, Student
from passport.db.sharing.shares import Share, ShareState

if TYPE_CHECKING:
    from passport.db.programmes.programme import School


class PrintState(StrEnum):
    """State of a batch (product, section 3)."""

    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
    PURGED = "purged"


class Print(Base):
    """A batch. ``phrases`` are the texts on paper, in the requester's language; ``ready`` counts sheets."""

    __tablename__ = "prints"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[PrintState] = mapped_column(choice(PrintState, "print_state"), index=True)
    layout: Mapped[str]
    grey: Mapped[bool]
    phrases: Mapped[str]
    ready: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    document: Mapped[bytes | None] = mapped_column(deferred=True)
    school: Mapped[School] = relationship(lazy="joined")
    asked_by: Mapped[Account] = relationship(lazy="joined")
    sheets: Mapped[list[PrintSheet]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="PrintSheet.share_id"
    )


class PrintSheet(Base):
    """One share of a batch. ``left_out`` says why it has no sheet; empty: it has one."""

    __tablename__ = "print_sheets"

    print_id: Mapped[int] = mapped_column(ForeignKey("prints.id"), primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("shares.id"), primary_key=True)
    left_out: Mapped[str] = mapped_column(default="")
    share: Mapped[Share] = relationship(lazy="joined")


def offered(session: Session, school_id: int, today: date) -> list[Share]:
    """Return the active shares of a school's students that their school may print, by name."""
    query = (
        select(Share)
        .join(Student, Student.account_id == Share.student_id)
        .join(Account, Account.id == Student.account_id)
        .where(
            Student.school_id == school_id,
            Share.for_school.is_(True),
            Share.state == ShareState.ACTIVE,
            Share.until >= today,
        )
    )
    return list(session.scalars(query.order_by(Account.name, Share.id)))


def of_school(session: Session, school_id: int, limit: int = 20) -> list[Print]:
    """Return a school's batches that are not purged, newest first."""
    query = select(Print).where(Print.school_id == school_id, Print.state != PrintState.PURGED)
    return list(session.scalars(query.order_by(Print.id.desc()).limit(limit)))


def own(session: Session, school_id: int, reference: str) -> Print | None:
    """Return a batch of a school, or None if it is another school's."""
    query = select(Print).where(Print.school_id == school_id, Print.reference == reference)
    return session.scalar(query)


def unfinished(session: Session, at: datetime, silent_since: datetime) -> list[int]:
    """Return the ids of the batches that no worker is working on, oldest first."""
    rests = failures.resting(Job.PRINT, at)
    query = select(Print.id).where(
        Print.state == PrintState.RECEIVED, _free(silent_since), Print.id.not_in(rests)
    )
    return list(session.scalars(query.order_by(Print.id)))


def claim(session: Session, print_id: int, silent_since: datetime, at: datetime) -> bool:
    """Claim a batch that no worker is working on; False if another was first."""
    taken = (
        update(Print)
        .where(Print.id == print_id, Print.state == PrintState.RECEIVED, _free(silent_since))
        .values(claimed_at=at, ready=0, tries=Print.tries + 1)
        .execution_options(synchronize_session=False)
        .returning(Print.id)
    )
    return session.execute(taken).scalar() is not None


def over(session: Session, asked_before: datetime) -> list[Print]:
    """Return the expired batches, asked for before a time."""
    query = select(Print).where(Print.asked_at <= asked_before, Print.state != PrintState.PURGED)
    return list(session.scalars(query))


def _free(silent_since: datetime) -> ColumnElement[bool]:
    return or_(Print.claimed_at.is_(None), Print.claimed_at <= silent_since)
