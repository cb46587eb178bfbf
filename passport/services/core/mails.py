"""Outgoing mail as rows (an outbox): written in the transaction of its event, sent later by a job.

A mail is claimed before it is sent and marked afterwards. A worker that dies in between leaves one claimed
mail, which is sent again after the claim has expired, with the same Message-ID. No mail names a child or
triggers a decision: its facts are links, counts and names of programmes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from passport import db
from passport.db import Session
from passport.db.core.mails import Mail, MailState
from passport.db.people.accounts import Account

__all__ = [
    "Mail",
    "MailState",
    "Outgoing",
    "claim",
    "due",
    "facts_of",
    "forget_old",
    "message_id",
    "newest",
    "postpone",
    "refused",
    "sent",
    "tell",
    "tell_address",
    "tell_way_in_changed",
]

# longer than a mail server may take to respond
CLAIM = timedelta(minutes=5)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
KEPT = timedelta(days=30)
Fact = str | int


@dataclass(frozen=True)
class Outgoing:
    """Everything that is needed to send a mail."""

    id: int
    kind: str
    facts: dict[str, Fact]
    to: str
    message_id: str


def tell(
    session: Session,
    account: Account,
    kind: str,
    at: datetime,
    *,
    useless_at: datetime | None = None,
    **facts: Fact,
) -> None:
    """Queue a mail to an account that has an address. From ``useless_at`` on it is no longer sent."""
    if account.email is None:
        return
    words = _words(facts)
    session.add(Mail(account=account, kind=kind, facts=words, made_at=at, next_at=at, useless_at=useless_at))
    session.flush()


def tell_address(session: Session, address: str, kind: str, at: datetime, **facts: Fact) -> None:
    """Queue a mail to a person without an account, at an address that they gave us for this."""
    session.add(Mail(address=address, kind=kind, facts=_words(facts), made_at=at, next_at=at))
    session.flush()


def _words(facts: dict[str, Fact]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


def tell_way_in_changed(session: Session, account: Account, what: str, at: datetime) -> None:
    """Queue a mail to an account's owner: a sign-in method was changed, added, removed or used.

    ``what`` is a key that `templates/core/mail/changed.html` puts into words.
    """
    service = db.programmes.programme.service(session)
    tell(session, account, "changed", at, what=what, link=service.public_url if service else "")


def due(session: Session, at: datetime) -> list[int]:
    """Return the row ids of the mails to send now."""
    return db.core.mails.due(session, at, at - CLAIM)


def claim(session: Session, mail: int, public_url: str, at: datetime) -> Outgoing | None:
    """Claim a mail for sending; None if another worker claimed it, or it is too late or has no address."""
    row = db.core.mails.claim(session, mail, at, at - CLAIM)
    if row is None:
        return None
    if row.to is None or (row.useless_at is not None and row.useless_at <= at):
        row.state = MailState.TOO_LATE
        _forget_words(row)
        return None
    return Outgoing(row.id, row.kind, facts_of(row), row.to, message_id(row, public_url))


def facts_of(mail: Mail) -> dict[str, Fact]:
    """Return the facts that a mail's template is rendered with."""
    found: dict[str, Fact] = json.loads(mail.facts)
    return found


def message_id(mail: Mail, public_url: str) -> str:
    """Return the mail's Message-ID (RFC 5322, section 3.6.4), which is the same for every attempt."""
    return f"<{mail.reference}.mail@{urlsplit(public_url).hostname}>"


def sent(session: Session, mail: int, at: datetime, *, keep_facts: bool = False) -> None:
    """Mark a mail as accepted by the server. Its facts are deleted unless ``keep_facts``, as in a demo."""
    row = session.get_one(Mail, mail)
    row.state, row.sent_at = MailState.SENT, at
    if not keep_facts:
        _forget_words(row)


def postpone(session: Session, mail: int, at: datetime) -> None:
    """Schedule a retry with exponential back-off: the server could not be reached or was busy."""
    row = session.get_one(Mail, mail)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.tries - 1, 10))
    row.state, row.next_at, row.claimed_at = MailState.WAITING, at + pause, None


def refused(session: Session, mail: int) -> None:
    """Mark a mail as refused for good: the address does not exist, or does not accept mail from us."""
    row = session.get_one(Mail, mail)
    row.state = MailState.REFUSED
    _forget_words(row)


def _forget_words(row: Mail) -> None:
    row.facts, row.address = "{}", None


def newest(session: Session, number: int) -> list[Mail]:
    """Return the newest mails, for the demo's page."""
    return db.core.mails.newest(session, number)


def forget_old(session: Session, at: datetime) -> None:
    """Delete mails older than 30 days."""
    db.core.mails.forget(session, at - KEPT)
