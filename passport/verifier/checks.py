"""The single checks, in the order in which `entry.verify` makes them. Each gives what it found, or fails."""

from datetime import datetime, timedelta
from typing import Any

from passport.openbadges import credential, did, endorsement
from passport.openbadges.credential import Entry
from passport.openbadges.endorsement import Endorsement
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.registry import IssuerKind, KeyState, RegisteredIssuer, RegisteredKey
from passport.openbadges.status_list import StatusList
from passport.proofs import data_integrity, json_text
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role

from .errors import Broken, Failed
from .trust import Trust, key_id
from .verdicts import Verdict

Document = dict[str, Any]

# Two honest clocks may differ by so much.
TOLERANCE = timedelta(minutes=5)


def shape(unverified: bytes) -> Document:
    """Read JSON within bounds that calls itself an Open Badge, names an issuer and has one proof of ours."""
    try:
        document = json_text.read_object(unverified)
        data_integrity.read_proof(document)
    except ProofError as error:
        raise Broken(str(error)) from error
    if document.get("type") != list(credential.TYPES):
        raise Broken("this is not an Open Badge")
    issuer = document.get("issuer")
    if not isinstance(issuer, dict) or not isinstance(issuer.get("id"), str):
        raise Broken("the document does not say who issued it")
    return document


def issuer(document: Document, trust: Trust) -> tuple[RegisteredIssuer, RegisteredKey]:
    """Find the programme that issued it, and the issuing key that its proof names, in the registry."""
    return _registered(document, IssuerKind.PROGRAMME, Role.ISSUE, trust)


def signature(document: Document, public_key: bytes) -> Entry:
    """Check that the key signed this document, and that the document says what an entry says, no more."""
    try:
        entry = credential.read(document)
        data_integrity.verify_proof(document, public_key)
    except (OpenBadgesError, ProofError) as error:
        raise Broken(str(error)) from error
    return entry


def signed_already(entry: Entry, document: Document, trust: Trust, at: datetime) -> None:
    """Refuse an entry from the future. A slow clock is corrected by the list that the issuer signed last."""
    made = max(data_integrity.read_proof(document).created, entry.issued_at, entry.endorsed_at)
    if made <= at + TOLERANCE:
        return
    try:
        known = trust.status_list(entry.status.list_url, entry.issuer.did).valid_from
    except Failed:
        known = at
    if made > known + TOLERANCE:
        raise Broken("it is dated in the future")


def key_vouches(key: RegisteredKey, document: Document) -> None:
    """Check what has become of a key since, and that it signed while it was in use."""
    verdicts = {
        KeyState.PROPOSED: (Verdict.V6, "the key is not in use yet"),
        KeyState.SUSPENDED: (Verdict.V8, "the key is suspended until a question about it is settled"),
        KeyState.COMPROMISED: (Verdict.V7, "somebody else had the key"),
    }
    if key.state in verdicts:
        raise Failed(*verdicts[key.state])
    created = data_integrity.read_proof(document).created
    if created < key.from_ - TOLERANCE or (key.until is not None and created > key.until + TOLERANCE):
        raise Failed(Verdict.V7, "it is signed with a key that was not in use at that time")


def in_office(who: RegisteredIssuer, at: datetime) -> None:
    """Check that an issuer was registered when it signed."""
    if at < who.from_ - TOLERANCE or (who.until is not None and at > who.until + TOLERANCE):
        raise Failed(Verdict.V6, f"{who.name} was not registered when this was signed")


def employer(document: Document, trust: Trust) -> tuple[RegisteredIssuer, RegisteredKey]:
    """Find the employer that endorsed it, and the endorsing key that its proof names, in the registry."""
    embedded = credential.embedded_endorsement(document)
    try:
        data_integrity.read_proof(embedded)
    except ProofError as error:
        raise Broken(str(error)) from error
    return _registered(embedded, IssuerKind.EMPLOYER, Role.ENDORSE, trust)


def endorsed(document: Document, entry: Entry, public_key: bytes) -> Endorsement:
    """Check the employer's own proof by itself, and that the endorsement is about this very entry.

    The outer signature covers the endorsement's words as well, but does not say who said them.
    """
    embedded = credential.embedded_endorsement(document)
    try:
        said = endorsement.read(embedded)
        data_integrity.verify_proof(embedded, public_key)
        credential.check_bound(entry, said)
    except (OpenBadgesError, ProofError) as error:
        raise Broken(str(error)) from error
    return said


def registry_current(trust: Trust, at: datetime) -> None:
    """Check that the registry is not too old to know what has become of its keys."""
    if at >= trust.registry.expires:
        raise Failed(Verdict.V8, "the list of issuers and keys is out of date")


def status_list(entry: Entry, trust: Trust, at: datetime, max_age: timedelta) -> StatusList:
    """Give the list of withdrawn entries, signed by the issuer and made not long ago."""
    status = trust.status_list(entry.status.list_url, entry.issuer.did)
    if status.purpose != "revocation":
        raise Failed(Verdict.V8, "the status list is about something else")
    if status.valid_from > at + TOLERANCE:
        raise Failed(Verdict.V8, "the status list is dated in the future; is the clock right?")
    if at - status.valid_from > max_age or at >= status.valid_until:
        raise Failed(Verdict.V8, "the status list is too old")
    return status


def not_withdrawn(entry: Entry, status: StatusList) -> None:
    """Look the entry up in the list of withdrawn entries."""
    try:
        withdrawn = status.bit(entry.status.index)
    except OpenBadgesError as error:
        raise Failed(Verdict.V8, str(error)) from error
    if withdrawn:
        raise Failed(Verdict.V2, "it has been withdrawn")


def before_review(entry: Entry, at: datetime) -> None:
    """Check that the review date has not come yet."""
    if at >= entry.review_at:
        raise Failed(Verdict.V5, "its review date has passed")


def claimed_key(document: Document, trust: Trust) -> bytes | None:
    """Look up the key of an issuer that is not registered, in its own DID document, if we were given that."""
    own = trust.did_documents.get(document["issuer"]["id"])
    if own is None:
        return None
    proof = data_integrity.read_proof(document)
    try:
        return did.find_key(own, document["issuer"]["id"], proof.verification_method)
    except ProofError:
        return None


def _registered(
    document: Document, kind: IssuerKind, role: Role, trust: Trust
) -> tuple[RegisteredIssuer, RegisteredKey]:
    """Look an issuer and its key up by issuer, role and kid. The document only says where to look."""
    name = document["issuer"]["id"]
    who = trust.registry.issuer(name)
    if who is None or who.kind != kind:
        raise Failed(Verdict.V6, f"the registry knows no {kind} {name:.200}")
    kid = key_id(data_integrity.read_proof(document).verification_method, name, role)
    if kid is None:
        raise Broken(f"the proof does not name a key of this {kind} for this purpose")
    key = trust.registry.key(name, role, kid)
    if key is None:
        raise Failed(Verdict.V6, f"the registry knows no such key of this {kind}")
    return who, key
