"""What is published, computed from the rows: registry, DID documents, status lists.

Nothing here reads or writes a file: `passport.publisher` does that between the transactions. A list is
claimed in one transaction (`claim`), signed and written outside of it, and recorded in another (`record`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from passport import db
from passport.db import Session
from passport.db.credentials.records import CredentialState, StatusList
from passport.db.programmes.issuers import Issuer
from passport.db.programmes.programme import Programme
from passport.openbadges import status_list
from passport.openbadges.did import Method, did_document
from passport.openbadges.registry import IssuerKind
from passport.openbadges.terms import Document
from passport.proofs.canonical import Canonicalizer
from passport.proofs.data_integrity import add_proof, proof_options
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services.core import recovery
from passport.services.core.recovery import Finding, Problem
from passport.services.credentials.lifecycle import list_url
from passport.services.programmes import issuers
from passport.services.programmes.issuers import FOLDERS
from passport.services.trust import anchors, read_back
from passport.services.trust.read_back import PURPOSES, Bits, Facts, ListFacts, Look

REPUBLISH_EVERY = timedelta(minutes=15)
SET_BITS = {
    "revocation": [CredentialState.WITHDRAWN, CredentialState.REPLACED, CredentialState.ERASED],
    "suspension": [CredentialState.ON_HOLD],
    "refresh": [CredentialState.REPLACED],
}


@dataclass(frozen=True)
class Claimed:
    """A list that is about to be signed: the bits of one snapshot, and the key that signs them."""

    number: int
    issuer: str
    closed: bool
    bits: Bits
    erased: frozenset[int]
    method: issuers.Method


def facts(session: Session, public_url: str) -> Facts:
    """Return what the rows know of everything that is published."""
    begun = db.core.recoveries.begun(session)
    newest = db.programmes.issuers.newest_registry(session)
    return Facts(
        public_url=public_url,
        lists=tuple(
            _list_facts(session, listed, begun.get(listed.number, set()))
            for listed in db.credentials.records.lists(session)
        ),
        status_keys=_status_keys(session),
        root_keys=issuers.root_keys(session),
        version=newest.version if newest else 0,
        registry=newest.signed if newest else None,
    )


def unexplained(session: Session, facts: Facts, look: Look) -> set[Finding]:
    """Return a finding for each list whose published files say more than its rows, and for the anchor.

    ``session`` is newer than the look: an anchor that was published since is of a record that it has.
    """
    found = {
        Finding(Problem.LIST_SAYS_MORE, read_back.name_of(rows.number, purpose))
        for rows in facts.lists
        for purpose in _reconciled(session, rows, rows.bits, look)[1]
    }
    if look.anchor is not None and anchors.is_lost(session, look.anchor):
        found.add(Finding(Problem.ANCHOR_NEWER, anchors.NEWEST))
    return found


def newest_registry(session: Session) -> bytes | None:
    """Return the newest signed registry."""
    newest = db.programmes.issuers.newest_registry(session)
    return newest.signed if newest else None


def registries(session: Session) -> dict[str, bytes]:
    """Return every signed registry by its path: a checker that was offline steps from one to the next."""
    newest = db.programmes.issuers.newest_registry(session)
    if newest is None:
        return {}
    versions = db.programmes.issuers.registry_versions(session)
    files = {
        f"registry/{version}.json": db.programmes.issuers.registry(session, version).signed
        for version in versions
    }
    return files | {read_back.REGISTRY: newest.signed}


def did_documents(session: Session) -> dict[str, bytes]:
    """Return the DID document of every issuer by its path."""
    return {
        f"{FOLDERS[IssuerKind(issuer.kind)]}/{issuer.slug}/did.json": _did(session, issuer)
        for issuer in db.programmes.issuers.all_issuers(session)
    }


def all_lists(session: Session) -> list[int]:
    """Return the numbers of the lists that can be signed: their issuer has an active status key."""
    return [
        listed.number
        for listed in db.credentials.records.lists(session)
        if not _is_switched_off(session, listed)
    ]


def last_lists(session: Session) -> set[int]:
    """Return the lists of closed programmes that have not changed since: they are not signed again."""
    return {
        listed.number
        for listed in db.credentials.records.lists(session)
        if listed.changed_at is None and listed.published_at is not None and _closed(session, listed)
    }


def due(session: Session, batch: timedelta, at: datetime) -> list[int]:
    """Return the numbers of the lists that are to be signed now.

    A change waits for its batch, so that two changes a moment apart cannot be distinguished; each list is
    signed again every fifteen minutes, so that a new file says little. An interrupted publication is due at
    once.
    """
    begun = db.core.recoveries.begun(session)
    return [
        listed.number
        for listed in db.credentials.records.lists(session)
        if not _is_switched_off(session, listed)
        and (listed.number in begun or _is_due(session, listed, batch, at))
    ]


def claim(session: Session, keys: KeyRing, facts: Facts, look: Look, number: int, at: datetime) -> Claimed:
    """Take a list's bits and its pending changes, and record that a publication begins.

    The list is locked, so a change is in these bits or waits for the next publication. Bits that were
    published and that no row explains stay set; any such bit opens a recovery. Raises IssuingClosed when the
    status key cannot be used: the caller's transaction is rolled back then.
    """
    locked = db.credentials.records.lock_list(session, number)
    issuer = session.get_one(Programme, locked.programme_id).issuer
    method = issuers.method(session, keys, issuer, Role.STATUS)
    rows, known = _bits(session, number), next(one for one in facts.lists if one.number == number)
    bits, more = _reconciled(session, known, rows, look)
    db.core.recoveries.begin_publication(session, number, at)
    locked.changed_at = None
    if more:
        said = [read_back.name_of(number, purpose) for purpose in more]
        recovery.open_for(session, [Finding(Problem.LIST_SAYS_MORE, name) for name in said], at)
    erased = frozenset(db.credentials.records.positions_in(session, number, [CredentialState.ERASED]))
    return Claimed(number, issuer.did, issuer.until is not None, bits, erased, method)


def sign(claimed: Claimed, public_url: str, at: datetime) -> dict[str, Document]:
    """Sign the three lists; return them by purpose.

    The suspension list has everything that is not current: an entry names that list alone, and a checker of
    another make reads no other (ADR 0018).
    """
    bits = {**claimed.bits, "suspension": claimed.bits["suspension"] | claimed.bits["revocation"]}
    signed, canonicalizer = {}, Canonicalizer()
    for purpose in PURPOSES:
        document = status_list.build(
            list_url(public_url, claimed.number, purpose),
            claimed.issuer,
            purpose,
            bits[purpose],
            at,
            validity=None if claimed.closed else status_list.VALIDITY,
        )
        options = proof_options(claimed.method.id, at)
        signed[purpose] = add_proof(document, options, claimed.method.signer, canonicalizer)
    return signed


def record(session: Session, numbers: list[int], at: datetime) -> None:
    """Record that the files of these lists are written. Later changes stay pending."""
    for number in sorted(numbers):
        db.credentials.records.lock_list(session, number).published_at = at
        db.core.recoveries.end_publications(session, number)


def to_file(document: dict[str, Any]) -> bytes:
    """Return a document as the bytes that are published."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _list_facts(session: Session, listed: StatusList, begun: set[datetime]) -> ListFacts:
    times = begun | ({listed.published_at} if listed.published_at else set())
    return ListFacts(
        number=listed.number,
        issuer=session.get_one(Programme, listed.programme_id).issuer.did,
        published_at=_second(listed.published_at) if listed.published_at else None,
        known=frozenset(_second(time) for time in times),
        bits=_bits(session, listed.number),
    )


