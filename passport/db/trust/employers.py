"""Employers of a programme, and the requests to let one in or to end its part: two managers decide each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, inspect, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice, new_reference
from passport.db.endorsements.decisions import Decision, DecisionOutcome, DecisionState
from passport.db.people.accounts import Account, Champion
from passport.db.programmes.issuers import Issuer
from passport.db.programmes.programme import Employer, Sector

OPEN = text("state IN ('asked', 'approved')")


class RequestKind(StrEnum):
    """The kind of a request."""

    BEGIN = "begin"
    END = "end"


class RequestState(StrEnum):
    """State of a request. Approved: decided by two managers, and the root key has not signed it yet."""

    ASKED = "asked"
    APPROVED = "approved"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class EmployerRequest(Base):
    """A request to let an employer in or to end its part. At most one is open for a slug."""

    __tablename__ = "employer_requests"
    __table_args__ = (
        Index("uq_employer_requests_one_open", "slug", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint(
            "state NOT IN ('approved', 'done', 'refused') OR decided_by_id <> asked_by_id", name="two_people"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(choice(RequestKind, "employer_request_kind"))
    state: Mapped[RequestState] = mapped_column(choice(RequestState, "employer_request_state"))
    slug: Mapped[str]
    name: Mapped[str]
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sector: Mapped[Sector] = relationship(lazy="joined")
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id], lazy="joined")
    decided_by: Mapped[Account | None] = relationship(foreign_keys=[decided_by_id], lazy="joined")


def of_programme(session: Session, programme_id: int) -> list[Employer]:
    """Return a programme's employers by name, including ended ones."""
    query = select(Employer).join(Employer.issuer).where(Employer.programme_id == programme_id)
    return list(session.scalars(query.order_by(func.lower(Issuer.name))))


def by_slug(session: Session, programme_id: int, slug: str) -> Employer | None:
    """Return a programme's employer."""
    query = select(Employer).join(Employer.issuer)
    return session.scalar(query.where(Employer.programme_id == programme_id, Issuer.slug == slug))


def champions(session: Session, employer_id: int) -> list[Champion]:
    """Return an employer's champions by name."""
    query = select(Champion).join(Account, Account.id == Champion.account_id)
    return list(session.scalars(query.where(Champion.employer_id == employer_id).order_by(Account.name)))


def has_work(session: Session, employer_id: int) -> bool:
    """Return whether endorsements of an employer still wait for their entry."""
    query = (
        select(Decision.id)
        .join(Champion, Champion.account_id == Decision.champion_id)
        .where(
            Champion.employer_id == employer_id,
            Decision.decision == DecisionOutcome.ENDORSED,
            Decision.state.in_([DecisionState.PENDING, DecisionState.SIGNING]),
        )
    )
    return session.scalar(query.limit(1)) is not None


def add_open(session: Session, request: EmployerRequest) -> bool:
    """Add a request; False if another is open for the same slug."""
    return add_unless_taken(session, request)


def open_for(session: Session, slug: str) -> EmployerRequest | None:
    """Return the unfinished request about a slug."""
    states = (RequestState.ASKED, RequestState.APPROVED)
    return session.scalar(
        select(EmployerRequest).where(EmployerRequest.slug == slug, EmployerRequest.state.in_(states))
    )


def request(session: Session, programme_id: int, reference: str) -> EmployerRequest | None:
    """Return a programme's request."""
    return session.scalar(
        select(EmployerRequest).where(
            EmployerRequest.programme_id == programme_id, EmployerRequest.reference == reference
        )
    )


def requests(session: Session, programme_id: int, limit: int = 100) -> list[EmployerRequest]:
    """Return a programme's requests: unfinished ones first, then the newest."""
    finished = EmployerRequest.state.not_in((RequestState.ASKED, RequestState.APPROVED))
    query = select(EmployerRequest).where(EmployerRequest.programme_id == programme_id)
    return list(session.scalars(query.order_by(finished, EmployerRequest.id.desc()).limit(limit)))


def approved(session: Session) -> list[EmployerRequest]:
    """Return the approved requests that the root key has not signed yet, of all programmes, oldest first."""
    query = select(EmployerRequest).where(EmployerRequest.state == RequestState.APPROVED)
    return list(session.scalars(query.order_by(EmployerRequest.id)))


def lock(session: Session, row: EmployerRequest) -> None:
    """Reload a request with a row lock (FOR UPDATE)."""
    columns = [attribute.key for attribute in inspect(EmployerRequest).column_attrs]
    session.refresh(row, columns, with_for_update=True)
