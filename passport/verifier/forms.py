"""The two forms that a credential comes in: JSON with a proof inside it, and a token around it.

In either form, what is known before any key has been looked up is the same: what it says, which key it
names, and how to check that key's signature. All later checks work on that.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from passport.openbadges import claims, credential, endorsement
from passport.openbadges.credential import Entry
from passport.openbadges.endorsement import Endorsement
from passport.openbadges.errors import MalformedCredential
from passport.proofs import data_integrity, jose, json_text
from passport.proofs.canonical import knows_examples
from passport.proofs.errors import NotJson, ProofError, UnknownProof

from .errors import Broken
from .memory import MEMORY, Newest

Document = dict[str, Any]

UNREADABLE = "it cannot be read"


class Form(StrEnum):
    """How a credential is secured."""

    DATA_INTEGRITY = "eddsa-rdfc-2022"
    TOKEN = "vc+jwt"  # noqa: S105 the name of a media type


@dataclass(frozen=True)
class Secured:
    """A credential with a proof that has not been checked yet.

    `unknown` says why the proof is of a kind that we do not check; it then has no key and no time. `loose`
    says in what the form differs from the one that we write ourselves, member for member. `whole` returns all
    that was signed, with its proof.
    """

    form: Form
    document: Document
    check: Callable[[bytes], None]
    whole: Callable[[], bytes] = bytes
    method: str = ""
    created: datetime | None = None
    unknown: str = ""
    loose: str = ""

    def verify(self, public_key: bytes) -> None:
        """Check the signature with this key, once for the same bytes (cached). Raises ProofError."""
        if knows_examples():
            self.check(public_key)
            return
        MEMORY.recall(public_key, lambda: self.signed, lambda: self.check(public_key))

    @cached_property
    def signed(self) -> bytes:
        """Return all that was signed, with its proof."""
        return self.whole()

    @cached_property
    def entry(self) -> Entry:
        """Return what it says as an entry. Raises MalformedCredential."""
        return credential.read(self.document)

    @cached_property
    def endorsing(self) -> "Secured":
        """Return the endorsement inside it, parsed. Raises MalformedCredential and BadProof."""
        return read_json(credential.embedded_endorsement(self.document))

    @cached_property
    def endorsement(self) -> Endorsement:
        """Return what it says as an endorsement. Raises MalformedCredential."""
        return endorsement.read(self.document)


READINGS: Newest[Secured] = Newest(1_000)


def read(unverified: bytes) -> Secured:
    """Detect the form and parse it; bytes in the cache are not parsed again.

    Raises Broken for bytes in neither form.
    """
    known = None if MEMORY.is_paused else READINGS.get(hashlib.sha256(unverified).digest())
    return known or _read(unverified)


def remember(unverified: bytes, secured: Secured) -> None:
    """Cache the parsed form of these bytes. The caller has verified the signature."""
    if not (MEMORY.is_paused or knows_examples()):
        READINGS.keep(hashlib.sha256(unverified).digest(), secured)


def _read(unverified: bytes) -> Secured:
    if len(unverified) > json_text.MAX_BYTES:
        raise Broken(f"{UNREADABLE}: longer than {json_text.MAX_BYTES} bytes")
    data = unverified.strip(b" \t\r\n")
    try:
        return read_json(json_text.read_object(data)) if data.startswith(b"{") else _read_token(data)
    except NotJson as error:
        raise Broken(f"{UNREADABLE}: {error}") from error
    except (ProofError, MalformedCredential) as error:
        raise Broken(str(error)) from error


def read_json(secured: Document) -> Secured:
    """Parse a document with a proof inside. Raises BadProof when there is none to check."""
    document = {name: member for name, member in secured.items() if name != "proof"}
    proofs, loose = secured.get("proof"), ""
    if isinstance(proofs, list) and len(proofs) == 1:
        secured, loose = {**document, "proof": proofs[0]}, "the proof stands in an array"
    try:
        proof = data_integrity.read_proof(secured)
    except UnknownProof as error:
        return _unknown(Form.DATA_INTEGRITY, document, str(error))
    return Secured(
        Form.DATA_INTEGRITY,
        document,
        lambda public_key: data_integrity.verify_proof(secured, public_key),
        whole=lambda: json_text.write(secured),
        method=proof.verification_method,
        created=proof.created,
        loose=loose,
    )


def _read_token(data: bytes) -> Secured:
    try:
        token = jose.read(data)
    except UnknownProof as error:
        old = error.claims.get("vc")  # where version 1.1 of the data model put it
        return _unknown(Form.TOKEN, old if isinstance(old, dict) else claims.read(error.claims), str(error))
    return Secured(
        Form.TOKEN,
        claims.read(token.claims),
        lambda public_key: jose.verify(token, public_key),
        whole=lambda: data,
        method=token.kid,
        loose=claims.missing(token.claims),
    )


def _unknown(form: Form, document: Document, why: str) -> Secured:
    def nobody_can(_: bytes) -> None:
        raise UnknownProof(why)

    return Secured(form, document, nobody_can, unknown=why, loose=why)
