"""Second factors: authenticator apps, passkeys, and recovery codes for a lost device."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, new_reference
from passport.db.people.accounts import Account


class Totp(Base):
    """The sealed secret of an authenticator app (RFC 6238). It counts once a code of it was typed."""

    __tablename__ = "totp"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    sealed: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(default=0)
    # time steps whose codes were refused with the message that a clock is wrong, separated by spaces
    explained: Mapped[str] = mapped_column(default="")


class Passkey(Base):
    """The public half of a key that stays in a person's device (WebAuthn)."""

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship(lazy="joined")


class RecoveryCode(Base):
    """A code on paper that stands in for a lost device, once."""

    __tablename__ = "recovery_codes"

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Challenge(Base):
    """A number that a passkey has to sign, once and soon."""

    __tablename__ = "challenges"

    digest: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def totp(session: Session, account_id: int) -> Totp | None:
    """Return an account's authenticator app with a row lock (FOR UPDATE), so that no code is used twice."""
    query = select(Totp).where(Totp.account_id == account_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def passkeys(session: Session, account_id: int) -> list[Passkey]:
    """Return an account's passkeys, the oldest first."""
    return list(session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)))


def passkey(session: Session, credential_id: bytes) -> Passkey | None:
    """Return the passkey that a browser names."""
    return session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def recovery_left(session: Session, account_id: int) -> int:
    """Return how many recovery codes of an account are unused."""
    query = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalar(query) or 0


def drop_all(session: Session, account_id: int) -> None:
    """Delete an account's authenticator app, passkeys and recovery codes."""
    for table in (Totp, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.account_id == account_id))


def drop_recovery(session: Session, account_id: int) -> None:
    """Delete an account's recovery codes."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def use_recovery(session: Session, account_id: int, digest: str, at: datetime) -> bool:
    """Mark a recovery code as used; False if it does not exist or was used."""
    done = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.digest == digest,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .execution_options(synchronize_session=False)
        .returning(RecoveryCode.digest)
    ).scalar()
    return done is not None


def take_challenge(session: Session, digest: str, since: datetime) -> Challenge | None:
    """Return a challenge made after `since` and delete it in this transaction; None if there is none."""
    query = select(Challenge).where(Challenge.digest == digest, Challenge.made_at > since).with_for_update()
    found = session.scalar(query)
    if found is not None:
        session.delete(found)
        session.flush()
    return found


def forget_challenges(session: Session, before: datetime) -> None:
    """Delete challenges made before a time that were never answered."""
    session.execute(delete(Challenge).where(Challenge.made_at < before))


def sealed(session: Session) -> list[Totp]:
    """Return every authenticator app with a row lock (FOR UPDATE), to reseal its secret."""
    return list(session.scalars(select(Totp).order_by(Totp.account_id).with_for_update()))
