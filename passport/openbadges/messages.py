"""Find credentials in a text: a message with JSON or a token in it, as mail programs and people leave it.

JSON stands amid prose, or has its lines broken by a mail program; a token has a label before it and goes on
over several lines. Nothing is verified here.
"""

import codecs
import email
import html
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from itertools import islice

from passport.proofs import json_text
from passport.proofs.errors import NotJson

from . import wrappers
from .errors import WrappedTooOften
from .wrappers import Unwrapped

BLANKS = "\ufeff \t\r\n"
# A text with more objects and tokens than this is no message.
MAX_TRIES = 50
# The header of a mail that passed many servers, and the parts of one with pictures in its signature.
MAX_HEAD, MAX_PARTS = 64 * 1024, 30
# The library calls itself for each part that encloses others, and looks at each line and each character of
# a Content-Type more than once. Attachments of 12 MB have 170,000 lines.
MAX_ENCLOSING, MAX_LINES, MAX_CONTENT_TYPE = 100, 300_000, 4_000
MAX_MENDED = 5
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]")
_MIME = re.compile(rb"^(?:MIME-Version|Content-Type):", re.IGNORECASE | re.MULTILINE)
_CONTENT_TYPE = rb"(?:^|[\r\n])content-type:"
_ENCLOSING = re.compile(_CONTENT_TYPE + rb"[\s\x1c-\x1f]*(?:multipart|message)/", re.IGNORECASE)
_LONG = re.compile(_CONTENT_TYPE + rb"(?:[^\r\n]|\r?\n[ \t]|\r[ \t]){%d}" % MAX_CONTENT_TYPE, re.IGNORECASE)
# Codecs of Python that take a time which grows with the square of the text's length; no mail is written so.
_SLOW_CODECS = frozenset({"idna", "punycode"})
_OBJECT = re.compile(r"\{\s*\"")
_LOOKS_LIKE_A_BADGE = re.compile(r'"(?:@context|jwt|credential|verifiableCredential|proof)"\s*:')
_NEAR = 4096
# the first letters of base64url of a JSON object, with or without blanks
_TOKEN = re.compile(r"(?<![\w.-])e(?:yJ|yA|yI|wo|w0)[\w-]{6,}", re.ASCII)
_RUN = re.compile(r"[\w.-]+(?:[ \t]*\r?\n[ \t>|]*[\w.-]+)*", re.ASCII)
# Blanks before no line's end are passed over at once, and so is a string without an end: to try again from
# each blank and each quotation mark would take a time that grows with the square of their number.
_LINE_END = re.compile(r"(?:(?<![ \t])[ \t]++)?\r?\n[ \t>|]*")
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_QUOTED = re.compile(r"^[ \t]?(?:>[ \t]?)+", re.MULTILINE)
_SOFT_BREAK = re.compile(r"=\r?\n|=3D")
_ESCAPED = re.compile(r"&(?:quot|amp|#34|#x22|#39|lt);|<(?:br|wbr|p|div|span)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]{0,300}>(?:\r?\n)?", re.IGNORECASE)
_IN_A_CELL = re.compile(r'\{\s*""')
# What Windows-1252 has in the place of 32 control characters; five of these stay.
_SIGNS = "€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ"
_WINDOWS = {ord(sign): 0x80 + place for place, sign in enumerate(_SIGNS) if sign != "."}
# The length of a signature in base64url by its algorithm (RFC 7518, section 3; RFC 8037; RFC 9864).
_SIGNATURES = {"ES256": {86}, "ES256K": {86}, "EdDSA": {86}, "Ed25519": {86}, "ES384": {128}, "ES512": {176}}
_RSA = {342, 512, 683}
DOTS = 2


@dataclass(frozen=True)
class Letter:
    """What a text holds. `rests` is the text without it; where it holds nothing, in each form of the text.

    `mended` are those of the credentials whose text a mail program had broken inside its words: where one is
    not as it was signed, the breaking may be the cause. `broken` says that something begins like a badge and
    does not end like one.
    """

    opened: Unwrapped
    rests: tuple[str, ...]
    mended: frozenset[bytes] = frozenset()
    broken: bool = False


