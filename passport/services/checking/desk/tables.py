"""Submitted tables, as spreadsheets export them, and the answer in the same order and format.

Tables are untrusted input: cells are text, and a cell that a spreadsheet would execute is neutralised.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.services.checking import handed_in, typed_codes
from passport.services.core import text_encoding
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason

MAX_BYTES = 2 * 1024 * 1024
MAX_COLUMNS = 100
MAX_CELL = 5_000
LONGEST_CODE = 40
MOST_CELLS = 10_000
MOST_ABOVE = 20
DELIMITERS = ";,\t|"

# The names of the columns in use, without spaces, hyphens and capitals.
NAMES = {
    "code": {
        "code", "sharecode", "passportcode", "skillspassportcode", "skillspassport", "skillscode", "spcode",
        "checkcode", "verificationcode",
    },
    "reference": {
        "reference", "ref", "yourreference", "yourref", "ourreference", "ourref", "ownreference", "ownref",
        "applicantid", "applicationid", "applicantnumber", "applicationnumber", "ucasid", "ucaspersonalid",
        "personalid", "studentid", "id", "applicant",
    },
    "last_name": {"lastname", "surname", "familyname", "lastnames", "secondname"},
    "born_on": {
        "dateofbirth", "dob", "birthdate", "dateborn", "birthday", "born",
    },
}  # fmt: skip
# A spreadsheet executes a cell that begins like this. It does not execute a plain number (-5, +44 20).
FORMULA = re.compile(r"\s*[=@\uff1d\uff20]|\s*[+\-\u2212\uff0b\uff0d](?![\d\s().,/-]*$)|[\t\r\n]")


@dataclass(frozen=True)
class Layout:
    """The format of a table: its header, the positions of the columns that we read, and the delimiter."""

    header: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    delimiter: str = ","
    width: int = 0

    def to_json(self) -> str:
        """Return the layout as JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Layout:
        """Parse the result of `to_json`."""
        return cls(**json.loads(text))

    def cell(self, cells: list[str], name: str) -> str:
        """Return a row's cell in a named column, stripped; empty where the row has none."""
        place = self.columns.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""


@dataclass(frozen=True)
class Table:
    """A table: its layout and its rows, including blank ones except at the end."""

    layout: Layout
    rows: list[list[str]]


def is_table(data: bytes) -> bool:
    """Return whether these bytes may be a table: text, and not another known kind of file."""
    start = data[:4096]
    return not start.startswith((b"%PDF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8", b"{", b"<")) and (
        start.startswith(text_encoding.UTF16) or b"\0" not in start
    )


def has_headings(start: bytes) -> bool:
    """Return whether a text begins with a table header that has a code column, unlike a letter."""
    first = next((line for line in text_encoding.decoded(start).splitlines() if line.strip()), "")
    delimiter, first = _delimiter(first)
    return any(_known(cell) == "code" for row in _cells(first, delimiter) for cell in row)


def read(data: bytes) -> Table:
    """Parse a table. Raises Refused with a reason that says what to do about it."""
    if len(data) > MAX_BYTES:
        raise Refused(Reason.TABLE_TOO_LARGE)
    text = text_encoding.decoded(data)
    delimiter, text = _delimiter(text)
    rows = _without_blank_end(_cells(text, delimiter))
    if not rows:
        raise Refused(Reason.TABLE_EMPTY)
    header, rows = _split(rows)
    if not rows:
        raise Refused(Reason.TABLE_EMPTY)
    width = max(len(row) for row in [header, *rows])
    try:
        return Table(Layout(header, _columns(header), delimiter, width), rows)
    except Refused as error:
        below = _headings_below(text) if error.reason is Reason.TABLE_NO_CODE_COLUMN else None
        if below is None:
            raise
        raise Refused(Reason.TABLE_HEADINGS_BELOW, row=below) from error


def _headings_below(text: str) -> int | None:
    """Return the number of the header row where a title or a date is above it, or None."""
    lines = enumerate(text.splitlines()[:MOST_ABOVE], start=1)
    return next((number for number, line in lines if has_headings(line.encode())), None)


def is_blank(cells: list[str]) -> bool:
    """Return whether all cells of a row are blank."""
    return not any(cell.strip() for cell in cells)


def write(layout: Layout, rows: Iterable[tuple[list[str], list[str]]], names: list[str]) -> Iterator[str]:
    """Yield the answer's lines, each row followed by our cells, as UTF-8 text with a byte order mark."""
    yield "\ufeff"
    yield _line(layout, layout.header, names)
    for cells, ours in rows:
        yield _line(layout, cells, ours)


