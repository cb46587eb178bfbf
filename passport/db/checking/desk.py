"""The desk: lists handed in for checking, each row a unit of work with a state. Deleted after seven days."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db import failures
from passport.db.base import Base, UtcDateTime, choice
from passport.db.failures import Job


class BatchKind(StrEnum):
    """What was handed in: a table with codes, or files with codes in them."""

    TABLE = "table"
    FILES = "files"


class BatchState(StrEnum):
    """How far a list is. A failed one has rows that were given up."""

    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
    PURGED = "purged"


class RowState(StrEnum):
    """How far a row is. A blank row of a table is done from the start."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"


class Group(StrEnum):
    """Where a row is shown."""

    FOUND = "found"
    ATTENTION = "attention"
    NOT_FOUND = "not-found"
    UNREAD = "unread"


class Batch(Base):
    """A list. ``reference`` is secret where nothing but it protects the page (handed in without signing in).

    ``layout`` is JSON: how the table was written. ``total`` counts the rows that are not blank.
    """

    __tablename__ = "desk_batches"
    __table_args__ = (Index("ix_desk_batches_state_purge_at", "state", "purge_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"), index=True)
    kind: Mapped[BatchKind] = mapped_column(choice(BatchKind, "desk_batch_kind"))
    state: Mapped[BatchState] = mapped_column(choice(BatchState, "desk_batch_state"))
    layout: Mapped[str]
    total: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purge_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Row(Base):
    """A row of a table (``cells``, JSON) or a file (``name``, and ``content`` until it has been read).

    ``claim`` names the worker's claim that took it, and ``attempts`` counts the claims. ``answer`` is JSON:
    the result.
    """

    __tablename__ = "desk_rows"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        Index("ix_desk_rows_state_batch_id", "state", "batch_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("desk_batches.id"))
    number: Mapped[int]
    state: Mapped[RowState] = mapped_column(choice(RowState, "desk_row_state"))
    claim: Mapped[str | None]
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    cells: Mapped[str | None]
    name: Mapped[str | None]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    shown_in: Mapped[Group | None] = mapped_column(choice(Group, "desk_group"))
    answer: Mapped[str | None]


def by_reference(session: Session, reference: str) -> Batch | None:
    """Return the list with that reference, of any owner."""
    return session.scalar(select(Batch).where(Batch.reference == reference))


def of_institution(session: Session, institution_id: int, limit: int = 50) -> list[Batch]:
    """Return an institution's lists, newest first."""
    query = select(Batch).where(Batch.institution_id == institution_id)
    return list(session.scalars(query.order_by(Batch.id.desc()).limit(limit)))


def unfinished(session: Session, at: datetime, quiet_since: datetime, limit: int = 100) -> list[int]:
    """Return the ids of lists with work left and no row claimed since `quiet_since`, oldest first."""
    lately = select(Row.id).where(Row.batch_id == Batch.id, Row.claimed_at > quiet_since).exists()
    rests = failures.resting(Job.LIST, at)
    query = select(Batch.id).where(Batch.state == BatchState.RECEIVED, ~lately, Batch.id.not_in(rests))
    return list(session.scalars(query.order_by(Batch.id).limit(limit)))


def claim(
    session: Session, batch_id: int, claim: str, at: datetime, stale: datetime, limit: int
) -> list[int]:
    """Claim rows that wait, or whose worker has been silent since `stale`; return their ids in order.

    Workers that claim at the same moment get different rows: a row is claimed only while it is free.
    """
    free = or_(Row.state == RowState.WAITING, (Row.state == RowState.CLAIMED) & (Row.claimed_at <= stale))
    wanted = select(Row.id).where(Row.batch_id == batch_id, free).order_by(Row.number).limit(limit)
    taken = update(Row).where(Row.id.in_(wanted), free)
    values = {"state": RowState.CLAIMED, "claim": claim, "claimed_at": at, "attempts": Row.attempts + 1}
    session.execute(taken.values(values).execution_options(synchronize_session=False))
    own = select(Row.id).where(Row.batch_id == batch_id, Row.claim == claim, Row.state == RowState.CLAIMED)
    return list(session.scalars(own.order_by(Row.number)))


def claimed(session: Session, batch_id: int, claim: str) -> list[Row]:
    """Return the rows that still belong to this claim, in order, with row locks (FOR UPDATE)."""
    query = select(Row).where(Row.batch_id == batch_id, Row.claim == claim, Row.state == RowState.CLAIMED)
    return list(session.scalars(query.order_by(Row.number).with_for_update()))


def content(session: Session, row_id: int) -> bytes | None:
    """Return the bytes of a file."""
    return session.scalar(select(Row.content).where(Row.id == row_id))


def open_rows(session: Session, batch_id: int) -> int:
    """Return how many rows wait or are being worked on."""
    states = [RowState.WAITING, RowState.CLAIMED]
    return session.scalar(select(func.count()).where(Row.batch_id == batch_id, Row.state.in_(states))) or 0


def count_failed(session: Session, batch_id: int) -> int:
    """Return how many rows were given up."""
    query = select(func.count()).where(Row.batch_id == batch_id, Row.state == RowState.FAILED)
    return session.scalar(query) or 0


def groups(session: Session, batch_id: int) -> dict[Group, int]:
    """Return how many rows each page shows."""
    query = select(Row.shown_in, func.count()).where(Row.batch_id == batch_id, Row.shown_in.is_not(None))
    return {group: count for group, count in session.execute(query.group_by(Row.shown_in)) if group}


def rows(
    session: Session, batch_id: int, group: Group | None = None, start: int = 0, limit: int = -1
) -> list[Row]:
    """Return rows in the list's own order, of one page (`group`) or of all."""
    query = select(Row).where(Row.batch_id == batch_id)
    if group is not None:
        query = query.where(Row.shown_in == group)
    query = query.order_by(Row.number).offset(start)
    return list(session.scalars(query.limit(limit) if limit >= 0 else query))


def lock(session: Session, batch: Batch) -> None:
    """Reload a list with a row lock (FOR UPDATE)."""
    session.refresh(batch, with_for_update=True)


def stale(session: Session, at: datetime) -> list[Batch]:
    """Return the expired lists that are not purged yet."""
    query = select(Batch).where(Batch.state != BatchState.PURGED, Batch.purge_at <= at)
    return list(session.scalars(query.order_by(Batch.id)))


def purge(session: Session, batch: Batch) -> int:
    """Delete the rows of a list and keep the list itself. Return how many rows were deleted."""
    done = session.execute(delete(Row).where(Row.batch_id == batch.id).returning(Row.id)).all()
    batch.state = BatchState.PURGED
    batch.layout = "{}"
    return len(done)
