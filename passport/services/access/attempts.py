"""Rate limits for sign-in: attempts are counted before they are checked, whether or not the name exists.

For one name, a few failures from one network delay the next attempt, and a hundred from all networks together
lock the name until its owner unlocks it by mail (NIST SP 800-63B-4, section 3.2.2). For one network, failures
of all names together delay it: one password tried on many accounts. The figures are in `passport.limits`.

Names and networks are stored as keyed hashes (HMAC-SHA256 with the instance's secret) and expire: the counts
of a network after one day, those of a name 30 days after its last failure.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.limits import NAME, NAME_FROM_NETWORK, Limit
from passport.services.core.errors import Locked, TooSoon

__all__ = ["Attempts", "forget_old"]

PURPOSE = b"attempts"
LONGEST_WAIT = timedelta(minutes=1)
# after this long without an attempt from its network, a name's delay is reset
CALM = timedelta(minutes=15)


@dataclass(frozen=True)
class Attempts:
    """The counts under the keyed hashes of one secret. With another secret all of them start at zero."""

    secret: str

    def take(self, session: Session, door: str, name: str, network: str, at: datetime) -> None:
        """Count an attempt as failed, until `clear` reverses it.

        Raises TooSoon where the next attempt for the name from this network has to wait, and Locked where
        there were too many for the name; attempts refused in this way are not counted.
        """
        near = db.access.attempts.locked(session, self._digest(door, name, network), at)
        if near.last_at + CALM < at:
            near.failures = 0
        ready = near.last_at + _wait(near.failures - NAME_FROM_NETWORK.most)
        if at < ready:
            raise TooSoon(_seconds(ready - at))
        everywhere = db.access.attempts.locked(session, self._digest(door, name), at)
        if everywhere.failures >= NAME.most:
            raise Locked
        for counter, limit in ((near, NAME_FROM_NETWORK), (everywhere, NAME)):
            counter.failures += 1
            counter.last_at = at
            counter.forget_at = at + limit.within

    def clear(self, session: Session, door: str, name: str, network: str) -> None:
        """Reset the failures of a name whose owner has signed in, or has proved their identity by mail."""
        db.access.attempts.clear(session, [self._digest(door, name, network), self._digest(door, name)])

    def clear_everywhere(self, session: Session, door: str, name: str) -> None:
        """Unlock a name; a network that guessed passwords for it may still have to wait."""
        db.access.attempts.clear(session, [self._digest(door, name)])

    def spend(
        self, session: Session, limit: Limit, network: str, at: datetime, *, is_free: bool = False
    ) -> None:
        """Count a failure of a network, until `give_back` reverses it.

        ``limit`` is a leaky bucket: ``most`` at once, then one per interval. An attempt that ``is_free`` is
        not counted and never waits, but runs the same statements. Raises TooSoon; such an attempt is not
        counted.
        """
        digest = self._digest(limit.what, network)
        row = db.access.attempts.locked(session, digest, at)
        failures, since = _drained(row.failures, row.last_at, limit.one_each or limit.within, at)
        if failures >= limit.most and not is_free:
            raise TooSoon(_seconds(since + (limit.one_each or limit.within) - at), limit)
        db.access.attempts.write(session, digest, failures + (not is_free), since, at + limit.within)

    def give_back(self, session: Session, limit: Limit, network: str) -> None:
        """Reverse the count of one attempt of a network that succeeded; its failures stay.

        Call it before `clear`: all transactions lock a network's row before the rows of a name.
        """
        db.access.attempts.give_back(session, self._digest(limit.what, network))

    def _digest(self, *parts: str) -> str:
        text = "\x00".join(parts).casefold().encode("utf-8", "replace")
        return hmac.new(self.secret.encode(), PURPOSE + b"\x00" + text, hashlib.sha256).hexdigest()


def forget_old(session: Session, at: datetime) -> None:
    """Delete the counts that have expired."""
    db.access.attempts.forget(session, at)


def _wait(beyond: int) -> timedelta:
    """Return the delay after ``beyond`` failures over the limit: 2 seconds, doubled each time, at most 60."""
    if beyond < 0:
        return timedelta(0)
    return min(LONGEST_WAIT, timedelta(seconds=2.0 ** min(beyond + 1, 10)))


def _drained(failures: int, since: datetime, one_each: timedelta, at: datetime) -> tuple[int, datetime]:
    """Return the failures left in the bucket now, and the start of the interval that drains the next one."""
    forgiven = max(0, (at - since) // one_each)
    if forgiven >= failures:
        return 0, at
    return failures - forgiven, since + forgiven * one_each


def _seconds(left: timedelta) -> int:
    return max(1, round(left.total_seconds()))
