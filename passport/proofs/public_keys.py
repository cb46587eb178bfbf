"""Public keys of other people's issuers: the kinds that we check, and the algorithm that follows from each.

The key decides about the algorithm, by one table; a header or a proof can only agree with it. Our own keys
are Ed25519 alone, and are written and read in `keys`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from . import keys
from .errors import BadProof, KeyProblem
from .multibase import from_base58_multibase

# The sizes of RSA keys that we check with, in bits, and their one exponent.
MIN_RSA, MAX_RSA, RSA_EXPONENT = 2048, 4096, 65537

_P256_MULTICODEC = b"\x80\x24"
_COORDINATE = 32
# The members of a JSON Web Key that make it private (RFC 7518, section 6); such a key is known to others.
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class Kind(StrEnum):
    """The kind of a key."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    RSA = "RSA"


# The names of the one JOSE algorithm of each kind of key (RFC 7518, 3.1; RFC 8037; RFC 9864).
ALGORITHMS: Mapping[Kind, frozenset[str]] = {
    Kind.ED25519: frozenset({"EdDSA", "Ed25519"}),
    Kind.P256: frozenset({"ES256"}),
    Kind.RSA: frozenset({"RS256"}),
}
# The Data Integrity cryptosuites of each kind of key, and the older type of proof.
SUITES: Mapping[Kind, frozenset[str]] = {
    Kind.ED25519: frozenset({"eddsa-rdfc-2022", "eddsa-jcs-2022", "Ed25519Signature2020"}),
    Kind.P256: frozenset({"ecdsa-rdfc-2019"}),
    Kind.RSA: frozenset(),
}


@dataclass(frozen=True)
class PublicKey:
    """A public key of one kind. `material` is its one written form, by which two keys are compared.

    Raw bytes of an Ed25519 key, the compressed point of a P-256 key, modulus of an RSA key in octets.
    """

    kind: Kind
    material: bytes

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check a signature with the algorithm of this kind of key. Raises BadProof when it does not hold."""
        try:
            _VERIFY[self.kind](self, signature, data)
        except (InvalidSignature, ValueError) as error:
            raise BadProof("the signature does not belong to this key and these contents") from error

    @cached_property
    def p256(self) -> EllipticCurvePublicKey:
        """Load a P-256 key. Raises ValueError, UnsupportedAlgorithm for what is no point of the curve."""
        if len(self.material) != 1 + _COORDINATE:
            raise ValueError("not a compressed point")
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), self.material)

    @cached_property
    def rsa(self) -> RSAPublicKey:
        """Load an RSA key. Raises ValueError for what is none."""
        return RSAPublicNumbers(RSA_EXPONENT, int.from_bytes(self.material, "big")).public_key()


def from_multikey(text: str) -> PublicKey:
    """Decode a Multikey value (Controlled Identifiers 1.0, 2.2.2). Raises KeyProblem for other kinds."""
    try:
        data = from_base58_multibase(text)
    except ValueError as error:
        raise KeyProblem("not a Multikey value") from error
    if data.startswith(_P256_MULTICODEC):
        return _p256(data[len(_P256_MULTICODEC) :])
    return PublicKey(Kind.ED25519, keys.from_multibase(text))


def from_jwk(jwk: object) -> PublicKey:
    """Decode a JSON Web Key (RFC 7517). Raises KeyProblem for other kinds, and for a private key."""
    if not isinstance(jwk, dict) or not jwk.keys().isdisjoint(_PRIVATE):
        raise KeyProblem("not a public JSON Web Key")
    if jwk.get("use", "sig") != "sig":
        raise KeyProblem("a JSON Web Key that is not for signatures")
    read = _JWKS.get((jwk.get("kty"), jwk.get("crv")))
    if read is None:
        raise KeyProblem("a JSON Web Key of a kind that is not checked")
    key = read(jwk)
    if "alg" in jwk and jwk["alg"] not in ALGORITHMS[key.kind]:
        raise KeyProblem("a JSON Web Key for another algorithm than the one of its kind")
    return key


def _ed25519_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    return PublicKey(Kind.ED25519, keys.from_jwk(jwk))


def _p256_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    x, y = _octets(jwk.get("x")), _octets(jwk.get("y"))
    if len(x) != _COORDINATE or len(y) != _COORDINATE:
        raise KeyProblem("a P-256 key has coordinates of 32 bytes")
    compressed = bytes([2 + y[-1] % 2]) + x
    key = _p256(compressed)
    if key.p256.public_numbers().y != int.from_bytes(y, "big"):
        raise KeyProblem("not a point of the curve P-256")
    return key


def _rsa_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    modulus = _octets(jwk.get("n"))
    if int.from_bytes(_octets(jwk.get("e")), "big") != RSA_EXPONENT:
        raise KeyProblem(f"an RSA key whose exponent is not {RSA_EXPONENT}")
    number = int.from_bytes(modulus, "big")
    if not MIN_RSA <= number.bit_length() <= MAX_RSA:
        raise KeyProblem(f"an RSA key of {number.bit_length()} bits; {MIN_RSA} to {MAX_RSA} are checked")
    key = PublicKey(Kind.RSA, number.to_bytes((number.bit_length() + 7) // 8, "big"))
    try:
        _ = key.rsa
    except ValueError as error:
        raise KeyProblem("not an RSA key") from error
    return key


_JWKS: Mapping[tuple[Any, Any], Callable[[Mapping[str, Any]], PublicKey]] = {
    ("OKP", "Ed25519"): _ed25519_jwk,
    ("EC", "P-256"): _p256_jwk,
    ("RSA", None): _rsa_jwk,
}


def _octets(text: object) -> bytes:
    try:
        return keys.from_base64url(text) if isinstance(text, str) else b""
    except ValueError as error:
        raise KeyProblem("not a JSON Web Key") from error


def _p256(compressed: bytes) -> PublicKey:
    key = PublicKey(Kind.P256, compressed)
    try:
        _ = key.p256
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyProblem("not a point of the curve P-256") from error
    return key


def _verify_ed25519(key: PublicKey, signature: bytes, data: bytes) -> None:
    keys.verify_signature(key.material, signature, data)


def _verify_p256(key: PublicKey, signature: bytes, data: bytes) -> None:
    """Check r and s side by side (RFC 7518, 3.4; Data Integrity ECDSA Cryptosuites 1.0, 3.2.5)."""
    if len(signature) != 2 * _COORDINATE:
        raise ValueError("not the length of a P-256 signature")
    r, s = (int.from_bytes(signature[start:][:_COORDINATE], "big") for start in (0, _COORDINATE))
    key.p256.verify(encode_dss_signature(r, s), data, ECDSA(SHA256()))


def _verify_rsa(key: PublicKey, signature: bytes, data: bytes) -> None:
    """Check RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, 3.3)."""
    key.rsa.verify(signature, data, PKCS1v15(), SHA256())


_VERIFY: Mapping[Kind, Callable[[PublicKey, bytes, bytes], None]] = {
    Kind.ED25519: _verify_ed25519,
    Kind.P256: _verify_p256,
    Kind.RSA: _verify_rsa,
}
