"""Take credentials out of what wallets and services put around them, within bounds. Nothing is verified here.

A presentation (VC Data Model 2.0, section 4.13) of any version, signed or not; an envelope, which is a token
or JSON in a data: address (section 4.13.1, RFC 2397); an object whose member is the credential, as issuing
and wallet interfaces answer; an array; JSON or a token as a JSON string. One kind of credential is opened: a
record of CLR 2.0, which comes out beside the badges inside it. What stands inside any other is part of it.
"""

import base64
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from passport.proofs import json_text
from passport.proofs.errors import NotJson
from passport.proofs.keys import from_base64url

from . import external_claims
from .data_model import is_enveloped, several
from .errors import WrappedTooOften
from .terms import Document

MAX_LEVELS = 12
MAX_CREDENTIALS = 100
HELD = "verifiableCredential"
PRESENTATION = "VerifiablePresentation"
CREDENTIAL = "VerifiableCredential"
RECORD = "ClrCredential"
# Members that hold credentials in what wallets export and services answer: OpenID for Verifiable Credential
# Issuance (credential, credentials) and for Verifiable Presentations (vp_token), the VC-API
# (verifiableCredential, verifiablePresentation), issuers of tokens (jwt), libraries (vc, vp, presentation).
NAMES = (
    "jwt", "credentialJwt", "credential", "credentials", "verifiableCredential", "verifiableCredentials",
    "verifiablePresentation", "presentation", "vp_token", "vc", "vp",
)  # fmt: skip
TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
DATA = re.compile(r"data:application/[\w.+-]+(?:;[\w=-]+)*?(?P<base64>;base64)?,(?P<content>.*)", re.DOTALL)
_BLANKS = "\ufeff \t\r\n"


@dataclass
class Unwrapped:
    """The bytes of each credential, and of each presentation around them, in their order.

    A presentation is its JSON or its token; one without a proof of its own, which has nothing to be checked,
    may stand here without what it holds. `credentials` may also hold what is no credential: the check reports
    that.
    """

    credentials: list[bytes] = field(default_factory=list)
    presentations: list[bytes] = field(default_factory=list)


def opened(data: bytes) -> Unwrapped:
    """Open JSON or a token; a credential alone comes out as the bytes that went in.

    Raises NotJson for bytes that are neither, and WrappedTooOften for more levels or credentials than the
    bounds.
    """
    try:
        text = data.decode("utf-8").strip(_BLANKS)
    except UnicodeDecodeError as error:
        raise NotJson("not JSON in UTF-8") from error
    opening = _Opening()
    if is_token(text):
        opening.token(text, 0)
    else:
        bare = text.encode()
        opening.value(json_text.read(bare), 0, bare)
    return opening.found


def opened_value(value: Any) -> Unwrapped:
    """Open a value that was read from JSON. Raises WrappedTooOften."""
    opening = _Opening()
    opening.value(value, 0)
    return opening.found


def presentation_bytes(presentation: Document) -> bytes:
    """Write a presentation; without a proof of its own, also without what it holds."""
    if "proof" in presentation:
        return json_text.write(presentation)
    return json_text.write({name: presentation[name] for name in presentation if name != HELD})


def is_token(text: str) -> bool:
    """Return whether a text is a compact JWS, of any algorithm: three parts and a JSON header with `alg`."""
    return bool(TOKEN.fullmatch(text)) and "alg" in header_of(text)


def header_of(token: str) -> Document:
    """Return the unverified header of a token, or of its first part; empty for anything else."""
    return _object(token.partition(".")[0])


def claims_of(token: str) -> Document:
    """Return the unverified claims of a token; empty for anything else."""
    return _object(token.split(".")[1])


def is_wrapper_or_credential(value: Any) -> bool:
    """Return whether an object amid other text is meant as a credential or as something around one."""
    if not isinstance(value, dict):
        return False
    types = _types(value)
    known = CREDENTIAL in types or PRESENTATION in types or is_enveloped(value)
    return known or "@context" in value or any(name in value for name in NAMES)


