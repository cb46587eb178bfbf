"""Data Integrity proofs with the cryptosuite eddsa-rdfc-2022 (Data Integrity EdDSA Cryptosuites 1.0, 3.2).

One cryptosuite, one kind of key, one proof on a document. The caller looks the key up by who should have
signed; nothing inside the document chooses a key or an algorithm.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from . import keys, multibase
from .canonical import Canonicalizer
from .configuration import CREATED, CRYPTOSUITE, PURPOSE, hash_configuration
from .errors import BadProof, NotCanonical, UnknownProof

if TYPE_CHECKING:
    from .signing import Signer

_MEMBERS = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
# Other members that Data Integrity 1.0 (2.1) allows in a proof; `created` is optional there.
_OPTIONAL = {"@context", "challenge", "created", "domain", "expires", "id", "nonce", "previousProof"}
AUTHENTICATION = "authentication"
# Members that say for whom and for what challenge the proof was made.
_TO_WHOM = frozenset({"challenge", "domain"})


@dataclass(frozen=True)
class Proof:
    """The members of a proof. Nothing of it is believed before the signature holds."""

    verification_method: str
    created: datetime
    signature: bytes
    challenge: str | None = None
    domain: str | None = None


def proof_options(verification_method: str, created: datetime, purpose: str = PURPOSE) -> dict[str, Any]:
    """Return the options of a proof (section 3.2.1, `options`): who signs, when and for what purpose."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": f"{created.astimezone(UTC).isoformat(timespec='seconds').removesuffix('+00:00')}Z",
        "verificationMethod": verification_method,
        "proofPurpose": purpose,
    }


def add_proof(
    document: dict[str, Any],
    options: dict[str, Any],
    signer: "Signer",
    canonicalizer: Canonicalizer | None = None,
) -> dict[str, Any]:
    """Return the secured document (section 3.2.1, Create Proof). Deterministic.

    Without a `canonicalizer` the contexts are processed for this document alone, as in `verify_proof`.
    Raises NotCanonical for anything that would not be signed, BadProof for a document that has a proof.
    """
    if "proof" in document:
        raise BadProof("the document has a proof already")
    signature = signer.sign(_hash_data(document, options, canonicalizer or Canonicalizer()))
    return {**document, "proof": {**options, "proofValue": multibase.base58_multibase(signature)}}


def read_proof(secured: dict[str, Any], purpose: str = PURPOSE) -> Proof:
    """Return the one proof of a document. Raises BadProof for any other shape, member or algorithm.

    UnknownProof is the BadProof for proofs that may be valid but that we do not check. A proof made for
    authentication may name a challenge and a domain (Data Integrity 1.0, 2.1), which the caller compares.
    """
    proof = secured.get("proof")
    members = _MEMBERS
    if purpose == AUTHENTICATION and isinstance(proof, dict):
        members = _MEMBERS | (proof.keys() & _TO_WHOM)
    _refuse_unknown(proof, members)
    if not isinstance(proof, dict) or proof.keys() != members:
        raise BadProof("there must be one proof with the members of eddsa-rdfc-2022")
    if not all(isinstance(member, str) for member in proof.values()):
        raise BadProof("every member of the proof must be a text")
    if proof["proofPurpose"] != purpose:
        raise BadProof(f"the purpose of the proof is not {purpose}")
    return Proof(
        proof["verificationMethod"],
        _created(proof["created"]),
        _signature(proof["proofValue"]),
        proof.get("challenge"),
        proof.get("domain"),
    )


def _refuse_unknown(proof: Any, members: set[str]) -> None:
    """Raise UnknownProof for several proofs, other cryptosuites and members that we do not check."""
    if isinstance(proof, list) and len(proof) > 1 and all(isinstance(one, dict) for one in proof):
        raise UnknownProof("several proofs, which we do not check")
    if not isinstance(proof, dict):
        return
    kind = (proof.get("type"), proof.get("cryptosuite"))
    if kind != ("DataIntegrityProof", CRYPTOSUITE):
        raise UnknownProof(f"a proof that is not of the cryptosuite {CRYPTOSUITE}, which we do not check")
    if proof.keys() ^ members and proof.keys() ^ members <= _OPTIONAL:
        raise UnknownProof("a proof with other members than those that we check")


def verify_proof(
    secured: dict[str, Any],
    public_key: bytes,
    purpose: str = PURPOSE,
    canonicalizer: Canonicalizer | None = None,
) -> None:
    """Check the proof of a document with the key of the expected signer (section 3.2.2).

    Raises BadProof when the proof has a wrong shape or the signature does not hold, NotCanonical when the
    document says anything that the signature does not cover. Not checked: times, and whose key it is.
    """
    verify_read_proof(secured, read_proof(secured, purpose), public_key, canonicalizer or Canonicalizer())


def verify_read_proof(
    secured: dict[str, Any], proof: Proof, public_key: bytes, canonicalizer: Canonicalizer
) -> None:
    """Check a proof as `verify_proof` does; `proof` is what `read_proof` returned for the document."""
    document, options = dict(secured), dict(secured["proof"])
    del document["proof"], options["proofValue"]
    keys.verify_signature(public_key, proof.signature, _hash_data(document, options, canonicalizer))


def check_lossless(document: dict[str, Any], canonicalizer: Canonicalizer | None = None) -> None:
    """Raise NotCanonical for anything in the document that a signature over it would not cover."""
    (canonicalizer or Canonicalizer()).canonical(document)


def _hash_data(document: dict[str, Any], options: dict[str, Any], canonicalizer: Canonicalizer) -> bytes:
    """Hash the proof's options, then the document (section 3.2.4, Hashing)."""
    if "@context" not in document:
        raise NotCanonical("the document has no @context")
    configured = hash_configuration(document["@context"], options, canonicalizer)
    return configured + sha256(canonicalizer.canonical(document)).digest()


def _created(text: str) -> datetime:
    try:
        if not CREATED.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadProof("the proof's time is not a time in UTC") from error


def _signature(text: str) -> bytes:
    try:
        signature = multibase.from_base58_multibase(text)
    except ValueError as error:
        raise BadProof("the proof's value cannot be read") from error
    if len(signature) != keys.SIGNATURE_BYTES:
        raise BadProof("the proof's value is not an Ed25519 signature")
    return signature
