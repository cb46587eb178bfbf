"""Links that were mailed, and the requests for them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db import failures
from passport.db.base import Base, UtcDateTime, choice
from passport.db.failures import Job
from passport.db.people.accounts import Account


class Purpose(StrEnum):
    """What a link is for."""

    SIGN_IN = "sign in"
    NEW_PASSWORD = "new password"  # noqa: S105 - a word, not a secret


class Link(Base):
    """A link to one account, stored as the digest of the token in its address."""

    __tablename__ = "links"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "purpose"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship(lazy="joined")


class LinkRequest(Base):
    """A request for a link to an address that may belong to no account. A job answers it."""

    __tablename__ = "link_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose, "purpose"))
    email: Mapped[str]
    onwards: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


def requests(session: Session, at: datetime) -> list[int]:
    """Return the ids of the requests that wait."""
    query = select(LinkRequest.id).where(LinkRequest.id.not_in(failures.resting(Job.LINK, at)))
    return list(session.scalars(query.order_by(LinkRequest.id)))


def take_request(session: Session, number: int) -> LinkRequest | None:
    """Return a request and delete it in this transaction; None if another worker took it first."""
    query = select(LinkRequest).where(LinkRequest.id == number).with_for_update(skip_locked=True)
    found = session.scalar(query)
    if found is not None:
        session.delete(found)
        session.flush()
    return found


def by_digest(session: Session, digest: str) -> Link | None:
    """Return the link of a token's digest."""
    return session.scalar(select(Link).where(Link.token_digest == digest))


def use(session: Session, link: Link, at: datetime) -> bool:
    """Mark a link as used; False if it was used already."""
    done = session.execute(
        update(Link)
        .where(Link.id == link.id, Link.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
        .returning(Link.id)
    ).scalar()
    return done is not None


def end(session: Session, account_id: int, at: datetime) -> None:
    """Mark every unused link of an account as used."""
    session.execute(
        update(Link)
        .where(Link.account_id == account_id, Link.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )


def made_since(session: Session, account_id: int, start: datetime) -> int:
    """Return how many links an account has received since a time."""
    query = select(func.count()).where(Link.account_id == account_id, Link.made_at > start)
    return session.scalar(query) or 0


def forget(session: Session, before: datetime) -> None:
    """Delete the links that expired before a time."""
    session.execute(delete(Link).where(Link.ends_at < before))