def harmless(cell: str) -> str:
    """Return a cell that a spreadsheet only displays: a formula gets an apostrophe in front."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def count_harmful(rows: Iterable[list[str]]) -> int:
    """Return how many cells get an apostrophe in the answer."""
    return sum(bool(FORMULA.match(cell)) for row in rows for cell in row)


def _line(layout: Layout, cells: list[str], ours: list[str]) -> str:
    padded = cells + [""] * (layout.width - len(cells))
    file = io.StringIO()
    csv.writer(file, delimiter=layout.delimiter, lineterminator="\r\n").writerow(map(harmless, padded + ours))
    return file.getvalue()


def _delimiter(text: str) -> tuple[str, str]:
    """Return the delimiter and the text to parse: by Excel's `sep=` line or the first line's commonest."""
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r"sep=(.)\s*", first)
    if said:
        return said[1], rest
    bare = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=lambda sign: (bare.count(sign), sign == ",")), text


def _cells(text: str, delimiter: str) -> list[list[str]]:
    if "\0" in text:
        raise Refused(Reason.TABLE_NOT_TEXT)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise Refused(Reason.TABLE_NOT_TEXT) from error
    if any(len(row) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in row) for row in rows):
        raise Refused(Reason.TABLE_NOT_TEXT)
    return rows


def _without_blank_end(rows: list[list[str]]) -> list[list[str]]:
    """Remove blank rows at the end, which spreadsheets often export."""
    while rows and is_blank(rows[-1]):
        rows.pop()
    return rows


def _split(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows. Bare codes, or a letter with codes, get a header of our own."""
    start = next(number for number, row in enumerate(rows) if not is_blank(row))
    first, body = rows[start], [row for row in rows[start:] if not is_blank(row)]
    if any(_known(cell) for cell in first):
        return first, rows[start + 1 :]
    if sum(map(len, body)) > MOST_CELLS:
        # too long to be accepted, so do not scan every cell before it is refused
        place = next((place for place, cell in enumerate(first) if _codes(cell)), None)
        return (first, rows[start + 1 :]) if place is None else (_names(len(first), place), rows[start:])
    if len(_filled(first)) == 1 and any(_is_prose(row) for row in body):
        found = dict.fromkeys(code for row in body for cell in row for code in _codes(cell))
        return (
            (["Code"], [[share_code.pretty(code)] for code in found]) if found else (first, rows[start + 1 :])
        )
    if not any(map(_codes, first)):
        return first, rows[start + 1 :]
    places = {place for row in body for place, cell in enumerate(row) if _codes(cell)}
    if len(places) > 1 or any(len(_codes(cell)) > 1 for row in body for cell in row):
        return ["Code", "Reference"], [one for row in body for one in _each(row)]
    return _names(max(map(len, body)), places.pop()), rows[start:]


def _names(width: int, code: int) -> list[str]:
    """Return a header for a list without one: names for the code column and the first other column."""
    others = [place for place in range(width) if place != code]
    named = {code: "Code", **dict.fromkeys(others[:1], "Reference")}
    return [named.get(place, "") for place in range(width)]


def _each(row: list[str]) -> list[list[str]]:
    """Split a line with several codes into one row for each code, with the rest of the line."""
    rest = ", ".join(cell.strip() for cell in _filled(row) if not _codes(cell))
    found = [
        share_code.pretty(code) if len(_codes(cell)) > 1 else cell.strip()
        for cell in row
        for code in _codes(cell)
    ]
    return [[code, rest] for code in found] or [[rest, ""]]


def _filled(row: list[str]) -> list[str]:
    return [cell for cell in row if cell.strip()]


def _is_prose(row: list[str]) -> bool:
    """Return whether a line is prose: without a code, and longer than a code can be."""
    return sum(map(len, row)) > LONGEST_CODE and not any(map(_codes, row))


def _codes(cell: str) -> list[str]:
    """Return the codes in a cell, bare or within an address or a sentence."""
    try:
        return [share_code.parse(typed_codes.as_code(cell))]
    except BadCode:
        return handed_in.written_codes(cell)


def _columns(header: list[str]) -> dict[str, int]:
    """Return the positions of the known columns. Raises Refused without a code column, or with two."""
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = _known(cell)
        if name is None:
            continue
        if name == "code" and name in places:
            raise Refused(Reason.TABLE_TWO_CODE_COLUMNS)
        places.setdefault(name, place)
    if "code" not in places:
        shown = ", ".join(cell.strip()[:40] for cell in header[:6] if cell.strip())
        raise Refused(Reason.TABLE_NO_CODE_COLUMN, names=shown or "-")
    return places


def _known(cell: str) -> str | None:
    bare = "".join(sign for sign in unicodedata.normalize("NFKC", cell).casefold() if sign.isalnum())
    return next((name for name, names in NAMES.items() if bare in names), None)
