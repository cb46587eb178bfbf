"""What a check of a code looks up: the share, what was signed, and the contact. One query, no ORM objects.

A code that was never given out and one whose entry was erased look the same here: there is no row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from passport.db.credentials.records import Credential, CredentialState
from passport.db.people.accounts import Account
from passport.db.programmes.issuers import Issuer, Key
from passport.db.programmes.programme import Programme
from passport.db.session import Reading
from passport.db.sharing.shares import Share, SharedCredential, ShareState


@dataclass(frozen=True)
class Stored:
    """An entry as stored: what was signed, and its compact form in this share, if it has one.

    `has_old_name` says whether the holder's name was corrected since, `is_current` whether the rows say that
    it was not withdrawn, replaced or erased.
    """

    reference: str
    document: bytes | None
    compact: bytes | None = None
    has_old_name: bool = False
    is_current: bool = True


@dataclass(frozen=True)
class Shared:
    """A share with a code."""

    id: int
    code: str
    student_id: int
    state: ShareState
    until: date | None
    entries: tuple[Stored, ...]


# Built once, on tables: checks are the most frequent work, and ORM objects would cost more than the rest
_share, _shared, _entry = Share.__table__.c, SharedCredential.__table__.c, Credential.__table__.c
_account = Account.__table__.c
_HAS_OLD_NAME = (_entry.holder_name != _account.name).label("has_old_name")
_IS_CURRENT = _entry.state.in_([CredentialState.ISSUED, CredentialState.ON_HOLD]).label("is_current")
_ERASED = (
    select(_shared.share_id)
    .where(
        _shared.share_id == _share.id,
        _entry.id == _shared.credential_id,
        _entry.state == CredentialState.ERASED,
    )
    .correlate(Share.__table__)
    .exists()
)
_SHARED = (
    select(
        _share.id,
        _share.code,
        _share.student_id,
        _share.state,
        _share.until,
        _entry.reference,
        _entry.document,
        _shared.compact,
        _HAS_OLD_NAME,
        _IS_CURRENT,
    )
    .where(_shared.share_id == _share.id, _entry.id == _shared.credential_id, ~_ERASED)
    .where(_account.id == _entry.student_id)
    .order_by(_entry.id)
)
_CONTACT = select(Programme.name, Programme.contact).join(Issuer).where(Issuer.did == bindparam("issuer"))
_BY_CODE = _SHARED.where(_share.code == bindparam("key"))
_BY_ID = _SHARED.where(_share.id == bindparam("key"), _share.code.is_not(None))


def by_code(session: Reading, code: str) -> Shared | None:
    """Return the share with a code, in the form in which codes are kept."""
    return _one(session, _BY_CODE, code)


def by_id(session: Session, share_id: int) -> Shared | None:
    """Return the share with this id, unless something in it was erased."""
    return _one(session, _BY_ID, share_id)


def count(session: Session, share_id: int, day: date) -> None:
    """Count a check for the holder, who sees how many there were, and the day of the last one."""
    changed = update(Share).where(Share.id == share_id)
    session.execute(changed.values(checks=Share.checks + 1, last_checked_on=day))


def by_urn(session: Session, urn: str) -> Stored | None:
    """Return the entry with that id, unless it was erased."""
    query = select(Credential.reference, Credential.document, _HAS_OLD_NAME, _IS_CURRENT).where(
        Credential.urn == urn,
        Credential.state != CredentialState.ERASED,
        _account.id == Credential.student_id,
    )
    found = session.execute(query).first()
    if found is None:
        return None
    return Stored(found.reference, found.document, None, bool(found.has_old_name), bool(found.is_current))


def is_erased(session: Session, urn: str) -> bool:
    """Return whether the entry with that id was erased."""
    query = select(Credential.id).where(Credential.urn == urn, Credential.state == CredentialState.ERASED)
    return session.scalar(query) is not None


def _one(session: Reading, query: Any, key: str | int) -> Shared | None:
    rows = session.connection().execute(query, {"key": key}).all()
    if not rows:
        return None
    share = rows[0]
    entries = tuple(
        Stored(row.reference, row.document, row.compact, bool(row.has_old_name), bool(row.is_current))
        for row in rows
    )
    return Shared(share.id, share.code, share.student_id, share.state, share.until, entries)


def root_keys(session: Reading) -> frozenset[bytes]:
    """Return the public root keys, of any state, that a registry must be signed with."""
    return frozenset(session.connection().scalars(select(Key.public_key).where(Key.role == "root")))


def contact(session: Session, issuer: str) -> tuple[str, str] | None:
    """Return name and contact of the programme with this DID."""
    found = session.connection().execute(_CONTACT, {"issuer": issuer}).first()
    return (found[0], found[1]) if found else None
