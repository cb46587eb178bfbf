"""The days on which a programme's schools are closed: holidays, each from a day to a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, new_reference


class ClosedDays(Base):
    """A period without school, both ends included."""

    __tablename__ = "closed_days"
    __table_args__ = (CheckConstraint("since <= until", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    since: Mapped[date]
    until: Mapped[date]
    why: Mapped[str]


def of_programme(session: Session, programme_id: int) -> list[ClosedDays]:
    """Return a programme's closed days, the earliest first."""
    query = select(ClosedDays).where(ClosedDays.programme_id == programme_id)
    return list(session.scalars(query.order_by(ClosedDays.since, ClosedDays.id)))