def _status_keys(session: Session) -> dict[str, dict[str, bytes]]:
    """Return each issuer's status keys that ever signed, by kid, whatever their state."""
    found: dict[str, dict[str, bytes]] = {}
    for key in db.programmes.issuers.all_keys(session):
        if key.issuer and key.role == Role.STATUS and key.state != "proposed":
            found.setdefault(key.issuer.did, {})[key.kid] = key.public_key
    return found


def _bits(session: Session, number: int) -> dict[str, frozenset[int]]:
    """Return the positions that the rows set, by purpose; in revocation also those of stopped shares."""
    bits = {}
    for purpose, states in SET_BITS.items():
        positions = db.credentials.records.positions_in(session, number, states)
        positions += db.core.recoveries.kept_positions(session, number, purpose)
        if purpose == "revocation":
            positions += db.sharing.shares.stopped_positions(session, number)
        bits[purpose] = frozenset(positions)
    return bits


def _reconciled(session: Session, known: ListFacts, rows: Bits, look: Look) -> tuple[Bits, list[str]]:
    """Return the bits to sign, and the purposes of the published lists that say more than the rows.

    The bits are those of the rows and the published ones that the rows do not explain. What was published as
    withdrawn does not become replaced, which would say less.
    """
    more, withdrawn = unexplained_bits(session, known, rows, look), look.withdrawn(known.number)
    bits = {purpose: rows[purpose] | more[purpose] for purpose in PURPOSES}
    says_more = [purpose for purpose in PURPOSES if more[purpose]]
    if rows["refresh"] & withdrawn and "revocation" not in says_more:
        says_more.append("revocation")
    return bits | {"refresh": bits["refresh"] - withdrawn}, says_more


