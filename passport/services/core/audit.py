"""The audit trail: a hash chain of records, each bound to the record before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from passport import db
from passport.db import Session
from passport.db.base import Base
from passport.db.core.audit import AuditRecord

OPERATOR = "operator"


def record(
    session: Session,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    about: Sequence[Base] = (),
    /,
    **detail: object,
) -> None:
    """Append a record of an act to the trail, in the same transaction as the act itself.

    ``actor`` and ``subject`` are references, never names. ``about`` are the rows that the act created or
    changed, of the tables in `db.core.audit_rows`: `mismatches` compares each with its newest record. Call it
    last: this call takes the row lock of the trail's head and holds it until the transaction ends.
    """
    record_each(session, at, actor, action, [subject], [about], **detail)


def record_each(
    session: Session,
    at: datetime,
    actor: str,
    action: str,
    subjects: Sequence[str],
    about: Sequence[Sequence[Base]] = (),
    /,
    **detail: object,
) -> None:
    """Append one record for each subject of an act, in order.

    ``about`` holds, for each subject, the rows that the act created or changed (see `record`).
    """
    number, previous = db.core.audit.lock_head(session)
    entries = []
    for subject, rows in zip(subjects, about or [()] * len(subjects), strict=True):
        number += 1
        told = detail | ({"rows": dict(map(db.core.audit_rows.digest_of, rows))} if rows else {})
        entry = AuditRecord(
            number=number,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            detail=json.dumps(told, sort_keys=True, ensure_ascii=False),
            previous=previous,
        )
        entry.digest = previous = digest(entry)
        entries.append(entry)
    if entries:
        db.core.audit.append(session, entries)


def digest(entry: AuditRecord) -> str:
    """Return the SHA-256 hex digest that binds a record to everything before it."""
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


@dataclass(frozen=True)
class Head:
    """The last record of a trail: its number, 0 for an empty one, and its digest."""

    number: int
    digest: str

    def __str__(self) -> str:
        """Return NUMBER:DIGEST, the form that the command prints and accepts."""
        return f"{self.number}:{self.digest}"


def head(session: Session) -> Head:
    """Return the head of the trail, without a lock."""
    return Head(*db.core.audit.newest(session))


def broken_at(session: Session) -> int | None:
    """Return the number of the first record that was changed, removed or added; None for an intact trail.

    An empty trail is broken at 1 once a service exists, because its creation was the first act. Not detected
    here: a trail truncated together with its head, or rewritten with new hashes. `mismatches`, and heads kept
    elsewhere (`differs_from`), find those.
    """
    previous = ""
    number = 0
    for entry in db.core.audit.records(session):
        if (entry.number, entry.previous, entry.digest) != (number + 1, previous, digest(entry)):
            return number + 1
        previous, number = entry.digest, entry.number
    last, ending = db.core.audit.newest(session)
    if last != number:
        return min(last, number) + 1
    if number == 0 and db.programmes.programme.service(session) is not None:
        return 1
    return None if ending == previous else number


def differs_from(session: Session, earlier: Head) -> bool:
    """Return whether the trail does not continue from an earlier head: it was cut or rewritten since."""
    return db.core.audit.digest_at(session, earlier.number) != earlier.digest


def mismatches(session: Session) -> list[str]:
    """Return a sorted list of sentences, one for each row that differs from its record, is gone or has none.

    A row is compared with its newest record. Rows that are older than the digests in records are checked only
    once `take_in` has recorded them.
    """
    known: dict[str, str] = {}
    is_complete = False
    for told in db.core.audit.details_with_rows(session):
        detail = json.loads(told)
        known |= detail.get("rows", {})
        is_complete = is_complete or bool(detail.get("complete"))
        for name in detail.get("gone", []):
            known.pop(name, None)
    found = []
    for name, now in db.core.audit_rows.digests(session):
        recorded = known.pop(name, None)
        if recorded is None and is_complete:
            found.append(f"{name} has no record")
        elif recorded not in {None, now}:
            found.append(f"{name} differs from its record")
    found += [
        f"account {reference} differs from its suspensions"
        for reference in db.safeguarding.suspensions.inconsistent(session)
    ]
    return sorted(found + [f"{name} is gone" for name in known])


def take_in(session: Session, at: datetime) -> int:
    """Record all rows that are older than the digests in records; return how many. Later calls do nothing."""
    if db.core.audit.is_complete(session):
        return 0
    db.core.audit.lock_head(session)
    rows = dict(db.core.audit_rows.digests(session))
    record(session, at, OPERATOR, "audit.rows-taken-in", "service", complete=True, rows=rows)
    return len(rows)
