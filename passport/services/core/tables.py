"""Read a table that people hand in: text in any dialect of spreadsheets, or a workbook (XLSX, ODS).

There is one reader for the desk and for every import. The caller ranks what may be the heading row; rows
above it are titles. Cells are text, and nothing is left out: what a reader of the cells alone would miss is a
remark.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from passport.adapters.sheets import reader_processes
from passport.adapters.sheets.reader_processes import Busy, Sheet, Unreadable
from passport.services.core import text_encoding
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason

MAX_BYTES = 2 * 1024 * 1024
# A workbook is compressed, and carries its styles
MAX_WORKBOOK_BYTES = 8 * 1024 * 1024
MAX_COLUMNS = 100
MAX_CELL = 5_000
# How far down the heading row may stand
MOST_ABOVE = 20
DELIMITERS = ";,\t|"
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"')
ZIP = b"PK\x03\x04"
# Workbooks before 2007, and encrypted ones since (MS-CFB)
COMPOUND = b"\xd0\xcf\x11\xe0"

# A spreadsheet executes a cell that begins like this. It does not execute a plain number (-5, +44 20). The
# bound keeps the time of a search in proportion to the length.
SIGN = r"(?:[=@\uff1d\uff20]|[+\-\u2212\uff0b\uff0d](?![\d\s().,/-]{0,30}(?:$|[;|])))"
FORMULA = re.compile(rf"\s*{SIGN}|[\t\r\n]")
# Where a spreadsheet takes another sign for the delimiter, a cell begins behind it, or in a new line.
FORMULA_INSIDE = re.compile(rf"(?<=[;,\t|\r\n])(?=[^\S\t\r\n]*{SIGN})")

# How much a row looks like the heading row: the first with the highest rank is it, and 0 is for all others.
Rank = Callable[[Sequence[str]], int]


@dataclass(frozen=True)
class Row:
    """A row: the number of its first line in the file, or of its row in a sheet, and its cells."""

    line: int
    cells: list[str]

    @property
    def is_blank(self) -> bool:
        """Return whether nothing stands in the row."""
        return is_blank(self.cells)


@dataclass(frozen=True)
class Remarks:
    """What a person should know of how a table was read. Empty where there is nothing to say.

    `windows`: its letters were read as Windows-1252. `sheet` is the sheet that was read, and `others` are
    sheets that hold something and were not. `hidden` are numbers of rows that the workbook hides; they are
    read all the same. `merged` are ranges of several rows, `unworked` cells with a formula whose value was
    not stored, `faulty` cells with an error for a value.
    """

    windows: bool = False
    sheet: str = ""
    others: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    unworked: list[str] = field(default_factory=list)
    faulty: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A table without the blank rows at its end. `heading` is the place of the heading row, if one was found.

    `faults` are lines that are not CSV, each with its number and the reason; only a strict reader has them.
    """

    rows: list[Row]
    heading: int | None
    delimiter: str = ","
    faults: list[tuple[int, str]] = field(default_factory=list)
    remarks: Remarks = field(default_factory=Remarks)


