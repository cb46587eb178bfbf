"""Idempotency keys: a request that an API client sends twice is processed once.

Only for requests with an API key, and a key's stored responses are scoped to it. Kept for 24 hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from passport import db
from passport.db import Session
from passport.db.people.institutions import ApiKey

KEPT = timedelta(hours=24)
# a worker that has been busy with a response for this long is presumed dead
SILENT = timedelta(seconds=60)


class Begun(StrEnum):
    """How to proceed with a request that has no stored response."""

    FRESH = "fresh"
    IN_FLIGHT = "in flight"
    OTHER_REQUEST = "other request"


def begin(session: Session, asking: ApiKey, key: str, asked: str, at: datetime) -> Begun | bytes:
    """Record that a request is being processed, or return the response that is stored for it.

    `asked` is a digest of the request. A request that has been in flight for `SILENT` is taken over. Commit
    before starting the work, so that other workers see it.
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
    """Store the response and return the stored one: a worker that took over may have stored another first."""
    db.core.idempotency.keep(session, asking.id, key, body)
    known = db.core.idempotency.find(session, asking.id, key)
    return body if known is None or known.body is None else known.body


def give_up(session: Session, asking: ApiKey, key: str) -> None:
    """Delete the key of a request that failed, so that a retry is processed at once."""
    db.core.idempotency.drop(session, asking.id, key)


def is_due(session: Session, at: datetime) -> bool:
    """Return whether there are responses older than 24 hours."""
    return db.core.idempotency.has_older(session, at - KEPT)


def purge(session: Session, at: datetime) -> None:
    """Delete the responses older than 24 hours."""
    db.core.idempotency.forget(session, at - KEPT)
