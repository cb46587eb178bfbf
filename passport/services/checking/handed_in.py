"""Find codes, our addresses and credentials in a submitted file, by its content and never by its name.

Nothing is verified here: the results go to `checks`.
"""

from __future__ import annotations

import re

from passport.adapters.pictures import decoding, reader_processes, reading
from passport.adapters.pictures.errors import Busy, Unreadable
from passport.adapters.pictures.reader_processes import Turn
from passport.openbadges import baking, messages, wrappers
from passport.openbadges.errors import BadPicture, NoCredential, OlderBadge, WrappedTooOften
from passport.proofs import json_text
from passport.proofs.errors import NotJson
from passport.services.checking import parsed_input, text_search
from passport.services.checking.parsed_input import Found, together
from passport.services.core import text_encoding
from passport.verifier import Kind

__all__ = ["MAX_BYTES", "Busy", "Found", "Turn", "Unreadable", "read_upload"]

MAX_BYTES = reading.MAX_BYTES
PDF = b"%PDF-"
OF_NO_KIND = "not a picture"
# Acrobat accepts a PDF whose header comes a little later (PDF 1.7, implementation note 13)
PDF_WITHIN = 1024
BLANKS = b"\xef\xbb\xbf \t\r\n"
IN_PNG, IN_SVG = b"openbadge", b"purl.imsglobal.org/ob/v3p0"
SVG = re.compile(rb"<(?:svg|[\w-]+:svg)[\s>]")
BREAKS = "\t\r\n\f"
OLD_BADGE = Found(kinds=(Kind.OLD_BADGE,))


def read_upload(data: bytes, public_url: str, turn: Turn | None = None) -> Found:
    """Read a PDF, JPEG, PNG, HEIC, AVIF, SVG, or text. A baked picture gives its credential and its codes.

    `public_url` is our origin: addresses of other origins are not ours. Raises Unreadable, with the reason,
    for anything that cannot be read. A request passes its `turn`: Busy is then raised instead of waiting
    longer for a reader process than the turn allows.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("too large")
    start = data.lstrip(BLANKS)
    if data.startswith(decoding.KINDS) or decoding.is_of_a_phone(data):
        return _picture(data, public_url, turn)
    if PDF in data[:PDF_WITHIN]:
        return _pdf(data, public_url, turn)
    if messages.is_mail(data):
        return _mail(data, public_url, turn)
    if start.startswith(b"<") and SVG.search(data):
        return _drawing(start, public_url, turn)
    return _text(data, public_url)


def _mail(data: bytes, public_url: str, turn: Turn | None) -> Found:
    """Return what the texts and the attached files of a mail hold; links in it may lead anywhere."""
    read = []
    try:
        parts = messages.mail_parts(data)
    except WrappedTooOften as error:
        raise Unreadable(text_search.TOO_OFTEN) from error
    for part in parts:
        try:
            # of a mail inside the mail, the parts are here too
            read.append(Found() if messages.is_mail(part) else read_upload(part, public_url, turn))
        except Unreadable:
            continue  # a logo, a calendar: any other file may be attached
    everything = together(read)
    return parsed_input.without_others(everything) if everything.is_ours else everything


def _picture(data: bytes, public_url: str, turn: Turn | None) -> Found:
    contents = reader_processes.read_picture(data, turn)
    baked = _baked_png(data)
    if contents.is_our_badge and baked.nothing:
        raise Unreadable("lost its data")
    return together([baked, *_in_codes(contents.codes, public_url)])


def _baked_png(data: bytes) -> Found:
    """Return the credential baked into a PNG; a photo or a screenshot has none."""
    if not data.startswith(decoding.KINDS[0]) or IN_PNG not in data:
        return Found()
    try:
        return _opened(baking.unbake_png(data))
    except NoCredential:
        return Found()
    except OlderBadge:
        return OLD_BADGE
    except BadPicture as error:
        raise Unreadable("broken") from error


def _drawing(data: bytes, public_url: str, turn: Turn | None) -> Found:
    """Return the credential baked into an SVG, or else the codes drawn in it."""
    try:
        return _opened(baking.unbake_svg(data))
    except NoCredential:
        drawn = together(_in_codes(reader_processes.read_drawing(data, turn).codes, public_url))
    except OlderBadge:
        return OLD_BADGE
    except BadPicture as error:
        raise Unreadable("broken" if IN_SVG in data else "drawing") from error
    if drawn.nothing:
        raise Unreadable("drawing")
    return drawn


def _pdf(data: bytes, public_url: str, turn: Turn | None) -> Found:
    """Return what the codes, the text, the form, the links and the attached files of a PDF hold."""
    contents = reader_processes.read_pdf(data, turn)
    fields = [field for field in contents.fields if not field.isdecimal()]
    written = "\n".join([contents.text, *contents.fields])
    return together(
        [
            *map(_attached, contents.attached),
            *_in_codes(contents.codes, public_url),
            Found(tuple(text_search.written_codes(written))),
            *(parsed_input.without_others(field) for field in _in_codes(fields, public_url)),
            *_in_links(contents.links, public_url),
        ]
    )


def _in_links(links: list[str], public_url: str) -> list[Found]:
    """Return what links lead to. A letter may link to any other page, but not to a code of ours elsewhere."""
    with_codes = zip(links, _in_codes(links, public_url), strict=True)
    return [led for link, led in with_codes if led.is_ours or text_search.written_codes(link)]


def _attached(file: bytes) -> Found:
    """Return the credentials in a file that a PDF carries; it may carry any others, too."""
    try:
        return _opened(baking.unbake(file) if baking.is_picture(file) else _credential(file.strip(BLANKS)))
    except (BadPicture, NotJson):
        return Found()


def _credential(file: bytes) -> bytes:
    """Return a file that is meant as a credential. Raises NotJson for any other."""
    is_meant = wrappers.is_token(file.decode("latin-1")) or wrappers.is_wrapper_or_credential(
        json_text.read(file)
    )
    if not is_meant:
        raise NotJson("no credential")
    return file


def _opened(credential: bytes) -> Found:
    """Return a credential that was found in a file, without what is wrapped around it."""
    try:
        opened = wrappers.opened(credential)
    except WrappedTooOften as error:
        raise Unreadable(text_search.TOO_OFTEN) from error
    except NotJson:
        return Found(documents=(credential,))  # the check reports what is wrong
    return parsed_input.of(opened)


def _text(data: bytes, public_url: str) -> Found:
    """Return what a text holds, in any encoding of office software."""
    text = text_encoding.decoded(data) if len(data) <= 2 * text_search.LONGEST else ""
    if not text and data:
        raise Unreadable(text_search.TOO_LONG if data.isascii() else OF_NO_KIND)
    if not data or any(sign < " " and sign not in BREAKS for sign in text):
        raise Unreadable(OF_NO_KIND)
    try:
        return text_search.everything_in(text, public_url)
    except Unreadable as error:
        if error.reason != text_search.BROKEN:
            raise
        return Found(documents=(text.strip().encode(),))  # the check says whose it is, and what to ask for


def _in_codes(codes: list[str], public_url: str) -> list[Found]:
    """Return what each QR code holds: its text is read like pasted text."""
    read = []
    for code in codes:
        try:
            read.append(text_search.everything_in(code, public_url))
        except Unreadable:
            read.append(Found())  # the text of a badge that is cut off
    return read
