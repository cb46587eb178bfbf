"""Claims: a school lists a student who belongs to another school of the programme. A manager decides."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.people.accounts import Account, Student
from passport.db.programmes.programme import School


class Verdict(StrEnum):
    """A manager's decision on a claim."""

    MOVES = "moves"
    STAYS = "stays"
    SEPARATE = "separate"


class StudentClaim(Base):
    """A school's claim: at most one for a student, open until a manager decides."""

    __tablename__ = "student_claims"
    __table_args__ = (UniqueConstraint("school_id", "student_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[Verdict | None] = mapped_column(choice(Verdict, "student_claim_decision"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    school: Mapped[School] = relationship(lazy="joined")
    student: Mapped[Student] = relationship(lazy="joined")
    made_by: Mapped[Account] = relationship(lazy="joined", foreign_keys=[made_by_id])


def of_school(session: Session, school_id: int, student_ids: Collection[int]) -> dict[int, StudentClaim]:
    """Return a school's claims to these students, by student."""
    query = select(StudentClaim).where(StudentClaim.school_id == school_id)
    return {one.student_id: one for one in session.scalars(query) if one.student_id in student_ids}


def open_ones(session: Session, programme_id: int) -> list[StudentClaim]:
    """Return the claims in a programme that wait for a decision, the oldest first."""
    query = select(StudentClaim).join(School, School.id == StudentClaim.school_id)
    waiting = query.where(School.programme_id == programme_id, StudentClaim.decision.is_(None))
    return list(session.scalars(waiting.order_by(StudentClaim.id)))


def by_reference(session: Session, programme_id: int, reference: str, *, lock: bool) -> StudentClaim | None:
    """Return a claim in a programme; with ``lock``, with a row lock (FOR UPDATE)."""
    query = (
        select(StudentClaim)
        .join(School, School.id == StudentClaim.school_id)
        .where(School.programme_id == programme_id, StudentClaim.reference == reference)
    )
    if lock:
        query = query.with_for_update(of=StudentClaim).execution_options(populate_existing=True)
    return session.scalar(query)
