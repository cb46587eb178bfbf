"""The claims of a vc+jwt: the members of the document at top level, and five registered JWT claims.

Securing Verifiable Credentials using JOSE and COSE, 3.1 and 3.1.3. Each of `iss`, `jti`, `sub`, `nbf` and
`exp` repeats a member and must be equal to it, so that no two readers see two credentials in one token.
There is no `vc` claim, and no outer proof: an embedded endorsement keeps its own.
"""

from datetime import datetime
from typing import Any

from .errors import MalformedCredential
from .terms import Document

_DOUBLES = ("iss", "jti", "sub", "nbf", "exp")
# Where version 1.1 of the data model put everything, and a proof beside the token's own.
_FOREIGN_SHAPES = ("vc", "vp", "proof")


def write(document: Document) -> Document:
    """Return the claims of a document without its proof. Raises MalformedCredential for reserved members."""
    said = {name: member for name, member in document.items() if name != "proof"}
    if not said.keys().isdisjoint(_DOUBLES):
        raise MalformedCredential("a member has the name of a claim")
    return {**said, **_doubles(said)}


def read(claims: Document) -> Document:
    """Return the document of a token. Raises MalformedCredential unless every claim equals its member.

    Missing claims are not an error here: `missing` checks for all five.
    """
    for name in _FOREIGN_SHAPES:
        if name in claims:
            raise MalformedCredential(f"a vc+jwt has no {name} claim")
    document = members(claims)
    doubles = _doubles(document)
    for name in _DOUBLES:
        if name in claims and not _is_same(claims[name], doubles.get(name)):
            raise MalformedCredential(f"the claim {name} does not say what its member says")
    return document


def members(claims: Document) -> Document:
    """Return the members of the document in a token, without a word about whether its claims agree."""
    return {name: member for name, member in claims.items() if name not in _DOUBLES}


def missing(claims: Document) -> str:
    """Return a message about the first of the five claims of `write` that is missing, or ""."""
    return next((f"the claim {name} is missing" for name in _DOUBLES if name not in claims), "")


def _doubles(document: Document) -> Document:
    """Return the registered claims that repeat members; what the document does not say is left out."""
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    doubles = {
        "iss": issuer.get("id") if isinstance(issuer, dict) else issuer,
        "jti": document.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
        "nbf": _seconds(document.get("validFrom")),
        "exp": _seconds(document.get("validUntil")),
    }
    return {name: double for name, double in doubles.items() if double is not None}


def _seconds(value: Any) -> int | None:
    """Return a time as a NumericDate in whole seconds (RFC 7519, section 2)."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise MalformedCredential(f"not a time: {value:.40}") from error
    if at.tzinfo is None:
        raise MalformedCredential("a time needs its zone")
    return int(at.timestamp())


def _is_same(said: Any, double: Any) -> bool:
    """Compare by type and value: in Python 1, 1.0 and true are equal."""
    return type(said) is type(double) and bool(said == double)
