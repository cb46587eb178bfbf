"""Find codes, our addresses and credentials in a submitted file, by its content and never by its name.

Nothing is verified here: the results go to `checks`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from passport.adapters.pictures import apart, reading
from passport.adapters.pictures.apart import Turn
from passport.adapters.pictures.errors import Busy, Unreadable
from passport.openbadges import address, baking, share_code
from passport.openbadges.errors import BadAddress, BadCode, BadPicture, MalformedCredential
from passport.proofs import json_text
from passport.proofs.errors import NotJson

__all__ = ["MAX_BYTES", "Busy", "Found", "Turn", "Unreadable", "read_upload"]

MAX_BYTES = reading.MAX_BYTES
PDF = b"%PDF-"
OF_NO_KIND = "not a picture"
# photo formats of phones (ISO 14496-12: a file begins with its types), which our libraries cannot read
PHONE_PHOTO = re.compile(rb"....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1|avi[fs])", re.DOTALL)
# Acrobat accepts a PDF whose header comes a little later (PDF 1.7, implementation note 13)
PDF_WITHIN = 1024
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
BLANKS = b"\xef\xbb\xbf \t\r\n"
IN_PNG, IN_SVG = b"openbadgecredential", b"purl.imsglobal.org/ob/v3p0"
TOKEN = re.compile(rb"[\w-]+\.[\w-]+\.[\w-]+")
SVG = re.compile(rb"<(?:svg|[\w-]+:svg)[\s>]")
# In the text of a page a code may be broken at its hyphens, which pdfium returns as a noncharacter.
BETWEEN = r"[\W_]{0,3}"
NO_SIGN = re.compile(r"[\W_]+")
SIGNS = f"[{share_code.ALPHABET}]{{4}}"
WRITTEN = re.compile(rf"(?<!\w){share_code.PREFIX}(?:{BETWEEN}{SIGNS}){{3}}(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """The contents found in a file, without duplicates, in the file's order.

    `codes` are share codes in stored form, including those of `fragments`; `fragments` are whole addresses of
    ours that hold a compact entry; `documents` are credential files, as JSON or as a token; `others` are
    texts of QR codes that are not ours.
    """

    codes: tuple[str, ...] = ()
    documents: tuple[bytes, ...] = ()
    fragments: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Return whether nothing was found, not even a foreign QR code."""
        return not (self.codes or self.documents or self.fragments or self.others)


def read_upload(data: bytes, public_url: str, turn: Turn | None = None) -> Found:
    """Read a PDF, JPEG, PNG, SVG, JSON or token. A baked picture gives its credential and its codes.

    `public_url` is our origin: addresses of other origins are not ours. Raises Unreadable, with the reason,
    for anything that cannot be read. A request passes its `turn`: Busy is then raised instead of waiting
    longer for a reader process than the turn allows.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("too large")
    start = data.lstrip(BLANKS)
    if data.startswith(PICTURES):
        return _sorted(apart.codes_in_picture(data, turn), "", public_url, _baked_png(data))
    if PDF in data[:PDF_WITHIN]:
        contents = apart.read_pdf(data, turn)
        return _sorted(contents.codes, contents.text, public_url, ())
    if PHONE_PHOTO.match(data):
        raise Unreadable("photo of a phone")
    if start.startswith(b"<"):
        return Found(documents=_baked_svg(start))
    return Found(documents=(_credential(start.rstrip()),))


def _baked_png(data: bytes) -> tuple[bytes, ...]:
    """Return the credential baked into a PNG; a photo or a screenshot has none."""
    if IN_PNG not in data or not data.startswith(PICTURES[0]):
        return ()
    try:
        return (baking.unbake_png(data),)
    except BadPicture as error:
        raise Unreadable("broken") from error


def _baked_svg(data: bytes) -> tuple[bytes, ...]:
    if not SVG.search(data):
        raise Unreadable("not a picture")
    try:
        return (baking.unbake_svg(data),)
    except BadPicture as error:
        raise Unreadable("broken" if IN_SVG in data else "drawing") from error


def _credential(data: bytes) -> bytes:
    """Return the bytes of a credential file, recognised by form alone. Its signature is not checked."""
    if data.startswith(b"{"):
        try:
            json_text.read_object(data)
        except NotJson as error:
            raise Unreadable("too large" if len(data) > json_text.MAX_BYTES else "broken") from error
        return data
    if TOKEN.fullmatch(data) and len(data) <= json_text.MAX_BYTES:
        return data
    raise Unreadable(OF_NO_KIND)


def _sorted(texts: list[str], written: str, public_url: str, documents: tuple[bytes, ...]) -> Found:
    codes: dict[str, None] = {}
    fragments: dict[str, None] = {}
    others: dict[str, None] = {}
    for text in texts:
        code = _code_of(text, public_url)
        if code is None:
            others[text] = None
            continue
        codes[code] = None
        if "#" in text:
            fragments[text] = None
    codes.update(dict.fromkeys(written_codes(written)))
    return Found(tuple(codes), documents, tuple(fragments), tuple(others))


def _code_of(text: str, public_url: str) -> str | None:
    """Return the share code in the text of a QR, if it is a code or an address of ours."""
    try:
        found = address.parse(text)
        return found.share_code() if found.origin == public_url else None
    except MalformedCredential:
        return None
    except BadAddress:
        return _parsed(text)


def written_codes(text: str) -> list[str]:
    """Return the codes in a page's text; a check character excludes numbers that only look like codes."""
    found = (_parsed(NO_SIGN.sub("", match[0])) for match in WRITTEN.finditer(text))
    return [code for code in found if code is not None]


def _parsed(text: str) -> str | None:
    try:
        return share_code.parse(text)
    except BadCode:
        return None
