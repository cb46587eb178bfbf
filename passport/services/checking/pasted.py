"""Find codes in pasted text of any kind: a message, the output of a scanner, a badge file's text."""

from __future__ import annotations

import re

from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.services.checking import handed_in, typed_codes
from passport.services.checking.handed_in import Found, Turn, Unreadable
from passport.services.core import text_encoding

# A mail program may have broken the long row of digits into lines.
WRAPPED = re.compile(r"(?P<before>#1\d{20,})(?P<more>(?:[ \t]*\r?\n[ \t>]*\d{10,})+)")
# bounded: otherwise a text of letters alone would be scanned again from each letter
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,20}://[^\s<>\"']+", re.IGNORECASE)
MARK = "#1"
LARGEST_TEXT = 1024 * 1024


def everything_in(text: str, public_url: str) -> Found:
    """Return the codes, addresses and credential files in a text; foreign addresses only if nothing is ours.

    Raises Unreadable for a text that begins like a badge file and is none.
    """
    whole = text.strip()
    if whole.startswith("{") or handed_in.TOKEN.fullmatch(whole.encode(errors="replace")):
        return handed_in.read_upload(whole.encode(errors="replace"), public_url)
    joined = WRAPPED.sub(lambda match: match["before"] + re.sub(r"[^\d]", "", match["more"]), whole)
    codes: dict[str, None] = {}
    fragments: dict[str, None] = {}
    others: dict[str, None] = {}
    for match in ADDRESS.finditer(joined):
        _sort(match[0].rstrip(".,;:)]}"), public_url, codes, fragments, others)
    codes.update(dict.fromkeys(handed_in.written_codes(ADDRESS.sub(" ", joined))))
    nothing = not (codes or fragments)
    return Found(tuple(codes), (), tuple(fragments), tuple(others) if nothing else ())


def read_file(data: bytes, public_url: str, turn: Turn | None = None) -> Found:
    """Read a file of any supported kind, including text. Raises Unreadable, and Busy with a `turn`."""
    try:
        return handed_in.read_upload(data, public_url, turn)
    except Unreadable as error:
        text = _plain(data) if error.reason == handed_in.OF_NO_KIND else ""
        if not text:
            raise
    return everything_in(text, public_url)


def in_cell(text: str, public_url: str) -> Found:
    """Return what a table's cell holds: a code in any notation, an address, or either within a sentence."""
    inside = text.strip()
    if code := _code(inside):
        return Found((code,))
    is_address = typed_codes.looks_like_an_address(inside) and not holds_entry(inside)
    if is_address and not typed_codes.is_ours(inside, public_url):
        leads_away = "://" in inside or handed_in.written_codes(inside)
        return Found(others=(inside,)) if leads_away else Found()
    if code := _code(typed_codes.code_in(inside) if is_address else typed_codes.as_code(inside)):
        return Found((code,))
    try:
        return everything_in(inside, public_url)
    except Unreadable:
        return Found()


def _code(text: str) -> str:
    try:
        return share_code.parse(text)
    except BadCode:
        return ""


def holds_entry(text: str) -> bool:
    """Return whether a text is an address that holds an entry, which people also paste as a code."""
    return MARK in text and bool(ADDRESS.match(text))


def _plain(data: bytes) -> str:
    """Return a file's text; empty for a file that is not text."""
    if len(data) > LARGEST_TEXT:
        return ""
    text = text_encoding.decoded(data)
    return "" if any(sign < " " and sign not in "\t\r\n\f" for sign in text) else text


def _sort(
    address: str,
    public_url: str,
    codes: dict[str, None],
    fragments: dict[str, None],
    others: dict[str, None],
) -> None:
    if not typed_codes.is_ours(address, public_url):
        others[address] = None
        return
    code = _code(typed_codes.code_in(address))
    if not code:
        return  # the error is reported for the whole text
    codes[code] = None
    _page, mark, inside = address.partition("#")
    if (mark + inside).startswith(MARK):
        fragments[f"{public_url}/c/{code}#{inside}"] = None
