"""Colleges and universities that check often: their accounts, and their API keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, new_reference
from passport.db.people.accounts import Account


class Institution(Base):
    """A college or university whose admissions staff have accounts here."""

    __tablename__ = "institutions"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Officer(Base):
    """The institution that an admissions account works for."""

    __tablename__ = "officers"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    account: Mapped[Account] = relationship(lazy="select")
    institution: Mapped[Institution] = relationship(lazy="joined")


class ApiKey(Base):
    """An API key. ``prefix`` identifies it; of its secret only a digest is stored."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), index=True)
    prefix: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    institution: Mapped[Institution] = relationship(lazy="joined")


def by_slug(session: Session, slug: str) -> Institution | None:
    """Return the institution with that slug."""
    return session.scalar(select(Institution).where(Institution.slug == slug))


def listed(session: Session) -> list[Institution]:
    """Return every institution, by name."""
    return list(session.scalars(select(Institution).order_by(Institution.name, Institution.id)))


def of_account(session: Session, account_id: int) -> Institution | None:
    """Return the institution that an account works for."""
    found = session.get(Officer, account_id)
    return found.institution if found else None


def accounts_of(session: Session, institution_id: int) -> list[Account]:
    """Return the accounts of an institution, by address."""
    query = select(Account).join(Officer, Officer.account_id == Account.id)
    return list(
        session.scalars(query.where(Officer.institution_id == institution_id).order_by(Account.email))
    )


def key(session: Session, prefix: str) -> ApiKey | None:
    """Return the key with that prefix, revoked or not."""
    return session.scalar(select(ApiKey).where(ApiKey.prefix == prefix))


def keys_of(session: Session, institution_id: int) -> list[ApiKey]:
    """Return an institution's keys, oldest first."""
    query = select(ApiKey).where(ApiKey.institution_id == institution_id)
    return list(session.scalars(query.order_by(ApiKey.id)))
