"""Sign-ins (server-side sessions): begun, found by token, ended, one or all at once.

The browser holds a random token and nothing else; we store its SHA-256. A copied cookie is worthless after
the sign-in has ended, and a copied table gives no access.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from passport import db
from passport.db import Session
from passport.db.access.sign_ins import SignIn, Stage, Way
from passport.db.people.accounts import Account
from passport.services.core import audit, tokens
from passport.services.core.errors import NotFound

__all__ = [
    "Ending",
    "SignIn",
    "Stage",
    "Way",
    "begin",
    "by_token",
    "confirm",
    "end",
    "end_all",
    "end_one",
    "ending",
    "forget_old",
    "is_going_on",
    "keep",
    "listed",
    "prolong",
]

TOKEN_BYTES = 32
LENGTH = timedelta(hours=12)
# computers in a classroom are shared, and a lesson is short
LENGTH_IN_CLASS = timedelta(hours=2)
# time to enter the second factor
LENGTH_OF_WAITING = timedelta(minutes=15)
# how long a form that was sent after the end can still be matched to the account
REMEMBERED = timedelta(days=1)
LONGEST_WORDS = 40
# WCAG 2.2, 2.2.1: users are warned before a sign-in ends, and may extend it ten times
WARNED = timedelta(minutes=15)
LONGER, LONGER_IN_CLASS = timedelta(hours=1), timedelta(minutes=30)
MOST_PROLONGED = 10


@dataclass(frozen=True)
class Ending:
    """When a sign-in expires, as shown to its user."""

    at: datetime
    seconds: int
    is_near: bool
    can_be_prolonged: bool


def begin(
    session: Session,
    account: Account,
    way: Way,
    at: datetime,
    *,
    stage: Stage = Stage.OPEN,
    browser: str = "",
    system: str = "",
    kept: dict[str, Any] | None = None,
) -> str:
    """Begin a sign-in; return the token for the cookie, which is not stored.

    ``browser`` and ``system`` are product names, so that people recognise their own devices.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    length = LENGTH_IN_CLASS if way is Way.CLASS_CODE else LENGTH
    row = SignIn(
        token_digest=tokens.digest(token),
        account=account,
        way=way,
        stage=stage,
        began_at=at,
        ends_at=at + (LENGTH_OF_WAITING if stage is Stage.WAITING else length),
        confirmed_at=at,
        browser=browser[:LONGEST_WORDS],
        system=system[:LONGEST_WORDS],
        kept=json.dumps(kept or {}),
    )
    session.add(row)
    session.flush()
    return token


def by_token(session: Session, token: str) -> SignIn | None:
    """Return the sign-in of a token, which may have ended (see `is_going_on`); None for an unknown token."""
    return db.access.sign_ins.by_digest(session, tokens.digest(token))


def is_going_on(row: SignIn, at: datetime) -> bool:
    """Return whether a sign-in has neither expired nor been ended, and its account is not suspended."""
    return row.ended_at is None and at < row.ends_at and row.account.suspended_at is None


def keep(session: Session, token: str, values: dict[str, Any]) -> None:
    """Store the session data of a browser: its form token, and messages that were not shown yet."""
    row = by_token(session, token)
    if row is not None:
        row.kept = json.dumps(values)


def ending(row: SignIn, at: datetime) -> Ending:
    """Return when a sign-in expires, and whether that is near enough to warn its user."""
    left = row.ends_at - at
    seconds = max(0, int(left.total_seconds()))
    return Ending(row.ends_at, seconds, left < WARNED, row.prolonged < MOST_PROLONGED)


def prolong(session: Session, token: str, at: datetime) -> Ending:
    """Extend a sign-in that expires soon, ten times at most; return its new end.

    Changes nothing while the end is not near, so a second click has no effect. Raises NotFound for a sign-in
    that has ended or waits for the second factor.
    """
    row = by_token(session, token)
    if row is None or not is_going_on(row, at) or row.stage is not Stage.OPEN:
        raise NotFound
    told = ending(row, at)
    if told.is_near and told.can_be_prolonged:
        row.ends_at += LONGER_IN_CLASS if row.way is Way.CLASS_CODE else LONGER
        row.prolonged += 1
    return ending(row, at)


def confirm(session: Session, token: str, at: datetime) -> None:
    """Record that the user has just authenticated again. Raises NotFound for an unknown token."""
    row = by_token(session, token)
    if row is None:
        raise NotFound
    row.confirmed_at = at


def listed(session: Session, account: Account, at: datetime) -> list[SignIn]:
    """Return the account's open sign-ins, the newest first."""
    return db.access.sign_ins.going_on(session, account.id, at)


def end(session: Session, token: str, at: datetime) -> None:
    """End the sign-in of a token. Idempotent; an unknown token changes nothing."""
    row = by_token(session, token)
    if row is not None and row.ended_at is None:
        row.ended_at = at


def end_one(session: Session, account: Account, reference: str, at: datetime) -> None:
    """End one of the account's own sign-ins by its reference. Raises NotFound for another account's."""
    found = [row for row in listed(session, account, at) if row.reference == reference]
    if not found:
        raise NotFound
    found[0].ended_at = at


def end_all(session: Session, account: Account, at: datetime, *, but: str | None = None) -> None:
    """End all sign-ins of an account except that of the token ``but``, and the links mailed to it.

    Otherwise a link in a mailbox that another person can read would open the account again.
    """
    own = by_token(session, but) if but else None
    db.access.sign_ins.end(session, account.id, at, own.id if own else None)
    db.access.links.end(session, account.id, at)
    audit.record(session, at, account.reference, "signed-out-everywhere", account.reference)


def forget_old(session: Session, at: datetime) -> None:
    """Delete sign-ins that ended more than a day ago."""
    db.access.sign_ins.forget(session, at - REMEMBERED)
