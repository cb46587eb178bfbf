"""What anybody may fetch, made from the rows and never edited in place.

Registry, DID documents, status lists and the bundle that holds them all, as plain files.
"""

from __future__ import annotations

import json
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from typing import Any

from passport import db
from passport.db import Session
from passport.db.credentials import CredentialState, StatusList
from passport.db.issuers import Issuer
from passport.db.programmes import Programme
from passport.files import PublicFiles
from passport.openbadges import status_list
from passport.openbadges.bundle import Bundle
from passport.openbadges.bundle import write as write_bundle
from passport.openbadges.did import Method, did_document
from passport.openbadges.registry import IssuerKind
from passport.proofs.data_integrity import add_proof, proof_options
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services import issuers, strangers
from passport.services.credentials import list_url
from passport.services.errors import IssuingClosed
from passport.services.issuers import FOLDERS

REPUBLISH_EVERY = timedelta(minutes=15)
SET_BITS = {
    "revocation": [CredentialState.WITHDRAWN, CredentialState.REPLACED, CredentialState.ERASED],
    "suspension": [CredentialState.ON_HOLD],
    "refresh": [CredentialState.REPLACED],
}


def publish_all(session: Session, keys: KeyRing, public: PublicFiles, public_url: str, at: datetime) -> None:
    """Write every published file anew. Raises IssuingClosed when a status key cannot be used."""
    _publish_registries(session, public)
    for issuer in db.issuers.all_issuers(session):
        public.write(f"{FOLDERS[IssuerKind(issuer.kind)]}/{issuer.slug}/did.json", _did(session, issuer))
    for waiting in _locked_lists(session):
        if _is_switched_off(session, waiting):
            continue
        # a last list stays as it is when nobody has its key any more
        with suppress(IssuingClosed) if _is_last(session, public, waiting) else nullcontext():
            _publish_list(session, keys, public, public_url, waiting, at)
    publish_bundle(session, public, public_url)


def _publish_registries(session: Session, public: PublicFiles) -> None:
    """Write the newest registry, and every version by itself: who was away long goes from one to the next."""
    newest = db.issuers.newest_registry(session)
    if newest is None:
        return
    for version in db.issuers.registry_versions(session):
        name = f"registry/{version}.json"
        if public.read(name) is None or version == newest.version:
            public.write(name, db.issuers.registry(session, version).signed)
    public.write("registry.json", newest.signed)


def publish_due(
    session: Session, keys: KeyRing, public: PublicFiles, public_url: str, batch: timedelta, at: datetime
) -> bool:
    """Write the status lists whose time has come; True if any was.

    A change waits for its batch, so that two changes a moment apart cannot be told apart; each
    list is made again every fifteen minutes, so that a new file says little. Where somebody changed a key
    and was cut off before the registry was published, all is published now.
    """
    newest = db.issuers.newest_registry(session)
    if newest is not None and public.read("registry.json") != newest.signed:
        publish_all(session, keys, public, public_url, at)
        return True
    if not any(_is_due(session, waiting, batch, at) for waiting in db.credentials.lists(session)):
        return False
    due = [waiting for waiting in _locked_lists(session) if _is_due(session, waiting, batch, at)]
    for waiting in due:
        _publish_list(session, keys, public, public_url, waiting, at)
    if due:
        publish_bundle(session, public, public_url)
    return bool(due)


def _locked_lists(session: Session) -> list[StatusList]:
    """Every list as it is now, in one order: two publishers cannot write one bundle out of old files."""
    return [
        db.credentials.lock_list(session, number)
        for number in [waiting.number for waiting in db.credentials.lists(session)]
    ]


def _is_due(session: Session, waiting: StatusList, batch: timedelta, at: datetime) -> bool:
    if _is_switched_off(session, waiting):
        return False
    if waiting.published_at is None:
        return True
    if waiting.changed_at is not None and waiting.changed_at + batch <= at:
        return True
    return waiting.published_at + REPUBLISH_EVERY <= at and not _closed(session, waiting)


def _is_switched_off(session: Session, waiting: StatusList) -> bool:
    """Whether the operator took the key that signs a list out of use: it stays as it is, and others go on."""
    issuer = session.get_one(Programme, waiting.programme_id).issuer
    return db.issuers.active_kid(session, issuer, Role.STATUS.value) is None


def _closed(session: Session, waiting: StatusList) -> bool:
    return session.get_one(Programme, waiting.programme_id).issuer.until is not None


def _is_last(session: Session, public: PublicFiles, waiting: StatusList) -> bool:
    """Whether a closed programme's list lies there without end, and nothing in it has changed since."""
    if waiting.changed_at is not None or not _closed(session, waiting):
        return False
    return all(public.read(f"status/{waiting.number}/{purpose}") is not None for purpose in SET_BITS)


def _publish_list(
    session: Session, keys: KeyRing, public: PublicFiles, public_url: str, locked: StatusList, at: datetime
) -> None:
    """Make one list's files from one look at the rows; its lock keeps a change from slipping by."""
    programme = session.get_one(Programme, locked.programme_id)
    method = issuers.method(session, keys, programme.issuer, Role.STATUS)
    for purpose, states in SET_BITS.items():
        document = status_list.build(
            list_url(public_url, locked.number, purpose),
            programme.issuer.did,
            purpose,
            _set_bits(session, locked.number, purpose, states),
            at,
            validity=None if _closed(session, locked) else status_list.VALIDITY,
        )
        secured = add_proof(document, proof_options(method.id, at), method.signer)
        public.write(f"status/{locked.number}/{purpose}", _json(secured))
    locked.changed_at, locked.published_at = None, at


def _set_bits(session: Session, number: int, purpose: str, states: list[CredentialState]) -> list[int]:
    """The places of entries in these states; to revoke, also those of shares that were stopped."""
    positions = db.credentials.positions_in(session, number, states)
    if purpose == "revocation":
        positions += db.shares.stopped_positions(session, number)
    return positions


def _did(session: Session, issuer: Issuer) -> bytes:
    methods = [
        Method(Role(key.role), key.public_key)
        for key in db.issuers.all_keys(session)
        if key.issuer_id == issuer.id and key.state != "proposed"
    ]
    return _json(did_document(issuer.did, methods))


def publish_bundle(session: Session, public: PublicFiles, public_url: str) -> None:
    """All that a check without a network needs, in one file."""
    registry = public.read("registry.json")
    if registry is None:
        return
    lists = {}
    for waiting in db.credentials.lists(session):
        for purpose in SET_BITS:
            content = public.read(f"status/{waiting.number}/{purpose}")
            if content is not None:
                lists[list_url(public_url, waiting.number, purpose)] = json.loads(content)
    public.write("bundle.json", write_bundle(Bundle(registry, lists, strangers.documents(public))))


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
