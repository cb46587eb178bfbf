"""The same request sent twice by a machine is answered once: an idempotency key, its request and its answer.

Only for whoever shows an API key: its owner alone can ask again. Kept for a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from passport import db
from passport.db import Session
from passport.db.people.institutions import ApiKey

KEPT = timedelta(hours=24)
# Whoever has worked on an answer for so long is dead.
SILENT = timedelta(seconds=60)


class Begun(StrEnum):
    """What may be done about a request."""

    FRESH = "fresh"
    IN_FLIGHT = "in flight"
    OTHER_REQUEST = "other request"


def begin(session: Session, asking: ApiKey, key: str, asked: str, at: datetime) -> Begun | bytes:
    """Note that a request is being answered, or give the answer that it has already.

    `asked` is a digest of the request. Commit before the work is done, so that others see it.
    """
    known = db.core.idempotency.find(session, asking.id, key)
    if known is None:
        begun = db.core.idempotency.begin(session, asking.id, key, asked, at)
        return Begun.FRESH if begun else Begun.IN_FLIGHT
    if known.asked != asked:
        return Begun.OTHER_REQUEST
    if known.body is not None:
        return known.body
    if known.begun_at > at - SILENT or not db.core.idempotency.take_over(session, known, at):
        return Begun.IN_FLIGHT
    return Begun.FRESH


def keep(session: Session, asking: ApiKey, key: str, body: bytes) -> bytes:
    """Keep the answer, and give the one that is kept: somebody who took over may have been quicker."""
    db.core.idempotency.keep(session, asking.id, key, body)
    known = db.core.idempotency.find(session, asking.id, key)
    return body if known is None or known.body is None else known.body


def give_up(session: Session, asking: ApiKey, key: str) -> None:
    """The work failed: whoever asks again may be answered at once."""
    db.core.idempotency.drop(session, asking.id, key)


def is_due(session: Session, at: datetime) -> bool:
    """Whether there are answers whose day is over."""
    return db.core.idempotency.has_older(session, at - KEPT)


def purge(session: Session, at: datetime) -> None:
    """Delete the answers whose day is over."""
    db.core.idempotency.forget(session, at - KEPT)
