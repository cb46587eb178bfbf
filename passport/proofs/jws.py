"""Envelopes of published JSON: a JWS in general JSON serialization (RFC 7515, 7.2.1), signed with Ed25519.

Each kind of document has a `typ` of its own (RFC 8725, 3.11), so that none can be taken for another.

The signed bytes travel inside, so nothing has to be serialized twice in the same way. It is assembled by hand
because a `Signer` may be a hardware key, whose private half no library can have.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import json_text, keys
from .errors import BadProof, NotJson

if TYPE_CHECKING:
    from .signing import Signer

REGISTRY = "passport-registry+json"
AUDIT_ANCHOR = "passport-audit-anchor+json"
# RFC 9864 renames EdDSA to Ed25519. We sign with the name that peers read today and accept both.
ALGORITHM = "EdDSA"
_ALGORITHMS = frozenset({"EdDSA", "Ed25519"})
_MAX_SIGNATURES = 16


def sign_json(payload: bytes, signers: Sequence["Signer"], kind: str = REGISTRY) -> bytes:
    """Sign the exact bytes with every signer, as a document of a kind (its `typ`). Deterministic."""
    encoded = keys.base64url(payload)
    signatures = [_sign(encoded, signer, kind) for signer in signers]
    return json_text.write({"payload": encoded, "signatures": signatures})


def verify_json(
    signed: bytes, trusted: Mapping[str, bytes], threshold: int = 1, kind: str = REGISTRY
) -> bytes:
    """Return the payload if enough different keys of `trusted` (kid -> public key) signed it; else BadProof.

    The header of a signature must be exactly `alg`, `kid` and `typ`; a key inside it is refused, not used.
    """
    payload, signatures = _read(signed)
    holding = set()
    for signature in signatures:
        kid = _header(signature, kind)["kid"]
        if kid in trusted:
            _verify(payload, signature, trusted[kid])
            holding.add(kid)
    if len(holding) < max(threshold, 1):
        raise BadProof("not signed by enough of the keys that we trust")
    return _decode(payload)


def unverified_payload(signed: bytes) -> bytes:
    """Return the payload without any check, to learn which keys it names. It must not be believed."""
    payload, _ = _read(signed)
    return _decode(payload)


def _sign(encoded: str, signer: "Signer", kind: str) -> dict[str, str]:
    header = {"alg": ALGORITHM, "kid": signer.kid, "typ": kind}
    protected = keys.base64url(json_text.write(header))
    signature = signer.sign(f"{protected}.{encoded}".encode("ascii"))
    return {"protected": protected, "signature": keys.base64url(signature)}


def _read(signed: bytes) -> tuple[str, list[dict[str, str]]]:
    try:
        document = json_text.read_object(signed)
    except NotJson as error:
        raise BadProof("the envelope cannot be read") from error
    if document.keys() != {"payload", "signatures"} or not isinstance(document["payload"], str):
        raise BadProof("the envelope must have a payload and signatures")
    signatures = document["signatures"]
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= _MAX_SIGNATURES:
        raise BadProof("the envelope must have a few signatures")
    for signature in signatures:
        if not isinstance(signature, dict) or signature.keys() != {"protected", "signature"}:
            raise BadProof("a signature must have a protected header and a value")
        if not all(isinstance(member, str) for member in signature.values()):
            raise BadProof("a signature must be written as text")
    return document["payload"], signatures


def _header(signature: dict[str, str], kind: str) -> dict[str, Any]:
    try:
        header = json_text.read_object(_decode(signature["protected"]))
    except NotJson as error:
        raise BadProof("a header cannot be read") from error
    if header.keys() != {"alg", "kid", "typ"} or not all(isinstance(part, str) for part in header.values()):
        raise BadProof("a header must have alg, kid and typ, and nothing else")
    if header["alg"] not in _ALGORITHMS or header["typ"] != kind:
        raise BadProof("a header names another algorithm or another kind of document")
    return header


def _verify(payload: str, signature: dict[str, str], public_key: bytes) -> None:
    data = f"{signature['protected']}.{payload}".encode()
    keys.verify_signature(public_key, _decode(signature["signature"]), data)


def _decode(text: str) -> bytes:
    try:
        return keys.from_base64url(text)
    except ValueError as error:
        raise BadProof("not base64url") from error
