"""Activities that students propose because they are missing: their work experience or a Saturday job."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, Exact, UtcDateTime, choice, locking, new_reference
from passport.db.programmes.activities.menu import Activity, ActivityKind

if TYPE_CHECKING:
    from passport.db.people.accounts import Student


class ProposalState(StrEnum):
    """State of a proposal."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Proposal(Base):
    """A student's proposal of an activity; accepted, it becomes one that is offered to them alone."""

    __tablename__ = "activity_proposals"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    state: Mapped[ProposalState] = mapped_column(
        choice(ProposalState, "proposal_state"), default=ProposalState.ASKED
    )
    kind: Mapped[ActivityKind] = mapped_column(choice(ActivityKind, "proposal_kind"))
    title: Mapped[str]
    host: Mapped[str]
    setting: Mapped[str]
    held_on: Mapped[date]
    hours: Mapped[Decimal] = mapped_column(Exact)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str] = mapped_column(default="")
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id"))
    student: Mapped[Student] = relationship(lazy="joined")
    activity: Mapped[Activity | None] = relationship(lazy="joined")


def of_student(session: Session, student_id: int) -> list[Proposal]:
    """Return a student's proposals, the newest first."""
    query = select(Proposal).where(Proposal.student_id == student_id)
    return list(session.scalars(query.order_by(Proposal.id.desc())))


def asked_at_school(session: Session, school_id: int) -> list[Proposal]:
    """Return the proposals of a school's students that no one has decided, the oldest first."""
    query = select(Proposal).where(
        Proposal.student.has(school_id=school_id), Proposal.state == ProposalState.ASKED
    )
    return list(session.scalars(query.order_by(Proposal.id)))


def at_school(session: Session, school_id: int, reference: str, *, lock: bool) -> Proposal | None:
    """Return a proposal of a school's student; with ``lock``, with a row lock."""
    query = select(Proposal).where(Proposal.student.has(school_id=school_id), Proposal.reference == reference)
    return session.scalar(locking(query, Proposal, lock=lock))
