"""Attempts to match a date of birth, counted by share. The date that was tried is not kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime
from passport.db.sharing.shares import Share


class BirthdateTry(Base):
    """One attempt."""

    __tablename__ = "birthdate_tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("shares.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def lock(session: Session, share_id: int) -> int:
    """Lock a share's row (FOR UPDATE), so that attempts run one at a time; return the student's id."""
    query = select(Share.student_id).where(Share.id == share_id).with_for_update()
    return session.execute(query).scalar_one()


def since(session: Session, share_id: int, start: datetime) -> int:
    """Return how many attempts were made for a share after a time."""
    query = select(func.count()).where(BirthdateTry.share_id == share_id, BirthdateTry.at > start)
    return session.scalar(query) or 0


def add(session: Session, share_id: int, at: datetime) -> None:
    """Record an attempt."""
    session.add(BirthdateTry(share_id=share_id, at=at))
    session.flush()


def purge(session: Session, before: datetime) -> int:
    """Delete the attempts made before a time; return how many."""
    done = session.execute(delete(BirthdateTry).where(BirthdateTry.at < before).returning(BirthdateTry.id))
    return len(done.all())
