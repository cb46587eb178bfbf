"""The claims of other people's tokens: the document at top level, or in `vc` as version 1.1 had it.

Securing Verifiable Credentials using JOSE and COSE, 3.1.3; VC Data Model 1.1, 6.3.1; Open Badges 3.0, 8.2.
Registered claims repeat members. What only a claim says is filled in; where both speak, they must agree, so
that no two readers see two credentials in one token. Our own tokens have a stricter reader, `claims`.
"""

from datetime import UTC, datetime
from typing import Any

from .data_model import is_old, read_time, several
from .errors import MalformedCredential
from .terms import Document

_REGISTERED = ("iss", "jti", "sub", "nbf", "exp", "iat", "aud", "vc", "vp", "proof")
# What each claim repeats, by its names in version 2.0 and in version 1.1 of the data model.
_TIMES = {"nbf": ("validFrom", "issuanceDate"), "exp": ("validUntil", "expirationDate")}
_LATEST = 253_402_300_799  # the last second of the year 9999


def read(claims: Document) -> tuple[Document, str]:
    """Return the document that a token's claims make, and where they contradict one another, or ""."""
    inner = claims.get("vc")
    document = dict(inner) if isinstance(inner, dict) else dict(claims)
    document = {name: member for name, member in document.items() if name not in _REGISTERED}
    try:
        if "vp" in claims or ("vc" in claims and "credentialSubject" in claims):
            raise MalformedCredential("it holds one credential beside another")
        _fill_in(document, claims)
    except MalformedCredential as error:
        return document, str(error)
    return document, ""


def _fill_in(document: Document, claims: Document) -> None:
    """Put what only a claim says into the document. Raises MalformedCredential where both differ."""
    if "iss" in claims:
        document.setdefault("issuer", claims["iss"])
    if "jti" in claims and document.setdefault("id", claims["jti"]) != claims["jti"]:
        raise _differs("jti")
    if "sub" in claims:
        _fill_in_subject(document, claims["sub"])
    for claim, names in _TIMES.items():
        if claim in claims:
            _fill_in_time(document, claim, claims[claim], names)


def _fill_in_subject(document: Document, sub: Any) -> None:
    subjects = several(document.get("credentialSubject"))
    if len(subjects) == 1 and isinstance(subjects[0], dict) and "id" not in subjects[0]:
        document["credentialSubject"] = {"id": sub, **subjects[0]}
    elif sub not in [each.get("id") for each in subjects if isinstance(each, dict)]:
        raise _differs("sub")


def _fill_in_time(document: Document, claim: str, seconds: Any, names: tuple[str, str]) -> None:
    """Compare a NumericDate (RFC 7519, section 2) with a member, which may have fractions of a second."""
    if type(seconds) not in (int, float) or not 0 <= seconds <= _LATEST:
        raise MalformedCredential(f"the claim {claim} is no time")
    name = next((name for name in names if name in document), None)
    if name is None:
        document[names[is_old(document)]] = datetime.fromtimestamp(seconds, UTC).isoformat()
        return
    try:
        said = read_time(document[name]).timestamp()
    except MalformedCredential:
        return  # the data model says what is wrong with it
    if abs(said - seconds) >= 1:
        raise _differs(claim)


def _differs(claim: str) -> MalformedCredential:
    return MalformedCredential(f"the claim {claim} does not say what its member says")