def unexplained_bits(session: Session, known: ListFacts, rows: Bits, look: Look) -> dict[str, frozenset[int]]:
    """Return the published bits that the rows do not explain.

    A hold stays unless its lift is recorded and newer than the list that has it.
    """
    said = look.bits(known.number)
    more = read_back.unexplained(rows, said, frozenset())
    if not more["suspension"]:
        return more
    made = look.lists[known.number]["suspension"].status.valid_from
    since = _lifts_count_since(session, known, made)
    lifts = db.core.recoveries.lifts(session, known.number, set(more["suspension"]))
    lifted = {position for position, at in lifts.items() if at >= since}
    return read_back.unexplained(rows, said, frozenset(lifted))


def _lifts_count_since(session: Session, known: ListFacts, made: datetime) -> datetime:
    """Return the time from which a recorded lift is newer than the published list that was made at a time.

    Where the rows know that list and no recovery is open, every recorded lift is newer: the rows existed when
    the list was made. While a recovery is open the list may have holds that the rows never had.
    """
    if made not in known.known:
        return made + timedelta(seconds=1)
    open_one = recovery.current(session)
    return open_one.opened_at if open_one else datetime.min.replace(tzinfo=UTC)


def _is_due(session: Session, listed: StatusList, batch: timedelta, at: datetime) -> bool:
    if listed.published_at is None:
        return True
    if listed.changed_at is not None and listed.changed_at + batch <= at:
        return True
    return listed.published_at + REPUBLISH_EVERY <= at and not _closed(session, listed)


def _is_switched_off(session: Session, listed: StatusList) -> bool:
    """Return whether a list's issuer has no active status key (the operator suspended it)."""
    issuer = session.get_one(Programme, listed.programme_id).issuer
    return db.programmes.issuers.active_kid(session, issuer, Role.STATUS.value) is None


def _closed(session: Session, listed: StatusList) -> bool:
    return session.get_one(Programme, listed.programme_id).issuer.until is not None


def _did(session: Session, issuer: Issuer) -> bytes:
    methods = [
        Method(Role(key.role), key.public_key)
        for key in db.programmes.issuers.all_keys(session)
        if key.issuer_id == issuer.id and key.state != "proposed"
    ]
    return to_file(did_document(issuer.did, methods))


def _second(at: datetime) -> datetime:
    """Return a time as a signed document holds it: UTC, in whole seconds."""
    return at.astimezone(UTC).replace(microsecond=0)
