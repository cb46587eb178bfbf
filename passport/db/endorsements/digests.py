"""The weekly digest of what waits: whether a champion wants it, and on which day it was last written."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db import failures
from passport.db.base import Base, add_unless_taken
from passport.db.failures import Job


class Digest(Base):
    """One champion's digest. Without a row it is wanted and was never written."""

    __tablename__ = "digests"

    champion_id: Mapped[int] = mapped_column(ForeignKey("champions.account_id"), primary_key=True)
    wanted: Mapped[bool] = mapped_column(default=True)
    told_on: Mapped[date | None]


def of_champion(session: Session, champion_id: int) -> Digest:
    """Return a champion's row with a row lock (FOR UPDATE); create it if missing."""
    if session.get(Digest, champion_id) is None:
        add_unless_taken(session, Digest(champion_id=champion_id, wanted=True, told_on=None))
    # reloaded and locked: two workers do not both find that it was not written this week
    return session.get_one(Digest, champion_id, with_for_update=True, populate_existing=True)


def is_wanted(session: Session, champion_id: int) -> bool:
    """Return whether a champion wants the digest."""
    found = session.get(Digest, champion_id)
    return found is None or found.wanted


def done(session: Session, since: date) -> set[int]:
    """Return the account ids of the champions to whom a digest was written since a day, or who want none."""
    query = select(Digest.champion_id).where(or_(Digest.told_on >= since, Digest.wanted.is_(False)))
    return set(session.scalars(query))


def resting(session: Session, at: datetime) -> set[int]:
    """Return the account ids of the champions whose digest failed and must not be retried yet."""
    return set(session.scalars(failures.resting(Job.DIGEST, at)))
