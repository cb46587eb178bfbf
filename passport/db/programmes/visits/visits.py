"""Planned visits, their sheets, and the links to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice, locking, new_reference
from passport.db.programmes.programme import Programme, Sector
from passport.db.programmes.visits.asks import AskState, Needs, VisitOffer, VisitRequest


class VisitState(StrEnum):
    """How a visit takes place, if it does."""

    PLANNED = "planned"
    ONLINE = "online"
    CANCELLED = "cancelled"


class Side(StrEnum):
    """Whom a link to a visit was sent to."""

    SCHOOL = "school"
    HOST = "host"


class Visit(Base):
    """A class's visit to a host. Its row stays for the ledger and names no person."""

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    # both are deleted some time after the visit, with the addresses in them
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("visit_offers.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("visit_requests.id"), index=True)
    state: Mapped[VisitState] = mapped_column(choice(VisitState, "visit_state"), default=VisitState.PLANNED)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    host: Mapped[str]
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"))
    school: Mapped[str] = mapped_column("school_name")
    place: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    year_group: Mapped[int]
    students: Mapped[int]
    adults: Mapped[int]
    # how many came or watched, once a person has counted
    came: Mapped[int | None]
    # why it was cancelled or moved online, as everybody concerned reads it
    why: Mapped[str] = mapped_column(default="")
    film: Mapped[str] = mapped_column(default="")
    worksheet: Mapped[str] = mapped_column(default="")
    programme: Mapped[Programme] = relationship(lazy="joined")
    sector: Mapped[Sector] = relationship(lazy="joined")
    offer: Mapped[VisitOffer | None] = relationship(lazy="joined")
    request: Mapped[VisitRequest | None] = relationship(lazy="joined")
    sheet: Mapped[VisitSheet | None] = relationship(lazy="joined")


class VisitSheet(Base):
    """What both sides need on the day. Deleted 14 days after the visit."""

    __tablename__ = "visit_sheets"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), primary_key=True)
    meeting: Mapped[str]
    transport: Mapped[str]
    kit: Mapped[str]
    school_phone: Mapped[str]
    host_phone: Mapped[str]
    needs: Mapped[dict[str, int]] = mapped_column(Needs)


class VisitLink(Base):
    """A link to a visit's page for one side, stored as the digest of its token."""

    __tablename__ = "visit_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    side: Mapped[Side] = mapped_column(choice(Side, "visit_side"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    visit: Mapped[Visit] = relationship(lazy="joined")


def by_reference(session: Session, programme_id: int, reference: str, *, lock: bool) -> Visit | None:
    """Return a programme's visit; with ``lock``, with a row lock."""
    query = select(Visit).where(Visit.programme_id == programme_id, Visit.reference == reference)
    return session.scalar(locking(query, Visit, lock=lock))


def by_link(session: Session, digest: str) -> VisitLink | None:
    """Return the link with this digest of a token."""
    return session.scalar(select(VisitLink).where(VisitLink.digest == digest))


def from_time(session: Session, programme_id: int, since: datetime) -> list[Visit]:
    """Return a programme's visits that end after a time, the next one first."""
    query = select(Visit).where(Visit.programme_id == programme_id, Visit.ends_at >= since)
    return list(session.scalars(query.order_by(Visit.starts_at, Visit.id)))


def between(session: Session, programme_id: int, since: datetime, until: datetime) -> list[Visit]:
    """Return a programme's visits that begin in a period, the first one first."""
    query = select(Visit).where(
        Visit.programme_id == programme_id, Visit.starts_at >= since, Visit.starts_at < until
    )
    return list(session.scalars(query.order_by(Visit.starts_at, Visit.id)))


def first_start(session: Session, programme_id: int) -> datetime | None:
    """Return when a programme's first visit began; None without one."""
    query = select(Visit.starts_at).where(Visit.programme_id == programme_id)
    return session.scalar(query.order_by(Visit.starts_at).limit(1))


def of_request(session: Session, request_id: int) -> list[Visit]:
    """Return the visits that were planned for a wish, the newest first."""
    return list(
        session.scalars(select(Visit).where(Visit.request_id == request_id).order_by(Visit.id.desc()))
    )


def listed_hosts(session: Session, programme_id: int) -> list[tuple[str, str]]:
    """Return the organisations that agreed to be listed and that an organiser planned a visit to.

    Each with its sector's name. An offer can be sent in any name: an offer alone lists no one, and
    neither does one whose visits were all cancelled.
    """
    query = (
        select(VisitOffer.organisation, Sector.name)
        .join(Sector, Sector.id == VisitOffer.sector_id)
        .join(Visit, Visit.offer_id == VisitOffer.id)
        .where(VisitOffer.programme_id == programme_id, VisitOffer.listed, VisitOffer.state == AskState.OPEN)
        .where(Visit.state != VisitState.CANCELLED)
    )
    return [(row[0], row[1]) for row in session.execute(query.distinct())]


def end_links(session: Session, visit_id: int) -> None:
    """End every link to a visit's page."""
    session.execute(delete(VisitLink).where(VisitLink.visit_id == visit_id))


def with_sheets_ended_before(session: Session, before: datetime) -> list[int]:
    """Return the row ids of visits that ended before a time and still have a sheet, texts or a wish."""
    query = (
        select(Visit.id)
        .outerjoin(VisitSheet, VisitSheet.visit_id == Visit.id)
        .where(Visit.ends_at < before)
        .where(VisitSheet.visit_id.is_not(None) | Visit.request_id.is_not(None) | (Visit.place != ""))
    )
    return list(session.scalars(query))


def forget(session: Session, ids: list[int]) -> list[int]:
    """Delete the sheets, links and free texts of visits, and part them from their wishes.

    Return the row ids of the wishes that no visit refers to any more and that wait for none.
    """
    wishes = list(
        session.scalars(select(Visit.request_id).where(Visit.id.in_(ids), Visit.request_id.is_not(None)))
    )
    session.execute(delete(VisitSheet).where(VisitSheet.visit_id.in_(ids)))
    session.execute(delete(VisitLink).where(VisitLink.visit_id.in_(ids)))
    _part(session, Visit.id.in_(ids), request_id=None, place="", why="", film="", worksheet="")
    used = select(Visit.request_id).where(Visit.request_id.is_not(None))
    query = select(VisitRequest.id).where(
        VisitRequest.id.in_(wishes), VisitRequest.id.not_in(used), VisitRequest.state != AskState.OPEN
    )
    return list(session.scalars(query))


def offers_in_use(session: Session, since: datetime) -> set[int]:
    """Return the row ids of the offers of visits that end after a time."""
    query = select(Visit.offer_id).where(Visit.ends_at >= since, Visit.offer_id.is_not(None))
    return {one for one in session.scalars(query) if one is not None}


def part_from_offers(session: Session, ids: list[int]) -> None:
    """Part visits from offers that are about to be deleted."""
    _part(session, Visit.offer_id.in_(ids), offer_id=None)


def part_from_requests(session: Session, ids: list[int]) -> None:
    """Part visits from wishes that are about to be deleted."""
    _part(session, Visit.request_id.in_(ids), request_id=None)


def _part(session: Session, condition: object, **values: str | None) -> None:
    change = update(Visit).where(condition).values(**values)  # type: ignore[arg-type]  # an expression
    session.execute(change.execution_options(synchronize_session=False))
