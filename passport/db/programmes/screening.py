"""A programme's own screening rules, by which its texts are held for a person to read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime


class ScreeningRules(Base):
    """A programme's own rules file."""

    __tablename__ = "screening_rules"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    text: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def of_programme(session: Session, programme_id: int) -> ScreeningRules | None:
    """Return the programme's own rules, or None if it uses those that come with the service."""
    return session.scalar(select(ScreeningRules).where(ScreeningRules.programme_id == programme_id))