def is_mail(data: bytes) -> bool:
    """Return whether a file is a whole mail as mail programs save it (RFC 5322, with MIME, RFC 2045)."""
    head, blank, _ = data[:MAX_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")
    return bool(blank and _HEADER.match(head) and _MIME.search(head))


def mail_parts(data: bytes) -> list[bytes]:
    """Return the texts, as UTF-8, and the attached files of a mail, without what encloses others.

    Raises WrappedTooOften for a mail that encloses more than mails do, or has more lines.
    """
    lines = data.count(b"\n") + data.count(b"\r")
    if lines > 2 * MAX_LINES or len(_ENCLOSING.findall(data)) > MAX_ENCLOSING or _LONG.search(data):
        raise WrappedTooOften("a mail that encloses more than mails do")
    parts = (part for part in email.message_from_bytes(data).walk() if not part.is_multipart())
    return [_content(part) for part in islice(parts, MAX_PARTS)]


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return b""
    if part.get_content_maintype() != "text":
        return content
    try:
        named = codecs.lookup(part.get_content_charset("utf-8")).name
        return content if named in _SLOW_CODECS else content.decode(named).encode(errors="replace")
    except LookupError:
        return content  # of an unknown character set
    except ValueError:
        return decoded(content).encode()


def decoded(data: bytes) -> str:
    """Return a text in UTF-16 with its mark, in UTF-8 or, where it is neither, in Windows-1252.

    Windows PowerShell writes the first, and mail programs quotes in the last.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read(text: str) -> Letter:
    """Find every credential in a text, in the first of its forms in which there is one.

    One that stands whole in another form is preferred to one that has to be mended. Raises WrappedTooOften.
    """
    letters = [_read(form) for form in _forms(text)]
    held = [letter for letter in letters if letter.opened.credentials]
    whole = [letter for letter in held if not letter.mended]
    if held:
        return (whole or held)[0]
    rests = tuple(letter.rests[0] for letter in letters)
    return Letter(letters[0].opened, rests, broken=letters[0].broken)


def _forms(text: str) -> Iterator[str]:
    """Return a text as it is, and again without each thing that mail programs and tables add to it.

    Marks of quotation, quoted-printable (RFC 2045, section 6.7), HTML, and the doubled quotation marks of a
    cell (RFC 4180).
    """
    text = _ungarbled(text)
    yield text
    for plain, needs in (
        (_unquoted, _QUOTED),
        (_unprinted, _SOFT_BREAK),
        (_unescaped, _ESCAPED),
        (_undoubled, _IN_A_CELL),
    ):
        if needs.search(text):
            text = plain(text)
            yield text


def _read(text: str) -> Letter:
    """Find every credential in one form of a text."""
    whole = text.strip(BLANKS)
    if whole[:1] in {"{", "[", '"'} or wrappers.is_token(whole):
        try:
            opened = wrappers.opened(whole.encode(errors="replace"))
        except NotJson:
            pass  # prose may begin like JSON, and JSON may have been broken
        else:
            if whole.startswith("{") or any(map(_may_be_one, opened.credentials)):
                return Letter(opened, ("",))
    finding = _Finding(whole)
    finding.objects()
    finding.tokens()
    return finding.letter()


def _may_be_one(credential: bytes) -> bool:
    return credential.startswith(b"{") or wrappers.is_token(credential.decode("utf-8", "replace"))


class _Finding:
    """What has been found so far, and where."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[tuple[int, int, Unwrapped]] = []
        self.mended: set[bytes] = set()
        self.broken = text.startswith("{")
        self.tries = 0

    def objects(self) -> None:
        """Find objects of JSON. One that begins like a badge and cannot be read is not searched for parts."""
        place = 0
        for _ in range(MAX_TRIES):
            start = _OBJECT.search(self.text, place)
            if start is None:
                return
            place = self._object(start.start())

    def _object(self, start: int) -> int:
        """Read the object at a place; return where to go on."""
        value, end = _decoded(self.text, start)
        if end:
            self._keep(start, end, value)
            return end
        if not _LOOKS_LIKE_A_BADGE.search(self.text, start, start + _NEAR):
            return start + 1
        return self._mend(start)

    def _mend(self, start: int) -> int:
        """Read the object at a place with the lines of its texts joined; return where to go on."""
        self.tries += 1
        mended = _STRING.sub(_joined, self.text[start:])
        value, end = _decoded(mended, 0)
        if not end or self.tries > MAX_MENDED:
            self.broken = True
            return len(self.text)
        opened = self._keep(start, start, value)
        self.mended.update(opened.credentials)
        after = len(mended) - end
        self.found[-1] = (start, len(self.text) - after, opened)
        return len(self.text) - after

    def _keep(self, start: int, end: int, value: object) -> Unwrapped:
        known = wrappers.is_wrapper_or_credential(value)
        opened = wrappers.opened_value(value) if known else Unwrapped()
        if known:
            self.found.append((start, end, opened))
        return opened

    def tokens(self) -> None:
        """Find tokens outside of the objects."""
        place = 0
        for _ in range(MAX_TRIES):
            start = _TOKEN.search(self.text, place)
            if start is None:
                return
            inside = next((end for begin, end, _ in self.found if begin <= start.start() < end), 0)
            place = inside or self._token(start.start())

    def _token(self, start: int) -> int:
        run = _RUN.match(self.text, start)
        if run is None:
            return start + 1
        token, length = _first_token(run[0], start - (self.text.rfind("\n", 0, start) + 1))
        if not wrappers.is_token(token):
            self.broken = self.broken or ("." in token and "alg" in wrappers.header_of(token))
            return run.end()
        end = start + length
        self.found.append((start, end, wrappers.opened(token.encode())))
        return end

    def letter(self) -> Letter:
        """Return what was found, in the text's order."""
        everything, rest, place = Unwrapped(), [], 0
        for start, end, opened in sorted(self.found, key=lambda found: found[0]):
            everything.credentials += opened.credentials
            everything.presentations += opened.presentations
            rest.append(self.text[place:start])
            place = max(place, end)
        rest.append(self.text[place:])
        return Letter(everything, (" ".join(rest),), frozenset(self.mended), self.broken)


def _decoded(text: str, start: int) -> tuple[object, int]:
    """Return the JSON value at a place, read strictly, and its end; 0 for the end where there is none."""
    try:
        value, end = json_text.read_from(text, start)
    except NotJson:
        return None, 0
    return value, end


def _joined(string: re.Match[str]) -> str:
    """Join the lines of a JSON string: at a space where it has words, else without anything."""
    text = string[0]
    if "\n" not in text:
        return text
    return _LINE_END.sub(" " if " " in text else "", text)


def _first_token(run: str, before: int) -> tuple[str, int]:
    """Return the token at the beginning of a run of lines, joined, and the length of what it takes up.

    A token ends at the line's end at which its signature has the length of its algorithm; of another
    algorithm after the first line that is shorter than the one before. `before` is what stands before it in
    its first line.
    """
    ends = [*(match.start() for match in _LINE_END.finditer(run)), len(run)]
    starts = [0, *(match.end() for match in _LINE_END.finditer(run))]
    lengths = _lengths(run)
    dots, signed, width, length = 0, 0, before + ends[0], 0
    parts: list[str] = []
    for start, end in zip(starts, ends, strict=True):
        line = run[start:end]
        if parts and len(line) > width:
            break  # a mail program breaks lines at one width: a longer one is something else
        if dots + line.count(".") > DOTS:
            line = line.rstrip(".")  # the end of a sentence
        parts.append(line)
        length = start + len(line)
        dots += line.count(".")
        signed = len(line.rpartition(".")[2]) + (0 if "." in line else signed)
        if dots == DOTS and (signed in lengths if lengths else len(line) < width):
            break
    return "".join(parts), length


def _lengths(run: str) -> set[int]:
    header = wrappers.header_of(_LINE_END.sub("", run.partition(".")[0]))
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        return set()
    return _RSA if algorithm[:2] in {"RS", "PS"} else _SIGNATURES.get(algorithm, set())


def _ungarbled(text: str) -> str:
    """Return a text in UTF-8 that a program took for Windows-1252 or Latin-1, as it was before.

    Windows PowerShell saves downloads so. A text that was not taken so has no such reading, and stays.
    """
    try:
        return text.translate(_WINDOWS).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _undoubled(text: str) -> str:
    return text.replace('""', '"')


def _unquoted(text: str) -> str:
    return _QUOTED.sub("", text)


def _unprinted(text: str) -> str:
    return decoded(quopri.decodestring(text.encode(errors="replace")))


def _unescaped(text: str) -> str:
    return html.unescape(_TAG.sub("\n", text)).replace("\xa0", " ")
