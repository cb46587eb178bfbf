"""How often somebody tried to come in and could not: counted under digests, so that it names nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime, add_unless_taken


class Attempts(Base):
    """The failures since the last success, at one door, for one name or one name from one network."""

    __tablename__ = "attempts"

    digest: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def locked(session: Session, digest: str, at: datetime) -> Attempts:
    """The counter of a digest, made where there is none; nobody else counts until the transaction ends."""
    add_unless_there(session, digest, at)
    query = select(Attempts).where(Attempts.digest == digest).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def add_unless_there(session: Session, digest: str, at: datetime) -> None:
    """Make the counter where there is none."""
    if session.get(Attempts, digest) is None:
        add_unless_taken(session, Attempts(digest=digest, failures=0, last_at=at))


def clear(session: Session, digests: list[str]) -> None:
    """Forget these failures."""
    session.execute(delete(Attempts).where(Attempts.digest.in_(digests)))


def forget(session: Session, before: datetime) -> None:
    """Delete the counters that nobody touched since."""
    session.execute(delete(Attempts).where(Attempts.last_at < before))
