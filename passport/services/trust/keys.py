"""The life of a key: proposed, active, retired; suspended and compromised when something went wrong.

Every change is made by the operator, is recorded in the audit trail, and makes the next registry. A key that
replaces another is published fourteen days before it signs, so that offline checkers have it by then.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.programmes.issuers import Key
from passport.openbadges.registry import IssuerKind, KeyState
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.two_people import TWO, require_names
from passport.services.credentials import compacts, lifecycle, signing
from passport.services.programmes import issuers

NOTICE = timedelta(days=14)
HELD_BY = "key compromised"


def listed(session: Session) -> list[Key]:
    """Return every key, whatever its state, oldest first."""
    return db.programmes.issuers.all_keys(session)


def states(session: Session) -> dict[str, str]:
    """Return the state of every key by its short name."""
    return {key.kid: key.state for key in db.programmes.issuers.all_keys(session)}


def find(session: Session, kid: str) -> Key:
    """Return a key by its short name, with the key lock held so that no signing runs. Raises NotFound."""
    db.programmes.programme.lock_keys(session)
    key = session.get(Key, kid, populate_existing=True)
    if key is None:
        raise NotFound(f"There is no key {kid}")
    return key


def propose(
    session: Session, directory: Path, passphrase: str, slug: str, role: Role, at: datetime, by: list[str]
) -> Key:
    """Make a proposed key that will replace an issuer's active one.

    Raises NotFound for an unknown issuer or role, and Refused for a closed one except for its status key.
    """
    db.programmes.programme.lock_keys(session)
    issuer = db.programmes.issuers.by_slug(session, slug)
    if issuer is None or role not in issuers.ROLES[IssuerKind(issuer.kind)]:
        raise NotFound(f"There is no issuer {slug} with a key to {role.value}")
    if issuer.until is not None and role is not Role.STATUS:
        raise Refused(Reason.PROGRAMME_CLOSED)
    require_names(by, 1)
    key = issuers.make_key(session, directory, passphrase, issuer, role, at, KeyState.PROPOSED)
    _note(session, key, by, at)
    return key


def activate(session: Session, kid: str, at: datetime, by: list[str]) -> Key:
    """Activate a proposed or suspended key and retire its predecessor.

    Raises Refused for a replacement that was public for less than fourteen days, even if the key that it
    replaces was suspended or retired (the successor of a compromised key need not wait); for one name where
    two are needed; and for a key in any other state.
    """
    key = find(session, kid)
    if key.state == KeyState.SUSPENDED:
        require_names(by, TWO)
    elif key.state == KeyState.PROPOSED:
        require_names(by, 1)
    else:
        raise Refused(Reason.KEY_STATE)
    last = db.programmes.issuers.last_signing(session, key)
    replaces = key.state == KeyState.PROPOSED and last is not None and last.state != KeyState.COMPROMISED
    if replaces and at < key.since + NOTICE:
        raise Refused(Reason.KEY_TOO_NEW)
    predecessor = db.programmes.issuers.active_key(session, key.issuer, key.role)
    if predecessor is not None:
        retire(session, predecessor.kid, at, by)
    _change(session, key, KeyState.ACTIVE, at, by)
    return key


def retire(session: Session, kid: str, at: datetime, by: list[str]) -> Key:
    """Retire a key: what it signed stays valid. Raises Refused while it has begun entries to finish."""
    key = find(session, kid)
    if key.state not in {KeyState.ACTIVE, KeyState.PROPOSED, KeyState.SUSPENDED}:
        raise Refused(Reason.KEY_STATE)
    if db.credentials.records.of_key(session, kid, [CredentialState.INTENDED]) or compacts.is_at_work(
        session, kid
    ):
        raise Refused(Reason.KEY_HAS_WORK)
    require_names(by, 1)
    key.until = at
    _change(session, key, KeyState.RETIRED, at, by)
    return key


def suspend(session: Session, kid: str, at: datetime, by: list[str]) -> Key:
    """Suspend an active key at once. One named person suffices; reactivating it takes two."""
    key = find(session, kid)
    if key.state != KeyState.ACTIVE:
        raise Refused(Reason.KEY_STATE)
    require_names(by, 1)
    _change(session, key, KeyState.SUSPENDED, at, by)
    return key


def compromise(session: Session, kid: str, since: datetime, at: datetime, by: list[str]) -> int:
    """Mark a key as compromised since a time, hold its entries in the same transaction, return their number.

    The next key signs their compact forms again once the entries are off hold, and signs what was begun with
    this key and is not signed yet. All locks are taken first, the audit trail's last: a concurrent change to
    one of these entries is committed before this, or finds the key compromised. Takes two named people.
    """
    key = find(session, kid)
    if key.state in {KeyState.PROPOSED, KeyState.COMPROMISED}:
        raise Refused(Reason.KEY_STATE)
    if since > at:
        raise Refused(Reason.TIME_IN_THE_FUTURE)
    require_names(by, TWO)
    held = [one for one in _locked(session, kid, at) if one.state is CredentialState.ISSUED]
    compacts.give_up(session, kid)
    key.until = since
    _change(session, key, KeyState.COMPROMISED, at, by)
    for credential in held:
        lifecycle.hold(session, credential, audit.OPERATOR, HELD_BY, at, "key")
    return len(held)


def sign_again(session: Session, keys: KeyRing, kid: str, at: datetime) -> int:
    """Sign the held entries of a compromised key again with the current keys; return their number.

    An entry in our rows was issued here. What a thief signed has no row, and stays not genuine.
    Raises IssuingClosed when there is no usable key yet.
    """
    key = find(session, kid)
    if key.state != KeyState.COMPROMISED:
        raise Refused(Reason.KEY_STATE)
    held = [one for one in _locked(session, kid, at) if one.state is CredentialState.ON_HOLD]
    for credential in held:
        signing.sign_again(session, keys, credential, at)
    return len(held)


def _locked(session: Session, kid: str, at: datetime) -> list[Credential]:
    """Lock and return the key's entries that are issued or on hold, and lock and mark their status lists."""
    found = db.credentials.records.lock_of_key(session, kid, sorted(lifecycle.CLAIMABLE))
    for number in sorted({one.position.list_number for one in found}):
        lifecycle.mark_changed(session, number, at)
    return found


def spent(session: Session) -> list[Key]:
    """Return the retired and compromised keys, whose private halves are to be destroyed."""
    gone = {KeyState.RETIRED, KeyState.COMPROMISED}
    return [key for key in db.programmes.issuers.all_keys(session) if key.state in gone]


def _change(session: Session, key: Key, state: KeyState, at: datetime, by: list[str]) -> None:
    key.state = state.value
    session.flush()
    _note(session, key, by, at)


def _note(session: Session, key: Key, by: list[str], at: datetime) -> None:
    audit.record(session, at, audit.OPERATOR, f"key.{key.state}", f"{key.role}-{key.kid}", by=by)
