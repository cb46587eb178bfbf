"""vc+jwt: a credential as a compact JWS (Securing Verifiable Credentials using JOSE and COSE; RFC 7515).

Like the registry's envelope it is assembled by hand: a `Signer` may be a hardware key, whose private half no
library can have, and a header that must be exactly ours leaves a library nothing to choose. Tests read and
write the same tokens with joserfc.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import json_text, keys
from .cache import LruCache
from .errors import BadProof, NotJson, UnknownProof

if TYPE_CHECKING:
    from .signing import Signer

TYPE = "vc+jwt"
# RFC 9864 renames EdDSA to Ed25519. We sign with the name that peers read today and accept both.
ALGORITHM = "EdDSA"
ALGORITHMS = ("EdDSA", "Ed25519")

# Signatures that others use and that we do not check. `none` and the HMACs are no signatures at all.
_OTHERS = re.compile(r"(RS|PS|ES)(256|384|512)|ES256K|Ed448|ML-DSA-(44|65|87)")
_HEADER = {"alg", "kid", "typ"}
_MAX_HEADER = 4096


@dataclass(frozen=True)
class Token:
    """A parsed token. Nothing of it is believed before the signature holds."""

    kid: str
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes


def sign(claims: dict[str, Any], kid: str, signer: "Signer") -> bytes:
    """Return the compact token (RFC 7515, 7.1), deterministic. `kid` is the full DID URL."""
    header = json_text.write({"alg": ALGORITHM, "kid": kid, "typ": TYPE})
    signing_input = f"{keys.base64url(header)}.{keys.base64url(json_text.write(claims))}".encode("ascii")
    return signing_input + b"." + keys.base64url(signer.sign(signing_input)).encode("ascii")


def read(compact: bytes, headers: LruCache[tuple[str, str]] | None = None) -> Token:
    """Parse a token. Raises BadProof unless it has three parts and a header of exactly alg, kid and typ.

    All tokens of one key have one header: `headers` caches what each says.
    UnknownProof, for a signature of another kind, carries the claims, which are then unverified.
    """
    signing_input, _, signature = compact.rpartition(b".")
    header, dot, payload = signing_input.partition(b".")
    if not dot or b"." in payload or len(header) > _MAX_HEADER:
        raise BadProof("not three parts with a dot between them")
    if headers is None:
        kid, unknown = _read_header(header)
    else:
        kid, unknown = headers.once(header, lambda: _read_header(header))
    claims = _object(payload)
    if unknown:
        raise UnknownProof(unknown, claims)
    return Token(kid, claims, signing_input, _signature(signature))


def verify(token: Token, public_key: bytes) -> None:
    """Check the signature with the key of the expected signer. Raises BadProof when it does not hold.

    Not checked: what the claims say, and whose key it is.
    """
    keys.verify_signature(public_key, token.signature, token.signing_input)


def _read_header(part: bytes) -> tuple[str, str]:
    """Return the kid of a header of exactly our shape and "", or "" and why we do not check the algorithm.

    No other algorithm, no key in it, no extension.
    """
    header = _object(part)
    algorithm, kid = header.get("alg"), header.get("kid")
    if isinstance(algorithm, str) and _OTHERS.fullmatch(algorithm):
        return "", f"signed with {algorithm}, which we do not check"
    if algorithm not in ALGORITHMS:
        raise BadProof("the header does not name an Ed25519 signature")
    if header.get("typ") != TYPE:
        raise BadProof(f"the header does not say {TYPE}")
    if header.keys() - {"cty"} != _HEADER or header.get("cty", "vc") != "vc" or not isinstance(kid, str):
        raise BadProof("the header must have alg, kid and typ, and nothing else")
    return kid, ""


def _object(part: bytes) -> dict[str, Any]:
    try:
        return json_text.read_object(_decode(part))
    except NotJson as error:
        raise BadProof(f"a part of the token cannot be read: {error}") from error


def _signature(part: bytes) -> bytes:
    signature = _decode(part)
    if len(signature) != keys.SIGNATURE_BYTES:
        raise BadProof("not the length of an Ed25519 signature")
    return signature


def _decode(part: bytes) -> bytes:
    try:
        return keys.from_base64url(part.decode("ascii"))
    except ValueError as error:
        raise BadProof("not base64url") from error
