"""Proofs inside other people's documents: each that we know of a set, by one table of cryptosuites.

Data Integrity 1.0, 2.1.1 (proof sets); Data Integrity EdDSA Cryptosuites 1.0, 3.2 and 3.3, and section A on
Ed25519Signature2020; Data Integrity ECDSA Cryptosuites 1.0, 3.2. Our own documents have a stricter reader,
`data_integrity`. The caller looks up the issuer's key; nothing in a document chooses one.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from . import multibase
from .canonical import Canonicalizer
from .configuration import PURPOSE, hash_configuration
from .contexts import BUNDLED
from .errors import BadProof, NotCanonical, NotCovered, UnknownProof
from .jcs import canonical_json
from .public_keys import SUITES, PublicKey
from .times import read_time

Document = dict[str, Any]

# More proofs than this on one document are not looked at.
MAX_PROOFS = 8
ED25519_2020, JCS, ECDSA = "Ed25519Signature2020", "eddsa-jcs-2022", "ecdsa-rdfc-2019"
DIALECT = "a dialect: libraries write this kind of proof in different ways"

_SIGNATURE_BYTES = 64
# A signature of P-384, of 96 bytes in base58.
_P384 = re.compile("z[1-9A-HJ-NP-Za-km-z]{129,132}")


class _Document:
    """A document without its proofs, and its hashes, each computed once for all proofs of a set."""

    __slots__ = ("_hash", "_json", "members")

    def __init__(self, members: Document) -> None:
        self.members = members
        self._hash: bytes | NotCanonical | None = None
        self._json: dict[bool, bytes] = {}

    def canonical_hash(self, canonicalizer: Canonicalizer) -> bytes:
        """Return the SHA-256 of its canonical form, computed once. Raises NotCanonical, found once."""
        if self._hash is None:
            try:
                self._hash = sha256(canonicalizer.canonical_external(self.members)).digest()
            except NotCanonical as error:
                self._hash = error
        if isinstance(self._hash, NotCanonical):
            raise self._hash
        return self._hash

    def json_hash(self, context: Any) -> bytes:
        """Return the SHA-256 of its JSON with this context: its own, alone or in an array of one."""
        is_array = isinstance(context, list)
        if is_array not in self._json:
            written = canonical_json({**self.members, "@context": context})
            self._json[is_array] = sha256(written).digest()
        return self._json[is_array]


@dataclass(frozen=True)
class Proof:
    """One proof of a document. Nothing of it is believed before its signature holds.

    `fault` says why it can be no signature, `unknown` why it is of a kind that we do not check: it is never
    counted then. `created` and `expires` are None where it names no time.
    """

    suite: str = ""
    method: str = ""
    created: datetime | None = None
    expires: datetime | None = None
    fault: str = ""
    unknown: str = ""
    document: _Document | None = None
    options: Document = field(default_factory=dict)
    signature: bytes = b""

    def verify(self, key: PublicKey, canonicalizer: Canonicalizer | None = None) -> None:
        """Check the signature with the issuer's key. Raises BadProof when it does not hold.

        Raises NotCanonical when the document says anything that the signature does not cover, UnknownProof
        for a key of another kind than the suite's, and for a dialect of it. Not checked: whose key it is.
        """
        if self.suite not in SUITES[key.kind]:
            raise UnknownProof(f"its key is {key.kind}, and its proof is {self.suite}")
        document = self.document or _Document({})
        signed = _SIGNED[self.suite](document, self.options, canonicalizer or Canonicalizer())
        try:
            key.verify(self.signature, signed)
        except BadProof as error:
            if self.suite == JCS and self.options.get("@context") != document.members.get("@context"):
                raise UnknownProof(DIALECT) from error
            raise


def read(secured: Document, purpose: str = PURPOSE) -> tuple[Proof, ...]:
    """Return every proof of a document, none for one without. One for another purpose is not counted."""
    proof = secured.get("proof")
    proofs = [] if proof is None else proof if isinstance(proof, list) else [proof]
    if len(proofs) > MAX_PROOFS:
        return (Proof(unknown=f"it has more than {MAX_PROOFS} proofs"),)
    document = _Document({name: member for name, member in secured.items() if name != "proof"})
    return tuple(_read(each, document, purpose) for each in proofs)


def to_sign(suite: str, document: Document, options: Document, canonicalizer: Canonicalizer) -> bytes:
    """Return what a proof of a suite in the table signs, for a document without proofs.

    `options` are the proof without its value. Raises NotCanonical for what would not be signed.
    """
    return _SIGNED[suite](_Document(document), options, canonicalizer)


def _read(proof: Any, document: _Document, purpose: str) -> Proof:
    if not isinstance(proof, dict):
        return Proof(unknown="its proof is not an object")
    suite = _suite(proof)
    if suite not in _SIGNED:
        return Proof(unknown=f"signed with {suite:.60}, which we do not check")
    unknown = _unknown(proof, suite, purpose)
    try:
        return Proof(
            suite,
            unknown=unknown,
            method=_text(proof, "verificationMethod"),
            created=read_time(proof["created"]) if "created" in proof else None,
            expires=read_time(proof["expires"]) if "expires" in proof else None,
            document=document,
            options={name: member for name, member in proof.items() if name != "proofValue"},
            signature=_signature(_text(proof, "proofValue")),
        )
    except BadProof as error:
        return Proof(suite, fault="" if unknown else str(error), unknown=unknown)


def _suite(proof: Document) -> str:
    """Return the name of the cryptosuite; a type that is one suite by itself is its name."""
    kind, suite = proof.get("type"), proof.get("cryptosuite")
    if kind == ED25519_2020:
        return ED25519_2020
    if kind == "DataIntegrityProof" and isinstance(suite, str) and suite != ED25519_2020:
        return suite
    return kind if isinstance(kind, str) and kind not in _SIGNED else "a proof without a name"


def _unknown(proof: Document, suite: str, purpose: str) -> str:
    """Return why a proof is not counted, or ""."""
    if "previousProof" in proof:
        return "its proof builds on another one, which we do not check"
    if proof.get("proofPurpose") != purpose:
        return f"its proof was made for another purpose than {purpose}"
    if suite == ECDSA and _P384.fullmatch(str(proof.get("proofValue"))):
        return "signed with P-384, which we do not check"
    return ""


def _text(proof: Document, name: str) -> str:
    value = proof.get(name)
    if not isinstance(value, str) or not value:
        raise BadProof(f"the {name} of its proof cannot be read")
    return value


def _signature(text: str) -> bytes:
    try:
        signature = multibase.from_base58_multibase(text)
    except ValueError as error:
        raise BadProof("the proofValue of its proof cannot be read") from error
    if len(signature) != _SIGNATURE_BYTES:
        raise BadProof("the proofValue of its proof has not the length of a signature")
    return signature


def _rdfc(document: _Document, options: Document, canonicalizer: Canonicalizer) -> bytes:
    """Hash options and document (EdDSA 3.2.4; ECDSA 3.2.4), both under the contexts of the document."""
    context = _context(document)
    options = {name: options[name] for name in options if name != "@context"}
    if all(isinstance(url, str) and url in BUNDLED for url in _several(context)):
        configured = hash_configuration(context, options, canonicalizer)
    else:
        text = canonicalizer.canonical_external({**options, "@context": context})
        configured = sha256(text).digest()
    return configured + document.canonical_hash(canonicalizer)


def _rdfc_2020(document: _Document, options: Document, canonicalizer: Canonicalizer) -> bytes:
    """Hash as `_rdfc` does; options that name contexts of their own are read under those."""
    configuration = canonicalizer.canonical_external({"@context": _context(document), **options})
    return sha256(configuration).digest() + document.canonical_hash(canonicalizer)


def _jcs(document: _Document, options: Document, _: Canonicalizer) -> bytes:
    """Hash options and document as JSON (EdDSA 3.3.2 to 3.3.5).

    The proof's contexts are those that were signed: the document's must begin with them, and any that were
    added later are not covered.
    """
    context = _context(document)
    if "@context" in options:
        signed, named = _several(options["@context"]), _several(context)
        if named[: len(signed)] != signed:
            raise UnknownProof(DIALECT)
        if named != signed:
            raise NotCovered("contexts were added after it was signed", "the last context")
        context = options["@context"]
    return sha256(canonical_json(options)).digest() + document.json_hash(context)


def _context(document: _Document) -> Any:
    if "@context" not in document.members:
        raise NotCanonical("the document has no @context")
    return document.members["@context"]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_SIGNED: Mapping[str, Callable[[_Document, Document, Canonicalizer], bytes]] = {
    "eddsa-rdfc-2022": _rdfc,
    ECDSA: _rdfc,
    JCS: _jcs,
    ED25519_2020: _rdfc_2020,
}
