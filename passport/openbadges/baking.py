"""Baked badges: a picture that carries its credential (Open Badges 3.0, section 5.3).

A PNG carries it in one uncompressed iTXt chunk, an SVG in one element, as JSON or as a token. The extracted
bytes are unverified. The picture itself proves nothing, and is never drawn or decoded here.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from .errors import BadPicture

MAX_BYTES = 4 * 1024 * 1024
MAX_CREDENTIAL = 1024 * 1024

_PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
# Flag and method of compression, then an empty language tag and an empty translated keyword.
_PLAIN = b"\0\0\0\0"
_MAX_CHUNKS = 10_000
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_ELEMENT = f"{_NAMESPACE} credential"
_MAX_DEPTH = 64
_SVG_TAG = re.compile(rb"<svg(?=[\s>])(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")


def bake_png(picture: bytes, credential: bytes) -> bytes:
    """Put a credential into a PNG. Raises BadPicture for another format, or if it carries one already."""
    if next(_carried(picture), None) is not None:
        raise BadPicture("the picture carries a credential already")
    head = len(_PNG) + 12 + 13  # the signature, then the header chunk, which comes first (PNG, section 5.6)
    return picture[:head] + _chunk(b"iTXt", _KEYWORD + b"\0" + _PLAIN + credential.strip()) + picture[head:]


def unbake_png(picture: bytes) -> bytes:
    """Take the credential out of a PNG. Raises BadPicture unless there is exactly one."""
    carried = list(_carried(picture))
    if len(carried) != 1:
        raise BadPicture(f"the picture carries {len(carried) or 'no'} credentials")
    return carried[0]


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
    """Take the credential out of an SVG. Raises BadPicture unless there is exactly one."""
    carried = _Reader.read(picture)
    if len(carried) != 1:
        raise BadPicture(f"the picture carries {len(carried) or 'no'} credentials")
    return carried[0].strip().encode("utf-8")


def unbake(picture: bytes) -> bytes:
    """Take the credential out of a PNG or an SVG. Raises BadPicture for anything else."""
    return unbake_png(picture) if picture.startswith(_PNG) else unbake_svg(picture)


def is_picture(data: bytes) -> bool:
    """Return whether the first bytes look like a picture, rather than a credential itself."""
    return data.startswith(_PNG) or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _carried(picture: bytes) -> Iterator[bytes]:
    """Return the contents of the chunks with our keyword (PNG, section 11.3.3.4)."""
    for name, data in _chunks(picture):
        keyword, _, rest = data.partition(b"\0")
        if name not in {b"iTXt", b"tEXt", b"zTXt"} or keyword != _KEYWORD:
            continue
        if name != b"iTXt" or rest[:2] != _PLAIN[:2]:
            raise BadPicture("the credential is compressed, or not in an iTXt chunk")
        language, _, rest = rest[2:].partition(b"\0")
        translated, _, text = rest.partition(b"\0")
        if len(language) + len(translated) > len(_KEYWORD) or not 0 < len(text) <= MAX_CREDENTIAL:
            raise BadPicture("the credential has an odd size")
        yield text


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


class _Reader:
    """A one-pass SVG reader, without a tree and without entities: none is declared, none is fetched."""

    def __init__(self) -> None:
        self.carried: list[str] = []
        self._depth = 0
        self._inside = False

    @classmethod
    def read(cls, picture: bytes) -> list[str]:
        """Return what the elements hold. Raises BadPicture for broken or deep XML, or entities."""
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
        return reader.carried

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH or self._inside:
            raise BadPicture("the SVG is too deep, or has something inside the credential")
        if self._depth == 1 and name.rpartition(" ")[2] != "svg":
            raise BadPicture("not an SVG")
        if name == _ELEMENT:
            self._inside = True
            self.carried.append(attributes.get("verify", ""))

    def end(self, _name: str) -> None:
        self._depth -= 1
        self._inside = False

    def text(self, text: str) -> None:
        if self._inside:
            self.carried[-1] += text
            if len(self.carried[-1]) > MAX_CREDENTIAL:
                raise BadPicture("the credential has an odd size")

    def refuse(self, *_: object) -> NoReturn:
        raise BadPicture("the SVG declares entities")
