"""Shares: a student's choice of entries, for somebody, until a day, under a code."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Column, ForeignKey, Integer, Table, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice, new_reference

if TYPE_CHECKING:
    from passport.db.accounts import Student
    from passport.db.credentials import Credential


class ShareState(StrEnum):
    """Where a share stands; being past its last day is no state."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


share_credentials = Table(
    "share_credentials",
    Base.metadata,
    Column("share_id", Integer, ForeignKey("shares.id"), primary_key=True),
    Column("credential_id", Integer, ForeignKey("credentials.id"), primary_key=True),
)


class Share(Base):
    """A share. It has its code from the moment it is active."""

    __tablename__ = "shares"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    state: Mapped[ShareState] = mapped_column(choice(ShareState, "share_state"))
    code: Mapped[str | None] = mapped_column(unique=True)
    audience: Mapped[str] = mapped_column(default="")
    until: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    student: Mapped[Student] = relationship(lazy="joined")
    credentials: Mapped[list[Credential]] = relationship(secondary=share_credentials, lazy="selectin")


def of_student(session: Session, student_id: int) -> list[Share]:
    """A student's shares with a code, newest first."""
    query = select(Share).where(Share.student_id == student_id, Share.state != ShareState.DRAFT)
    return list(session.scalars(query.order_by(Share.id.desc())))


def own(session: Session, student_id: int, reference: str) -> Share | None:
    """A student's share, or None for anybody else's."""
    return session.scalar(select(Share).where(Share.student_id == student_id, Share.reference == reference))


def by_code(session: Session, code: str) -> Share | None:
    """The share with a code, whatever its state."""
    return session.scalar(select(Share).where(Share.code == code))


def lock(session: Session, share: Share) -> None:
    """Read a share again and keep it from changing until the transaction ends."""
    columns = [attribute.key for attribute in inspect(Share).column_attrs]
    session.refresh(share, columns, with_for_update=True)
