"""When a piece of evidence was held for a person at the school, why, and what they decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice

if TYPE_CHECKING:
    from passport.db.people.accounts import Account


_OPEN = text("outcome = 'open'")


class HoldCause(StrEnum):
    """What held it: the screening rules, staff of the school, or a reader with a worry."""

    SCREENING = "screening"
    STAFF = "staff"
    WORRY = "worry"


class HoldOutcome(StrEnum):
    """What the school decided; open until then."""

    OPEN = "open"
    RELEASED = "released"
    RETURNED = "returned"
    REMOVED = "removed"


class EvidenceHold(Base):
    """One hold of a version for the school; at most one is open for a piece of evidence.

    ``found`` is JSON: what screening found. ``reason`` is a key of the fixed reasons for sending back.
    """

    __tablename__ = "evidence_holds"
    __table_args__ = (
        Index(
            "uq_evidence_holds_one_open",
            "evidence_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_evidence_holds_evidence_id_version", "evidence_id", "version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    version: Mapped[int]
    cause: Mapped[HoldCause] = mapped_column(choice(HoldCause, "hold_cause"))
    found: Mapped[str] = mapped_column(default="[]")
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # the staff member who held it; None for screening and for a worry
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    # only a safeguarding lead may decide, because a lead holds or reads it
    for_lead: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[HoldOutcome] = mapped_column(
        choice(HoldOutcome, "hold_outcome"), default=HoldOutcome.OPEN
    )
    reason: Mapped[str | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_by: Mapped[Account | None] = relationship(lazy="selectin", foreign_keys=[held_by_id])
    decided_by: Mapped[Account | None] = relationship(lazy="selectin", foreign_keys=[decided_by_id])


def add_open(session: Session, hold: EvidenceHold) -> bool:
    """Open a hold; False if one is open already."""
    return add_unless_taken(session, hold)


def open_for(session: Session, evidence_id: int) -> EvidenceHold | None:
    """Return the open hold of a piece of evidence."""
    query = select(EvidenceHold).where(
        EvidenceHold.evidence_id == evidence_id, EvidenceHold.outcome == HoldOutcome.OPEN
    )
    return session.scalar(query)


def last(session: Session, evidence_id: int, version: int) -> EvidenceHold | None:
    """Return the newest hold of one version."""
    query = select(EvidenceHold).where(
        EvidenceHold.evidence_id == evidence_id, EvidenceHold.version == version
    )
    return session.scalar(query.order_by(EvidenceHold.id.desc()).limit(1))


def of_evidence(session: Session, evidence_id: int) -> list[EvidenceHold]:
    """Return all holds of a piece of evidence, oldest first."""
    query = select(EvidenceHold).where(EvidenceHold.evidence_id == evidence_id)
    return list(session.scalars(query.order_by(EvidenceHold.id)))
