"""Other people's issuers: keys that the whole world knows, and badges signed in the forms that are met.

Every key is derived from a seed text, so that the same call makes the same bytes; none is used for anything
else. The signatures are made here with `cryptography` alone, and judged by other libraries in
`docs/what-we-check.md`.
"""

import copy
import hashlib
import json
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from passport.proofs import keys, multibase
from passport.proofs.canonical import Canonicalizer
from passport.proofs.jcs import canonical_json

Document = dict[str, Any]
Private = Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey

V1, V2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
SUITE_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
CANONICALIZER = Canonicalizer()
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _seed(words: str) -> bytes:
    return hashlib.sha256(f"other people's issuers: {words}".encode()).digest()


@cache
def ed25519(words: str = "ed25519") -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_seed(words))


@cache
def p256(words: str = "p-256") -> EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_seed(words)) % (_P256_ORDER - 1) + 1, ec.SECP256R1())


@cache
def rsa_key(bits: int = 2048) -> RSAPrivateKey:
    random, exponent = Random(bits), 65537
    p, q = _prime(random, bits // 2), _prime(random, bits - bits // 2)
    private = pow(exponent, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(exponent, p * q)
    parts = rsa.rsa_crt_dmp1(private, p), rsa.rsa_crt_dmq1(private, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, private, *parts, public).private_key()


def _prime(random: Random, bits: int) -> int:
    while True:
        number = random.getrandbits(bits) | 3 << (bits - 2) | 1
        if all(number % small for small in range(3, 2_000, 2)) and pow(2, number - 1, number) == 1:
            return number


def sign(key: Private, data: bytes) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA256())
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True)))
    return r.to_bytes(32) + s.to_bytes(32)


def multikey(key: Private) -> str:
    public = key.public_key()
    if isinstance(key, Ed25519PrivateKey):
        return keys.to_multibase(public.public_bytes(Encoding.Raw, PublicFormat.Raw))
    point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return multibase.base58_multibase(b"\x80\x24" + point)


def jwk(key: Private) -> dict[str, str]:
    if isinstance(key, Ed25519PrivateKey):
        return keys.to_jwk(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    if isinstance(key, RSAPrivateKey):
        modulus = key.public_key().public_numbers()
        return {"kty": "RSA", "n": _base64(modulus.n), "e": _base64(modulus.e)}
    point = key.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _base64(point.x, 32), "y": _base64(point.y, 32)}


def _base64(number: int, length: int = 0) -> str:
    return keys.base64url(number.to_bytes(length or (number.bit_length() + 7) // 8))


def did_key(key: Private) -> str:
    return f"did:key:{multikey(key)}"


def did_jwk(key: Private) -> str:
    return f"did:jwk:{keys.base64url(json.dumps(jwk(key), separators=(',', ':')).encode())}"


def method_of(did: str) -> str:
    """Return the name of the one key of a did:key or did:jwk."""
    return f"{did}#0" if did.startswith("did:jwk:") else f"{did}#{did.removeprefix('did:key:')}"


def web_document(did: str, key: Private, **changes: Any) -> Document:
    """Return a DID document with one key, as Multikey or, of RSA, as JsonWebKey."""
    method: Document = {"id": f"{did}#key-1", "type": "Multikey", "controller": did}
    if isinstance(key, RSAPrivateKey):
        method |= {"type": "JsonWebKey", "publicKeyJwk": jwk(key)}
    else:
        method["publicKeyMultibase"] = multikey(key)
    return {"id": did, "verificationMethod": [method], "assertionMethod": [method["id"]], **changes}


def badge(issuer: str, **changes: Any) -> Document:
    """Return an unsigned badge of version 2.0 of the data model."""
    return {
        "@context": [V2, OB],
        "id": "urn:uuid:2b1f4c1e-9a3e-4f0e-8a51-7c1d2a3b4c5d",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Plainly Invented College"},
        "validFrom": "2026-02-01T09:00:00Z",
        "name": "First aid at the bench",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:0a6b7c88-5c4d-4d51-8c35-91b6a5b0c001",
                "type": ["Achievement"],
                "name": "First aid at the bench",
                "description": "Knows what to do first.",
                "criteria": {"narrative": "Showed it."},
            },
        },
        **changes,
    }


def old_badge(issuer: str, **changes: Any) -> Document:
    """Return an unsigned badge of version 1.1 of the data model."""
    document = badge(issuer, **{"@context": [V1, OB.replace("3.0.3", "3.0.1"), SUITE_2020]})
    document["issuanceDate"] = document.pop("validFrom")
    return {**document, **changes}


def proof_options(suite: str, method: str, **changes: Any) -> Document:
    kind = {"type": suite} if suite == "Ed25519Signature2020" else {"type": "DataIntegrityProof"}
    if kind["type"] == "DataIntegrityProof":
        kind["cryptosuite"] = suite
    return {
        **kind,
        "created": "2026-03-01T10:00:00Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        **changes,
    }


def with_proof(document: Document, options: Document, key: Private) -> Document:
    """Return the document with one more proof, made over it without any proof."""
    bare = {name: member for name, member in document.items() if name != "proof"}
    if options.get("cryptosuite") == "eddsa-jcs-2022":
        options = {"@context": copy.deepcopy(bare["@context"]), **options}
        write: Callable[[Document], bytes] = canonical_json
        configuration = options
    else:
        write = CANONICALIZER.canonical_external
        configuration = {**options, "@context": bare["@context"]}
    hashed = hashlib.sha256(write(configuration)).digest() + hashlib.sha256(write(bare)).digest()
    proof = {**options, "proofValue": multibase.base58_multibase(sign(key, hashed))}
    before = document.get("proof")
    if before is None:
        return {**bare, "proof": proof}
    return {**bare, "proof": [*(before if isinstance(before, list) else [before]), proof]}


def token(claims: Document, header: Document, key: Private) -> bytes:
    parts = [keys.base64url(json.dumps(each).encode()) for each in (header, claims)]
    signing_input = ".".join(parts).encode()
    return signing_input + b"." + keys.base64url(sign(key, signing_input)).encode()
