"""Draw the filled areas of an SVG, so that a QR code in it can be scanned: ours are made of such areas alone.

This is no renderer: rectangles and paths of straight lines are drawn where they stand, in black or white.
Whatever else a drawing has (transformations, curves, strokes, text, styles, pictures) is left out; a code of
such parts is not found. Nothing is fetched, and no entity is expanded.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from PIL import Image, ImageDraw

from passport.adapters.pictures.errors import Unreadable

SIDE = 1200
MOST_ELEMENTS, MOST_AREAS, MOST_PARTS = 100_000, 100_000, 1_000_000
MAX_DEPTH = 64
WHITE_FROM = 128
NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(?:px|mm)?\s*", re.IGNORECASE)
PART = re.compile(r"([A-Za-z])|([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
HEX = re.compile(
    r"#(?:([0-9a-f])([0-9a-f])([0-9a-f])|([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2}))", re.IGNORECASE
)
# How many numbers each command of a path takes; paths with any other are left out.
NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "Z": 0}
Point = tuple[float, float]
Area = tuple[list[Point], int]


class Left(Exception):
    """An element that cannot be drawn here, and is left out."""


def areas(data: bytes, deadline: float) -> Image.Image | None:
    """Return the areas of an SVG in grey on white; None where there are none.

    Raises Unreadable: "broken" for a text that is no SVG or declares entities, "too large", "too slow".
    """
    reader = _Reader.read(data)
    if not reader.areas or not reader.box[2] or not reader.box[3]:
        return None
    left, top, width, height = reader.box
    scale = SIDE / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    picture = Image.new("L", size, 255)
    pen = ImageDraw.Draw(picture)
    for points, shade in reader.areas:
        if time.monotonic() > deadline:
            raise Unreadable("too slow")
        corners = [(round((x - left) * scale), round((y - top) * scale)) for x, y in points]
        pen.polygon(corners, fill=shade)
    return picture


class _Reader:
    def __init__(self) -> None:
        self.areas: list[Area] = []
        self.box = (0.0, 0.0, 0.0, 0.0)
        self._depth = self._elements = self._parts = 0

    @classmethod
    def read(cls, data: bytes) -> _Reader:
        """Return the areas of an SVG and the box that it shows. Raises Unreadable."""
        reader, parser = cls(), expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, ValueError) as error:
            raise Unreadable("broken") from error
        return reader

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep the areas of an element."""
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            raise Unreadable("broken")
        if self._elements > MOST_ELEMENTS or len(self.areas) > MOST_AREAS or self._parts > MOST_PARTS:
            raise Unreadable("too large")
        kind = name.rpartition(" ")[2]
        try:
            if kind == "svg" and self._depth == 1:
                self.box = _box(attributes)
            elif kind in {"rect", "path"} and "transform" not in attributes:
                shade = _shade(attributes.get("fill", "black"))
                for points in _rectangle(attributes) if kind == "rect" else self._path(attributes):
                    self.areas.append((points, shade))
        except Left:
            return

    def end(self, _name: str) -> None:
        """Leave an element."""
        self._depth -= 1

    def _path(self, attributes: dict[str, str]) -> Iterator[list[Point]]:
        text = attributes.get("d", "")
        self._parts += len(text)
        if self._parts > MOST_PARTS:
            raise Unreadable("too large")
        return _outlines(text)


def _refuse(*_: object) -> NoReturn:
    raise Unreadable("broken")


def _box(attributes: dict[str, str]) -> tuple[float, float, float, float]:
    if "viewBox" in attributes:
        numbers = [_number(text) for text in attributes["viewBox"].replace(",", " ").split()]
        if len(numbers) != 4:
            raise Left
        left, top, width, height = numbers
        return left, top, max(0.0, width), max(0.0, height)
    return 0.0, 0.0, _number(attributes.get("width", "0")), _number(attributes.get("height", "0"))


def _rectangle(attributes: dict[str, str]) -> Iterator[list[Point]]:
    left, top, width, height = (_number(attributes.get(name, "0")) for name in ("x", "y", "width", "height"))
    if width > 0 and height > 0:
        yield [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


def _outlines(path: str) -> Iterator[list[Point]]:
    """Yield the outlines of a path of straight lines (SVG 2, section 9.3). Raises Left for any other."""
    outline: list[Point] = []
    x = y = 0.0
    for command, numbers in _commands(path):
        is_relative = command.islower()
        kind = command.upper()
        if kind in {"M", "Z"}:
            if len(outline) > 2:
                yield outline
            x, y = outline[0] if kind == "Z" and outline else (x, y)
            outline = [(x, y)] if kind == "Z" else []
        across = numbers[0] if kind in {"M", "L", "H"} else None
        down = numbers[-1] if kind in {"M", "L", "V"} else None
        x = x if across is None else across + (x if is_relative else 0)
        y = y if down is None else down + (y if is_relative else 0)
        if kind != "Z":
            outline.append((x, y))
    if len(outline) > 2:
        yield outline


def _commands(path: str) -> Iterator[tuple[str, list[float]]]:
    """Yield each command of a path with its numbers; numbers alone repeat the command before them."""
    command, numbers = "", list[float]()
    for letter, number in PART.findall(path):
        if letter:
            if letter.upper() not in NUMBERS or numbers:
                raise Left
            command = letter
            if letter.upper() == "Z":
                yield letter, []
            continue
        if command.upper() in {"", "Z"}:
            raise Left
        numbers.append(_number(number))
        if len(numbers) == NUMBERS[command.upper()]:
            yield command, numbers
            numbers = []
            command = {"M": "L", "m": "l"}.get(command, command)


def _number(text: str) -> float:
    found = NUMBER.fullmatch(text)
    number = float(found[1]) if found else math.inf
    if abs(number) > 1e6:
        raise Left
    return number


def _shade(colour: str) -> int:
    """Return black or white for a colour. Raises Left for an area that is not filled."""
    if colour == "none":
        raise Left
    if colour == "white":
        return 255
    digits = HEX.fullmatch(colour.strip())
    if digits is None:
        return 0
    red, green, blue = (int(one * 2 if len(one) == 1 else one, 16) for one in digits.groups() if one)
    return 255 if (299 * red + 587 * green + 114 * blue) // 1000 >= WHITE_FROM else 0
