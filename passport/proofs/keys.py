"""Public keys: their roles, names and written forms. Nothing here can sign.

Written forms follow Controlled Identifiers 1.0: Multibase (2.4), Multikey (2.2.2), JsonWebKey (2.2.3).
"""

import base64
import hashlib
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .errors import BadProof, KeyProblem
from .multibase import base58_multibase, from_base58_multibase

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64

_ED25519_MULTICODEC = b"\xed\x01"
_SHA256_MULTIHASH = b"\x12\x20"


class Role(StrEnum):
    """The role of a key: what it may sign, and nothing else."""

    ISSUE = "issue"
    ENDORSE = "endorse"
    STATUS = "status"
    ROOT = "root"


def kid(public_key: bytes) -> str:
    """Return a key's name: the first four bytes of the SHA-256 of the raw public key, as 8 hex digits."""
    return hashlib.sha256(public_key).hexdigest()[:8]


def verify_signature(public_key: bytes, signature: bytes, data: bytes) -> None:
    """Check an Ed25519 signature (RFC 8032). Raises BadProof when it does not hold."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError) as error:
        raise BadProof("the signature does not belong to this key and these contents") from error


def to_multibase(public_key: bytes) -> str:
    """Encode a raw Ed25519 public key as a Multikey value, `z6Mk…`."""
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise KeyProblem("an Ed25519 public key has 32 bytes")
    return base58_multibase(_ED25519_MULTICODEC + public_key)


def from_multibase(text: str) -> bytes:
    """Decode a Multikey value. Raises KeyProblem for anything but an Ed25519 public key."""
    try:
        data = from_base58_multibase(text)
    except ValueError as error:
        raise KeyProblem("not a Multikey value") from error
    if not data.startswith(_ED25519_MULTICODEC) or len(data) != 2 + PUBLIC_KEY_BYTES:
        raise KeyProblem("not an Ed25519 public key")
    return data[2:]


def to_jwk(public_key: bytes) -> dict[str, str]:
    """Encode a raw Ed25519 public key as a JSON Web Key (RFC 8037)."""
    return {"kty": "OKP", "crv": "Ed25519", "x": base64url(public_key)}


def from_jwk(jwk: object) -> bytes:
    """Decode a JSON Web Key. Raises KeyProblem for anything but an Ed25519 public key."""
    if not isinstance(jwk, dict) or (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
        raise KeyProblem("not an Ed25519 JSON Web Key")
    try:
        public_key = from_base64url(str(jwk.get("x")))
    except ValueError as error:
        raise KeyProblem("not a JSON Web Key") from error
    if len(public_key) != PUBLIC_KEY_BYTES:
        raise KeyProblem("an Ed25519 public key has 32 bytes")
    return public_key


def digest_multibase(data: bytes) -> str:
    """Return the `digestMultibase` of bytes: a SHA-256 multihash in base64url, `uEiA…`."""
    return "u" + base64url(_SHA256_MULTIHASH + hashlib.sha256(data).digest())


def base64url(data: bytes) -> str:
    """Encode bytes in base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Decode base64url without padding. Raises ValueError, also for a second spelling of the same bytes."""
    if "+" in text or "/" in text or "=" in text:
        raise ValueError("base64, but not base64url without padding")
    data = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    left_over = len(data) % 3  # only the last bytes of a group that is not full have two spellings
    if left_over and base64url(data[-left_over:]) != text[-left_over - 1 :]:
        raise ValueError("not base64url in its one spelling")
    return data
