"""Submitted tables, as spreadsheets write them, and the answer in the same order.

Tables are untrusted input: cells are text, and a cell that a spreadsheet would execute is neutralised.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.services.checking import text_search, typed_codes
from passport.services.core import tables, text_encoding, written_days
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.tables import Remarks, harmless, is_blank, plain, repeats

__all__ = [
    "MAX_BYTES",
    "Layout",
    "Table",
    "count_harmful",
    "has_headings",
    "is_blank",
    "is_table",
    "read",
    "repeats",
    "write",
]

MAX_BYTES = tables.MAX_WORKBOOK_BYTES
LONGEST_CODE = 40
MOST_CELLS = 10_000
CODE_HEADING = 2
# PDF, ZIP, PNG and JPEG; JSON; XML
OTHER_FILES = (b"%PDF", tables.ZIP, b"\x89PNG", b"\xff\xd8", b"{", b"<")

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


@dataclass(frozen=True)
class Layout:
    """The format of a table: its header, the positions of the columns that we read, and the delimiter.

    `above` are the rows over the header. `by_contents`: the code column was found by the codes in it, not by
    its heading. `month_first`: a date of birth can only have its month first, so those that can be read in
    two ways are in doubt. `remarks` are those of the reader (`Remarks`).
    """

    header: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    delimiter: str = ","
    width: int = 0
    above: list[list[str]] = field(default_factory=list)
    by_contents: bool = False
    month_first: bool = False
    remarks: dict[str, Any] = field(default_factory=dict)

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


def is_old_workbook(start: bytes) -> bool:
    """Return whether a file that begins so is a workbook from before 2007, or one with a password."""
    return start.startswith(tables.COMPOUND)


def is_table(start: bytes) -> bool:
    """Return whether a file that begins so may be a table of text, or an old workbook (refused later)."""
    is_text = start.startswith(text_encoding.UTF16) or b"\0" not in start
    return is_old_workbook(start) or (is_text and not start.startswith(OTHER_FILES))


def has_headings(start: bytes) -> bool:
    """Return whether a text begins with a table header that has a code column, unlike a letter."""
    try:
        table = tables.read(start, _rank)
    except Refused:
        return False
    first = next((row.cells for row in table.rows if not row.is_blank), [])
    return _rank(first) == CODE_HEADING


def read(data: bytes) -> Table:
    """Read a table. Raises Refused with a reason that says what to do about it.

    A workbook is read by another process: not inside a transaction.
    """
    found = tables.read(data, _rank)
    rows = [row.cells for row in found.rows]
    if all(map(is_blank, rows)):
        raise Refused(Reason.TABLE_EMPTY)
    above = [row for row in rows[: found.heading or 0] if not is_blank(row)]
    if found.heading is None or any(_codes(cell) for row in above for cell in row):
        # codes above a row like a header are rows of the list, and must not be lost
        above, (header, body) = [], _split(rows)
    else:
        header, body = rows[found.heading], rows[found.heading + 1 :]
    if not body:
        raise Refused(Reason.TABLE_EMPTY)
    columns, by_contents = _columns(header, body)
    width = max(len(row) for row in [header, *body])
    layout = Layout(header, columns, found.delimiter, width, above, by_contents)
    days = (layout.cell(row, "born_on") for row in body)
    month_first = any(map(written_days.is_month_first, days))
    return Table(replace(layout, month_first=month_first, remarks=_said(found.remarks)), body)


def _said(remarks: Remarks) -> dict[str, Any]:
    return {name: value for name, value in asdict(remarks).items() if value}


def write(layout: Layout, rows: Iterable[tuple[list[str], list[str]]], names: list[str]) -> Iterator[str]:
    """Yield the answer's lines, each row followed by our cells, as UTF-8 text with a byte order mark."""
    yield "\ufeff"
    for row in layout.above:
        yield _line(layout, row, [""] * len(names))
    yield _line(layout, layout.header, names)
    for cells, ours in rows:
        yield _line(layout, cells, ours)


def count_harmful(rows: Iterable[list[str]]) -> int:
    """Return how many cells get an apostrophe in the answer."""
    return sum(harmless(cell) != cell for row in rows for cell in row)


def _line(layout: Layout, cells: list[str], ours: list[str]) -> str:
    padded = cells + [""] * (layout.width - len(cells))
    file = io.StringIO()
    csv.writer(file, delimiter=layout.delimiter, lineterminator="\r\n").writerow(map(harmless, padded + ours))
    return file.getvalue()


def _split(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a table without known headings.

    Bare codes, or a letter with codes, get a header of our own.
    """
    start = next(number for number, row in enumerate(rows) if not is_blank(row))
    first, body = rows[start], [row for row in rows[start:] if not is_blank(row)]
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
    places = _holding_codes(body)
    if len(places) > 1 or any(len(_codes(cell)) > 1 for row in body for cell in row):
        return ["Code", "Reference"], [one for row in body for one in _each(row)]
    return _names(max(map(len, body)), places[0]), rows[start:]


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
        return text_search.written_codes(cell)


def _columns(header: list[str], body: list[list[str]]) -> tuple[dict[str, int], bool]:
    """Return the positions of the known columns, and whether that of the codes was found by its contents.

    Raises Refused without a code column, and for two columns of which only one can be compared.
    """
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = _known(cell)
        if name is not None and name != "reference" and name in places:
            raise Refused(Reason.TABLE_SAME_HEADING, first=header[places[name]], second=cell)
        if name is not None:
            places.setdefault(name, place)
    if "code" in places:
        return places, False
    holding = _holding_codes(body)
    if not holding:
        shown = ", ".join(cell.strip()[:40] for cell in header[:6] if cell.strip())
        raise Refused(Reason.TABLE_NO_CODE_COLUMN, names=shown or "-")
    if len(holding) > 1:
        found = ", ".join(tables.column_name(place + 1) for place in holding)
        raise Refused(Reason.TABLE_CODES_IN_SEVERAL, names=found)
    return {**places, "code": holding[0]}, True


def _holding_codes(body: list[list[str]]) -> list[int]:
    """Return the positions of columns with codes; none for a table that is too long to be accepted anyway."""
    if sum(map(len, body)) > MOST_CELLS:
        return []
    return sorted({place for row in body for place, cell in enumerate(row) if _codes(cell)})


def _rank(cells: Sequence[str]) -> int:
    """Rank a row as the header: one with a name of the code column, before one with any name that we know."""
    known = {_known(cell) for cell in cells} - {None}
    if "code" in known:
        return CODE_HEADING
    return int(bool(known) and not any(map(_codes, cells)))


def _known(cell: str) -> str | None:
    bare = plain(cell)
    return next((name for name, names in NAMES.items() if bare in names), None)
