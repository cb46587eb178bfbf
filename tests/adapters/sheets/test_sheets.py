"""Workbooks are read as people see them, and a hostile one is refused before it costs anything."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.adapters.pictures.errors import Busy, Unreadable
from passport.adapters.sheets import container, reader_processes
from passport.adapters.sheets.reading import sheets
from tests.fixtures import workbooks
from tests.fixtures.workbooks import Fault, Formula, archive, ods, ods_table, worksheet, xlsx

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fixtures.workbooks import Rows

ROWS: Rows = [
    ["Code", "n", None, "é & <b>"],
    [date(2012, 11, 3), datetime(2012, 11, 3, 9, 30), 5, 5.25, True],  # noqa: DTZ001 - as a cell has it
    [Formula("1+1"), Formula("A1", "Code"), Fault(), 441234567890],
]
READ = [
    ["Code", "n", "", "é & <b>", ""],
    ["2012-11-03", "2012-11-03 09:30:00", "5", "5.25", "TRUE"],
    ["", "Code", "", "441234567890", ""],
]


def reason(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        sheets(data)
    return caught.value.reason


@pytest.mark.parametrize("made", [xlsx, ods])
def test_values_are_text_and_what_has_none_is_named(made: Callable[..., bytes]) -> None:
    [sheet] = sheets(made({"List": ROWS}, hidden=[2]))
    assert (sheet.name, sheet.rows, sheet.hidden) == ("List", READ, [2])
    assert (sheet.unworked, sheet.faulty) == ([(3, 1)], [(3, 3)])


def test_merged_cells_are_named() -> None:
    [sheet] = sheets(xlsx({"List": [["a", "b"], ["c"]]}, merged=["A2:A4", "B1:C1"]))
    assert sheet.merged == [(2, 1, 4, 1), (1, 2, 1, 3)]
    [sheet] = sheets(ods(ods_table(row(cell("x", 'table:number-rows-spanned="3"')))))
    assert sheet.merged == [(1, 1, 3, 1)]


def test_a_sheet_begins_at_its_first_cell_even_if_that_is_empty() -> None:
    part = worksheet([["x"]]).replace('r="1"', 'r="3"').replace('r="A1"', 'r="B3"')
    [sheet] = sheets(xlsx({"A": [["x"]]}, parts={"xl/worksheets/sheet1.xml": part}))
    assert sheet.rows == [["", ""], ["", ""], ["", "x"]]
    [sheet] = sheets(ods({"A": [[None], [None, None, "x"]]}))
    assert sheet.rows[1] == ["", "", "x"]


def test_hidden_and_empty_sheets_are_left_out() -> None:
    book = {"Old": [["x"]], "Code": [["y"]], "Gone": [["z"]], "Nothing": []}
    assert [sheet.name for sheet in sheets(xlsx(book, states={"Old": "hidden", "Gone": "veryHidden"}))] == [
        "Code"
    ]
    assert [sheet.name for sheet in sheets(ods(book, hidden_sheets=["Old", "Gone"]))] == ["Code"]


def test_an_excel_workbook_of_the_strict_kind_is_read() -> None:
    strict = {
        workbooks.MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
        workbooks.OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
    parts = {
        name: str(part)
        for name, part in workbooks.xlsx_parts({"List": [["Code"]]}, "List", (), (), {}).items()
    }
    for transitional, purl in strict.items():
        parts = {name: part.replace(transitional, purl) for name, part in parts.items()}
    assert [sheet.rows for sheet in sheets(archive(parts))] == [[["Code"]]]


def cell(text: str, given: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {given}><text:p>{text}</text:p></table:table-cell>'


def row(cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


def blank(times: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{times}"/>'


def test_repeated_cells_of_libreoffice_are_counted_where_they_stand() -> None:
    twice = 'table:number-columns-repeated="2"'
    [sheet] = sheets(ods(ods_table(row(blank(2) + cell("x", twice), 2) + row(blank(16_384), 1_048_574))))
    assert sheet.rows == [["", "", "x", "x"], ["", "", "x", "x"]]


def test_a_text_without_its_type_is_named_and_a_comment_is_no_text() -> None:
    comment = "<office:annotation><text:p>old</text:p></office:annotation>"
    commented = f"<table:table-cell>{comment}</table:table-cell>"
    untyped = "<table:table-cell><text:p>b</text:p></table:table-cell>"
    [sheet] = sheets(ods(ods_table(row(cell("a") + untyped + commented))))
    assert (sheet.rows[0][0], sheet.unworked) == ("a", [(1, 2)])
    assert sheets(ods(ods_table(row(commented)))) == []


def repeated(rows: int, columns: int, between: int = 0) -> bytes:
    gap = row(blank(1), between) if between else ""
    return ods(ods_table(gap + row(cell("x", f'table:number-columns-repeated="{columns}"'), rows)))


def far(name: str) -> bytes:
    row = "".join(sign for sign in name if sign.isdigit())
    part = worksheet([["x"]]).replace('r="1"', f'r="{row}"').replace('r="A1"', f'r="{name}"')
    return xlsx({"A": [["x"]]}, parts={"xl/worksheets/sheet1.xml": part})


def bomb() -> bytes:
    return xlsx({"A": [["x"]]}, parts={"xl/sharedStrings.xml": b"<sst>" + b" " * 20_000_000 + b"</sst>"})


def lying(size: int) -> bytes:
    """A workbook of which one part states another size than it has, in both of its headers."""
    part = worksheet([["x" * 4000]])
    book = bytearray(xlsx({"A": [["x"]]}, parts={"xl/worksheets/sheet1.xml": part}))
    stated = struct.pack("<L", len(part))
    assert book.count(stated) == 2
    return bytes(book).replace(stated, struct.pack("<L", size))


def one_sheet(part: str) -> bytes:
    return xlsx({"A": [["x"]]}, parts={"xl/worksheets/sheet1.xml": part})


def with_part(name: str, content: bytes | str) -> bytes:
    return xlsx({"A": [["x"]]}, parts={name: content})


def twice() -> bytes:
    file = io.BytesIO(xlsx({"A": [["x"]]}))
    with zipfile.ZipFile(file, "a") as book, pytest.warns(UserWarning, match="Duplicate name"):
        book.writestr("xl/workbook.xml", "<x/>")
    return file.getvalue()


ENTITY = '<!DOCTYPE a [<!ENTITY b "c">]>'
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "far row": (lambda: far("A1048576"), "too large"),
    "far column": (lambda: far("XFD1"), "too large"),
    "no such cell": (lambda: far("AAAA1"), "broken"),
    "repeated": (lambda: repeated(1_000_000, 16_000), "too large"),
    "repeated down": (lambda: repeated(10_001, 1), "too large"),
    "many cells": (lambda: repeated(4_000, 51), "too large"),
    "behind a gap": (lambda: repeated(1, 1, 1_000_000), "too large"),
    "zip bomb": (bomb, "too large"),
    "deflated tables": (lambda: with_part("xl/styles.xml", b"<a>" * 400_000), "too large"),
    "large parts": (lambda: with_part("xl/a.bin", bytes(range(256)) * 132_000), "too large"),
    "many parts": (lambda: archive({f"{number}": b"" for number in range(2_001)}), "too large"),
    "states less": (lambda: lying(100), "broken"),
    "states more": (lambda: lying(5_000), "broken"),
    "long": (lambda: b"PK\x03\x04" + b"x" * container.MAX_BYTES, "too large"),
    "no zip": (lambda: b"PK\x03\x04", "broken"),
    "no workbook": (lambda: archive({"a": b""}), "broken"),
    "document type": (lambda: archive({"content.xml": f"{ENTITY}<a/>"}), "broken"),
    "entities": (lambda: one_sheet(f"{ENTITY}<a>&b;</a>"), "broken"),
    "no xml": (lambda: ods("<table:table"), "broken"),
    "rows back": (lambda: one_sheet(worksheet([["x"]] * 2).replace('"2"', '"1"')), "broken"),
    "encrypted": (
        lambda: ods({"A": [["x"]]}, parts={"META-INF/manifest.xml": "<m:encryption-data/>"}),
        "password",
    ),
    "table in a cell": (lambda: ods(ods_table(row(cell(ods_table(""))))), "broken"),
    "one part twice": (twice, "broken"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused(name: str) -> None:
    made, expected = HOSTILE[name]
    assert reason(made()) == expected


def test_nothing_is_inflated_of_a_workbook_that_states_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = bomb()
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("a part was opened"))
    with pytest.raises(Unreadable, match="too large"):
        container.unpack(hostile)


def test_pictures_and_macros_are_not_unpacked() -> None:
    book = xlsx({"A": [["x"]]}, parts={"xl/media/image1.png": b"\0" * 40_000_000, "xl/vba/x.bin": b"x"})
    assert not {name for name in container.unpack(book) if "media" in name or "vba" in name}
    assert [sheet.rows for sheet in sheets(book)] == [[["x"]]]


@given(st.binary(max_size=400))
def test_no_bytes_break_it(data: bytes) -> None:
    for content in (data, archive({"content.xml": data}), archive({"xl/workbook.xml": data})):
        with pytest.raises(Unreadable):
            sheets(content)


@given(st.integers(0, 3_000), st.integers(1, 255))
def test_a_workbook_with_a_wrong_byte_is_read_or_refused(place: int, change: int) -> None:
    book = bytearray(SOUND)
    book[place % len(book)] ^= change
    with contextlib.suppress(Unreadable):
        assert all(sheet.name for sheet in sheets(bytes(book)))


SOUND = ods({"List": ROWS})


def test_each_workbook_is_read_by_a_process_of_its_own_that_ends_with_it() -> None:
    [sheet] = reader_processes.read(xlsx({"List": ROWS}, merged=["A1:A2"]))
    assert (sheet.rows, [tuple(area) for area in sheet.merged]) == (READ, [(1, 1, 2, 1)])
    with pytest.raises(Unreadable, match="too large"):
        reader_processes.read(bomb())


def test_while_one_is_read_another_does_not_wait_for_ever() -> None:
    with reader_processes._one_at_a_time, pytest.raises(Busy):
        reader_processes.read(SOUND, patience=0)
