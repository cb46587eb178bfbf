"""Rows whose every change has a record in the audit trail, described as values for a digest.

Only what a record can be checked against is described: no name, no text, nothing that changes without a
record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from passport.db.base import Base
from passport.db.credentials.records import Credential, CredentialState, StatusChange
from passport.db.credentials.withdrawals import Withdrawal
from passport.db.endorsements.decisions import Decision, DecisionState
from passport.db.people.grants import RoleGrant
from passport.db.programmes.frameworks.sign_offs import FrameworkSignOff
from passport.db.safeguarding.suspensions import Suspension

Value = str | int | bool | bytes | datetime | Enum | None
Description = tuple[str, tuple[Value, ...]]
AT_ONCE = 500


def _entry(row: Credential) -> Description:
    return f"entry {row.reference}", (
        row.urn,
        row.endorsement_id,
        row.edition,
        row.student_id,
        row.skill_id,
        row.position_id,
        row.state,
        row.level,
        row.issued_at,
        row.review_at,
        row.kid,
        row.endorsing_kid,
        row.document,
        row.token,
    )


def _change(row: StatusChange) -> Description:
    return f"state change {row.id}", (row.credential_id, row.state, row.actor, row.ground, row.at)


def _decision(row: Decision) -> Description:
    return f"decision {row.reference}", (
        row.evidence_id,
        row.version_id,
        row.champion_id,
        row.confirmed_by_id,
        row.decision,
        row.basis,
        row.level,
        row.reason,
        row.decided_at,
        row.state is DecisionState.UNDONE,
        # left out where there is none: decisions of before it was asked keep their digests
        *([row.seen_as] if row.seen_as else []),
    )


def _grant(row: RoleGrant) -> Description:
    return f"role grant {row.reference}", (
        row.programme_id,
        row.account_id,
        row.role,
        row.state,
        row.proposed_by_id,
        row.proposed_at,
        row.confirmed_by_id,
        row.confirmed_at,
        row.ended_by_id,
        row.ended_at,
    )


def _withdrawal(row: Withdrawal) -> Description:
    return f"withdrawal {row.reference}", (
        row.credential_id,
        row.state,
        row.asked_by_id,
        row.asked_at,
        row.decided_by_id,
        row.decided_at,
    )


def _suspension(row: Suspension) -> Description:
    return f"suspension {row.id}", (
        row.account_id,
        row.reason,
        row.suspended_at,
        row.suspended_by_id,
        row.readmitted_at,
        row.readmitted_by_id,
    )


def _sign_off(row: FrameworkSignOff) -> Description:
    return f"framework sign-off {row.reference}", (
        row.version_id,
        row.side,
        row.account_id,
        row.digest,
        row.signed_at,
        row.taken_back_at,
    )


DESCRIBE: dict[type[Base], Callable[..., Description]] = {
    Credential: _entry,
    StatusChange: _change,
    Decision: _decision,
    RoleGrant: _grant,
    Withdrawal: _withdrawal,
    Suspension: _suspension,
    FrameworkSignOff: _sign_off,
}


def digest_of(row: Base) -> tuple[str, str]:
    """Return the name of a row, and the SHA-256 of its values in hex. The row has been flushed."""
    key, values = DESCRIBE[type(row)](row)
    digest = hashlib.sha256()
    for value in values:
        digest.update(hashlib.sha256(_bytes(value)).digest())
    return key, digest.hexdigest()


def digests(session: Session) -> Iterator[tuple[str, str]]:
    """Return the name and the digest of every described row, table by table."""
    for table in DESCRIBE:
        query = (
            select(table).options(lazyload("*")).execution_options(yield_per=AT_ONCE, populate_existing=True)
        )
        if table is StatusChange:
            # an entry that was never signed may be deleted, with its state changes
            query = query.where(StatusChange.state != CredentialState.INTENDED)
        for row in session.scalars(query):
            yield digest_of(row)


def _bytes(value: Value) -> bytes:
    """Encode a value so that no two kinds of values look alike."""
    if isinstance(value, bytes):
        return b"b" + value
    if isinstance(value, datetime):
        return b"t" + value.astimezone(UTC).isoformat().encode()
    if isinstance(value, Enum):
        return b"s" + str(value.value).encode()
    return type(value).__name__[:1].encode() + str(value).encode()
