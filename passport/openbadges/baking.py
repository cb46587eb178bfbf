"""Baked badges: a picture that carries its credential (Open Badges 3.0, section 5.3).

A PNG carries it in one text chunk, an SVG in one element, as JSON or as a token. We write an uncompressed
iTXt chunk; image tools that save the picture again may have made another text chunk of it. The extracted
bytes are unverified. The picture itself proves nothing, and is never drawn or decoded here.

Badges of Open Badges 1 and 2 stand in the same places under other names; they are recognised, not read.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from .errors import BadPicture, NoCredential, OlderBadge

MAX_BYTES = 12 * 1024 * 1024
MAX_CREDENTIAL = 1024 * 1024

_PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
# Flag and method of compression, then an empty language tag and an empty translated keyword.
_PLAIN = b"\0\0\0\0"
_MAX_CHUNKS = 10_000
# Of the language tag and of the translated keyword (PNG, section 11.3.3.4): longer ones carry something else.
_MAX_NAMES = 200
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_ELEMENT = f"{_NAMESPACE} credential"
# Open Badges 2.0, "Baked badges": the keyword and the element of badges before version 3.
_OLDER_KEYWORD, _OLDER_ELEMENT = b"openbadges", "http://openbadges.org assertion"
_NEW_TYPE = b"VerifiableCredential"
_TOKEN = re.compile(r"\s*[\w-]+\.[\w-]+\.[\w-]+\s*", re.ASCII)
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_MAX_DEPTH = 64
_SVG = re.compile(rb"<(?:[\w-]+:)?svg[\s>]")
_SVG_TAG = re.compile(rb"<svg(?=[\s>])(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")


def bake_png(picture: bytes, credential: bytes) -> bytes:
    """Put a credential into a PNG. Raises BadPicture for another format, or if it carries one already."""
    if next(_carried(picture), None) is not None:
        raise BadPicture("the picture carries a credential already")
    head = len(_PNG) + 12 + 13  # the signature, then the header chunk, which comes first (PNG, section 5.6)
    return picture[:head] + _chunk(b"iTXt", _KEYWORD + b"\0" + _PLAIN + credential.strip()) + picture[head:]


def unbake_png(picture: bytes) -> bytes:
    """Take the credential out of a PNG, without blanks and byte order mark around it.

    Raises OlderBadge for a badge of an older version, NoCredential for a picture that carries none, and
    BadPicture for any other kind of file, a damaged one, and more than one credential.
    """
    return _only(list(islice(_carried(picture), 2)))


def bake_svg(picture: bytes, credential: bytes) -> bytes:
    """Put a credential into an SVG: a token as an attribute, JSON as text. Raises BadPicture likewise."""
    if _Reader.read(picture):
        raise BadPicture("the picture carries a credential already")
    tag = _SVG_TAG.search(picture)
    if tag is None or tag.group().endswith(b"/>"):
        raise BadPicture("the picture has no place for a credential")
    opened = tag.group()[:-1] + f' xmlns:openbadges="{_NAMESPACE}">'.encode()
    baked = picture[: tag.start()] + opened + _element(credential.strip()) + picture[tag.end() :]
    if unbake_svg(baked) != credential.strip():
        raise BadPicture("the credential does not come out of this picture as it went in")
    return baked


def unbake_svg(picture: bytes) -> bytes:
    """Take the credential out of an SVG, as `unbake_png` does from a PNG."""
    return _only(_Reader.read(picture))


def unbake(picture: bytes) -> bytes:
    """Take the credential out of a PNG or an SVG. Raises BadPicture for anything else."""
    return unbake_png(picture) if picture.startswith(_PNG) else unbake_svg(picture)


def is_picture(data: bytes) -> bool:
    """Return whether the first bytes look like a picture, rather than a credential itself."""
    is_markup = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    return data.startswith(_PNG) or (is_markup and _SVG.search(data) is not None)


def _only(carried: list[bytes]) -> bytes:
    if not carried:
        raise NoCredential("the picture carries no credentials")
    if len(carried) > 1:
        raise BadPicture("the picture carries more than one credential")
    credential = carried[0].strip(_BLANKS)
    if not credential:
        raise BadPicture("the credential is empty")
    return credential


def _refuse_older(older: bytes) -> None:
    """Raise OlderBadge unless a credential of version 3 stands in the place of an older badge."""
    if _NEW_TYPE not in older:
        raise OlderBadge("an older kind of badge (Open Badges 1 or 2), which cannot be checked here")


def _carried(picture: bytes) -> Iterator[bytes]:
    """Return the texts with our keyword; those with the older one only where there are none of ours."""
    older: list[bytes] = []
    found = False
    for name, data in _chunks(picture):
        keyword, _, rest = data.partition(b"\0")
        if name not in _TEXTS or keyword not in {_KEYWORD, _OLDER_KEYWORD}:
            continue
        if keyword == _OLDER_KEYWORD and len(older) > 1:
            continue  # more than one is too many: no other is unpacked
        text = _TEXTS[name](rest)
        if not 0 < len(text) <= MAX_CREDENTIAL or b"\0" in text:
            raise BadPicture("the credential has an odd size")
        if keyword == _KEYWORD:
            found = True
            yield text
        else:
            older.append(text)
    if older and not found:
        for text in older:
            _refuse_older(text)
        yield from older


def _international(rest: bytes) -> bytes:
    """Return the text of an iTXt chunk after its keyword (PNG, section 11.3.3.4)."""
    flag, (language, _, named) = rest[:2], rest[2:].partition(b"\0")
    translated, _, text = named.partition(b"\0")
    if len(language) + len(translated) > _MAX_NAMES:
        raise BadPicture("the names beside the credential are too long")
    if flag == _PLAIN[:2]:
        return text
    if flag != b"\1\0":
        raise BadPicture("the credential is compressed in a way that PNG does not have")
    return _inflated(text)


def _latin(text: bytes) -> bytes:
    """Return the text of a tEXt or zTXt chunk in UTF-8: it is Latin-1, but many tools put UTF-8 there."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1").encode("utf-8")
    return text


