"""Find codes, our addresses and credentials in a text of any kind: pasted, in a file, a cell or a QR code."""

from __future__ import annotations

import re
from collections.abc import Iterable

from passport.adapters.pictures.errors import Unreadable
from passport.openbadges import address, messages, share_code
from passport.openbadges.errors import BadAddress, BadCode, MalformedCredential, WrappedTooOften
from passport.services.checking import gateways, parsed_input, typed_codes
from passport.services.checking.parsed_input import Found

LONGEST = 1024 * 1024
TOO_LONG, TOO_OFTEN, BROKEN = "long text", "wrapped too often", "broken"
# A mail program may have broken the long row of digits into lines.
WRAPPED = re.compile(r"(?P<before>#1\d{20,})(?P<more>(?:[ \t]*\r?\n[ \t>]*\d{10,})+)")
# bounded: otherwise a text of letters alone would be scanned again from each letter
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,20}://[^\s<>\"'\u201c\u201d]+", re.IGNORECASE)
# Two addresses without a space between them: a link in Markdown, or a list.
JOINED = re.compile(r"\]\(|[,;|](?=[a-z]{3,5}://)", re.IGNORECASE)
MARK = "#1"
# In the text of a page a code may be broken at its hyphens, which pdfium returns as a noncharacter.
BETWEEN = r"[\W_]{0,3}"
NO_SIGN = re.compile(r"[\W_]+")
SIGNS = f"[{share_code.ALPHABET}]{{4}}"
# In boxes of a form, once printed, each character stands alone.
APART = rf"S\s+P(?:[\s\ufffe-]+[{share_code.ALPHABET}]){{{share_code.LENGTH}}}"
WRITTEN = re.compile(rf"(?<!\w)(?:{share_code.PREFIX}(?:{BETWEEN}{SIGNS}){{3}}|{APART})(?!\w)", re.IGNORECASE)


def everything_in(text: str, public_url: str) -> Found:
    """Return the codes, addresses and credentials in a text; other sites' addresses only if nothing is ours.

    `public_url` is our origin: addresses of other origins are not ours, unless a mail gateway has rewritten
    one of ours, which gives its code. Raises Unreadable for a text that is too long, has a badge in it that
    is cut off, or has one in too many wrappers.
    """
    if len(text) > LONGEST:
        raise Unreadable(TOO_LONG)
    try:
        letter = messages.read(text)
    except WrappedTooOften as error:
        raise Unreadable(TOO_OFTEN) from error
    written = [_codes_and_addresses(rest.strip(), public_url) for rest in letter.rests]
    codes = next((each for each in written if each.is_ours), written[0])
    everything = parsed_input.together([parsed_input.of(letter.opened, letter.mended), codes])
    if letter.broken and not everything.is_ours:
        raise Unreadable(BROKEN)
    return parsed_input.without_others(everything) if everything.is_ours else everything


def written_codes(text: str) -> list[str]:
    """Return the codes in a page's text; a check character excludes numbers that only look like codes."""
    codes = (_code(NO_SIGN.sub("", match[0])) for match in WRITTEN.finditer(text))
    return [code for code in codes if code]


def codes_inside(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the codes that addresses of other sites carry, as people write them, for the user to type."""
    written = (code for each in addresses for code in written_codes(gateways.decoded(each)))
    return tuple(dict.fromkeys(share_code.pretty(code) for code in written))


def holds_entry(text: str) -> bool:
    """Return whether a text is an address that holds an entry, which people also paste as a code."""
    return MARK in text and bool(ADDRESS.match(text))


def _codes_and_addresses(text: str, public_url: str) -> Found:
    if code := _code(typed_codes.as_code(text)):
        return Found((code,))
    if typed_codes.looks_like_an_address(text) and not re.search(r"\s", text) and "://" not in text:
        return _in_address(typed_codes.bare(text), public_url)
    joined = JOINED.sub(" ", WRAPPED.sub(_on_one_line, text))
    addresses = [match[0].rstrip(".,;:)]}*_") for match in ADDRESS.finditer(joined)]
    parts = [_in_address(each, public_url) for each in addresses]
    return parsed_input.together([*parts, Found(tuple(written_codes(ADDRESS.sub(" ", joined))))])


def _in_address(text: str, public_url: str) -> Found:
    """Return what an address is: a code, an entry, nothing (another page of ours), or not ours."""
    inner = "" if typed_codes.is_ours(text, public_url) else gateways.behind(text)
    ours = inner or text
    if not typed_codes.is_ours(ours, public_url):
        return Found(others=(text,))
    typed = typed_codes.code_in(ours)
    _page, mark, inside = ours.partition("#")
    if (mark + inside).startswith(MARK) and not inner:
        return _entry(f"{public_url}/c/{typed.upper()}#{inside}")
    code = _code(typed)
    return Found((code,)) if code else Found()


def _entry(whole: str) -> Found:
    """Return an address of ours with an entry inside; a code in it is not checked for slips of typing."""
    try:
        return Found((address.parse(whole).share_code(),), fragments=(whole,))
    except (BadAddress, MalformedCredential):
        return Found()


def _on_one_line(match: re.Match[str]) -> str:
    return match["before"] + re.sub(r"[^\d]", "", match["more"])


def _code(text: str) -> str:
    try:
        return share_code.parse(text)
    except BadCode:
        return ""
