"""Tables of every dialect are read alike: exports of school systems, files of Excel, and made-up ones."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.services.core import tables, text_encoding
from passport.services.core.errors import Refused
from passport.services.core.tables import Remarks, Table
from passport.setup import ROOT
from tests.fixtures.workbooks import Fault, Formula, ods, xlsx

STUDENTS = ROOT / "tests" / "inputs" / "students"
BIRTHDATE = {"dateofbirth", "dob"}


def rank(cells: Sequence[str]) -> int:
    return int(any(tables.plain(cell) in BIRTHDATE for cell in cells))


def read(data: bytes) -> Table:
    return tables.read(data, rank, strict=True)


@pytest.mark.parametrize(
    ("name", "delimiter", "windows", "headings", "first", "third"),
    [
        (
            "sims",
            ",",
            False,
            ["Legal surname", "Legal forename", "Preferred forename", "Date of birth", "Year", "Reg"],
            ["O'Brien-Smythe", "Siobhán", "Siobhán", "14/09/2011", "Year 10", "10B"],
            ["Smith, Jr", "Jaxon", "Jax", "31/08/2010", "Year 11", "11C"],
        ),
        (
            "arbor",
            ";",
            True,
            ["Student", "Legal First Name", "Legal Last Name", "Date of Birth", "Year Group"],
            ["Siobhán O'Brien-Smythe", "Siobhán", "O'Brien-Smythe", "14/09/2011", "Year 10"],
            ["Jax Smith, Jr", "Jaxon", "Smith, Jr", "31/08/2010", "Year 11"],
        ),
        (
            "bromcom",
            "\t",
            False,
            ["Student Name", "Adm No", "Date Of Birth", "Year Group", "Tutor Group"],
            ["O'Brien-Smythe, Siobhán", "001234", "14/09/2011 00:00:00", "10", "10B"],
            ["Smith, Jr, Jax", "001236", "31/08/2010 00:00:00", "11", "11C"],
        ),
    ],
)
def test_an_export_of_a_school_system_is_read_as_it_was_written(
    name: str, delimiter: str, windows: bool, headings: list[str], first: list[str], third: list[str]
) -> None:
    table = read((STUDENTS / f"{name}.csv").read_bytes())
    assert (table.delimiter, table.heading, table.faults) == (delimiter, 0, [])
    assert table.remarks == Remarks(windows=windows)
    cells = [row.cells for row in table.rows]
    assert [row[: len(headings)] for row in (cells[0], cells[1], cells[3])] == [headings, first, third]
    assert [row.line for row in table.rows] == list(range(1, 8))
    assert {len(row) for row in cells} == {len(cells[0])}
    emails = next(place for place, cell in enumerate(cells[0]) if "mail" in cell.casefold())
    assert [bool(row[emails]) for row in cells[1:]] == [True, False, True, True, False, True]


ROWS = [["Name", "DOB"], ["Müßig – 1", "06/05/2011"], ["two; words,\there", ""]]


@pytest.mark.parametrize("delimiter", tables.DELIMITERS)
@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: text.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16 of others", "windows"],
)
def test_a_table_of_any_dialect_is_read_alike(
    delimiter: str, said: bool, encode: Callable[[str], bytes]
) -> None:
    quoted = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in ROWS)
    table = read(encode(f"sep={delimiter}\r\n{quoted}" if said else quoted))
    assert [row.cells for row in table.rows] == ROWS
    assert table.delimiter == delimiter
    assert [row.line for row in table.rows] == [1 + said, 2 + said, 3 + said]


def test_no_encoding_is_guessed() -> None:
    assert text_encoding.encoding("Łódź".encode("cp1250")) == "cp1252", "what is no UTF-8 is Windows-1252"
    assert text_encoding.encoding(codecs.BOM_UTF8 + b"\xff") == "utf-8-sig", "what has a mark is what it says"
    assert text_encoding.decoded(b"a\x81") == "a\ufffd"
    with pytest.raises(Refused, match="table-not-text"):
        read("Name,DOB\r\n".encode("utf-16-le"))


def test_titles_above_the_headings_do_not_hide_them_nor_their_delimiter() -> None:
    table = read(b"Pupils, all, of 2026\n\nsecond; line\nName\tDOB\nA, B, C\t1\n")
    assert (table.heading, table.delimiter) == (3, "\t")
    assert table.rows[4].cells == ["A, B, C", "1"]


def test_lines_that_are_no_csv_are_faults_for_a_strict_reader_alone() -> None:
    data = b'Name,DOB\n"A"x,1\nB,2\n"C,3\n'
    assert [line for line, _said in read(data).faults] == [2, 4]
    assert [row.cells[0] for row in read(data).rows] == ["Name", "B"]
    assert tables.read(data, rank).faults == []
    assert len(tables.read(data, rank).rows) == 4


@pytest.mark.parametrize("made", [xlsx, ods])
def test_the_sheet_with_the_headings_is_read_and_the_others_are_named(made: Callable[..., bytes]) -> None:
    book = {
        "Cover": [["Pupils"]],
        "List": [["2026"], ["Name", "DOB"], ["A", Formula("1+1")], ["B", Fault()], [None]],
        "More": [["Name", "DOB"], ["C", "1"]],
    }
    table = read(made(book))
    assert [(row.line, row.cells) for row in table.rows] == [
        (1, ["2026", ""]),
        (2, ["Name", "DOB"]),
        (3, ["A", ""]),
        (4, ["B", ""]),
    ]
    assert table.heading == 1
    assert table.remarks == Remarks(sheet="List", others=["Cover", "More"], unworked=["B3"], faulty=["B4"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "list-is-workbook"),
        (b"PK\x03\x04" + b"\0" * 600, "workbook-broken"),
        (b"PK\x03\x04" + b"\0" * tables.MAX_WORKBOOK_BYTES, "workbook-too-large"),
        (ods({"A": [["x"]]}, parts={"META-INF/manifest.xml": "<m:encryption-data/>"}), "workbook-locked"),
        (xlsx({"A": [["x"] * 101]}), "workbook-too-large"),
        (xlsx({"A": [["x" * 5001]]}), "table-not-text"),
    ],
    ids=["old", "broken", "long", "locked", "wide", "long cell"],
)
def test_a_workbook_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(data)


def test_cells_are_named_as_in_spreadsheets() -> None:
    names = [tables.cell_name(7, column) for column in (1, 26, 27, 52, 53, 702, 703)]
    assert names == ["A7", "Z7", "AA7", "AZ7", "BA7", "ZZ7", "AAA7"]


@given(st.binary(max_size=200))
def test_no_bytes_break_it(data: bytes) -> None:
    if data.startswith(tables.ZIP):
        return
    try:
        table = read(data)
    except Refused:
        return
    assert not table.rows or not table.rows[-1].is_blank
