"""Idempotency keys: stored answers, so that a repeated request gets the same one. Deleted after a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime, add_unless_taken


class Answer(Base):
    """The answer to one caller's idempotency key; no ``body`` while it is being worked on."""

    __tablename__ = "api_answers"
    __table_args__ = (UniqueConstraint("api_key_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"))
    key: Mapped[str]
    asked: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    body: Mapped[bytes | None]


def find(session: Session, api_key_id: int, key: str) -> Answer | None:
    """Return the answer to this key, complete or still being worked on."""
    return session.scalar(select(Answer).where(Answer.api_key_id == api_key_id, Answer.key == key))


def begin(session: Session, api_key_id: int, key: str, asked: str, at: datetime) -> bool:
    """Record that the key is being worked on; False if another request does that already."""
    return add_unless_taken(session, Answer(api_key_id=api_key_id, key=key, asked=asked, begun_at=at))


def take_over(session: Session, answer: Answer, at: datetime) -> bool:
    """Take over a key whose process died; False if another process did so first."""
    taken = (
        update(Answer)
        .where(Answer.id == answer.id, Answer.begun_at == answer.begun_at, Answer.body.is_(None))
        .values(begun_at=at)
        .execution_options(synchronize_session=False)
        .returning(Answer.id)
    )
    return session.execute(taken).first() is not None


def keep(session: Session, api_key_id: int, key: str, body: bytes) -> None:
    """Store the answer, unless another process was faster."""
    kept = update(Answer).where(Answer.api_key_id == api_key_id, Answer.key == key, Answer.body.is_(None))
    session.execute(kept.values(body=body).execution_options(synchronize_session=False))


def forget(session: Session, before: datetime) -> None:
    """Delete the answers that were begun before a time."""
    session.execute(delete(Answer).where(Answer.begun_at < before))


def drop(session: Session, api_key_id: int, key: str) -> None:
    """Delete the record that a key is being worked on."""
    session.execute(
        delete(Answer).where(Answer.api_key_id == api_key_id, Answer.key == key, Answer.body.is_(None))
    )


def has_older(session: Session, before: datetime) -> bool:
    """Return whether there are answers that were begun before a time."""
    return session.scalar(select(Answer.id).where(Answer.begun_at < before).limit(1)) is not None
