"""Sign an intent: with the keys that it was begun with, or with the present ones where one was stolen.

Signing the same intent again gives the same bytes. The caller holds a shared lock on the keys
(`db.programmes.programme.lock_keys_shared`), so that no key changes its state before the transaction ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.openbadges import claims
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.registry import KeyState
from passport.proofs import jose
from passport.proofs.data_integrity import add_proof, proof_options
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing, Signer
from passport.services.core import audit
from passport.services.core.errors import IssuingClosed
from passport.services.credentials import lifecycle
from passport.services.programmes import issuers


def signed(keys: KeyRing, intent: bytes) -> tuple[bytes, bytes]:
    """Return an intent's document with its Data Integrity proof, and the same content as vc+jwt."""
    parts = json.loads(intent)
    options, endorsing = parts["entryProof"], parts["endorsementProof"]
    endorsement = add_proof(parts["endorsement"], endorsing, _signer(keys, endorsing), keys.canonicalizer)
    entry = parts["entry"] | {"endorsement": [endorsement]}
    signer = _signer(keys, options)
    document = json.dumps(add_proof(entry, options, signer, keys.canonicalizer), ensure_ascii=False, indent=2)
    token = jose.sign(claims.write(entry), options["verificationMethod"], signer)
    return document.encode(), token


def usable(session: Session, begun: list[Credential]) -> bool:
    """Return whether the keys that these were begun with still sign. False where one was stolen.

    Raises IssuingClosed for any other key that is not active: what was begun with it waits.
    """
    named = {kid for one in begun for kid in (one.kid, one.endorsing_kid)}
    states = db.programmes.issuers.states(session, named)
    waits = [kid for kid in named if states.get(kid) not in {KeyState.ACTIVE, KeyState.COMPROMISED}]
    if waits:
        raise IssuingClosed(f"the key {waits[0]} is {states.get(waits[0])}")
    return KeyState.COMPROMISED not in states.values()


def take_keys_of_today(session: Session, keys: KeyRing, credential: Credential, at: datetime) -> None:
    """Change an intent to be signed with the present keys: its content stays, only its proofs are new.

    Raises IssuingClosed when a key cannot be used.
    """
    programme = credential.endorsement.evidence.student.account.programme
    issuing = issuers.method(session, keys, programme.issuer, Role.ISSUE)
    endorsing = issuers.endorsing(session, keys, credential.endorsement.signs)
    intent = json.loads(credential.intent) | {
        "endorsementProof": proof_options(endorsing.id, at),
        "entryProof": proof_options(issuing.id, at),
    }
    credential.kid, credential.endorsing_kid = issuing.signer.kid, endorsing.signer.kid
    credential.intent = to_bytes(intent)


def sign_again(session: Session, keys: KeyRing, credential: Credential, at: datetime) -> None:
    """Sign an honestly issued entry with the present keys, and lift the hold that waited for them.

    For entries on hold whose key was compromised. A hold that a person other than the operator placed stays.
    Raises IssuingClosed when a key cannot be used.
    """
    take_keys_of_today(session, keys, credential, at)
    credential.document, credential.token = signed(keys, credential.intent)
    held = db.credentials.editions.last_change(session, credential.id, CredentialState.ON_HOLD)
    if held is None or held.actor == audit.OPERATOR:
        lifecycle.move(session, credential, CredentialState.ISSUED, audit.OPERATOR, "signed again", at)
    else:
        session.flush()
        subject, about = credential.reference, [credential]
        audit.record(session, at, audit.OPERATOR, "credential.signed_again", subject, about)


@contextmanager
def signable(what: str) -> Iterator[None]:
    """Raise IssuingClosed for an entry that cannot be written or signed: it waits, others are issued."""
    try:
        yield
    except (OpenBadgesError, ProofError) as error:
        raise IssuingClosed(f"{what} cannot be signed: {error}") from error


def to_bytes(intent: dict[str, Any]) -> bytes:
    """Return an intent as the bytes in which it is stored."""
    return json.dumps(intent, ensure_ascii=False, separators=(",", ":")).encode()


def _signer(keys: KeyRing, options: dict[str, str]) -> Signer:
    """Return the signer that the intent names."""
    return issuers.signer(keys, options["verificationMethod"].rpartition("-")[2])
