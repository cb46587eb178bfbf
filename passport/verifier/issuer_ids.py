"""Issuer ids in one spelling, and the ids that a document gives to its issuer.

The profile of a check is chosen by these ids before anything else is read: a document that names a registered
issuer in any spelling is checked by the strict rules for our own entries, and by no others.
"""

import re
import unicodedata
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from passport.openbadges import signed_texts
from passport.openbadges.registry import RegisteredIssuer, Registry

Document = dict[str, Any]

# Ids are short; of a longer text only the beginning is compared, and it is never a registered one.
MAX_ID = 2_000

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS = ("%3A443", "%3A80")
# Ids that are in this spelling already, as nearly all are.
_NORMAL = re.compile(
    r"did:(?:key|jwk):[A-Za-z0-9_-]{1,1500}|did:web:[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[A-Za-z0-9_.-]+)*"
)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_TOKEN = re.compile(rb"[\w-]+(\.[\w-]*)+")
_WELL_KNOWN = re.compile(r"(/\.well-known)?/did\.json\Z")


def normalised(issuer: str) -> str:
    """Return an issuer id in one spelling: ids that any reader could take for one issuer become equal.

    RFC 3986, section 6.2.2: percent-encoding in upper case, and none for unreserved characters; scheme,
    method and host in lower case. Compatibility forms (NFKC), invisible characters, default ports, fragments,
    queries and trailing separators are removed. The https address of a did:web is taken for that did:web.
    """
    if len(issuer) <= MAX_ID and _NORMAL.fullmatch(issuer):
        return issuer
    text = signed_texts.shown(unicodedata.normalize("NFKC", issuer[:MAX_ID])).strip()
    text = _ESCAPE.sub(_escape, re.split(r"[#?;]", text, maxsplit=1)[0])
    if _WEB.match(text):
        host, *path = _WELL_KNOWN.sub("", _WEB.sub("", text)).split("/")
        text = ":".join(["did:web", host.rpartition("@")[2].replace(":", "%3A"), *path])
    scheme, _, rest = text.partition(":")
    method, colon, name = rest.partition(":")
    if scheme.lower() != "did" or not colon:
        return text.rstrip("/:")
    return f"did:{method.lower()}:{_web(name) if method.lower() == 'web' else name.rstrip('/:')}"


def named(document: Document) -> tuple[str, ...]:
    """Return every different issuer id that a document, or the claims of a token, gives, normalised.

    `issuer`, `iss`, and `vc.issuer` of version 1.1 of the data model, also in arrays. More than one means
    that two readers could see two issuers.
    """
    inner = document.get("vc")
    said = [
        document.get("issuer"),
        document.get("iss"),
        inner.get("issuer") if isinstance(inner, dict) else None,
    ]
    return tuple(dict.fromkeys(normalised(issuer) for each in said for issuer in _ids(each)))


def mentioned(data: bytes, registry: Registry) -> RegisteredIssuer | None:
    """Return a registered issuer whose id stands anywhere in bytes that cannot be read, or None.

    The bytes may be JSON or a token that is cut off. NUL bytes are left out: text in UTF-16 is full of them.
    """
    plain = data.replace(b"\0", b"").strip()
    parts = [_decoded(part) for part in plain.split(b".")[:2]] if _TOKEN.fullmatch(plain) else [plain]
    text = b" ".join(unquote_to_bytes(part) for part in parts).lower()
    return next((one for one in registry.issuers if unquote_to_bytes(one.did).lower() in text), None)


def _decoded(part: bytes) -> bytes:
    """Return what base64url text says, as far as it goes."""
    return urlsafe_b64decode(part[: len(part) // 4 * 4])


def _ids(issuer: Any) -> Iterable[str]:
    if isinstance(issuer, list):
        return [name for each in issuer for name in _ids(each)]
    name = issuer.get("id", issuer.get("@id")) if isinstance(issuer, dict) else issuer
    return [name] if isinstance(name, str) and name else []


def _escape(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if sign in _UNRESERVED else match[0].upper()


def _web(name: str) -> str:
    host, *path = re.split(r"[:/]", name)
    host = host.lower()
    for port in (each.lower() for each in _DEFAULT_PORTS):
        host = host.removesuffix(port)
    host = host.replace("%3a", "%3A")
    name, colon, port = host.partition("%3A")
    return ":".join([f"{name.rstrip('.')}{colon}{port}", *(each for each in path if each)])
