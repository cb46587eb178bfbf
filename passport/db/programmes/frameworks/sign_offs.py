"""Sign-offs: an employer and a school agree to the words of a version before it is published."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice, new_reference

if TYPE_CHECKING:
    from passport.db.people.accounts import Account

STANDING = text("taken_back_at IS NULL")


class Side(StrEnum):
    """The two sides that have to agree."""

    EMPLOYER = "employer"
    SCHOOL = "school"


class FrameworkSignOff(Base):
    """One person's agreement to the exact words of a version, until it is taken back.

    ``digest`` is the SHA-256 of those words in hex; ``name`` and ``place`` are the signer's name and their
    employer or school at that time.
    """

    __tablename__ = "framework_sign_offs"
    __table_args__ = (
        Index(
            "uq_framework_sign_offs_one_of_a_side",
            "version_id",
            "side",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
        Index(
            "uq_framework_sign_offs_one_of_a_person",
            "version_id",
            "account_id",
            unique=True,
            sqlite_where=STANDING,
            postgresql_where=STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    version_id: Mapped[int] = mapped_column(ForeignKey("framework_versions.id"), index=True)
    side: Mapped[Side] = mapped_column(choice(Side, "side"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    place: Mapped[str]
    digest: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship()


def standing(session: Session, version_id: int) -> list[FrameworkSignOff]:
    """Return the sign-offs of a version that were not taken back, the first one first."""
    query = select(FrameworkSignOff).where(
        FrameworkSignOff.version_id == version_id, FrameworkSignOff.taken_back_at.is_(None)
    )
    return list(session.scalars(query.order_by(FrameworkSignOff.id)))


def of_version(session: Session, version_id: int) -> list[FrameworkSignOff]:
    """Return all sign-offs of a version, those that were taken back too, the first one first."""
    query = select(FrameworkSignOff).where(FrameworkSignOff.version_id == version_id)
    return list(session.scalars(query.order_by(FrameworkSignOff.id)))


def add_if_free(session: Session, sign_off: FrameworkSignOff) -> bool:
    """Add a sign-off; False if the side or the person has signed already."""
    return add_unless_taken(session, sign_off)