class _Opening:
    """What has been found so far."""

    def __init__(self) -> None:
        self.found = Unwrapped()

    def value(self, value: Any, level: int, data: bytes | None = None) -> None:
        """Open a JSON value; `data` are its bytes where they are known."""
        if level > MAX_LEVELS:
            raise WrappedTooOften(f"more than {MAX_LEVELS} wrappers around each other")
        if isinstance(value, str):
            self._text(value.strip(_BLANKS), level)
        elif isinstance(value, list):
            for member in value:
                self.value(member, level + 1)
        elif isinstance(value, dict):
            self._object(value, level, data)
        else:
            self._credential(json_text.write(value))

    def token(self, token: str, level: int) -> None:
        """Open a token: a presentation, or a credential, whose claims are left as they are."""
        claims = claims_of(token)
        presented = claims.get("vp", claims)
        if not isinstance(presented, dict) or not _is_presentation(presented):
            self._credential(token.encode())
            old = claims.get("vc")
            self._record(old if isinstance(old, dict) else claims, level)
            return
        self._presentation(token.encode(), presented, level)

    def _text(self, text: str, level: int) -> None:
        token = text.removesuffix("~")  # at the end of one that discloses nothing more (RFC 9901, section 4)
        if is_token(token):
            self.token(token, level)
        elif text.startswith("data:"):
            self._address(text, level)
        elif text[:1] in {"{", "[", '"'}:
            try:
                value = json_text.read(text.encode(errors="replace"))
            except NotJson:
                self._credential(text.encode(errors="replace"))
                return
            self.value(value, level + 1)
        else:
            self._credential(text.encode(errors="replace"))

    def _object(self, value: Document, level: int, data: bytes | None) -> None:
        if CREDENTIAL in _types(value):
            self._credential(data or json_text.write(value))
            self._record(value, level)
        elif is_enveloped(value) and isinstance(value.get("id"), str):
            self._address(value["id"], level)
        elif _is_presentation(value):
            self._presentation(data or presentation_bytes(value), value, level)
        elif members := [value[name] for name in NAMES if name in value]:
            for member in _without_unsigned_copies(members):
                self.value(member, level + 1)
        else:
            self._credential(data or json_text.write(value))

    def _record(self, value: Document, level: int) -> None:
        """Open what stands inside a CLR 2.0: each badge there has a proof of its own."""
        if RECORD not in _types(value):
            return
        for subject in several(value.get("credentialSubject")):
            inside = subject.get("verifiableCredential", []) if isinstance(subject, dict) else []
            for member in several(inside):
                self.value(member, level + 1)

    def _presentation(self, whole: bytes, value: Document, level: int) -> None:
        self.found.presentations.append(whole)
        if len(self.found.presentations) > MAX_CREDENTIALS:
            raise WrappedTooOften(f"more than {MAX_CREDENTIALS} presentations")
        for member in several(value.get(HELD, [])):
            self.value(member, level + 1)

    def _address(self, address: str, level: int) -> None:
        held = DATA.fullmatch(address)
        if held is None:
            self._credential(address.encode(errors="replace"))
            return
        content = unquote_to_bytes(held["content"])
        if held["base64"]:
            try:
                content = base64.b64decode(content + b"==", altchars=b"-_")
            except ValueError:
                content = b""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            self._credential(content)  # the check reports that it cannot be read
            return
        self.value(text, level + 1)

    def _credential(self, data: bytes) -> None:
        self.found.credentials.append(data)
        if len(self.found.credentials) > MAX_CREDENTIALS:
            raise WrappedTooOften(f"more than {MAX_CREDENTIALS} credentials")


def _without_unsigned_copies(members: list[Any]) -> list[Any]:
    """Leave out what only repeats a token beside it: services add its claims for easier reading."""
    tokens = [member for member in members if isinstance(member, str) and is_token(member)]
    said = [external_claims.read(claims_of(token))[0] for token in tokens]
    return [member for member in members if not any(_is_repeated(member, each) for each in said)]


def _is_repeated(copy: Any, document: Document) -> bool:
    """Return whether a document says each member of a copy."""
    return isinstance(copy, dict) and all(
        name in document and json_text.write(value) == json_text.write(document[name])
        for name, value in copy.items()
    )


def _is_presentation(value: Document) -> bool:
    types = _types(value)
    return PRESENTATION in types and CREDENTIAL not in types


def _types(value: Document) -> list[Any]:
    return several(value.get("type", []))


def _object(part: str) -> Document:
    """Return the JSON object in a part of a token, which is unverified; empty for anything else."""
    try:
        return json_text.read_object(from_base64url(part))
    except (NotJson, ValueError):
        return {}
