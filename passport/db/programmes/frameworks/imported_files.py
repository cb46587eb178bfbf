"""Files that frameworks are imported from, kept whole: what has no place in a draft can be read again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, locking, new_reference

if TYPE_CHECKING:
    from passport.db.people.accounts import Account
    from passport.db.programmes.frameworks.versions import FrameworkVersion


class ImportedFile(Base):
    """A file that an author handed in. One that became a draft is kept as long as its version."""

    __tablename__ = "framework_files"
    __table_args__ = (UniqueConstraint("programme_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    # SHA-256 in hex: the same file is kept once
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("framework_versions.id"), index=True)
    made_by: Mapped[Account] = relationship()
    version: Mapped[FrameworkVersion | None] = relationship()


def by_digest(session: Session, programme_id: int, digest: str) -> ImportedFile | None:
    """Return the file of a programme with this content."""
    query = select(ImportedFile).where(
        ImportedFile.programme_id == programme_id, ImportedFile.digest == digest
    )
    return session.scalar(query)


def by_reference(
    session: Session, programme_id: int, reference: str, *, lock: bool = False
) -> ImportedFile | None:
    """Return a file of a programme; with ``lock``, with a row lock (FOR UPDATE)."""
    query = select(ImportedFile).where(
        ImportedFile.programme_id == programme_id, ImportedFile.reference == reference
    )
    return session.scalar(locking(query, ImportedFile, lock=lock))


def waiting(session: Session, programme_id: int) -> list[ImportedFile]:
    """Return the files that became no draft yet, the newest first."""
    query = select(ImportedFile).where(
        ImportedFile.programme_id == programme_id, ImportedFile.version_id.is_(None)
    )
    return list(session.scalars(query.order_by(ImportedFile.id.desc())))


def detach(session: Session, version_id: int) -> None:
    """Let the files of a version that is discarded wait again."""
    for file in session.scalars(select(ImportedFile).where(ImportedFile.version_id == version_id)):
        file.version_id = None
    session.flush()


def purge(session: Session, before: datetime) -> int:
    """Delete files that were handed in before a time and became no draft; return how many."""
    query = select(ImportedFile.id).where(
        ImportedFile.version_id.is_(None), ImportedFile.received_at < before
    )
    doomed = list(session.scalars(query))
    session.execute(delete(ImportedFile).where(ImportedFile.id.in_(doomed)))
    return len(doomed)
