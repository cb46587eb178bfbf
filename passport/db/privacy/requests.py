"""Requests of students about their own data, until they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, and_, case, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice, new_reference
from passport.db.people.accounts import Account, Student

OPEN = text("state IN ('received', 'in_progress')")


class RequestKind(StrEnum):
    """What a student asks for."""

    MISTAKE = "mistake"
    STAFF_NOTES = "staff notes"
    ERASURE = "erasure"


class RequestState(StrEnum):
    """State of a request (product, section 3). In progress: the school has passed it to the programme."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class PrivacyRequest(Base):
    """A request. At most one of a kind is open for a student."""

    __tablename__ = "privacy_requests"
    __table_args__ = (
        Index(
            "uq_privacy_requests_one_open",
            "student_id",
            "kind",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(choice(RequestKind, "privacy_request_kind"))
    state: Mapped[RequestState] = mapped_column(choice(RequestState, "privacy_request_state"), index=True)
    words: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(default="")
    student: Mapped[Student] = relationship(lazy="joined")
    prepared_by: Mapped[Account | None] = relationship(foreign_keys=[prepared_by_id], lazy="joined")

    @property
    def is_open(self) -> bool:
        """Return whether it waits for an answer."""
        return self.state in {RequestState.RECEIVED, RequestState.IN_PROGRESS}


def add_open(session: Session, request: PrivacyRequest) -> bool:
    """Add a request; return False where another one of its kind is open."""
    return add_unless_taken(session, request)


def open_one(session: Session, student_id: int, kind: RequestKind) -> PrivacyRequest | None:
    """Return the student's open request of a kind."""
    query = select(PrivacyRequest).where(
        PrivacyRequest.student_id == student_id, PrivacyRequest.kind == kind, OPEN
    )
    return session.scalar(query)


def of_student(session: Session, student_id: int) -> Sequence[PrivacyRequest]:
    """Return a student's requests, newest first."""
    query = select(PrivacyRequest).where(PrivacyRequest.student_id == student_id)
    return session.scalars(query.order_by(PrivacyRequest.id.desc())).unique().all()


def of_school(session: Session, school_id: int, start: int, limit: int) -> Sequence[PrivacyRequest]:
    """Return a page of the requests of a school's students: open ones by their last day, then the newest."""
    query = select(PrivacyRequest).join(Student, Student.account_id == PrivacyRequest.student_id)
    return _page(session, query.where(Student.school_id == school_id), start, limit)


def for_managers(
    session: Session, programme_id: int, day: date, start: int, limit: int
) -> Sequence[PrivacyRequest]:
    """Return a page of what schools passed on, or did not answer before a day, as `of_school` orders it."""
    is_late = and_(OPEN, PrivacyRequest.due_on < day)
    query = (
        select(PrivacyRequest)
        .join(Account, Account.id == PrivacyRequest.student_id)
        .where(Account.programme_id == programme_id, or_(PrivacyRequest.prepared_by_id.is_not(None), is_late))
    )
    return _page(session, query, start, limit)


def _page(session: Session, query: Select[Any], start: int, limit: int) -> Sequence[PrivacyRequest]:
    is_over = case((OPEN, 0), else_=1)
    ordered = query.order_by(is_over, PrivacyRequest.due_on, PrivacyRequest.id.desc())
    return session.scalars(ordered.offset(start).limit(limit)).unique().all()


def by_reference(session: Session, reference: str) -> PrivacyRequest | None:
    """Return a request with a row lock (FOR UPDATE)."""
    query = select(PrivacyRequest).where(PrivacyRequest.reference == reference)
    return session.scalar(query.with_for_update(of=PrivacyRequest))


def shown(session: Session, reference: str) -> PrivacyRequest | None:
    """Return a request to read."""
    return session.scalar(select(PrivacyRequest).where(PrivacyRequest.reference == reference))
