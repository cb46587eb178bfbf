"""Shares: a student's choice of entries, for a recipient, until a day, under a code."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db import failures
from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.credentials.records import Credential, CredentialState, StatusPosition
from passport.db.failures import Job

if TYPE_CHECKING:
    from passport.db.people.accounts import Student


class ShareState(StrEnum):
    """State of a share; being past its last day is no state."""

    DRAFT = "draft"
    ACTIVE = "active"
    ENDED = "ended"


class CompactState(StrEnum):
    """How far the compact form of a shared entry is."""

    WAITING = "waiting"
    INTENDED = "intended"
    SIGNED = "signed"
    NONE = "none"


class SharedCredential(Base):
    """An entry in one share, with a position in the status list and signed bytes of its own.

    ``intent`` is what will be signed with the key ``kid``, ``compact`` what was. An entry without a compact
    form (``NONE``) is checked by the share's code alone.
    """

    __tablename__ = "share_credentials"

    share_id: Mapped[int] = mapped_column(ForeignKey("shares.id"), primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"), primary_key=True)
    position_id: Mapped[int | None] = mapped_column(ForeignKey("status_positions.id"), unique=True)
    state: Mapped[CompactState] = mapped_column(
        choice(CompactState, "compact_state"), index=True, default=CompactState.WAITING
    )
    kid: Mapped[str | None] = mapped_column(ForeignKey("keys.kid"), index=True)
    intent: Mapped[bytes | None]
    compact: Mapped[bytes | None]
    credential: Mapped[Credential] = relationship(lazy="joined")
    position: Mapped[StatusPosition | None] = relationship(lazy="joined")


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
    checks: Mapped[int] = mapped_column(default=0)
    last_checked_on: Mapped[date | None]
    for_school: Mapped[bool] = mapped_column(default=False)
    student: Mapped[Student] = relationship(lazy="joined")
    entries: Mapped[list[SharedCredential]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by=SharedCredential.credential_id
    )

    @property
    def credentials(self) -> list[Credential]:
        """Return the entries that the share shows."""
        return [entry.credential for entry in self.entries]


def of_student(session: Session, student_id: int) -> list[Share]:
    """Return a student's shares with a code, newest first."""
    query = select(Share).where(Share.student_id == student_id, Share.state != ShareState.DRAFT)
    return list(session.scalars(query.order_by(Share.id.desc())))


def own(session: Session, student_id: int, reference: str) -> Share | None:
    """Return a student's share, or None if it is another student's."""
    return session.scalar(select(Share).where(Share.student_id == student_id, Share.reference == reference))


def by_code(session: Session, code: str) -> Share | None:
    """Return the share with a code, in any state."""
    return session.scalar(select(Share).where(Share.code == code))


def entries_of_schools(session: Session, school_ids: list[int], code: str) -> list[Credential]:
    """Return the entries of these schools' students under a share code, ended or not."""
    share = by_code(session, code)
    if share is None or share.student.school_id not in school_ids:
        return []
    return [credential for credential in share.credentials if credential.state is not CredentialState.ERASED]


def lock(session: Session, share: Share) -> None:
    """Reload a share with a row lock (FOR UPDATE)."""
    columns = [attribute.key for attribute in inspect(Share).column_attrs]
    session.refresh(share, columns, with_for_update=True)


def without_codes(session: Session, today: date, at: datetime, limit: int = 100) -> list[int]:
    """Return the ids of shares with entries whose compact form is not made yet, oldest first."""
    begun = [CompactState.WAITING, CompactState.INTENDED]
    query = (
        select(Share.id)
        .join(SharedCredential)
        .join(Credential)
        .where(
            SharedCredential.state.in_(begun),
            Share.state == ShareState.ACTIVE,
            Share.until >= today,
            Credential.state == CredentialState.ISSUED,
            Share.id.not_in(failures.resting(Job.CODES, at)),
        )
    )
    return list(session.scalars(query.distinct().order_by(Share.id).limit(limit)))


def of_key(session: Session, kid: str, states: list[CompactState]) -> list[SharedCredential]:
    """Return the shared entries in these states whose compact form a key signs."""
    query = select(SharedCredential).where(SharedCredential.kid == kid, SharedCredential.state.in_(states))
    return list(session.scalars(query.order_by(SharedCredential.share_id, SharedCredential.credential_id)))


def stopped_positions(session: Session, number: int) -> list[int]:
    """Return the positions in a list whose share was stopped."""
    query = (
        select(StatusPosition.position)
        .join(SharedCredential, SharedCredential.position_id == StatusPosition.id)
        .join(Share)
        .where(StatusPosition.list_number == number, Share.state == ShareState.ENDED)
    )
    return list(session.scalars(query))
