"""Rows of jobs that failed: how often, when to retry, and why. Deleted when the row is done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime, choice


class Job(StrEnum):
    """A kind of row-by-row work. The row's number is that of the table which the job works on."""

    ISSUE = "issue"
    CODES = "codes"
    SCAN = "scan"
    LIST = "list"
    PRINT = "print"
    MAIL = "mail"
    LINK = "link"
    DIGEST = "digest"
    IMPORT = "import"


class Failure(Base):
    """A row that failed. Without ``next_at`` it is given up until the jobs are restarted."""

    __tablename__ = "failures"

    job: Mapped[Job] = mapped_column(choice(Job, "failed_job"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempts: Mapped[int]
    reason: Mapped[str]
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def resting(job: Job, at: datetime) -> Select[int]:
    """Select the numbers that must not be retried yet, for a `not_in` in the query of what waits."""
    rests = or_(Failure.next_at.is_(None), Failure.next_at > at)
    return select(Failure.number).where(Failure.job == job, rests)


def get(session: Session, job: Job, number: int) -> Failure | None:
    """Return the failure of a row with a row lock (FOR UPDATE)."""
    return session.get(Failure, (job, number), with_for_update=True)


def is_recorded(session: Session, job: Job, number: int) -> bool:
    """Return whether a row failed before. Locks nothing."""
    query = select(Failure.attempts).where(Failure.job == job, Failure.number == number)
    return session.scalar(query) is not None


def forget(session: Session, job: Job, number: int) -> None:
    """Delete the failure of a row that is done."""
    session.execute(delete(Failure).where(Failure.job == job, Failure.number == number))


def forget_given_up(session: Session) -> int:
    """Schedule every row that was given up for another try; return how many."""
    gone = delete(Failure).where(Failure.next_at.is_(None)).returning(Failure.number)
    return len(session.scalars(gone).all())


def all_of(session: Session) -> list[Failure]:
    """Return every failure, by job and number."""
    return list(session.scalars(select(Failure).order_by(Failure.job, Failure.number)))
