"""External identities: which person of an identity provider is which account here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, new_reference
from passport.db.people.accounts import Account


class Identity(Base):
    """One person of one provider, by the names that never change: issuer and subject."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("account_id", "issuer"))

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    issuer: Mapped[str]
    subject: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship(lazy="joined")


def find(session: Session, issuer: str, subject: str) -> Identity | None:
    """Return the identity of a provider's person, or None."""
    return session.scalar(select(Identity).where(Identity.issuer == issuer, Identity.subject == subject))


def of_account(session: Session, account_id: int) -> list[Identity]:
    """Return the external identities connected to an account."""
    return list(session.scalars(select(Identity).where(Identity.account_id == account_id)))
