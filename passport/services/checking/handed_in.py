"""Find codes, our addresses and credentials in a submitted file, by its content and never by its name.

Nothing is verified here: the results go to `checks`.
"""

from __future__ import annotations

import re

from passport.adapters.pictures import apart, reading
from passport.adapters.pictures.apart import Turn
from passport.adapters.pictures.errors import Busy, Unreadable
from passport.openbadges import baking, wrappers
from passport.openbadges.errors import BadPicture, WrappedTooOften
from passport.proofs.errors import NotJson
from passport.services.checking import found, texts
from passport.services.checking.found import Found, together
from passport.services.core import text_encoding

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
SVG = re.compile(rb"<(?:svg|[\w-]+:svg)[\s>]")
BREAKS = "\t\r\n\f"


def read_upload(data: bytes, public_url: str, turn: Turn | None = None) -> Found:
    """Read a PDF, JPEG, PNG, SVG, or text. A baked picture gives its credential and its codes.

    `public_url` is our origin: addresses of other origins are not ours. Raises Unreadable, with the reason,
    for anything that cannot be read. A request passes its `turn`: Busy is then raised instead of waiting
    longer for a reader process than the turn allows.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("too large")
    start = data.lstrip(BLANKS)
    if data.startswith(PICTURES):
        return together([_baked_png(data), *_in_codes(apart.codes_in_picture(data, turn), public_url)])
    if PDF in data[:PDF_WITHIN]:
        contents = apart.read_pdf(data, turn)
        written = Found(tuple(texts.written_codes(contents.text)))
        return together([*_in_codes(contents.codes, public_url), written])
    if PHONE_PHOTO.match(data):
        raise Unreadable("photo of a phone")
    if start.startswith(b"<") and SVG.search(data):
        return _baked_svg(start)
    return _text(data, public_url)


def _baked_png(data: bytes) -> Found:
    """Return the credential baked into a PNG; a photo or a screenshot has none."""
    if IN_PNG not in data or not data.startswith(PICTURES[0]):
        return Found()
    try:
        return _opened(baking.unbake_png(data))
    except BadPicture as error:
        raise Unreadable("broken") from error


def _baked_svg(data: bytes) -> Found:
    try:
        return _opened(baking.unbake_svg(data))
    except BadPicture as error:
        raise Unreadable("broken" if IN_SVG in data else "drawing") from error


def _opened(credential: bytes) -> Found:
    """Return a credential that was found in a file, without what is wrapped around it."""
    try:
        opened = wrappers.opened(credential)
    except WrappedTooOften as error:
        raise Unreadable(texts.TOO_OFTEN) from error
    except NotJson:
        return Found(documents=(credential,))  # the check reports what is wrong
    return found.of(opened)


def _text(data: bytes, public_url: str) -> Found:
    """Return what a text holds, in any encoding of office software."""
    text = text_encoding.decoded(data) if len(data) <= 2 * texts.LONGEST else ""
    if not text and data:
        raise Unreadable(texts.TOO_LONG if data.isascii() else OF_NO_KIND)
    if not data or any(sign < " " and sign not in BREAKS for sign in text):
        raise Unreadable(OF_NO_KIND)
    return texts.everything_in(text, public_url)


def _in_codes(codes: list[str], public_url: str) -> list[Found]:
    """Return what each QR code holds: its text is read like pasted text."""
    read = []
    for code in codes:
        try:
            read.append(texts.everything_in(code, public_url))
        except Unreadable:
            read.append(Found())  # the text of a badge that is cut off
    return read
