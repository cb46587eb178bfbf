"""Suspensions of accounts: by whom, when, why, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime
from passport.db.people.accounts import Account
from passport.openbadges import signed_texts


class Suspension(Base):
    """A period in which an account is suspended. Its note is for those who may suspend people."""

    __tablename__ = "suspensions"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str]
    suspended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    suspended_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    readmitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    readmitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    suspended_by: Mapped[Account] = relationship(foreign_keys=[suspended_by_id], lazy="joined")
    readmitted_by: Mapped[Account | None] = relationship(foreign_keys=[readmitted_by_id], lazy="joined")


def of_account(session: Session, account_id: int) -> list[Suspension]:
    """Return every suspension of an account, the newest first."""
    query = select(Suspension).where(Suspension.account_id == account_id)
    return list(session.scalars(query.order_by(Suspension.id.desc())))


def end(session: Session, account_id: int, by: int, at: datetime) -> list[Suspension]:
    """End the open suspensions of an account; return them."""
    query = select(Suspension).where(Suspension.account_id == account_id, Suspension.readmitted_at.is_(None))
    found = list(session.scalars(query.with_for_update(of=Suspension)))
    for suspension in found:
        suspension.readmitted_at, suspension.readmitted_by_id = at, by
    session.flush()
    return found


def inconsistent(session: Session) -> list[str]:
    """Return the references of accounts that are suspended without a suspension, or open despite one."""
    is_open = (
        select(Suspension.id)
        .where(Suspension.account_id == Account.id, Suspension.readmitted_at.is_(None))
        .exists()
    )
    query = select(Account.reference).where(Account.suspended_at.is_not(None) != is_open)
    return list(session.scalars(query.order_by(Account.id)))


def search(session: Session, programme_id: int, typed: str) -> list[Account]:
    """Return the people of a programme with this whole name or address.

    Capitals, accents, apostrophes, hyphens and spaces in a name make no difference.
    """
    named = (
        Account.search_name == signed_texts.search_name(typed) if signed_texts.search_name(typed) else false()
    )
    query = select(Account).where(
        Account.programme_id == programme_id, named | (Account.email == typed.lower())
    )
    return list(session.scalars(query.order_by(Account.id).limit(50)))


def closed(session: Session, programme_id: int) -> list[Account]:
    """Return the people of a programme whose accounts are suspended, the last suspended first."""
    query = select(Account).where(Account.programme_id == programme_id, Account.suspended_at.is_not(None))
    return list(session.scalars(query.order_by(Account.suspended_at.desc(), Account.id).limit(200)))
