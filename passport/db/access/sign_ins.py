"""Sign-ins: one row for each browser session of an account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.people.accounts import Account


class Way(StrEnum):
    """How a person signed in."""

    PASSWORD = "password"  # noqa: S105 - a word, not a secret
    LINK = "link"
    PASSKEY = "passkey"
    CLASS_CODE = "class code"
    PROVIDER = "provider"


class Stage(StrEnum):
    """How far a sign-in is: the second factor may still be missing."""

    WAITING = "waiting"
    OPEN = "open"


class SignIn(Base):
    """One browser session. The cookie holds a random token, this row only its digest."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    token_digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    way: Mapped[Way] = mapped_column(choice(Way, "way"))
    stage: Mapped[Stage] = mapped_column(choice(Stage, "stage"))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser: Mapped[str]
    system: Mapped[str]
    kept: Mapped[str]
    # how often the person chose to stay signed in
    prolonged: Mapped[int] = mapped_column(default=0)
    account: Mapped[Account] = relationship(lazy="joined")


def by_digest(session: Session, digest: str) -> SignIn | None:
    """Return the sign-in of a token's digest, ended or not, with the account's grants."""
    query = select(SignIn).where(SignIn.token_digest == digest)
    found = session.scalars(query.options(joinedload(SignIn.account).joinedload(Account.grants)))
    return found.unique().one_or_none()


def going_on(session: Session, account_id: int, at: datetime) -> list[SignIn]:
    """Return an account's sign-ins that are open now, the newest first."""
    query = select(SignIn).where(
        SignIn.account_id == account_id,
        SignIn.stage == Stage.OPEN,
        SignIn.ended_at.is_(None),
        SignIn.ends_at > at,
    )
    return list(session.scalars(query.order_by(SignIn.began_at.desc(), SignIn.id.desc())))


def end(session: Session, account_id: int, at: datetime, but: int | None = None) -> None:
    """End all of an account's sign-ins except one."""
    change = update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
    if but is not None:
        change = change.where(SignIn.id != but)
    session.execute(change.values(ended_at=at))


def forget(session: Session, before: datetime) -> None:
    """Delete the sign-ins that ended before a time."""
    session.execute(delete(SignIn).where((SignIn.ended_at < before) | (SignIn.ends_at < before)))
