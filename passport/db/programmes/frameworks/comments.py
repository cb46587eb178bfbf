"""Comments of reviewers and authors on a version that is not published yet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, new_reference

if TYPE_CHECKING:
    from passport.db.people.accounts import Account


class FrameworkComment(Base):
    """A comment on a skill of a version; without a skill, on the version as a whole.

    ``about`` keeps the name of the skill for a comment whose skill was removed.
    """

    __tablename__ = "framework_comments"
    __table_args__ = (
        CheckConstraint("(resolved_at IS NULL) = (resolved_by_id IS NULL)", name="resolved_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    version_id: Mapped[int] = mapped_column(ForeignKey("framework_versions.id"), index=True)
    skill_number: Mapped[int | None]
    about: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    author: Mapped[Account] = relationship(foreign_keys=[author_id])
    resolved_by: Mapped[Account | None] = relationship(foreign_keys=[resolved_by_id])


def of_version(session: Session, version_id: int) -> list[FrameworkComment]:
    """Return a version's comments, open ones first, then in the order in which they were made."""
    query = select(FrameworkComment).where(FrameworkComment.version_id == version_id)
    return list(
        session.scalars(query.order_by(FrameworkComment.resolved_at.is_not(None), FrameworkComment.id))
    )


def by_reference(session: Session, version_id: int, reference: str) -> FrameworkComment | None:
    """Return a comment on a version."""
    query = select(FrameworkComment).where(
        FrameworkComment.version_id == version_id, FrameworkComment.reference == reference
    )
    return session.scalar(query)


def count_open(session: Session, version_ids: list[int]) -> dict[int, int]:
    """Return how many open comments each of these versions has; a version without one is left out."""
    query = (
        select(FrameworkComment.version_id, func.count())
        .where(FrameworkComment.version_id.in_(version_ids), FrameworkComment.resolved_at.is_(None))
        .group_by(FrameworkComment.version_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def delete_of(session: Session, version_id: int) -> None:
    """Delete all comments on a version."""
    session.execute(delete(FrameworkComment).where(FrameworkComment.version_id == version_id))


def detach(session: Session, version_id: int, skill_number: int) -> None:
    """Let comments on a skill that is removed stay with its version; they keep the skill's name."""
    session.execute(
        update(FrameworkComment)
        .where(FrameworkComment.version_id == version_id, FrameworkComment.skill_number == skill_number)
        .values(skill_number=None)
    )
