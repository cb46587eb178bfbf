"""Invitations to accounts that exist already and whose owner has not signed in yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime
from passport.db.people.accounts import Account, EnrolmentState, Student


class Invitation(Base):
    """An invitation, stored as the digest of the token in its address."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="joined")


def by_digest(session: Session, digest: str) -> Invitation | None:
    """Return the invitation of a token's digest."""
    return session.scalar(select(Invitation).where(Invitation.token_digest == digest))


def accept(session: Session, account_id: int, at: datetime) -> set[int]:
    """Mark all open invitations of an account as accepted. Return the ids of the accounts that sent them."""
    done = session.execute(
        update(Invitation)
        .where(Invitation.account_id == account_id, Invitation.accepted_at.is_(None))
        .values(accepted_at=at)
        .execution_options(synchronize_session=False)
        .returning(Invitation.invited_by_id)
    )
    return {inviter for inviter in done.scalars() if inviter is not None}


def end(session: Session, account_id: int, at: datetime) -> None:
    """Expire the open invitations of an account, which a newer one replaces."""
    session.execute(
        update(Invitation)
        .where(Invitation.account_id == account_id, Invitation.accepted_at.is_(None), Invitation.ends_at > at)
        .values(ends_at=at)
    )


def _waiting(school_id: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    open_one = select(Invitation.id).where(
        Invitation.account_id == Student.account_id, Invitation.ends_at > at
    )
    return (
        Student.school_id == school_id,
        Student.enrolment == EnrolmentState.INVITED,
        Account.email.is_not(None),
        Account.suspended_at.is_(None),
        ~open_one.exists(),
    )


def waiting(session: Session, school_id: int, at: datetime, limit: int) -> list[Account]:
    """Return students of a school who have an address and no invitation that can be used, by id."""
    query = select(Account).join(Student, Student.account_id == Account.id).where(*_waiting(school_id, at))
    return list(session.scalars(query.order_by(Account.id).limit(limit)))


def count_waiting(session: Session, school_id: int, at: datetime) -> int:
    """Return how many students of a school have an address and no invitation that can be used."""
    query = select(func.count()).select_from(Student).join(Account, Account.id == Student.account_id)
    return session.scalar(query.where(*_waiting(school_id, at))) or 0
