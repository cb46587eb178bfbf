"""Which champion does not decide about which piece of evidence, and why; all others of the school may."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice


class Why(StrEnum):
    """Why a champion does not decide."""

    RELATED = "related"
    DECLINED = "declined"
    QUIET = "quiet"


class Exclusion(Base):
    """One champion and one piece of evidence: it never comes back to this champion."""

    __tablename__ = "exclusions"
    __table_args__ = (UniqueConstraint("evidence_id", "champion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    champion_id: Mapped[int] = mapped_column(ForeignKey("champions.account_id"), index=True)
    why: Mapped[Why] = mapped_column(choice(Why, "exclusion_why"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def add(session: Session, evidence_id: int, champion_id: int, why: Why, at: datetime) -> bool:
    """Exclude a champion; False if they are excluded already."""
    row = Exclusion(evidence_id=evidence_id, champion_id=champion_id, why=why, at=at)
    return add_unless_taken(session, row)


def of_evidence(session: Session, evidence_id: int) -> dict[int, Why]:
    """Return the ids of the champions who do not decide about a piece of evidence, and why."""
    rows = session.scalars(select(Exclusion).where(Exclusion.evidence_id == evidence_id))
    return {row.champion_id: row.why for row in rows}
