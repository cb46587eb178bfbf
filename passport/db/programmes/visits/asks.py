"""What employers offer and classes wish for: two public forms, sent without an account."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Dialect, ForeignKey, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice, locking, new_reference
from passport.db.programmes.programme import Sector


class AskState(StrEnum):
    """How far an offer or a wish is. An offer stays open, as it may serve many classes."""

    OPEN = "open"
    PLANNED = "planned"
    CLOSED = "closed"


class Needs(TypeDecorator[dict[str, int]]):
    """What a place must provide, each with the number of people who need it. Stored as JSON text."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: dict[str, int] | None, dialect: Dialect) -> str | None:
        """Write the numbers as JSON."""
        return None if value is None else json.dumps(value, sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, int] | None:
        """Read the numbers."""
        return None if value is None else dict(json.loads(value))


class VisitOffer(Base):
    """What an employer offers to show to classes."""

    __tablename__ = "visit_offers"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    # of what was sent and its day: the same form sent twice is one offer
    digest: Mapped[str] = mapped_column(unique=True)
    state: Mapped[AskState] = mapped_column(choice(AskState, "visit_offer_state"), default=AskState.OPEN)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # when it was sent, last planned, or closed: what it is deleted by
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    organisation: Mapped[str]
    contact: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"))
    about: Mapped[str]
    place: Mapped[str]
    times: Mapped[str]
    most: Mapped[int]
    first_year: Mapped[int]
    last_year: Mapped[int]
    # keys of `services.programmes.visits.asking.PROVISIONS`, with spaces between them
    access: Mapped[str]
    kit: Mapped[str]
    risk_assessment: Mapped[str]
    insurance: Mapped[str]
    listed: Mapped[bool]
    sector: Mapped[Sector] = relationship(lazy="joined")


class VisitRequest(Base):
    """What a school's class wishes for."""

    __tablename__ = "visit_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    state: Mapped[AskState] = mapped_column(choice(AskState, "visit_request_state"), default=AskState.OPEN)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    school: Mapped[str] = mapped_column("school_name")
    contact: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    wish: Mapped[str]
    times: Mapped[str]
    year_group: Mapped[int]
    students: Mapped[int]
    adults: Mapped[int]
    needs: Mapped[dict[str, int]] = mapped_column(Needs)
    sector: Mapped[Sector | None] = relationship(lazy="joined")


Ask = TypeVar("Ask", VisitOffer, VisitRequest)


def same(session: Session, row: Ask) -> Ask | None:
    """Return the row of the same form that was sent before on that day."""
    return session.scalar(_same(row))


def keep(session: Session, row: Ask) -> Ask:
    """Add what was sent, or return the row of the same form that was sent before on that day."""
    if add_unless_taken(session, row):
        return row
    return session.scalars(_same(row)).one()


def _same(row: Ask) -> Select[Ask]:
    table = type(row)
    return select(table).where(table.digest == row.digest)


def open_ones(session: Session, table: type[Ask], programme_id: int, limit: int) -> list[Ask]:
    """Return a programme's open offers or wishes, the oldest first."""
    query = select(table).where(table.programme_id == programme_id, table.state == AskState.OPEN)
    return list(session.scalars(query.order_by(table.id).limit(limit)))


def count_open(session: Session, table: type[Ask], programme_id: int) -> int:
    """Return how many offers or wishes of a programme are open."""
    query = select(func.count()).select_from(table)
    found = session.scalar(query.where(table.programme_id == programme_id, table.state == AskState.OPEN))
    return found or 0


def offer(session: Session, programme_id: int, reference: str, *, lock: bool) -> VisitOffer | None:
    """Return a programme's offer; with ``lock``, with a row lock."""
    query = select(VisitOffer).where(
        VisitOffer.programme_id == programme_id, VisitOffer.reference == reference
    )
    return session.scalar(locking(query, VisitOffer, lock=lock))


def request(session: Session, programme_id: int, reference: str, *, lock: bool) -> VisitRequest | None:
    """Return a programme's wish; with ``lock``, with a row lock."""
    query = select(VisitRequest).where(
        VisitRequest.programme_id == programme_id, VisitRequest.reference == reference
    )
    return session.scalar(locking(query, VisitRequest, lock=lock))


def sent(session: Session, programme_id: int, reference: str) -> str:
    """Return "offer" or "request" for the reference of something sent to a programme; else ""."""
    if offer(session, programme_id, reference, lock=False) is not None:
        return "offer"
    return "request" if request(session, programme_id, reference, lock=False) is not None else ""


def delete_all(session: Session, table: type[Ask], ids: list[int]) -> None:
    """Delete offers or wishes, with the names and addresses in them."""
    session.execute(delete(table).where(table.id.in_(ids)))


def older(session: Session, table: type[Ask], closed_before: datetime, open_before: datetime) -> list[int]:
    """Return the row ids of those closed before one time, or open and untouched since another."""
    query = select(table.id).where(
        ((table.state == AskState.CLOSED) & (table.touched_at < closed_before))
        | ((table.state == AskState.OPEN) & (table.touched_at < open_before))
    )
    return list(session.scalars(query))
