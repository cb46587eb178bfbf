"""The audit trail: append-only, each record bound to the previous one by a hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime


class AuditHead(Base):
    """A single row: the last record. Its lock makes writers of the trail take turns."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    number: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(default="")


class AuditRecord(Base):
    """One significant act. It holds references only, no names, so an erasure leaves the chain intact."""

    __tablename__ = "audit_records"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]


# each of these runs with almost every write: built once
_HEAD = select(AuditHead.number, AuditHead.digest).where(AuditHead.id == 1).with_for_update()
_MOVE_HEAD = update(AuditHead).where(AuditHead.id == 1)
_ADD = insert(AuditRecord)
_COLUMNS = [column.key for column in AuditRecord.__table__.columns]


def lock_head(session: Session) -> tuple[int, str]:
    """Return the last record's number and digest with a row lock (FOR UPDATE).

    Pending changes of the session are flushed first, so that this transaction waits for no other row while
    it holds the trail.
    """
    session.flush()
    found = session.connection().execute(_HEAD).one()
    return found.number, found.digest


def append(session: Session, entries: list[AuditRecord]) -> None:
    """Append records to the trail, whose head is locked: one insert of rows, without ORM objects."""
    rows = [{name: getattr(entry, name) for name in _COLUMNS} for entry in entries]
    last = {"number": entries[-1].number, "digest": entries[-1].digest}
    session.connection().execute(_ADD, rows)
    session.connection().execute(_MOVE_HEAD, last)


def newest(session: Session) -> tuple[int, str]:
    """Return the number and digest of the last record, without a lock."""
    found = session.execute(select(AuditHead.number, AuditHead.digest)).one_or_none()
    return (found.number, found.digest) if found else (0, "")


def digest_at(session: Session, number: int) -> str | None:
    """Return the digest of a record; "" before the first one, None for an unknown number."""
    if number == 0:
        return ""
    return session.scalar(select(AuditRecord.digest).where(AuditRecord.number == number))


def is_complete(session: Session) -> bool:
    """Return whether every row has a record since the first one, or since all rows were taken in."""
    query = select(AuditRecord.number).where(
        AuditRecord.action.in_(["service.made", "audit.rows-taken-in"]),
        AuditRecord.detail.contains('"complete"'),
    )
    return session.scalar(query.limit(1)) is not None


def anchored(session: Session) -> list[str]:
    """Return the numbers of the records that were anchored, in order."""
    query = select(AuditRecord.subject).where(AuditRecord.action == "audit.anchored")
    return list(session.scalars(query.order_by(AuditRecord.number)))


def of_action(session: Session, action: str) -> list[AuditRecord]:
    """Give the records of an act, in order."""
    query = select(AuditRecord).where(AuditRecord.action == action)
    return list(session.scalars(query.order_by(AuditRecord.number)))


def details_with_rows(session: Session) -> list[str]:
    """Return the details of the records with digests of rows, or that say that rows are gone, in order."""
    query = select(AuditRecord.detail).where(
        or_(AuditRecord.detail.contains('"rows"'), AuditRecord.detail.contains('"gone"'))
    )
    return list(session.scalars(query.order_by(AuditRecord.number)))


def records(session: Session) -> list[AuditRecord]:
    """Return the whole trail, in order."""
    return list(session.scalars(select(AuditRecord).order_by(AuditRecord.number)))
