"""Tables come in as spreadsheets write them, and go out in their own order, harmless."""

from __future__ import annotations

import contextlib
import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.services.checking.desk import tables
from passport.services.core.errors import Refused

CODE = "SP-4F7K-9QXM-2TW9"
PLAIN = f"Code,Our ref,Surname,Date of birth\r\n{CODE},A1,Demoson,06/05/2011\r\n"


def reason(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        tables.read(data)
    return caught.value.reason


def written(data: bytes, *ours: str) -> str:
    table = tables.read(data)
    rows = [(cells, list(ours)) for cells in table.rows]
    return "".join(tables.write(table.layout, rows, [f"N{place}" for place in range(len(ours))]))


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", ";").encode("cp1252"),
        b"sep=;\r\n" + PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\r\n", "\n").encode(),
        PLAIN.replace("\r\n", "\r").encode(),
        (PLAIN + ",,,\r\n" * 500).encode(),
        ("\r\n,,,\r\n" + PLAIN).encode(),
        PLAIN.replace("Code,", "share-code ,").replace("Our ref", "Applicant ID").encode(),
        PLAIN.replace("Code", '"Skills passport\ncode"').encode(),
        PLAIN.replace("Date of birth", "D.O.B.").replace("Surname", "LAST NAME").encode(),
    ],
    ids=["plain", "mark", "utf-16", "excel", "sep", "tabs", "unix", "old mac", "tail", "head", *"abc"],
)
def test_a_table_is_read_however_a_spreadsheet_wrote_it(data: bytes) -> None:
    table = tables.read(data)
    assert len(table.rows) == 1
    [cells] = table.rows
    assert table.layout.cell(cells, "code") == CODE
    assert table.layout.cell(cells, "last_name") == "Demoson"
    assert table.layout.cell(cells, "born_on") == "06/05/2011"


def test_letters_of_the_west_are_read_from_windows_files() -> None:
    assert tables.read("code;surname\r\nx;Müßig–É".encode("cp1252")).rows == [["x", "Müßig–É"]]


def test_bare_codes_need_no_header() -> None:
    table = tables.read(f"{CODE}\nsp 2222 2222 2222\n".encode())
    assert (table.layout.header, len(table.rows)) == (["Code"], 2)


OTHER = "SP-2222-2222-2222"
ADDRESS = "https://passport.example/c/SP4F7K9QXM2TW9"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ADDRESS}\n{OTHER}", [[ADDRESS], [OTHER]]),
        (f"A1,{CODE}\nA2,nonsense", [["A1", CODE], ["A2", "nonsense"]]),
        (f"{CODE}, {OTHER}", [[CODE, ""], [OTHER, ""]]),
        (f"Here are {CODE} and {OTHER}", [[CODE, ""], [OTHER, ""]]),
        (f"{CODE},{OTHER},Kit\nSP-XXXX,Amara", [[CODE, "Kit"], [OTHER, "Kit"], ["SP-XXXX, Amara", ""]]),
        (f"Dear all\nbelow you find what my students gave to me:\n{CODE}\n{ADDRESS}", [[CODE]]),
    ],
    ids=["addresses", "code second", "in one line", "in a sentence", "in two columns", "a letter"],
)
def test_a_list_without_headings_loses_no_code(text: str, expected: list[list[str]]) -> None:
    table = tables.read(text.encode())
    assert table.rows == expected
    assert "Code" in table.layout.header


def test_a_letter_has_no_headings() -> None:
    assert tables.has_headings(b"\r\nref;share code\r\n")
    assert not tables.has_headings(f"Dear all, my code is {CODE}\r\nCode".encode())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "table-empty"),
        (b"\r\n,,\r\n", "table-empty"),
        (b"code,name\r\n", "table-empty"),
        (b"name,school\r\nA,B\r\n", "table-no-code-column"),
        (b"Applicants 2026,,\r\n\r\nRef,Code,Name\r\n1,2,3\r\n", "table-headings-below"),
        (b"Applicants 2026\r\nRef;Code\r\n1;2\r\n", "table-headings-below"),
        (b"code,share code\r\nA,B\r\n", "table-two-code-columns"),
        (b"code\r\nA\0B\r\n", "table-not-text"),
        (b"code\r\n" + b"x" * 6000, "table-not-text"),
        (b"code" + b",x" * 200 + b"\r\n1", "table-not-text"),
        (b"code\r\n" + b"1\r\n" * 900_000, "table-too-large"),
        (b'code\r\n"' + b"x" * 200_000, "table-not-text"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_table_that_cannot_be_used_says_why(data: bytes, expected: str) -> None:
    assert reason(data) == expected


def test_the_answer_keeps_order_blank_rows_and_every_column() -> None:
    data = f'Note;Code;More\r\nb;{CODE};"x;y""z\r\nnew line"\r\n;;\r\na;;only\r\nlonger;1;2;3\r\n'.encode()
    got = list(csv.reader(io.StringIO(written(data, "V1"), newline=""), delimiter=";"))
    assert got == [
        ["\ufeffNote", "Code", "More", "", "N0"],
        ["b", CODE, 'x;y"z\r\nnew line', "", "V1"],
        ["", "", "", "", "V1"],
        ["a", "", "only", "", "V1"],
        ["longer", "1", "2", "3", "V1"],
    ]


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x";"y")', "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|x", " =1", "\t=1",
        "＝1", "\r=1", "\n@x", "−a",
    ],
)  # fmt: skip
def test_a_cell_that_a_spreadsheet_would_run_is_harmless_in_the_answer(cell: str) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([["code", "note"], [CODE, cell]])
    answer = list(csv.reader(io.StringIO(written(file.getvalue().encode(), cell), newline="")))
    assert answer[1] == [CODE, f"'{cell}", f"'{cell}"]
    assert tables.count_harmful([[cell, "x"]]) == 1


@pytest.mark.parametrize(
    "cell", ["-5", "+44 7700 900123", "-1.5", "1-2", "a=b", "", "'=x", "Smith-Jones", "x@y.test"]
)
def test_a_plain_cell_comes_back_as_it_was(cell: str) -> None:
    assert tables.harmless(cell) == cell


CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_whatever_stands_in_the_cells_comes_back_in_its_place(rows: list[list[str]], sign: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=sign).writerows([["code", "note", "third", "fourth"], *rows, ["end", "x"]])
    table = tables.read(file.getvalue().encode())
    got = list(csv.reader(io.StringIO(written(file.getvalue().encode(), "ok"), newline=""), delimiter=sign))
    for before, after in zip(table.rows, got[1:], strict=True):
        assert after[-1] == "ok"
        for one, other in zip(before, after[:-1], strict=False):
            assert other in {one, f"'{one}"}


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    with contextlib.suppress(Refused):
        tables.read(data)


def test_a_list_that_is_too_long_anyway_is_not_looked_into_cell_by_cell() -> None:
    """Two megabytes of codes without a heading took six seconds to be refused."""
    started = time.process_time()
    table = tables.read(f"{CODE}\n".encode() * 110_000)
    assert (len(table.rows), table.layout.columns) == (110_000, {"code": 0})
    assert time.process_time() - started < 3
