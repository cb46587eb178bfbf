"""The service itself, its programmes, and what a programme consists of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, new_reference
from passport.db.programmes.issuers import Issuer


class Service(Base):
    """A single row: what was fixed when the service was made."""

    __tablename__ = "service"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    public_url: Mapped[str]
    demo: Mapped[bool]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Programme(Base):
    """One council-run scheme."""

    __tablename__ = "programmes"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    colour: Mapped[str] = mapped_column(default="#1d5c63")
    review_months: Mapped[int] = mapped_column(default=36)
    # how long an endorsement can be undone before it is signed
    undo_minutes: Mapped[int] = mapped_column(default=24 * 60)
    contact: Mapped[str] = mapped_column(default="")
    issuer_id: Mapped[int] = mapped_column(ForeignKey("issuers.id"))
    issuer: Mapped[Issuer] = relationship(lazy="joined")


class Sector(Base):
    """An area of work: data, never code."""

    __tablename__ = "sectors"
    __table_args__ = (UniqueConstraint("programme_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    name: Mapped[str]
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class School(Base):
    """A school or college of a programme."""

    __tablename__ = "schools"
    __table_args__ = (UniqueConstraint("programme_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    name: Mapped[str]
    kind: Mapped[str]


class Employer(Base):
    """An employer of a programme; its issuer holds the name that is signed."""

    __tablename__ = "employers"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"))
    issuer_id: Mapped[int] = mapped_column(ForeignKey("issuers.id"), unique=True)
    issuer: Mapped[Issuer] = relationship(lazy="joined")
    sector: Mapped[Sector] = relationship(lazy="joined")

    @property
    def name(self) -> str:
        """Return the employer's name, as the registry holds it."""
        return self.issuer.name


def service(session: Session) -> Service | None:
    """Return the service's row, or None before it was made."""
    return session.get(Service, 1)


_KEYS = select(Service.id)
_PROGRAMME = select(Programme.id).where(Programme.id == bindparam("number"))


def lock_keys_shared(session: Session) -> None:
    """Lock the service's row in share mode: no key changes its state, but any number may sign meanwhile.

    It is the first lock that a transaction takes: a transaction that changes keys then locks what they
    signed.
    """
    session.connection().execute(_KEYS.with_for_update(read=True))


def lock_keys(session: Session) -> None:
    """Lock the service's row: no other transaction signs or changes a key. Also the first lock taken."""
    session.connection().execute(_KEYS.with_for_update())


def by_slug(session: Session, slug: str) -> Programme | None:
    """Return the programme with that slug."""
    return session.scalar(select(Programme).where(Programme.slug == slug))


def lock(session: Session, programme: Programme) -> None:
    """Lock a programme's row until the transaction ends; others may still refer to it (FOR NO KEY UPDATE)."""
    query = _PROGRAMME.with_for_update(key_share=True)
    session.connection().execute(query, {"number": programme.id})


def schools(session: Session, programme_id: int) -> list[School]:
    """Return a programme's schools, by name."""
    query = select(School).where(School.programme_id == programme_id).order_by(School.name)
    return list(session.scalars(query))


def only(session: Session) -> Programme | None:
    """Return the only programme that has not closed, or the only one that ever was; None if ambiguous."""
    found = going_on(session, 2) or list(session.scalars(select(Programme).limit(2)))
    return found[0] if len(found) == 1 else None


def going_on(session: Session, limit: int) -> list[Programme]:
    """Return the programmes that have not closed, the oldest first."""
    query = select(Programme).join(Programme.issuer).where(Issuer.until.is_(None))
    return list(session.scalars(query.order_by(Programme.id).limit(limit)))


def get(session: Session, programme_id: int) -> Programme:
    """Return a programme by its id."""
    return session.get_one(Programme, programme_id)
