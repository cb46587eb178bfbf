"""Tokens of other people's issuers: a credential as a compact JWS in the headers that are met in the field.

Open Badges 3.0, section 8.2 (`typ: JWT`, a key named by `kid` or `jwk`); Securing Verifiable Credentials
using JOSE and COSE, 3.1; RFC 7515. Our own tokens have a stricter reader, `jose`. Nothing in a header chooses
a key or an algorithm: the issuer's own key does, and a header can only say which of its keys is meant.
"""

import re
from dataclasses import dataclass
from typing import Any

from . import json_text, keys, public_keys
from .errors import KeyProblem, NotJson, UnknownProof
from .public_keys import ALGORITHMS, PublicKey

_MAX_HEADER = 16 * 1024  # a header with an RSA key in it is a kilobyte
# Types of a credential's token; by RFC 7515, 4.1.9, letter case and "application/" make no difference.
_TYPES = frozenset({"jwt", "vc+jwt", "vc+ld+jwt", "vc+ld+json+jwt"})
# What would make a checker fetch a key, trust a certificate, or do something that it does not know.
_REFUSED = ("jku", "x5u", "x5c", "crit", "b64", "enc", "zip")
# Signatures that others use and that we do not check. `none` and the HMACs are no signatures at all.
_OTHERS = re.compile(r"(RS|PS|ES)(256|384|512)|ES256K|Ed448|ML-DSA-(44|65|87)")
_CHECKED = frozenset().union(*ALGORITHMS.values())


@dataclass(frozen=True)
class Token:
    """A parsed token. Nothing of it is believed before the signature holds.

    `fault` says why it can be no signature, `unknown` why it is of a kind that we do not check. `kid` is ""
    and `jwk` None where the header names no key in that way.
    """

    claims: dict[str, Any]
    algorithm: str = ""
    kid: str = ""
    jwk: PublicKey | None = None
    signing_input: bytes = b""
    signature: bytes = b""
    fault: str = ""
    unknown: str = ""

    def verify(self, key: PublicKey) -> None:
        """Check the signature with the issuer's key. Raises BadProof when it does not hold.

        Not checked: what the claims say, and whose key it is. Raises UnknownProof for an algorithm that is
        not the one of this kind of key.
        """
        if self.algorithm not in ALGORITHMS[key.kind]:
            raise UnknownProof(f"its key is {key.kind}, and its header says {self.algorithm}")
        key.verify(self.signature, self.signing_input)


def read(compact: bytes) -> Token:
    """Parse a token. Raises NotJson unless it has three parts, the first two of them objects in base64url."""
    compact, parted, _ = compact.partition(b"~")
    signing_input, _, signature = compact.rpartition(b".")
    first, dot, payload = signing_input.partition(b".")
    if not dot or b"." in payload or len(first) > _MAX_HEADER:
        raise NotJson("not three parts with a dot between them")
    header, claims = _object(first), _object(payload)
    if parted:
        return Token(claims, unknown="a token whose parts are disclosed one by one, which we do not check")
    fault = _fault(header)
    try:
        return Token(
            claims,
            fault=fault,
            unknown="" if fault else _unknown(header),
            algorithm=str(header.get("alg")),
            kid=str(header.get("kid", "")),
            jwk=public_keys.from_jwk(header["jwk"]) if "jwk" in header and not fault else None,
            signing_input=signing_input,
            signature=keys.from_base64url(signature.decode("ascii")),
        )
    except KeyProblem as error:
        return Token(claims, unknown=f"the key in its header cannot be used: {error}")
    except ValueError:
        return Token(claims, fault=fault or "its signature is not base64url")


def _fault(header: dict[str, Any]) -> str:
    """Return why a header is refused, or ""."""
    refused = next((name for name in _REFUSED if name in header), None)
    if refused is not None:
        return f"its header has the member {refused}, which is refused"
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or not (algorithm in _CHECKED or _OTHERS.fullmatch(algorithm)):
        return "its header does not name a signature"
    return "" if isinstance(header.get("kid", ""), str) else "its header names no key that can be read"


def _unknown(header: dict[str, Any]) -> str:
    """Return why a signature is of a kind that we do not check, or ""."""
    kind, algorithm = header.get("typ", "JWT"), header.get("alg")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in _TYPES:
        return f"a token of the type {kind!r:.60}, which we do not check"
    return "" if algorithm in _CHECKED else f"signed with {algorithm!s:.20}, which we do not check"


def _object(part: bytes) -> dict[str, Any]:
    try:
        return json_text.read_object(keys.from_base64url(part.decode("ascii")))
    except ValueError as error:
        raise NotJson("a part of the token is not base64url") from error
