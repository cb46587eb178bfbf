"""Failed attempts to sign in, counted under keyed hashes, so that a row identifies no person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime, add_unless_taken


class Attempts(Base):
    """The failures of one name, of one name from one network, or of one network. Deleted at ``forget_at``."""

    __tablename__ = "attempts"

    digest: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    forget_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def locked(session: Session, digest: str, at: datetime) -> Attempts:
    """Return the counter of a digest with a row lock (FOR UPDATE); create it if missing."""
    if session.get(Attempts, digest) is None:
        add_unless_taken(session, Attempts(digest=digest, failures=0, last_at=at, forget_at=at))
    query = select(Attempts).where(Attempts.digest == digest).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def write(session: Session, digest: str, failures: int, last_at: datetime, forget_at: datetime) -> None:
    """Write a counter: always one statement, even if nothing changes."""
    change = update(Attempts).where(Attempts.digest == digest)
    session.execute(change.values(failures=failures, last_at=last_at, forget_at=forget_at))


def give_back(session: Session, digest: str) -> None:
    """Subtract one failure from a counter that is above zero."""
    change = update(Attempts).where(Attempts.digest == digest, Attempts.failures > 0)
    session.execute(change.values(failures=Attempts.failures - 1))


def clear(session: Session, digests: list[str]) -> None:
    """Delete the counters of these digests."""
    session.execute(delete(Attempts).where(Attempts.digest.in_(digests)))


def forget(session: Session, at: datetime) -> None:
    """Delete the expired counters."""
    session.execute(delete(Attempts).where(Attempts.forget_at < at))
