"""What a check of a code looks up: the share, what was signed, and whom to ask. One question, no objects.

A code that nobody was given and one whose entry was erased are the same here: there is no row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from passport.db.credentials import Credential, CredentialState
from passport.db.issuers import Issuer, Key
from passport.db.programmes import Programme
from passport.db.shares import Share, SharedCredential, ShareState


@dataclass(frozen=True)
class Stored:
    """An entry as it is kept: what was signed, and its compact form in this share, if it has one."""

    reference: str
    document: bytes | None
    compact: bytes | None = None


@dataclass(frozen=True)
class Shared:
    """A share with a code."""

    id: int
    code: str
    student_id: int
    state: ShareState
    until: date | None
    entries: tuple[Stored, ...]


_ERASED = (
    select(SharedCredential.share_id)
    .join(Credential, Credential.id == SharedCredential.credential_id)
    .where(SharedCredential.share_id == Share.id, Credential.state == CredentialState.ERASED)
    .exists()
)
_SHARED = (
    select(
        Share.id,
        Share.code,
        Share.student_id,
        Share.state,
        Share.until,
        Credential.reference,
        Credential.document,
        SharedCredential.compact,
    )
    .join(SharedCredential, SharedCredential.share_id == Share.id)
    .join(Credential, Credential.id == SharedCredential.credential_id)
    .where(~_ERASED)
    .order_by(Credential.id)
)


def by_code(session: Session, code: str) -> Shared | None:
    """The share with a code, as codes are kept."""
    return _one(session, _SHARED.where(Share.code == code))


def by_id(session: Session, share_id: int) -> Shared | None:
    """The same share later, unless something in it was erased."""
    return _one(session, _SHARED.where(Share.id == share_id, Share.code.is_not(None)))


def count(session: Session, share_id: int, day: date) -> None:
    """Count a check for the holder, who sees how many there were, and the day of the last."""
    changed = update(Share).where(Share.id == share_id)
    session.execute(changed.values(checks=Share.checks + 1, last_checked_on=day))


def by_urn(session: Session, urn: str) -> Stored | None:
    """The entry with that id, unless it was erased."""
    query = select(Credential.reference, Credential.document).where(
        Credential.urn == urn, Credential.state != CredentialState.ERASED
    )
    found = session.execute(query).first()
    return Stored(found[0], found[1]) if found else None


def _one(session: Session, query: Any) -> Shared | None:
    rows = session.execute(query).all()
    if not rows:
        return None
    share = rows[0]
    entries = tuple(Stored(row.reference, row.document, row.compact) for row in rows)
    return Shared(share.id, share.code, share.student_id, share.state, share.until, entries)


def root_keys(session: Session) -> frozenset[bytes]:
    """The public root keys, of any state, that a registry must be signed with."""
    return frozenset(session.scalars(select(Key.public_key).where(Key.role == "root")))


def contact(session: Session, issuer: str) -> tuple[str, str] | None:
    """Name and contact of the programme with this DID."""
    query = select(Programme.name, Programme.contact).join(Issuer).where(Issuer.did == issuer)
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None
