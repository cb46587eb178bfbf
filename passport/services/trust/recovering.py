"""The steps of a recovery: correct the rows from what was published before a backup was restored.

Each function is one step in one transaction of the caller, is recorded in the audit trail, and is idempotent.
A step can only make an entry's status worse, or close something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import CredentialState
from passport.db.programmes.issuers import Issuer, Key, SignedRegistry
from passport.db.sharing.shares import ShareState
from passport.openbadges.registry import KeyState, RegisteredIssuer, RegisteredKey, Registry
from passport.services.core import audit
from passport.services.core.recovery import ACTOR
from passport.services.core.two_people import TWO, require_names
from passport.services.credentials import lifecycle
from passport.services.trust import anchors, publishing
from passport.services.trust.anchors import LetGo
from passport.services.trust.read_back import Facts, Look

FOUND = "found in the list that was published before the restore"
FOLDERS = {"programmes", "employers"}


def state_none_exists(
    session: Session, names: Iterable[str], digests: Mapping[str, str], by: list[str], at: datetime
) -> None:
    """Record that two people state that no good copy of these published files exists.

    The rows forget that their lists were published; the files in place (`digests`: SHA-256 by name) will be
    replaced. Raises Refused unless two different people are named.
    """
    require_names(by, TWO)
    for name in sorted(names):
        parts = name.split("/")
        listed = db.core.recoveries.find_list(session, int(parts[1])) if parts[0] == "status" else None
        if listed is not None:
            listed.published_at = None
            db.core.recoveries.end_publications(session, listed.number)
    session.flush()
    for name in sorted(names):
        audit.record(session, at, ACTOR, "recovery.none_exists", name, by=by, sha256=digests.get(name, ""))


def erase_again(session: Session, number: int, position: int, at: datetime) -> bool:
    """Erase the entry at a position that was erased after the backup; return whether there was one."""
    entry = db.core.recoveries.entry_at(session, number, position)
    if entry is None:
        return False
    db.credentials.records.lock(session, entry)
    if entry.state is CredentialState.ERASED:
        return False
    db.core.recoveries.forget_contents(session, entry)
    lifecycle.move(session, entry, CredentialState.ERASED, ACTOR, "erased before the restore", at)
    return True


def adopt_registry(session: Session, newest: Registry, files: Mapping[int, bytes], at: datetime) -> int:
    """Take the issuers, keys and signed versions of a published registry into the rows; return its number.

    ``files`` are the signed versions, by their number, of which the newest is `newest`.
    """
    db.programmes.programme.lock_keys(session)
    known = db.programmes.issuers.newest_registry(session)
    for version in sorted(files):
        if known is None or version > known.version:
            session.add(SignedRegistry(version=version, signed=files[version], signed_at=at))
    for issuer in newest.issuers:
        _adopt_issuer(session, issuer)
    session.flush()
    # the database allows one active key per issuer and role: adopt the keys that stopped signing first
    for key in sorted(newest.keys, key=lambda key: key.state is KeyState.ACTIVE):
        _adopt_key(session, key)
        session.flush()
    audit.record(session, at, ACTOR, "registry.recovered", str(newest.version))
    return newest.version


def add_list(session: Session, look: Look, number: int, at: datetime) -> bool:
    """Add a list that was opened after the backup, closed; return False where its issuer is unknown."""
    lists = look.lists[number].values()
    issuer = next(iter(lists)).status.issuer
    programme = db.core.recoveries.programme_of(session, issuer)
    if programme is None:
        return False
    made = min(one.status.valid_from for one in lists)
    db.core.recoveries.add_list(session, number, programme.id, made, at)
    audit.record(session, at, ACTOR, "status_list.recovered", str(number))
    return True


def differences(session: Session, facts: Facts, look: Look) -> list[tuple[int, str, int]]:
    """Return list, purpose and position of each published bit that the rows do not explain.

    Replaced comes before withdrawn: a replaced entry has both bits.
    """
    return [
        (rows.number, purpose, position)
        for rows in facts.lists
        for purpose in ("refresh", "revocation", "suspension")
        for position in sorted(publishing.unexplained_bits(session, rows, rows.bits, look)[purpose])
    ]


def record_status(session: Session, number: int, purpose: str, position: int, at: datetime) -> str:
    """Apply one published bit to the rows; return what was done, or an empty string if nothing was.

    An entry is withdrawn, replaced or put on hold, a share is stopped. A bit that no row can carry is kept
    for good, with its position, which is never allocated again.
    """
    entry = db.core.recoveries.entry_at(session, number, position)
    if entry is not None:
        db.credentials.records.lock(session, entry)
        target = _target(entry.state, purpose)
        if target is not None:
            lifecycle.move(session, entry, target, ACTOR, FOUND, at, "other")
            return target.value
    share = db.core.recoveries.share_at(session, number, position) if purpose == "revocation" else None
    if share is not None:
        db.sharing.shares.lock(session, share)
        if share.state is ShareState.ACTIVE:
            share.state, share.ended_at = ShareState.ENDED, at
            for own in sorted({one.position.list_number for one in share.entries if one.position}):
                lifecycle.mark_changed(session, own, at)
            audit.record(session, at, ACTOR, "share.ended", share.reference)
            return "stopped"
    if db.core.recoveries.keep_bit(session, number, position, purpose):
        audit.record(session, at, ACTOR, "status_list.bit_kept", f"{number}#{position}", purpose=purpose)
        return "kept"
    return ""


def close_lists(session: Session, at: datetime) -> list[int]:
    """Close every list to new positions, since those given out after the backup are unknown.

    Return the numbers of the lists.
    """
    closing = db.core.recoveries.unclosed_lists(session)
    for listed in closing:
        listed.closed_at = at
    numbers = [listed.number for listed in closing]
    session.flush()
    audit.record_each(session, at, ACTOR, "status_list.closed", [str(number) for number in numbers])
    return numbers


def let_anchors_go(session: Session, found: Mapping[str, bytes], by: list[str], at: datetime) -> LetGo:
    """Record which published anchors (``found``) name records that the trail lost with the restore.

    With the names of two people (``by``) also those whose file is missing, of which no copy exists. `audit`
    accepts these from then on, and says so. Raises Refused where ``by`` names one person alone.
    """
    if by:
        require_names(by, TWO)
    gone = LetGo(anchors.lost(session, found), anchors.missing(session, found) if by else [])
    if gone.heads or gone.missing:
        heads = [str(head) for head in gone.heads]
        audit.record(session, at, ACTOR, anchors.LET_GO, "audit", heads=heads, missing=gone.missing, by=by)
    return gone


def close(session: Session, at: datetime) -> None:
    """Close the recovery: issuing and sharing are open again."""
    recovery = db.core.recoveries.lock_current(session)
    if recovery is None:
        return
    recovery.open_slot, recovery.closed_at = None, at
    session.flush()
    audit.record(session, at, ACTOR, "recovery.closed", recovery.reference)


def _target(state: CredentialState, purpose: str) -> CredentialState | None:
    """Return the state that a bit demands of an entry, or None where the entry cannot take it."""
    if purpose == "suspension":
        return CredentialState.ON_HOLD if state is CredentialState.ISSUED else None
    if state not in lifecycle.CLAIMABLE:
        return None
    return CredentialState.REPLACED if purpose == "refresh" else CredentialState.WITHDRAWN


def _adopt_issuer(session: Session, said: RegisteredIssuer) -> None:
    issuer = db.programmes.issuers.by_did(session, said.did)
    if issuer is None:
        slug = said.did.rpartition(":")[2]
        issuer = Issuer(
            slug=slug, did=said.did, kind=said.kind.value, name=said.name, programme=said.programme
        )
        session.add(issuer)
    issuer.name, issuer.since, issuer.until = said.name, said.from_, said.until


def _adopt_key(session: Session, said: RegisteredKey) -> None:
    key = session.get(Key, said.kid)
    if key is None:
        key = Key(kid=said.kid, role=said.role.value, public_key=said.public_key)
        key.issuer = db.programmes.issuers.by_did(session, said.issuer)
        session.add(key)
    key.state, key.since, key.until = said.state.value, said.from_, said.until
