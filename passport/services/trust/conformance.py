"""The test mode: signs whatever credential it is given, so that a conformance suite can drive the service.

Only a demo service has it. The issuer is the demo's issuing key by itself, as a did:key: nothing that is
signed here can pass for an entry of the programme, whose did:web it never names. Here, and where the test
mode checks, the context of the standards' examples is known (`proofs.canonical.knowing_examples`).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from passport import db
from passport.db import Session
from passport.openbadges import claims, data_model
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.terms import CREDENTIALS_V2, Document
from passport.proofs import jose
from passport.proofs.canonical import knowing_examples
from passport.proofs.data_integrity import add_proof, proof_options
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role, to_multibase
from passport.proofs.signing import KeyRing
from passport.services.core.errors import IssuingClosed, NotFound, ServiceError
from passport.services.programmes import creation, issuers


class Form(StrEnum):
    """How a credential is to be secured, named by the media type of the result."""

    DATA_INTEGRITY = "application/vc"
    TOKEN = "application/vc+jwt"  # noqa: S105 - the name of a media type


class CannotBeIssued(ServiceError):
    """The document is not a credential that this issuer can sign; the message says why."""


def issuer(session: Session) -> str:
    """Return the test issuer's DID. Raises NotFound outside a demo, IssuingClosed without an active key."""
    service, programme = db.programmes.programme.service(session), creation.only_programme(session, None)
    if service is None or not service.demo or programme is None:
        raise NotFound
    key = db.programmes.issuers.active_key(session, programme.issuer, Role.ISSUE)
    if key is None:
        raise IssuingClosed("the demo has no active key to issue")
    return f"did:key:{to_multibase(key.public_key)}"


def issue(session: Session, keys: KeyRing, document: Document, form: Form, at: datetime) -> Document:
    """Sign a credential unchanged. Raises CannotBeIssued, and IssuingClosed when the key cannot be used."""
    did = issuer(session)
    programme = creation.only_programme(session, None)
    if programme is None:
        raise NotFound
    signer = issuers.method(session, keys, programme.issuer, Role.ISSUE).signer
    method = f"{did}#{did.removeprefix('did:key:')}"
    named = document.get("issuer")
    if (named.get("id") if isinstance(named, dict) else named) != did:
        raise CannotBeIssued(f"the issuer must be {did}")
    if "proof" in document:
        raise CannotBeIssued("it has a proof already")
    try:
        data_model.check_credential(document)
        if form is Form.TOKEN:
            return _envelope(jose.sign(claims.write(document), method, signer))
        with knowing_examples():
            return add_proof(document, proof_options(method, at), signer)
    except (OpenBadgesError, ProofError) as error:
        raise CannotBeIssued("it is no credential that can be signed whole") from error


def _envelope(token: bytes) -> Document:
    """Wrap a token as an Enveloped Verifiable Credential (VC Data Model 2.0, section 4.13)."""
    return {
        "@context": CREDENTIALS_V2,
        "id": f"data:application/vc+jwt,{token.decode('ascii')}",
        "type": "EnvelopedVerifiableCredential",
    }
