"""Answers that machines were given, so that the same request is answered alike. Gone after a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime, add_unless_taken


class Answer(Base):
    """What one caller's idempotency key was answered with; no ``body`` while it is worked on."""

    __tablename__ = "api_answers"
    __table_args__ = (UniqueConstraint("api_key_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    key: Mapped[str]
    asked: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    body: Mapped[bytes | None]


def find(session: Session, api_key_id: int, key: str) -> Answer | None:
    """The answer to this key, given or being worked on."""
    return session.scalar(select(Answer).where(Answer.api_key_id == api_key_id, Answer.key == key))


def begin(session: Session, api_key_id: int, key: str, asked: str, at: datetime) -> bool:
    """Note that it is worked on; False if somebody else does that already."""
    return add_unless_taken(session, Answer(api_key_id=api_key_id, key=key, asked=asked, begun_at=at))


def take_over(session: Session, answer: Answer, at: datetime) -> bool:
    """Take up what a process that died left behind; False if another did so first."""
    taken = (
        update(Answer)
        .where(Answer.id == answer.id, Answer.begun_at == answer.begun_at, Answer.body.is_(None))
        .values(begun_at=at)
        .execution_options(synchronize_session=False)
        .returning(Answer.id)
    )
    return session.execute(taken).first() is not None


def keep(session: Session, api_key_id: int, key: str, body: bytes) -> None:
    """Keep what was answered, unless another process was quicker."""
    kept = update(Answer).where(Answer.api_key_id == api_key_id, Answer.key == key, Answer.body.is_(None))
    session.execute(kept.values(body=body).execution_options(synchronize_session=False))


def forget(session: Session, before: datetime) -> None:
    """Delete the answers that were begun before then."""
    session.execute(delete(Answer).where(Answer.begun_at < before))


def drop(session: Session, api_key_id: int, key: str) -> None:
    """Delete the note that an answer is worked on."""
    session.execute(
        delete(Answer).where(Answer.api_key_id == api_key_id, Answer.key == key, Answer.body.is_(None))
    )


def has_older(session: Session, before: datetime) -> bool:
    """Whether there are answers that were begun before then."""
    return session.scalar(select(Answer.id).where(Answer.begun_at < before).limit(1)) is not None
