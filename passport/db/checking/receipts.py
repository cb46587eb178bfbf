"""Receipts of checks: which share, when, and the verdicts. No names, and not who checked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime, add_unless_taken
from passport.db.session import Reading


class Receipt(Base):
    """One for each share, minute and outcome. ``verdicts`` has a word for each entry, the worst first.

    ``status_age`` is the age in seconds of the oldest status list that was read. When a share is deleted, its
    receipts stay without one.
    """

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("share_id", "minute", "verdicts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    share_id: Mapped[int | None] = mapped_column(ForeignKey("shares.id", ondelete="SET NULL"))
    minute: Mapped[datetime] = mapped_column(UtcDateTime)
    verdicts: Mapped[str]
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status_age: Mapped[int | None]


_receipt = Receipt.__table__.c
_OF_MINUTE = select(_receipt.number).where(
    _receipt.share_id == bindparam("share_id"),
    _receipt.minute == bindparam("minute"),
    _receipt.verdicts == bindparam("verdicts"),
)


def of_minute(session: Reading, share_id: int, minute: datetime, verdicts: str) -> str | None:
    """Return the number of the receipt for a share, a minute and an outcome."""
    asked = {"share_id": share_id, "minute": minute, "verdicts": verdicts}
    number: str | None = session.connection().scalar(_OF_MINUTE, asked)
    return number


def add(session: Session, row: Receipt) -> bool:
    """Store a receipt; False if another check of the same minute stored it first."""
    return add_unless_taken(session, row)


def by_number(session: Session, number: str) -> Receipt | None:
    """Return the receipt with a number, in the form in which numbers are kept."""
    return session.scalar(select(Receipt).where(Receipt.number == number))


def purge(session: Session, before: datetime) -> int:
    """Delete the receipts of checks before a time; return how many."""
    done = session.execute(delete(Receipt).where(Receipt.checked_at < before).returning(Receipt.id))
    return len(done.all())
