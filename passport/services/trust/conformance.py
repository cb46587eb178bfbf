"""The test mode: signs whatever credential it is given, so that a conformance suite can drive the service.

Only a demo service has it. The issuer is the demo's issuing key by itself, as a did:key: nothing that is
signed here can pass for an entry of the programme, whose did:web it never names. Here, and where the test
mode checks, the context of the standards' examples is known, and contexts that are written into a document
(`proofs.canonical.Canonicalizer`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from passport import db
from passport.db import Session
from passport.openbadges import claims, data_model, status_list
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.terms import CREDENTIALS_V2, Document
from passport.proofs import external_proofs, jose
from passport.proofs.canonical import Canonicalizer
from passport.proofs.data_integrity import proof_options
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role, to_multibase
from passport.proofs.multibase import base58_multibase
from passport.proofs.signing import KeyRing, Signer
from passport.services.core.errors import IssuingClosed, NotFound, ServiceError
from passport.services.programmes import creation, issuers
from passport.services.trust import related_resources

DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
LISTS = "/credentials/status/"


class Form(StrEnum):
    """How a credential is to be secured, named by the media type of the result."""

    DATA_INTEGRITY = "application/vc"
    TOKEN = "application/vc+jwt"  # noqa: S105 - the name of a media type


class Suite(StrEnum):
    """The cryptosuite of a proof inside."""

    RDFC = "eddsa-rdfc-2022"
    JCS = "eddsa-jcs-2022"


class Purpose(StrEnum):
    """What a status list of the test mode is for."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


@dataclass(frozen=True)
class Status:
    """A status that is asked for: the credential gets an entry in the test mode's list of this purpose."""

    purpose: Purpose
    public_url: str
    reference: str | None = None


class CannotBeIssued(ServiceError):
    """The document is not a credential that this issuer can sign; the message says why."""


@dataclass(frozen=True)
class Issuer:
    """The test issuer: its did:key, and what signs for it."""

    did: str
    signer: Signer

    @property
    def method(self) -> str:
        """Return the name of its one key."""
        return f"{self.did}#{self.did.removeprefix('did:key:')}"

    def add_proof(self, document: Document, suite: Suite, at: datetime) -> Document:
        """Sign a document (Data Integrity EdDSA Cryptosuites 1.0, 3.2.1 and 3.3.1). Raises ProofError."""
        options = {**proof_options(self.method, at), "cryptosuite": suite.value}
        if suite is Suite.JCS:
            options["@context"] = document["@context"]
        canonicalizer = Canonicalizer(examples=True)
        signature = self.signer.sign(external_proofs.to_sign(suite, document, options, canonicalizer))
        return {**document, "proof": {**options, "proofValue": base58_multibase(signature)}}


def issuer(session: Session) -> str:
    """Return the test issuer's DID. Raises NotFound outside a demo, IssuingClosed without an active key."""
    service, programme = db.programmes.programme.service(session), creation.only_programme(session, None)
    if service is None or not service.demo or programme is None:
        raise NotFound
    key = db.programmes.issuers.active_key(session, programme.issuer, Role.ISSUE)
    if key is None:
        raise IssuingClosed("the demo has no active key to issue")
    return f"did:key:{to_multibase(key.public_key)}"


def test_issuer(session: Session, keys: KeyRing) -> Issuer:
    """Return the test issuer with its key. Raises as `issuer` does, IssuingClosed for a key without use."""
    did, programme = issuer(session), creation.only_programme(session, None)
    if programme is None:
        raise NotFound
    return Issuer(did, issuers.method(session, keys, programme.issuer, Role.ISSUE).signer)


def issue(
    own: Issuer,
    document: Document,
    at: datetime,
    form: Form = Form.DATA_INTEGRITY,
    suite: Suite = Suite.RDFC,
    status: Status | None = None,
) -> Document:
    """Sign a credential as it is, but for the status that is asked for. Raises CannotBeIssued.

    One of version 1.1 also gets the context of Data Integrity, which its own does not include.
    """
    named = document.get("issuer")
    if (named.get("id") if isinstance(named, dict) else named) != own.did:
        raise CannotBeIssued(f"the issuer must be {own.did}")
    if "proof" in document:
        raise CannotBeIssued("it has a proof already")
    if status is not None:
        document = _with_status(document, status)
    try:
        _check(document)
        if form is Form.TOKEN:
            return _envelope(jose.sign(claims.write(document), own.method, own.signer))
        return own.add_proof(_with_proofs_context(document), suite, at)
    except (OpenBadgesError, ProofError) as error:
        raise CannotBeIssued("it is no credential that can be signed whole") from error


def list_of(own: Issuer, purpose: Purpose, public_url: str, at: datetime) -> Document:
    """Return the status list of a purpose, signed now: nothing that was issued here is ever withdrawn."""
    document = status_list.build(_address(public_url, purpose), own.did, purpose.value, (), at)
    return own.add_proof(document, Suite.RDFC, at)


def lists(own: Issuer, public_url: str, at: datetime) -> dict[str, Document]:
    """Return every status list of the test mode by its address."""
    return {_address(public_url, each): list_of(own, each, public_url, at) for each in Purpose}


def _address(public_url: str, purpose: Purpose) -> str:
    return f"{public_url}{LISTS}{purpose.value}"


def _check(document: Document) -> None:
    if data_model.is_old(document):
        data_model.check_old_credential(document)
        return
    data_model.check_credential(document)
    related_resources.check(document)


def _with_status(document: Document, status: Status) -> Document:
    """Add an entry of a status list (Bitstring Status List 1.0, 2.1), at a random place."""
    if "credentialStatus" in document:
        raise CannotBeIssued("it names a status already")
    address, index = _address(status.public_url, status.purpose), secrets.randbelow(status_list.POSITIONS)
    entry = {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": status.purpose.value,
        "statusListIndex": str(index),
        "statusListCredential": address,
    }
    reference = {} if status.reference is None else {"statusReference": status.reference}
    return {**document, "credentialStatus": {**entry, **reference}}


def _with_proofs_context(document: Document) -> Document:
    named = data_model.several(document.get("@context"))
    if not data_model.is_old(document) or DATA_INTEGRITY_V2 in named:
        return document
    return {**document, "@context": [*named, DATA_INTEGRITY_V2]}


def _envelope(token: bytes) -> Document:
    """Wrap a token as an Enveloped Verifiable Credential (VC Data Model 2.0, section 4.13)."""
    return {
        "@context": CREDENTIALS_V2,
        "id": f"data:application/vc+jwt,{token.decode('ascii')}",
        "type": "EnvelopedVerifiableCredential",
    }
