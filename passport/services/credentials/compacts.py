"""Compact entries: the content of a printed code, created for each entry of each share.

As for entries themselves (trust, section 7) there are two transactions: `intend` allocates a position in the
status list and fixes every byte to be signed, `finish` signs and stores. Signing the same intent again gives
the same bytes. Until then, and for an entry without a compact form, the share's own code serves alone.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.programmes.issuers import Key
from passport.db.sharing.shares import CompactState, Share, SharedCredential, ShareState
from passport.openbadges import address, compact, credential
from passport.openbadges.contents import Contents, DoesNotFit, contents_of
from passport.openbadges.credential import Entry
from passport.openbadges.errors import OpenBadgesError
from passport.proofs.data_integrity import verify_proof
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services.core import audit, recovery
from passport.services.core.dates import HOME, today
from passport.services.credentials import issuing, status_positions
from passport.services.programmes import issuers

log = structlog.get_logger()

A_DAY = timedelta(days=1)
NO_PLACE_YET = 0


def waiting(session: Session, at: datetime) -> list[int]:
    """Return the ids of the shares whose compact entries are to be created."""
    return db.sharing.shares.without_codes(session, today(at), at)


def intend(session: Session, keys: KeyRing, public_url: str, share_id: int, at: datetime) -> None:
    """T1: fix what will be signed for each entry of a share. Idempotent.

    Raises IssuingClosed when the key cannot be used, when the clock went back, and while a recovery is open.
    """
    db.programmes.programme.lock_keys_shared(session)
    recovery.require_closed(session)
    share = _locked(session, share_id)
    entries = [entry for entry in share.entries if _is_to_be_made(share, entry)]
    if not entries:
        return
    issuing.clock_goes_on(session, at)
    programme = share.student.account.programme
    if programme.issuer.until is not None:
        # the programme has closed, and no key is left to sign with
        for entry in entries:
            entry.state = CompactState.NONE
        return
    kid = issuers.method(session, keys, programme.issuer, Role.ISSUE).signer.kid
    for entry in entries:
        _intend(session, keys, entry, share, public_url, kid, at)
    audit.record(session, at, "issuer", "share.intended", share.reference)


def finish(session: Session, keys: KeyRing, share_id: int) -> None:
    """T2: sign the intents of a share and store the bytes. Idempotent; does nothing without an intent.

    Raises IssuingClosed when the key cannot be used, and while a recovery is open.
    """
    db.programmes.programme.lock_keys_shared(session)
    recovery.require_closed(session)
    for entry in _locked(session, share_id).entries:
        if entry.state is CompactState.INTENDED and entry.intent is not None and entry.kid is not None:
            entry.compact = compact.sign(entry.intent, issuers.begun_with(session, keys, entry.kid))
            entry.state = CompactState.SIGNED


def give_up(session: Session, kid: str) -> int:
    """Discard what a stolen key signed or was to sign, so that it is created again at the same positions.

    Returns how many. Codes that were printed with it are no longer genuine.
    """
    entries = db.sharing.shares.of_key(session, kid, [CompactState.INTENDED, CompactState.SIGNED])
    for entry in entries:
        entry.state, entry.kid, entry.intent, entry.compact = CompactState.WAITING, None, None, None
    return len(entries)


def is_at_work(session: Session, kid: str) -> bool:
    """Return whether compact entries begun with a key are not signed yet."""
    return bool(db.sharing.shares.of_key(session, kid, [CompactState.INTENDED]))


def _locked(session: Session, share_id: int) -> Share:
    share = session.get_one(Share, share_id)
    db.sharing.shares.lock(session, share)
    return share


def _is_to_be_made(share: Share, entry: SharedCredential) -> bool:
    return (
        share.state is ShareState.ACTIVE
        and entry.state is CompactState.WAITING
        and entry.credential.state is CredentialState.ISSUED
    )


def _intend(
    session: Session,
    keys: KeyRing,
    entry: SharedCredential,
    share: Share,
    public_url: str,
    kid: str,
    at: datetime,
) -> None:
    contents = _contents(session, keys, entry, share, public_url, today(at))
    if contents is not None and entry.position is None:
        entry.position = status_positions.for_share(session, entry.credential.position)
    if contents is None or entry.position is None:
        entry.state = CompactState.NONE
        return
    entry.intent = compact.payload(replace(contents, share_index=entry.position.position))
    entry.state, entry.kid = CompactState.INTENDED, kid


def _contents(
    session: Session, keys: KeyRing, entry: SharedCredential, share: Share, public_url: str, made: date
) -> Contents | None:
    """Return the contents of a compact entry, from the signed bytes; None where they do not fit its format.

    The day on which the share expires is the one after its last day. Also None, with a log entry, where the
    stored bytes do not verify.
    """
    if share.until is None or not address.has_compact_form(public_url):
        return None
    try:
        signed = _genuine(session, keys, entry.credential)
        ends = share.until + A_DAY
        return contents_of(signed, HOME, share_made=made, share_ends=ends, share_index=NO_PLACE_YET)
    except DoesNotFit:
        return None
    except (OpenBadgesError, ProofError) as error:
        # stored bytes were signed here: bytes that do not verify were tampered with, and are not signed again
        log.error("stored entry is not genuine", credential=entry.credential.reference, reason=str(error))
        return None


def _genuine(session: Session, keys: KeyRing, stored: Credential) -> Entry:
    """Return the stored entry after its own proof was verified."""
    document = json.loads(stored.document or b"{}")
    public_key = session.get_one(Key, stored.kid).public_key
    verify_proof(document, public_key, canonicalizer=keys.canonicalizer)
    return credential.read(document)
