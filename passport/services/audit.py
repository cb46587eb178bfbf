"""The audit trail: every act that matters, bound to the one before."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from passport import db
from passport.db import Session
from passport.db.audit import AuditRecord

OPERATOR = "operator"


def record(session: Session, at: datetime, actor: str, action: str, subject: str, **detail: object) -> None:
    """Write an act into the trail, in the same transaction as the act itself.

    ``actor`` and ``subject`` are references, never names. Call it last: the trail's head stays
    locked from here to the end of the transaction.
    """
    record_each(session, at, actor, action, [subject], **detail)


def record_each(
    session: Session, at: datetime, actor: str, action: str, subjects: list[str], **detail: object
) -> None:
    """The same act on several subjects, each with a record of its own, in order."""
    number, previous = db.audit.lock_head(session)
    told, entries = json.dumps(detail, sort_keys=True, ensure_ascii=False), []
    for subject in subjects:
        number += 1
        entry = AuditRecord(
            number=number, at=at, actor=actor, action=action, subject=subject, detail=told, previous=previous
        )
        entry.digest = previous = digest(entry)
        entries.append(entry)
    if entries:
        db.audit.append(session, entries)


def digest(entry: AuditRecord) -> str:
    """The hash that binds a record to everything before it."""
    parts = [
        str(entry.number),
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.detail,
        entry.previous,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def broken_at(session: Session) -> int | None:
    """The number of the first record that was changed, removed or put in, or None for a whole trail."""
    previous = ""
    number = 0
    for entry in db.audit.records(session):
        if (entry.number, entry.previous, entry.digest) != (number + 1, previous, digest(entry)):
            return number + 1
        previous, number = entry.digest, entry.number
    last, ending = db.audit.newest(session)
    if last != number:
        return min(last, number) + 1
    return None if ending == previous else number
