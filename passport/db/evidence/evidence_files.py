"""Photos and PDFs that belong to a piece of evidence. The bytes are stored elsewhere, under random names."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db import failures
from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.evidence.evidence import Evidence
from passport.db.failures import Job


class FileKind(StrEnum):
    """The kind of a file, by its content."""

    PHOTO = "photo"
    DOCUMENT = "document"


class FileState(StrEnum):
    """How far a file is. Before it is clean it is shown to the student alone."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CLEAN = "clean"
    REFUSED = "refused"
    PURGED = "purged"


class EvidenceFile(Base):
    """One file. ``name`` is where its bytes are: as uploaded until it is clean, then as they are kept.

    The name that the file had on the student's device is never stored.
    """

    __tablename__ = "evidence_files"
    __table_args__ = (Index("ix_evidence_files_state_claimed_at", "state", "claimed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    kind: Mapped[FileKind] = mapped_column(choice(FileKind, "file_kind"))
    state: Mapped[FileState] = mapped_column(choice(FileState, "file_state"), default=FileState.WAITING)
    name: Mapped[str]
    size: Mapped[int]
    # SHA-256 of the kept bytes
    digest: Mapped[str] = mapped_column(default="")
    # why it was refused, as a key
    why: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    evidence: Mapped[Evidence] = relationship(lazy="joined")


def of_evidence(session: Session, evidence_id: int) -> list[EvidenceFile]:
    """Return the files that the student has not removed, by id."""
    query = select(EvidenceFile).where(
        EvidenceFile.evidence_id == evidence_id, EvidenceFile.removed_at.is_(None)
    )
    return list(session.scalars(query.order_by(EvidenceFile.id)))


def by_references(session: Session, references: list[str]) -> list[EvidenceFile]:
    """Return files by their references, ordered by id."""
    query = select(EvidenceFile).where(EvidenceFile.reference.in_(references))
    return list(session.scalars(query.order_by(EvidenceFile.id)))


def count_since(session: Session, student_id: int, since: datetime) -> int:
    """Return how many files a student has uploaded since a time."""
    query = (
        select(func.count())
        .select_from(EvidenceFile)
        .join(Evidence, Evidence.id == EvidenceFile.evidence_id)
        .where(Evidence.student_id == student_id, EvidenceFile.made_at > since)
    )
    return session.scalar(query) or 0


def waiting(session: Session, at: datetime, stale: datetime, limit: int = 100) -> list[int]:
    """Return the ids of files to scan: unclaimed, or with a worker silent since `stale`; oldest first."""
    rests = failures.resting(Job.SCAN, at)
    query = select(EvidenceFile.id).where(_free(stale), EvidenceFile.id.not_in(rests))
    return list(session.scalars(query.order_by(EvidenceFile.id).limit(limit)))


def claim(session: Session, file_id: int, at: datetime, stale: datetime) -> EvidenceFile | None:
    """Claim a file for scanning; None if another worker has it or it is done."""
    taken = (
        update(EvidenceFile)
        .where(EvidenceFile.id == file_id, _free(stale))
        .values(state=FileState.CLAIMED, claimed_at=at, attempts=EvidenceFile.attempts + 1)
        .execution_options(synchronize_session=False)
        .returning(EvidenceFile.id)
    )
    if session.scalar(taken) is None:
        return None
    return session.get(EvidenceFile, file_id, populate_existing=True)


def claimed(session: Session, file_id: int, claimed_at: datetime) -> EvidenceFile | None:
    """Return a file whose claim is still ours, with a row lock (FOR UPDATE)."""
    return session.scalar(
        select(EvidenceFile)
        .where(
            EvidenceFile.id == file_id,
            EvidenceFile.state == FileState.CLAIMED,
            EvidenceFile.claimed_at == claimed_at,
        )
        .with_for_update(of=EvidenceFile)
        .execution_options(populate_existing=True)
    )


def locked(session: Session, file_id: int) -> EvidenceFile | None:
    """Return a file with a row lock (FOR UPDATE)."""
    return session.get(EvidenceFile, file_id, with_for_update=True, populate_existing=True)


def to_purge(session: Session, removed_before: datetime, limit: int = 500) -> list[EvidenceFile]:
    """Return files that were removed before a time, or refused, and are still stored."""
    gone = or_(EvidenceFile.removed_at <= removed_before, EvidenceFile.state == FileState.REFUSED)
    query = select(EvidenceFile).where(gone, EvidenceFile.state != FileState.PURGED, EvidenceFile.name != "")
    return list(session.scalars(query.order_by(EvidenceFile.id).limit(limit)))


def refused(session: Session, limit: int = 500) -> list[EvidenceFile]:
    """Return files that were refused and are still stored."""
    query = select(EvidenceFile).where(EvidenceFile.state == FileState.REFUSED, EvidenceFile.name != "")
    return list(session.scalars(query.order_by(EvidenceFile.id).limit(limit)))


def set_purged(session: Session, ids: list[int]) -> None:
    """Mark files as purged: their bytes are deleted, the rows stay."""
    gone = update(EvidenceFile).where(EvidenceFile.id.in_(ids))
    values = {"name": "", "state": FileState.PURGED}
    session.execute(gone.values(values).execution_options(synchronize_session=False))


def names(session: Session) -> set[str]:
    """Return the names of all stored files."""
    return set(session.scalars(select(EvidenceFile.name).where(EvidenceFile.name != "")))


def _free(stale: datetime) -> ColumnElement[bool]:
    return or_(
        EvidenceFile.state == FileState.WAITING,
        (EvidenceFile.state == FileState.CLAIMED) & (EvidenceFile.claimed_at <= stale),
    )
