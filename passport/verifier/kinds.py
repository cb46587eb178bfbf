"""What a file seems to be that is no credential, or of a kind that cannot be checked here.

Such a file gets no verdict: it was not found to be false, it was not checked. Nothing is believed here. The
answer only helps to say what was handed in, and what to ask for in its place.
"""

import re
from enum import StrEnum
from typing import Any

from passport.proofs import json_text
from passport.proofs.errors import NotJson

from .errors import VerifierError

Document = dict[str, Any]

BLANKS = b"\xef\xbb\xbf \t\r\n"


class Kind(StrEnum):
    """What a file seems to be, in the words of the API and the command."""

    OLD_BADGE = "a badge of Open Badges 1 or 2"
    OLD_RECORD = "a record of 1EdTech CLR 1"
    PRESENTATION = "a presentation without a credential"
    ENVELOPE = "an envelope without a credential that we can read"
    TOKEN = "a token that is no credential"  # noqa: S105 no password
    JSON = "JSON that is no credential"
    DAMAGED_JSON = "JSON that is damaged or cut off"
    PICTURE = "a picture without a badge in it"
    PDF = "a PDF without a badge in it"
    EMPTY = "an empty file"
    OTHER = "a file of another kind"


class NotACredential(VerifierError):
    """It is no credential, or of a kind that is not checked here: there is no verdict on it."""

    def __init__(self, kind: Kind) -> None:
        """Keep what it seems to be."""
        super().__init__(f"this is not a credential that we can check, but {kind}")
        self.kind = kind


_OLD_CONTEXT = re.compile(r"https?://(w3id\.org/openbadges/|purl\.imsglobal\.org/spec/ob/v2|openbadges\.org)")
_CLR_CONTEXT = re.compile(r"https?://purl\.imsglobal\.org/(spec/)?clr/v1")
_OLD_TYPES = {"Assertion", "BadgeClass", "obi:Assertion"}
_OLD_MEMBERS = ({"badge", "recipient"}, {"criteria", "issuer", "image"}, {"badge", "verify"})
_TOKEN = re.compile(rb"[\w-]+(\.[\w-]*){1,4}")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"<svg", b"<?xml")


def is_credential(document: Document) -> bool:
    """Return whether a document calls itself a verifiable credential, or holds one as a token of 1.1 does."""
    old = document.get("vc")
    inner = old.get("type") if isinstance(old, dict) else None
    return "VerifiableCredential" in [*_several(document.get("type")), *_several(inner)]


def of_document(document: Document) -> Kind:
    """Return what a JSON object seems to be that is no credential."""
    types = {one for one in _several(document.get("type")) if isinstance(one, str)}
    contexts = [one for one in _several(document.get("@context")) if isinstance(one, str)]
    if "CLR" in types or any(map(_CLR_CONTEXT.match, contexts)):
        return Kind.OLD_RECORD
    if types & _OLD_TYPES or any(map(_OLD_CONTEXT.match, contexts)):
        return Kind.OLD_BADGE
    if any(members <= document.keys() for members in _OLD_MEMBERS):
        return Kind.OLD_BADGE
    if any(one.startswith("Enveloped") for one in types):
        return Kind.ENVELOPE
    return Kind.PRESENTATION if "VerifiablePresentation" in types else Kind.JSON


def of_claims(claims: Document) -> Kind:
    """Return what the claims of a token seem to be: Open Badges 2 signs its badges so."""
    kind = of_document(claims)
    return Kind.TOKEN if kind is Kind.JSON else kind


def of_bytes(data: bytes) -> Kind:
    """Return what bytes seem to be, by their beginning and never by a name."""
    start = data.lstrip(BLANKS)
    if not start:
        return Kind.EMPTY
    if start.startswith(b"%PDF-"):
        return Kind.PDF
    if data.startswith(_PICTURES) or start.startswith(_PICTURES):
        return Kind.PICTURE
    if start.startswith((b"{", b"[")):
        return _of_json(start)
    return Kind.TOKEN if _TOKEN.fullmatch(start.rstrip()) else Kind.OTHER


def _of_json(data: bytes) -> Kind:
    try:
        value = json_text.read(data)
    except NotJson:
        return Kind.DAMAGED_JSON
    return of_document(value) if isinstance(value, dict) else Kind.JSON


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
