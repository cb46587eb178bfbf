"""Notices inside the service: each for one person alone, until they have opened it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime
from passport.db.people.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Sequence


class Notice(Base):
    """One notice to one person. Its words are made from `facts` when it is shown."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_account_id_read_at", "account_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    facts: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def unread(session: Session, reference: str) -> int:
    """Return how many notices an account, by its reference, has not opened yet."""
    query = select(func.count()).select_from(Notice).join(Account, Account.id == Notice.account_id)
    return session.scalar(query.where(Account.reference == reference, Notice.read_at.is_(None))) or 0


def of_account(session: Session, account_id: int, start: int, limit: int) -> Sequence[Notice]:
    """Return one page of an account's notices, the newest first."""
    query = select(Notice).where(Notice.account_id == account_id)
    return session.scalars(
        query.order_by(Notice.at.desc(), Notice.id.desc()).offset(start).limit(limit)
    ).all()


def mark_read(session: Session, ids: list[int], at: datetime) -> None:
    """Mark notices as read."""
    session.execute(
        update(Notice)
        .where(Notice.id.in_(ids), Notice.read_at.is_(None))
        .values(read_at=at)
        .execution_options(synchronize_session=False)
    )


def purge(session: Session, before: datetime) -> int:
    """Delete the notices older than a time, read or not; return how many."""
    gone = delete(Notice).where(Notice.at < before).returning(Notice.id)
    return len(session.scalars(gone).all())


def was_told(session: Session, account_id: int, kind: str, facts: str) -> bool:
    """Return whether an account was notified of this kind before, with the same facts."""
    query = select(Notice.id).where(
        Notice.account_id == account_id, Notice.kind == kind, Notice.facts == facts
    )
    return session.scalar(query.limit(1)) is not None