def read(data: bytes, rank: Rank, *, strict: bool = False, most_bytes: int = MAX_BYTES) -> Table:
    """Read a table of at most `most_bytes` bytes of text. Raises Refused with a reason that says what to do.

    `strict` reports quotation marks in a wrong place instead of making the best of them. A workbook is read
    by another process: not inside a transaction.
    """
    if data.startswith(COMPOUND):
        raise Refused(Reason.LIST_IS_WORKBOOK)
    if data.startswith(ZIP):
        return of_sheets(workbook(data), rank)
    if len(data) > most_bytes:
        raise Refused(Reason.TABLE_TOO_LARGE, megabytes=most_bytes // (1024 * 1024))
    return _of_text(data, rank, strict)


def is_workbook(data: bytes) -> bool:
    """Return whether a file begins as workbooks of today do."""
    return data.startswith(ZIP)


def is_blank(cells: Sequence[str]) -> bool:
    """Return whether all cells of a row are blank."""
    return not any(cell.strip() for cell in cells)


def plain(heading: str) -> str:
    """Return a heading as headings are compared: without spaces, signs and capitals."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", heading).casefold() if sign.isalnum())


def repeats(cells: Sequence[str], heading: Sequence[str]) -> bool:
    """Return whether a row is the heading row once more, as where several files were put together."""
    return not is_blank(cells) and _filled(cells) == _filled(heading)


def cell_name(row: int, column: int) -> str:
    """Return a cell's name as spreadsheets have it: B7 for row 7 and column 2."""
    return f"{column_name(column)}{row}"


def column_name(column: int) -> str:
    """Return a column's name as spreadsheets have it: AB for column 28."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def harmless(cell: str) -> str:
    """Return a cell that a spreadsheet only displays: a formula gets an apostrophe in front."""
    bare = cell.lstrip()
    inside = cell[: len(cell) - len(bare)] + FORMULA_INSIDE.sub("'", bare)
    return f"'{inside}" if FORMULA.match(cell) else inside


def _filled(cells: Sequence[str]) -> list[tuple[int, str]]:
    return [(place, plain(cell)) for place, cell in enumerate(cells) if cell.strip()]


def _heading(rows: list[Row], rank: Rank) -> int | None:
    ranks = [rank(row.cells) for row in rows[:MOST_ABOVE]]
    return ranks.index(max(ranks)) if any(ranks) else None


def _refuse_long(rows: list[Row]) -> None:
    if any(len(row.cells) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in row.cells) for row in rows):
        raise Refused(Reason.TABLE_NOT_TEXT)


def _without_blank_end(rows: list[Row]) -> list[Row]:
    """Remove the blank rows at the end, which spreadsheets often write."""
    while rows and rows[-1].is_blank:
        rows.pop()
    return rows


# ------------------------------------------------------------------------------------------------ text


def _of_text(data: bytes, rank: Rank, strict: bool) -> Table:
    text = text_encoding.decoded(data)
    if "\0" in text:
        raise Refused(Reason.TABLE_NOT_TEXT)
    said, text = _separator_line(text)
    delimiter = said or _delimiter(text, rank)
    faults: list[tuple[int, str]] = []
    rows = _without_blank_end(list(_rows(text, delimiter, 1 + bool(said), faults if strict else None)))
    _refuse_long(rows)
    remarks = Remarks(windows=text_encoding.encoding(data) == text_encoding.WINDOWS)
    return Table(rows, _heading(rows, rank), delimiter, faults, remarks)


def _separator_line(text: str) -> tuple[str, str]:
    """Return the delimiter that Excel's own first line names, if there is one, and the text without it."""
    first, _, rest = text.partition("\n")
    said = SEPARATOR_LINE.fullmatch(first)
    return (said[1], rest) if said else ("", text)


def _delimiter(text: str, rank: Rank) -> str:
    """Return the delimiter of the heading row, else of the first line that is not blank."""
    lines = [line for line in text[: MOST_ABOVE * MAX_CELL].splitlines()[:MOST_ABOVE] if line.strip()]
    signs = [_commonest(line) for line in lines]
    ranks = [
        max((rank(row.cells) for row in _rows(line, sign, 1, [])), default=0)
        for line, sign in zip(lines, signs, strict=True)
    ]
    return signs[ranks.index(max(ranks))] if signs else ","


def _commonest(line: str) -> str:
    bare = QUOTED.sub("", line)
    return max(DELIMITERS, key=lambda sign: (bare.count(sign), sign == ","))


def _rows(text: str, delimiter: str, first: int, faults: list[tuple[int, str]] | None) -> Iterator[Row]:
    """Yield the rows. With `faults`, lines that are not CSV go there; without, they are read leniently."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=faults is not None)
    while True:
        line = reader.line_num + first
        try:
            yield Row(line, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            if faults is None:
                raise Refused(Reason.TABLE_NOT_TEXT) from error
            faults.append((line, str(error)))


# ------------------------------------------------------------------------------------------------ workbooks


def workbook(data: bytes) -> list[Sheet]:
    """Return the visible sheets of a workbook. Raises Refused. Not for use inside a transaction."""
    if len(data) > MAX_WORKBOOK_BYTES:
        raise Refused(Reason.WORKBOOK_TOO_LARGE)
    try:
        return reader_processes.read(data)
    except Busy as error:
        raise Refused(Reason.WORKBOOK_BUSY) from error
    except Unreadable as error:
        reasons = {"too large": Reason.WORKBOOK_TOO_LARGE, "password": Reason.WORKBOOK_LOCKED}
        raise Refused(reasons.get(error.reason, Reason.WORKBOOK_BROKEN)) from error


def of_sheets(sheets: Sequence[Sheet], rank: Rank) -> Table:
    """Return the table of the first of the sheets whose rows rank highest. Raises Refused for long texts."""
    if not sheets:
        return Table([], None)
    found = [(sheet, _rows_of(sheet)) for sheet in sheets]
    sheet, rows = max(
        found, key=lambda one: max(map(rank, (row.cells for row in one[1][:MOST_ABOVE])), default=0)
    )
    remarks = _remarks(sheet, [other.name for other in sheets if other is not sheet])
    _refuse_long(rows)
    return Table(rows, _heading(rows, rank), remarks=remarks)


def _rows_of(sheet: Sheet) -> list[Row]:
    return _without_blank_end([Row(line, cells) for line, cells in enumerate(sheet.rows, start=1)])


def _range_name(row: int, column: int, last_row: int, last_column: int) -> str:
    return f"{cell_name(row, column)}:{cell_name(last_row, last_column)}"


def _remarks(sheet: Sheet, others: list[str]) -> Remarks:
    return Remarks(
        sheet=sheet.name,
        others=others,
        hidden=sheet.hidden,
        merged=[_range_name(*area) for area in sheet.merged if area[2] > area[0]],
        unworked=[cell_name(row, column) for row, column in sheet.unworked],
        faulty=[cell_name(row, column) for row, column in sheet.faulty],
    )
