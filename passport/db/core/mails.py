"""Outgoing mail: each row is one mail, and the source of truth about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, and_, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db import failures
from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.failures import Job
from passport.db.people.accounts import Account


class MailState(StrEnum):
    """How far a mail is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    TOO_LATE = "too late"


class Mail(Base):
    """One mail to an account, or to an address of a person without one.

    An account's address is read, and words are made from `facts`, when it is sent.
    """

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    # of a person without an account; deleted with the facts when the mail is sent
    address: Mapped[str | None]
    kind: Mapped[str]
    facts: Mapped[str]
    state: Mapped[MailState] = mapped_column(choice(MailState, "state"), default=MailState.WAITING)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    useless_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    account: Mapped[Account | None] = relationship(lazy="joined")

    @property
    def to(self) -> str | None:
        """Return where it goes; None where there is no address any more."""
        return self.account.email if self.account else self.address


def due(session: Session, at: datetime, given_up: datetime) -> list[int]:
    """Return the ids of the mails to send now, oldest first, with those claimed before ``given_up``."""
    rests = failures.resting(Job.MAIL, at)
    query = select(Mail.id).where(_is_due(at, given_up), Mail.id.not_in(rests))
    query = query.order_by(Mail.next_at, Mail.id)
    return list(session.scalars(query))


def claim(session: Session, mail_id: int, at: datetime, given_up: datetime) -> Mail | None:
    """Claim a mail for sending; None if another worker was first."""
    taken = session.execute(
        update(Mail)
        .where(Mail.id == mail_id, _is_due(at, given_up))
        .values(state=MailState.SENDING, claimed_at=at, tries=Mail.tries + 1)
        .execution_options(synchronize_session=False)
        .returning(Mail.id)
    ).scalar()
    return None if taken is None else session.get_one(Mail, taken, populate_existing=True)


def _is_due(at: datetime, given_up: datetime):  # type: ignore[no-untyped-def]  # an expression
    return or_(
        and_(Mail.state == MailState.WAITING, Mail.next_at <= at),
        and_(Mail.state == MailState.SENDING, Mail.claimed_at <= given_up),
    )


def newest(session: Session, number: int) -> list[Mail]:
    """Return the newest mails."""
    return list(session.scalars(select(Mail).order_by(Mail.id.desc()).limit(number)))


def forget(session: Session, before: datetime) -> None:
    """Delete the mails that were made before a time."""
    session.execute(delete(Mail).where(Mail.made_at < before))
