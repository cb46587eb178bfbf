"""Offers to move a student to another school: at most one is open for a student."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice, locking, new_reference
from passport.db.people.accounts import Account, Student
from passport.db.programmes.programme import School

_OPEN = text("state = 'offered'")


class TransferState(StrEnum):
    """State of a transfer. All but the first are final."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    LAPSED = "lapsed"


class Transfer(Base):
    """An offer of one school to another: who made it, until when it can be answered, and the answer."""

    __tablename__ = "transfers"
    __table_args__ = (
        Index(
            "uq_transfers_one_open",
            "student_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_transfers_state_ends_at", "state", "ends_at"),
        CheckConstraint("from_school_id <> to_school_id", name="two_schools"),
        CheckConstraint("(state = 'offered') = (decided_at IS NULL)", name="decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    from_school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    to_school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    state: Mapped[TransferState] = mapped_column(choice(TransferState, "transfer_state"))
    # read only by the school that offers
    note: Mapped[str] = mapped_column(default="")
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # None if the offer expired
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    student: Mapped[Student] = relationship(lazy="joined")
    from_school: Mapped[School] = relationship(lazy="joined", foreign_keys=[from_school_id])
    to_school: Mapped[School] = relationship(lazy="joined", foreign_keys=[to_school_id])
    offered_by: Mapped[Account] = relationship(lazy="joined", foreign_keys=[offered_by_id])


def add_open(session: Session, transfer: Transfer) -> bool:
    """Add an offer; False if one is open for this student."""
    return add_unless_taken(session, transfer)


def by_reference(session: Session, reference: str) -> Transfer | None:
    """Return a transfer of any school: the caller checks access."""
    return session.scalar(select(Transfer).where(Transfer.reference == reference))


def lock(session: Session, transfer: Transfer) -> None:
    """Lock the student's row, then the transfer's, and reload both."""
    student = select(Student).where(Student.account_id == transfer.student_id)
    session.scalar(locking(student, Student, lock=True, key_share=True))
    session.refresh(transfer, ["state", "decided_by_id", "decided_at"], with_for_update=True)


def open_of_student(session: Session, student_id: int) -> Transfer | None:
    """Return the open offer for a student."""
    query = select(Transfer).where(Transfer.student_id == student_id, Transfer.state == TransferState.OFFERED)
    return session.scalar(query)


def incoming(session: Session, school_id: int, at: datetime) -> list[Transfer]:
    """Return what other schools offer to a school and can still be answered, the oldest first."""
    query = select(Transfer).where(
        Transfer.to_school_id == school_id, Transfer.state == TransferState.OFFERED, Transfer.ends_at > at
    )
    return list(session.scalars(query.order_by(Transfer.id)))


def outgoing(session: Session, school_id: int) -> list[Transfer]:
    """Return the open offers of a school, the oldest first."""
    query = select(Transfer).where(
        Transfer.from_school_id == school_id, Transfer.state == TransferState.OFFERED
    )
    return list(session.scalars(query.order_by(Transfer.id)))


def counts(session: Session, school_id: int, at: datetime) -> tuple[int, int]:
    """Count what `incoming` and `outgoing` list."""
    is_open = Transfer.state == TransferState.OFFERED
    coming = (Transfer.to_school_id == school_id) & (Transfer.ends_at > at)
    found = session.execute(
        select(
            func.count().filter(is_open, coming),
            func.count().filter(is_open, Transfer.from_school_id == school_id),
        ).select_from(Transfer)
    ).one()
    return found[0], found[1]


def due(session: Session, at: datetime, limit: int) -> list[Transfer]:
    """Return expired offers that are still open, the oldest first."""
    query = select(Transfer).where(Transfer.state == TransferState.OFFERED, Transfer.ends_at <= at)
    return list(session.scalars(query.order_by(Transfer.id).limit(limit)))
