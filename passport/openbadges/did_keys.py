"""Keys of other people's issuers, from their DID documents as they are published, or out of their address.

Controlled Identifiers 1.0, sections 2.2 and 2.3.3 (`assertionMethod`, embedded methods, relative ids);
did:web, did:key and did:jwk methods. A key counts only as its issuer's own, and only if it may make
assertions.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passport.proofs import json_text, keys, public_keys
from passport.proofs.errors import BadProof, KeyProblem, NotJson
from passport.proofs.public_keys import Kind, PublicKey
from passport.proofs.times import read_time

from .terms import Document

MAX_METHODS = 100

_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_WITH_JWK = frozenset({"JsonWebKey", "JsonWebKey2020"})


@dataclass(frozen=True)
class Named:
    """What a proof or a token says about its key: the name of a method, or the key itself, or neither."""

    method: str = ""
    jwk: PublicKey | None = None


def same_did(one: str, other: str) -> bool:
    """Return whether two DIDs are equal; percent-encoding is written in either case (RFC 3986, 6.2.2.1)."""
    return _spelt(one) == _spelt(other)


def find(document: Document, did: str, named: Named, at: datetime) -> PublicKey | None:
    """Return the key of the issuer's own document that is named, if it may make assertions; else None.

    A name is a full DID URL, `#fragment`, or the `kid` of a JSON Web Key (RFC 7517, 4.5). Without a name, or
    with the DID alone, the only key is meant. A given `jwk` must be one of the issuer's keys. Raises
    KeyProblem for a key that cannot be used, or not any more `at` the time of the check.
    """
    methods = list(_asserting(document, did))
    if named.jwk is not None:
        return next((key for key in _usable(methods, did, at) if key == named.jwk), None)
    if named.method in ("", did) or same_did(named.method, did):
        found = set(_usable(methods, did, at))
        return found.pop() if len(found) == 1 else None
    method = next((each for each in methods if _is_named(each, did, named.method)), None)
    return None if method is None else _key(method, did, at)


def usable(document: Document, did: str, at: datetime) -> list[PublicKey]:
    """Return every key of an issuer's document that `find` could return."""
    return list(_usable(_asserting(document, did), did, at))


def inside(did: str, named: Named) -> PublicKey | None:
    """Return the key that a did:key or did:jwk encodes, if it is the named one; None for other DIDs.

    Raises KeyProblem for keys that cannot be used.
    """
    for start, fragment, read in (
        ("did:key:", None, public_keys.from_multikey),
        ("did:jwk:", "0", _from_jwk),
    ):
        if did.startswith(start):
            value = did.removeprefix(start)
            own = named.method in ("", did, f"{did}#{value if fragment is None else fragment}")
            key = read(value)
            return key if own and named.jwk in (None, key) else None
    return None


def _from_jwk(value: str) -> PublicKey:
    try:
        return public_keys.from_jwk(json_text.read(keys.from_base64url(value)))
    except (NotJson, ValueError) as error:
        raise KeyProblem("a did:jwk that holds no JSON Web Key") from error


def _asserting(document: Document, did: str) -> Iterator[Document]:
    """Yield the methods for assertions: those embedded there, and those named there."""
    if not same_did(str(document.get("id")), did):
        return
    methods = {_absolute(method, did): method for method in _objects(document.get("verificationMethod"))}
    for each in _several(document.get("assertionMethod"))[:MAX_METHODS]:
        method = methods.get(_spelt(_joined(each, did))) if isinstance(each, str) else each
        if isinstance(method, dict):
            yield method


def _is_named(method: Document, did: str, name: str) -> bool:
    jwk, own = method.get("publicKeyJwk"), _absolute(method, did)
    if ":" in name or name.startswith("#"):
        return own == _spelt(_joined(name, did))
    return (isinstance(jwk, dict) and jwk.get("kid") == name) or own == _spelt(f"{did}#{name}")


def _usable(methods: Iterable[Document], did: str, at: datetime) -> Iterator[PublicKey]:
    for method in methods:
        try:
            key = _key(method, did, at)
        except KeyProblem:
            continue
        if key is not None:
            yield key


def _key(method: Document, did: str, at: datetime) -> PublicKey | None:
    """Return the key of a method; None for one that another controls, or of a type that is not read."""
    if not same_did(str(method.get("controller", did)), did):
        return None
    _refuse_ended(method, at)
    kind, value = method.get("type"), method.get("publicKeyMultibase")
    if kind in _WITH_JWK:
        return public_keys.from_jwk(method.get("publicKeyJwk"))
    if not isinstance(value, str):
        return None
    if kind == "Ed25519VerificationKey2020":
        return PublicKey(Kind.ED25519, keys.from_multibase(value))
    return public_keys.from_multikey(value) if kind == "Multikey" else None


def _refuse_ended(method: Document, at: datetime) -> None:
    """Raise KeyProblem for a key that had an end before the check (Controlled Identifiers 1.0, 2.2)."""
    try:
        ends = [read_time(method[name]) for name in ("revoked", "expires") if name in method]
    except BadProof as error:
        raise KeyProblem("a key whose end cannot be read") from error
    if any(end <= at for end in ends):
        raise KeyProblem("a key that is revoked or expired")


def _absolute(method: Document, did: str) -> str:
    return _spelt(_joined(str(method.get("id", "")), did))


def _joined(name: str, did: str) -> str:
    """Return a DID URL; a relative one is resolved against the document's DID."""
    return f"{did}{name}" if name.startswith("#") else name


def _spelt(did: str) -> str:
    return _ESCAPE.sub(lambda match: match[0].upper(), did)


def _objects(value: Any) -> list[Document]:
    return [each for each in _several(value)[:MAX_METHODS] if isinstance(each, dict)]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
