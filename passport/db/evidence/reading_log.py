"""The reading log of a student's record: append-only, one row for each view by an adult."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passport.db.credentials.records import Credential
    from passport.db.evidence.evidence import Evidence
    from passport.db.people.accounts import Account


class Look(Base):
    """One view of the page of an entry, of a piece of evidence, or of the student."""

    __tablename__ = "looks"
    __table_args__ = (Index("ix_looks_student_id_at", "student_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    # why, if the reader had to give a reason; the student can read it
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[Account] = relationship(lazy="joined")
    credential: Mapped[Credential | None] = relationship(lazy="selectin")
    evidence: Mapped[Evidence | None] = relationship(lazy="selectin")


def add_each(session: Session, evidence: Sequence[Evidence], actor_id: int, at: datetime) -> None:
    """Log a view of several pieces of evidence on one page, in one statement."""
    rows = [
        {"student_id": one.student_id, "actor_id": actor_id, "evidence_id": one.id, "reason": "", "at": at}
        for one in evidence
    ]
    if rows:
        session.execute(insert(Look), rows)


def of_student(session: Session, student_id: int, start: int, limit: int) -> Sequence[Look]:
    """Return the views of a student's record, newest first."""
    query = select(Look).where(Look.student_id == student_id)
    ordered = query.order_by(Look.at.desc(), Look.id.desc())
    return session.scalars(ordered.offset(start).limit(limit)).all()
