"""Withdrawals by managers: one requests, another confirms or refuses."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, inspect, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice, new_reference
from passport.db.credentials.records import Credential
from passport.db.people.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Sequence

OPEN = text("state = 'asked'")


class WithdrawalState(StrEnum):
    """What became of a request. Overtaken: the entry was withdrawn or replaced in another way meanwhile."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    OVERTAKEN = "overtaken"


class Withdrawal(Base):
    """A request to withdraw an entry for good. At most one is open for an entry."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        Index(
            "uq_withdrawals_one_open", "credential_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        CheckConstraint(
            "state NOT IN ('confirmed', 'refused') OR decided_by_id <> asked_by_id", name="two_people"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"), index=True)
    state: Mapped[WithdrawalState] = mapped_column(choice(WithdrawalState, "withdrawal_state"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(default="")
    credential: Mapped[Credential] = relationship(lazy="joined")
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id], lazy="joined")
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id], lazy="joined")


def add_open(session: Session, withdrawal: Withdrawal) -> bool:
    """Add a request; False if another is open for this entry."""
    return add_unless_taken(session, withdrawal)


def open_for(session: Session, credential_id: int) -> Withdrawal | None:
    """Return the request that waits for a second manager."""
    return session.scalar(
        select(Withdrawal).where(
            Withdrawal.credential_id == credential_id, Withdrawal.state == WithdrawalState.ASKED
        )
    )


def by_reference(session: Session, programme_id: int, reference: str) -> Withdrawal | None:
    """Return a request of a programme, which is the programme of the manager who asked."""
    return session.scalar(
        select(Withdrawal)
        .join(Withdrawal.asked_by)
        .where(Account.programme_id == programme_id, Withdrawal.reference == reference)
    )


def of_programme(session: Session, programme_id: int, limit: int = 100) -> Sequence[Withdrawal]:
    """Return a programme's requests: those that wait first, then the newest."""
    query = (
        select(Withdrawal)
        .join(Withdrawal.asked_by)
        .where(Account.programme_id == programme_id)
        .options(selectinload(Withdrawal.credential).joinedload(Credential.student))
        .order_by(Withdrawal.state != WithdrawalState.ASKED, Withdrawal.id.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def waiting(session: Session, programme_id: int) -> int:
    """Return how many of a programme's requests wait for a second manager."""
    query = (
        select(func.count())
        .select_from(Withdrawal)
        .join(Withdrawal.asked_by)
        .where(Account.programme_id == programme_id, Withdrawal.state == WithdrawalState.ASKED)
    )
    return session.scalar(query) or 0


def lock(session: Session, withdrawal: Withdrawal) -> None:
    """Reload a request with a row lock (FOR UPDATE)."""
    columns = [attribute.key for attribute in inspect(Withdrawal).column_attrs]
    session.refresh(withdrawal, columns, with_for_update=True)


def overtake(session: Session, credential_id: int, at: datetime) -> list[Withdrawal]:
    """Close the open requests for an entry that is already withdrawn or replaced; return them."""
    session.flush()
    query = select(Withdrawal).where(
        Withdrawal.credential_id == credential_id, Withdrawal.state == WithdrawalState.ASKED
    )
    found = list(session.scalars(query.with_for_update(of=Withdrawal)))
    for withdrawal in found:
        withdrawal.state, withdrawal.decided_at = WithdrawalState.OVERTAKEN, at
    return found
