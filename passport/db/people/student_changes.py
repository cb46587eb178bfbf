"""The append-only history of corrections of students' details: who, when, and which fields.

Old names, addresses and dates of birth are not kept (product, P13); of a year group and a cohort, both values
are.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime
from passport.db.people.accounts import Account


class StudentChange(Base):
    """One change. ``fields`` is JSON: a field's name, and its two values where they are kept."""

    __tablename__ = "student_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    # the school whose staff may read this line
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    fields: Mapped[str]
    actor: Mapped[Account] = relationship(lazy="joined")


def history(session: Session, student_id: int) -> list[StudentChange]:
    """Return the changes of a student's details, the newest first."""
    query = select(StudentChange).where(StudentChange.student_id == student_id)
    return list(session.scalars(query.order_by(StudentChange.id.desc())))
