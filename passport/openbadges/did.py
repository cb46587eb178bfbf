"""Our did:web addresses, and the documents behind them (did:web method; Controlled Identifiers 1.0).

Those of others are read in `did_keys`.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from passport.proofs import keys
from passport.proofs.keys import Role

from .errors import BadAddress
from .terms import Document

_CONTEXTS = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]
_SEGMENT = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Method:
    """A key that a DID document names."""

    role: Role
    public_key: bytes

    @property
    def kid(self) -> str:
        """Return the short name of the key."""
        return keys.kid(self.public_key)


def web_did(public_url: str, *path: str) -> str:
    """Return the did:web of a path below a public address; a port is written as %3A.

    Raises BadAddress for an address with a path of its own, for an IP address, which did:web does not allow,
    and for invalid segments.
    """
    parts = urlsplit(public_url)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadAddress("the port is not a number") from error
    if parts.scheme not in {"http", "https"} or not host or parts.path.strip("/") or parts.username:
        raise BadAddress("a public address is a scheme, a host and perhaps a port")
    if parts.query or parts.fragment or _is_ip(host):
        raise BadAddress("a public address has a host name, no IP address, no query and no fragment")
    if not all(_SEGMENT.fullmatch(segment) for segment in path):
        raise BadAddress("a segment may have letters, digits, dot, hyphen and underscore")
    return ":".join(["did:web", f"{host}%3A{port}" if port else host, *path])


def method_id(did: str, role: Role, kid: str) -> str:
    """Return the full name of an issuer's key: `did:web:…#issue-1a2b3c4d`."""
    return f"{did}#{role}-{kid}"


def did_document(did: str, methods: Iterable[Method]) -> Document:
    """Write the document of an issuer: every key as Multikey and as JsonWebKey, for assertions."""
    written = [form for method in methods for form in (_multikey(did, method), _json_web_key(did, method))]
    return {
        "@context": list(_CONTEXTS),
        "id": did,
        "verificationMethod": written,
        "assertionMethod": [form["id"] for form in written],
    }


def _multikey(did: str, method: Method) -> Document:
    return {
        "id": method_id(did, method.role, method.kid),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": keys.to_multibase(method.public_key),
    }


def _json_web_key(did: str, method: Method) -> Document:
    return {
        "id": f"{method_id(did, method.role, method.kid)}-jwk",
        "type": "JsonWebKey",
        "controller": did,
        "publicKeyJwk": keys.to_jwk(method.public_key),
    }


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
