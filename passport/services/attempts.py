"""Guessing is slow, and ends: the same for a name that somebody has and for one that nobody has.

Each try is counted before it is judged, so that many at once count too. From one network, some wrong tries
for a name make the next one wait; from all networks together, a hundred close the door for that name until
its owner opens it again by mail (NIST SP 800-63B-4, section 3.2.2).
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.services.errors import Locked, TooSoon

__all__ = ["MOST", "clear", "clear_everywhere", "forget_old", "take"]

MOST = 100
FREE = 5
LONGEST_WAIT = timedelta(minutes=1)
# after so long without a try, nobody waits; the hundred are never forgotten by time alone for a year
CALM = timedelta(minutes=15)
FORGOTTEN = timedelta(days=365)


def take(
    session: Session,
    door: str,
    name: str,
    network: str,
    at: datetime,
    *,
    free: int = FREE,
    most: int | None = MOST,
) -> None:
    """Count a try as failed, until `clear` says that it was not.

    Raises TooSoon where the name's next try from this network has to wait, and Locked where there were
    too many (``most``; None where a wait is enough); neither counts.
    """
    near = db.attempts.locked(session, _digest(door, name, network), at)
    if near.last_at + CALM < at:
        near.failures = 0
    ready = near.last_at + _wait(near.failures - free)
    if at < ready:
        raise TooSoon(max(1, round((ready - at).total_seconds())))
    everywhere = db.attempts.locked(session, _digest(door, name), at)
    if most is not None and everywhere.failures >= most:
        raise Locked
    for counter in (near, everywhere):
        counter.failures += 1
        counter.last_at = at


def clear(session: Session, door: str, name: str, network: str) -> None:
    """The name's owner has come in, or has shown by mail who it is."""
    db.attempts.clear(session, [_digest(door, name, network), _digest(door, name)])


def clear_everywhere(session: Session, door: str, name: str) -> None:
    """Open a door that was closed for a name; whoever guessed from one network may still have to wait."""
    db.attempts.clear(session, [_digest(door, name)])


def forget_old(session: Session, at: datetime) -> None:
    """Delete what nobody touched for a year."""
    db.attempts.forget(session, at - FORGOTTEN)


def _wait(beyond: int) -> timedelta:
    """Two seconds, then twice as long each time, a minute at most."""
    if beyond < 0:
        return timedelta(0)
    return min(LONGEST_WAIT, timedelta(seconds=2.0 ** min(beyond + 1, 10)))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).casefold().encode("utf-8", "replace")).hexdigest()