def _compressed(rest: bytes) -> bytes:
    """Return the text of a zTXt chunk after its keyword (PNG, section 11.3.3.3)."""
    if rest[:1] != b"\0":
        raise BadPicture("the credential is compressed in a way that PNG does not have")
    return _latin(_inflated(rest[1:]))


def _inflated(data: bytes) -> bytes:
    """Inflate a text, no further than the largest credential."""
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, MAX_CREDENTIAL + 1)
    except zlib.error as error:
        raise BadPicture("the compressed credential is damaged") from error
    if len(text) <= MAX_CREDENTIAL and not unpacking.eof:
        raise BadPicture("the compressed credential is cut off")
    return text


_TEXTS: dict[bytes, Callable[[bytes], bytes]] = {
    b"iTXt": _international,
    b"tEXt": _latin,
    b"zTXt": _compressed,
}


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Iterate over the chunks (PNG, section 5.3): length, name, data, check."""
    if len(picture) > MAX_BYTES or not picture.startswith(_PNG):
        raise BadPicture("not a PNG of a few megabytes at most")
    place, name = len(_PNG), b""
    for number in range(_MAX_CHUNKS):
        if len(picture) < place + 12:
            break
        length, name = struct.unpack_from(">I4s", picture, place)
        data = picture[place + 8 : place + 8 + length]
        if picture[place : place + 12 + length] != _chunk(name, data) or (number == 0) != (name == b"IHDR"):
            break
        yield name, data
        place += 12 + length
        if name == b"IEND":
            return
    raise BadPicture("the PNG is damaged or cut off")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data), name) + data + struct.pack(">I", zlib.crc32(name + data))


def _element(credential: bytes) -> bytes:
    try:
        text = credential.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadPicture("the credential is not UTF-8") from error
    if not text.startswith("{"):
        return f"<openbadges:credential verify={quoteattr(text)}/>".encode()
    text = text.replace("]]>", "]]]]><![CDATA[>")
    return f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>".encode()


@dataclass
class _Element:
    """An element that carries a credential: its attribute `verify`, and its text in parts."""

    name: str
    verify: str
    body: list[str] = field(default_factory=list)
    size: int = 0

    def held(self) -> bytes:
        """Return the token in `verify`, which is the whole credential (section 5.3.2.1); else the text."""
        body = "".join(self.body)
        is_token = _TOKEN.fullmatch(self.verify) or not body.strip()
        return (self.verify if is_token else body).encode("utf-8")


class _Reader:
    """A one-pass SVG reader, without a tree and without entities: none is declared, none is fetched."""

    def __init__(self) -> None:
        self._carried: list[_Element] = []
        self._depth = 0
        self._inside = False

    @classmethod
    def read(cls, picture: bytes) -> list[bytes]:
        """Return what the elements hold; the older ones' only where there are none of ours.

        Raises BadPicture for broken or deep XML, or entities, and OlderBadge.
        """
        if len(picture) > MAX_BYTES:
            raise BadPicture("not an SVG of a few megabytes at most")
        reader, parser = cls(), expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.text
        parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = reader.refuse
        parser.ExternalEntityRefHandler = reader.refuse
        try:
            parser.Parse(picture, True)
        except (expat.ExpatError, ValueError) as error:
            raise BadPicture("not an SVG that can be read") from error
        carried = [element.held() for element in reader._carried if element.name == _ELEMENT]
        if not carried:
            carried = [element.held() for element in reader._carried]
            for older in carried:
                _refuse_older(older)
        return carried

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH or self._inside:
            raise BadPicture("the SVG is too deep, or has something inside the credential")
        if self._depth == 1 and name.rpartition(" ")[2] != "svg":
            raise BadPicture("not an SVG")
        if name in {_ELEMENT, _OLDER_ELEMENT}:
            self._inside = True
            self._carried.append(_Element(name, attributes.get("verify", "")))

    def end(self, _name: str) -> None:
        self._depth -= 1
        self._inside = False

    def text(self, text: str) -> None:
        if self._inside:
            element = self._carried[-1]
            element.body.append(text)
            element.size += len(text)
            if element.size > MAX_CREDENTIAL:
                raise BadPicture("the credential has an odd size")

    def refuse(self, *_: object) -> NoReturn:
        raise BadPicture("the SVG declares entities")
