"""Recoveries after a restored backup, and what they rest on: begun publications and kept bits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime, new_reference
from passport.db.credentials import Credential, CredentialState, StatusChange, StatusList, StatusPosition
from passport.db.programmes import Service
from passport.db.session import Reading


class Recovery(Base):
    """One recovery: opened when published files say more than the rows, closed by the command `recover`.

    ``open_slot`` is 1 while it is open and empty afterwards: the database allows one open recovery.
    ``findings`` is a JSON list of [problem, subject]. ``known_until`` is the time of the newest publication
    that the rows know: what was issued between then and ``opened_at`` may be missing from the rows.
    """

    __tablename__ = "recoveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    open_slot: Mapped[int | None] = mapped_column(unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    known_until: Mapped[datetime] = mapped_column(UtcDateTime)
    findings: Mapped[str]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Publication(Base):
    """A publication of a status list that has begun: its files may have been written, or not.

    The row is committed before the first file is written and deleted after the last one. So a process that
    was killed in between is told apart from a restored backup, which knows no such publication.
    """

    __tablename__ = "publications"

    list_number: Mapped[int] = mapped_column(ForeignKey("status_lists.number"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)


class KeptBit(Base):
    """A bit of a published list that no row explains: its entry or share was lost with the restore.

    It is set in every later list. ``purpose`` is that of the list.
    """

    __tablename__ = "kept_bits"

    position_id: Mapped[int] = mapped_column(ForeignKey("status_positions.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)


_OPEN = select(Recovery.id).where(Recovery.open_slot == 1)


def is_open(session: Reading) -> bool:
    """Return whether a recovery is open."""
    return session.connection().scalar(_OPEN) is not None


def current(session: Session) -> Recovery | None:
    """Return the open recovery."""
    return session.scalar(select(Recovery).where(Recovery.open_slot == 1))


def lock_current(session: Session) -> Recovery | None:
    """Return the open recovery with a row lock (FOR UPDATE)."""
    query = select(Recovery).where(Recovery.open_slot == 1).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def all_of(session: Session) -> list[Recovery]:
    """Return every recovery, the newest first."""
    return list(session.scalars(select(Recovery).order_by(Recovery.id.desc())))


def known_until(session: Session) -> datetime | None:
    """Return the newest publication that the rows know, or when the service was made before the first.

    Nothing is published between a restore and the moment at which it is noticed, so this says how old the
    restored backup is; it may be up to 15 minutes too early.
    """
    newest = session.scalar(select(func.max(StatusList.published_at)))
    return newest or session.scalar(select(Service.made_at))


def covers(session: Session, since: datetime, until: datetime) -> bool:
    """Return whether a span of time meets the gap of any recovery, open or closed."""
    query = select(Recovery.id).where(Recovery.known_until <= until, Recovery.opened_at >= since)
    return session.scalar(query.limit(1)) is not None


def begun(session: Session) -> dict[int, set[datetime]]:
    """Return the times of the publications that have begun, by the number of their list."""
    found: dict[int, set[datetime]] = {}
    for row in session.scalars(select(Publication)):
        found.setdefault(row.list_number, set()).add(row.at)
    return found


def begin_publication(session: Session, number: int, at: datetime) -> None:
    """Record that the files of a list are about to be written. Idempotent for the same time."""
    if session.get(Publication, (number, at)) is None:
        session.add(Publication(list_number=number, at=at))
        session.flush()


def end_publications(session: Session, number: int) -> None:
    """Forget the begun publications of a list: all its files are written."""
    session.execute(delete(Publication).where(Publication.list_number == number))


def kept_positions(session: Session, number: int, purpose: str) -> list[int]:
    """Return the positions of a list whose bit is kept for good."""
    query = (
        select(StatusPosition.position)
        .join(KeptBit, KeptBit.position_id == StatusPosition.id)
        .where(StatusPosition.list_number == number, KeptBit.purpose == purpose)
    )
    return list(session.scalars(query))


def lifts(session: Session, number: int, positions: set[int]) -> dict[int, datetime]:
    """Return when entries that are not on hold left it, by their position in a list.

    An entry counts only if its newest recorded change is not the hold itself.
    """
    newest = (
        select(StatusChange.credential_id, func.max(StatusChange.id).label("id"))
        .group_by(StatusChange.credential_id)
        .subquery()
    )
    query = (
        select(StatusPosition.position, StatusChange.at)
        .join(Credential, Credential.position_id == StatusPosition.id)
        .join(newest, newest.c.credential_id == Credential.id)
        .join(StatusChange, StatusChange.id == newest.c.id)
        .where(
            StatusPosition.list_number == number,
            StatusPosition.position.in_(positions),
            Credential.state != CredentialState.ON_HOLD,
            StatusChange.state != CredentialState.ON_HOLD,
        )
    )
    return {row.position: row.at for row in session.execute(query)}


def unclosed_lists(session: Session) -> list[StatusList]:
    """Return the lists that still take new positions, in order."""
    query = select(StatusList).where(StatusList.closed_at.is_(None)).order_by(StatusList.number)
    return list(session.scalars(query))
