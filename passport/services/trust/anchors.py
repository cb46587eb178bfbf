"""Anchors: the head of the audit trail, signed each night and published beside the status lists.

Partners may keep them. A trail that was rewritten with new hashes, cut together with its head, or restored
from an older database does not go on from an anchor that was published before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.adapters.files import PublicFiles
from passport.db import Session
from passport.proofs import jws
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing, Signer
from passport.services.core import audit
from passport.services.core.audit import Head
from passport.services.core.errors import IssuingClosed
from passport.services.programmes import issuers

FOLDER = "audit"
NEWEST = "audit.json"


@dataclass(frozen=True)
class Made:
    """A signed anchor of a head, not yet published."""

    head: Head
    signed: bytes


def make(session: Session, keys: KeyRing, at: datetime) -> Made:
    """Sign the head of the trail with the status key of every open programme.

    Raises IssuingClosed where no such key can be used.
    """
    signers: dict[str, Signer] = {}
    for issuer in db.programmes.issuers.open_programmes(session):
        with suppress(IssuingClosed):
            signer = issuers.method(session, keys, issuer, Role.STATUS).signer
            signers[signer.kid] = signer
    if not signers:
        raise IssuingClosed("no status key can be used: the audit trail is not anchored")
    head = audit.head(session)
    payload = {"number": head.number, "digest": head.digest, "at": at.isoformat()}
    signed = jws.sign_json(json.dumps(payload).encode(), list(signers.values()), jws.AUDIT_ANCHOR)
    return Made(head, signed)


def write(public: PublicFiles, made: Made) -> None:
    """Publish an anchor under its number, and as the newest one."""
    public.write(f"{FOLDER}/{made.head.number}.json", made.signed)
    public.write(NEWEST, made.signed)


def note(session: Session, made: Made, at: datetime) -> None:
    """Record that an anchor was published: from then on its absence is reported."""
    number = str(made.head.number)
    audit.record(session, at, audit.OPERATOR, "audit.anchored", number, digest=made.head.digest)


def files(public: PublicFiles) -> dict[str, bytes]:
    """Return the content of every published anchor by its file name."""
    names = [f"{FOLDER}/{name}" for name in public.names(FOLDER)]
    return {name: content for name in names if (content := public.read(name)) is not None}


def problems(session: Session, found: Mapping[str, bytes]) -> list[str]:
    """Return one line for each anchor in ``found`` (see `files`) that the trail does not continue."""
    trusted = {
        key.kid: key.public_key
        for key in db.programmes.issuers.all_keys(session)
        if key.role == Role.STATUS.value
    }
    told, now = [], audit.head(session)
    for name, content in found.items():
        anchored = _read(content, trusted)
        if anchored is None:
            told.append(f"{name} is no anchor that a key of ours has signed")
        elif anchored.number > now.number:
            told.append(f"{name} anchors record {anchored.number}, but the trail ends at {now.number}")
        elif audit.differs_from(session, anchored):
            told.append(f"{name} anchors another record {anchored.number} than the trail has")
    missing = [number for number in db.core.audit.anchored(session) if f"{FOLDER}/{number}.json" not in found]
    return told + [f"{FOLDER}/{number}.json, which was published, is missing" for number in missing]


def _read(content: bytes, trusted: Mapping[str, bytes]) -> Head | None:
    """Return the head in an anchor, or None unless one of our status keys signed it."""
    try:
        payload = json.loads(jws.verify_json(content, trusted, kind=jws.AUDIT_ANCHOR))
        return Head(int(payload["number"]), str(payload["digest"]))
    except (ProofError, ValueError, KeyError, TypeError):
        return None
