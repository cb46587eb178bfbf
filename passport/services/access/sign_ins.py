"""Being signed in: begun, found again by its token, ended at once everywhere.

The browser holds a random token and nothing else; we hold its SHA-256. A copy of the cookie is worth
nothing after the sign-in has ended, and a copy of the table opens nothing.
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
# computers in a classroom are shared, and a lesson is over sooner than a day
LENGTH_IN_CLASS = timedelta(hours=2)
# how long somebody may look for the second factor
LENGTH_OF_WAITING = timedelta(minutes=15)
# for how long a form that was sent too late is still known to be the same person's
REMEMBERED = timedelta(days=1)
LONGEST_WORDS = 40
# WCAG 2.2, 2.2.1: people are told in time that it ends, and may put that off ten times
WARNED = timedelta(minutes=15)
LONGER, LONGER_IN_CLASS = timedelta(hours=1), timedelta(minutes=30)
MOST_PROLONGED = 10


@dataclass(frozen=True)
class Ending:
    """When a sign-in ends by itself, as its person is told."""

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
    """Begin a sign-in; gives the token for the cookie, which is not kept here.

    ``browser`` and ``system`` are names of products, so that people know their own devices again.
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
    """The sign-in of a token, which may be over (`is_going_on`); None for a token of nobody's."""
    return db.access.sign_ins.by_digest(session, tokens.digest(token))


def is_going_on(row: SignIn, at: datetime) -> bool:
    """Whether it has neither ended nor been ended, and its account may come in."""
    return row.ended_at is None and at < row.ends_at and row.account.suspended_at is None


def keep(session: Session, token: str, values: dict[str, Any]) -> None:
    """Keep what pages remember of a browser: its form token, and messages that were not shown yet."""
    row = by_token(session, token)
    if row is not None:
        row.kept = json.dumps(values)


def ending(row: SignIn, at: datetime) -> Ending:
    """When a sign-in ends, and whether that is so near that its person should be told."""
    left = row.ends_at - at
    seconds = max(0, int(left.total_seconds()))
    return Ending(row.ends_at, seconds, left < WARNED, row.prolonged < MOST_PROLONGED)


def prolong(session: Session, token: str, at: datetime) -> Ending:
    """Let a sign-in that ends soon go on for a while, ten times at most. A second click changes nothing.

    Raises NotFound for one that is over.
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
    """Somebody has just shown again who they are."""
    row = by_token(session, token)
    if row is None:
        raise NotFound
    row.confirmed_at = at


def listed(session: Session, account: Account, at: datetime) -> list[SignIn]:
    """Where somebody is signed in, the newest first."""
    return db.access.sign_ins.going_on(session, account.id, at)


def end(session: Session, token: str, at: datetime) -> None:
    """End the sign-in of a token. Ending it twice, or one that is nobody's, changes nothing."""
    row = by_token(session, token)
    if row is not None and row.ended_at is None:
        row.ended_at = at


def end_one(session: Session, account: Account, reference: str, at: datetime) -> None:
    """End one of somebody's own sign-ins by its reference. Raises NotFound for another's."""
    found = [row for row in listed(session, account, at) if row.reference == reference]
    if not found:
        raise NotFound
    found[0].ended_at = at


def end_all(session: Session, account: Account, at: datetime, *, but: str | None = None) -> None:
    """End all sign-ins of an account except that of the token ``but``, and use up the links mailed to it.

    A link in a mailbox that another person can read would otherwise open the account again.
    """
    own = by_token(session, but) if but else None
    db.access.sign_ins.end(session, account.id, at, own.id if own else None)
    db.access.links.end(session, account.id, at)
    audit.record(session, at, account.reference, "signed-out-everywhere", account.reference)


def forget_old(session: Session, at: datetime) -> None:
    """Delete what has been over for a day."""
    db.access.sign_ins.forget(session, at - REMEMBERED)
