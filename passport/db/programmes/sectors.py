"""Sectors of a programme, and which schools work in which of them, and when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, locking, new_reference
from passport.db.programmes.programme import School, Sector


class SchoolSector(Base):
    """A school's period in a sector, both days included; without a last day it is open-ended."""

    __tablename__ = "school_sectors"
    __table_args__ = (CheckConstraint("until IS NULL OR until >= since", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"))
    since: Mapped[date]
    until: Mapped[date | None]
    sector: Mapped[Sector] = relationship(lazy="joined")


def of_programme(session: Session, programme_id: int) -> list[Sector]:
    """Return a programme's sectors by name, including retired ones."""
    query = select(Sector).where(Sector.programme_id == programme_id)
    return list(session.scalars(query.order_by(func.lower(Sector.name))))


def by_reference(session: Session, programme_id: int, reference: str) -> Sector | None:
    """Return a programme's sector."""
    return session.scalar(
        select(Sector).where(Sector.programme_id == programme_id, Sector.reference == reference)
    )


def by_name(session: Session, programme_id: int, name: str) -> Sector | None:
    """Return a programme's sector with this name, compared without case."""
    query = select(Sector).where(Sector.programme_id == programme_id)
    return session.scalar(query.where(func.lower(Sector.name) == name.lower()).limit(1))


def of_school(session: Session, school_id: int) -> list[SchoolSector]:
    """Return the periods of a school in sectors, the newest first."""
    query = select(SchoolSector).where(SchoolSector.school_id == school_id)
    return list(session.scalars(query.order_by(SchoolSector.since.desc(), SchoolSector.id.desc())))


def current(session: Session, programme_id: int, on: date) -> dict[int, list[Sector]]:
    """Return the sectors that each school of a programme is in on a day."""
    query = (
        select(SchoolSector)
        .join(School, School.id == SchoolSector.school_id)
        .where(School.programme_id == programme_id, SchoolSector.since <= on)
        .where((SchoolSector.until.is_(None)) | (SchoolSector.until >= on))
        .order_by(SchoolSector.id)
    )
    found: dict[int, list[Sector]] = {}
    for row in session.scalars(query):
        found.setdefault(row.school_id, []).append(row.sector)
    return found


def school(session: Session, programme_id: int, reference: str, *, lock: bool) -> School | None:
    """Return a programme's school; with ``lock``, with a row lock; others may still refer to it."""
    query = select(School).where(School.programme_id == programme_id, School.reference == reference)
    return session.scalar(locking(query, School, lock=lock, key_share=True))


def school_by_name(session: Session, programme_id: int, name: str) -> School | None:
    """Return a programme's school with this name, compared without case."""
    query = select(School).where(School.programme_id == programme_id)
    return session.scalar(query.where(func.lower(School.name) == name.lower()).limit(1))
