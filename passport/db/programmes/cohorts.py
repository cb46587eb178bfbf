"""Cohorts: students who began together, by intake."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, new_reference
from passport.db.programmes.programme import Sector


class Cohort(Base):
    """An intake of a programme, in one sector or in all."""

    __tablename__ = "cohorts"
    __table_args__ = (UniqueConstraint("programme_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    name: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date]
    sector: Mapped[Sector | None] = relationship(lazy="joined")


def of_programme(session: Session, programme_id: int) -> list[Cohort]:
    """Return a programme's cohorts, the newest first."""
    query = select(Cohort).where(Cohort.programme_id == programme_id)
    return list(session.scalars(query.order_by(Cohort.starts.desc(), Cohort.name)))


def by_reference(session: Session, programme_id: int, reference: str) -> Cohort | None:
    """Return a programme's cohort."""
    return session.scalar(
        select(Cohort).where(Cohort.programme_id == programme_id, Cohort.reference == reference)
    )


def by_name(session: Session, programme_id: int, name: str) -> Cohort | None:
    """Return a programme's cohort with this name, compared without case."""
    query = select(Cohort).where(Cohort.programme_id == programme_id)
    return session.scalar(query.where(func.lower(Cohort.name) == name.lower()).limit(1))
