"""Issuers that are not ours, whose DID documents the operator looked up and put beside our registry.

What they sign is still "We do not recognise who issued this" (V6); with their keys at hand, a check can say
whether the signature holds. Nothing here fetches: the operator brings the file (trust, section 8, row 17).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from passport import db
from passport.adapters.files import PublicFiles
from passport.db import Session
from passport.openbadges import did_keys
from passport.openbadges.terms import Document
from passport.proofs import json_text
from passport.proofs.errors import NotJson
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.verifier.issuer_ids import normalised

FOLDER = "strangers"
MAX_BYTES = 64 * 1024
MOST = 500


def documents(public: PublicFiles) -> dict[str, Document]:
    """Return every kept DID document by its DID."""
    kept = [_read(public.read(f"{FOLDER}/{name}") or b"") for name in public.names(FOLDER)]
    return {str(document["id"]): document for document in kept}


def accept(session: Session, known: Collection[str], content: bytes, by: str, at: datetime) -> str:
    """Accept an issuer's document beside the `known` ones; return its DID. The caller stores it with `write`.

    Raises Refused unless it is a did:web document with a key that a check would find; for an issuer of our
    own registry in any spelling, since their keys come from the registry alone; and when 500 are kept
    already.
    """
    document = _read(content)
    did = str(document["id"])
    if not did_keys.usable(document, did, at):
        raise Refused(Reason.EXTERNAL_ISSUER_WITHOUT_KEY)
    ours = {normalised(issuer.did) for issuer in db.programmes.issuers.all_issuers(session)}
    if normalised(did) in ours:
        raise Refused(Reason.EXTERNAL_ISSUER_IS_OURS)
    if did not in known and len(known) >= MOST:
        raise Refused(Reason.EXTERNAL_ISSUERS_FULL)
    audit.record(session, at, audit.OPERATOR, "stranger.kept", did, by=by, sha256=_digest(content))
    return did


def forget(session: Session, known: Collection[str], did: str, by: str, at: datetime) -> None:
    """Record that a document is removed; the caller then calls `remove`. Raises NotFound if not `known`."""
    if did not in known:
        raise NotFound(f"no document is kept for {did}")
    audit.record(session, at, audit.OPERATOR, "stranger.forgotten", did, by=by)


def write(public: PublicFiles, did: str, content: bytes) -> None:
    """Store an accepted document, replacing an earlier one of the same DID."""
    public.write(_name(did), content)


def remove(public: PublicFiles, did: str) -> None:
    """Delete an issuer's document."""
    public.remove(_name(did))


def _read(content: bytes) -> Document:
    try:
        document = json_text.read_object(content, max_bytes=MAX_BYTES)
    except NotJson as error:
        raise Refused(Reason.EXTERNAL_ISSUER_UNREADABLE) from error
    did = document.get("id")
    if not isinstance(did, str) or not did.startswith("did:web:"):
        raise Refused(Reason.EXTERNAL_ISSUER_NOT_DID_WEB)
    return document


def _name(did: str) -> str:
    return f"{FOLDER}/{_digest(did.encode())}.json"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
