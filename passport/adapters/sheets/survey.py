"""What the XML of a sheet says beside its values: size, hidden rows, merged cells, formulas without a value.

A survey comes before the values are read: a sheet that is larger than the bounds is refused by its XML alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from passport.adapters.pictures.errors import Unreadable

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 10_000, 100, 200_000
# How many places of each kind are kept: pages name a few and count the others.
MOST_NAMED = 1_000

Attributes = Mapping[str, str]
# row and column, and for a range also those of its last cell; a list once it has crossed to another process
Place = Sequence[int]


@dataclass(frozen=True)
class Sheet:
    """A sheet: rows of text from row 1 and column A, and what a reader of its values alone would miss.

    `hidden` are the numbers of hidden rows that hold something. `merged` are ranges: first row, first column,
    last row, last column. `unworked` are cells (row, column) with a formula whose value was not stored, and
    `faulty` cells whose value is an error. All count from 1.
    """

    name: str
    rows: list[list[str]]
    hidden: list[int] = field(default_factory=list)
    merged: list[Place] = field(default_factory=list)
    unworked: list[Place] = field(default_factory=list)
    faulty: list[Place] = field(default_factory=list)


@dataclass
class Survey:
    """A sheet without its values. `height` and `width` reach to the last cell that holds something."""

    name: str
    visible: bool = True
    height: int = 0
    width: int = 0
    cells: int = 0
    hidden: list[int] = field(default_factory=list)
    merged: list[Place] = field(default_factory=list)
    unworked: list[Place] = field(default_factory=list)
    faulty: list[Place] = field(default_factory=list)

    def count(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Count a cell that holds something, repeated down and across. Raises Unreadable beyond bounds."""
        self.height, self.width = max(self.height, row + rows - 1), max(self.width, column + columns - 1)
        self.cells += rows * columns
        if self.height > MOST_ROWS or self.width > MOST_COLUMNS or self.cells > MOST_CELLS:
            raise Unreadable("too large")

    def hide(self, row: int, rows: int = 1) -> None:
        """Note hidden rows."""
        self.hidden += range(row, min(row + rows, row + MOST_NAMED - len(self.hidden)))

    def note(self, places: list[Place], row: int, column: int) -> None:
        """Note a cell."""
        if len(places) < MOST_NAMED:
            places.append((row, column))

    def merge(self, area: Place) -> None:
        """Note a merged range."""
        if len(self.merged) < MOST_NAMED:
            self.merged.append(area)

    def with_values(self, rows: list[list[str]]) -> Sheet:
        """Return the sheet."""
        return Sheet(self.name, rows, self.hidden, self.merged, self.unworked, self.faulty)


def walk(
    data: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda _name: None,
    text: Callable[[str], None] = lambda _text: None,
) -> None:
    """Walk through XML, with the names of elements and attributes without their namespaces.

    Raises Unreadable for what is no XML, and for a document type, which could define entities.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, found: start(
        _local(name), {_local(key): value for key, value in found.items()}
    )
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, UnicodeError) as error:
        raise Unreadable("broken") from error


def _refuse(*_declaration: object) -> None:
    raise Unreadable("broken")


@lru_cache(maxsize=1_000)
def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def number(text: str | None, otherwise: int = 1) -> int:
    """Return a count or a place from an attribute. Raises Unreadable for anything else."""
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise Unreadable("broken")
    return int(text)
