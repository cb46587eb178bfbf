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
from passport.services.core.tables import harmless

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


def test_titles_above_the_headings_are_no_rows_and_come_back_above_them() -> None:
    data = f"Applicants 2026\r\nof the autumn; with codes\r\n\r\nRef;Code\r\n1;{CODE}\r\n".encode()
    table = tables.read(data)
    assert (table.layout.header, table.rows) == (["Ref", "Code"], [["1", CODE]])
    lines = list(csv.reader(io.StringIO(written(data, "V1"), newline=""), delimiter=";"))
    assert lines == [
        ["\ufeffApplicants 2026", "", ""],
        ["of the autumn", " with codes", ""],
        ["Ref", "Code", "N0"],
        ["1", CODE, "V1"],
    ]


@pytest.mark.parametrize("heading", ["Code", "Surname", "Code,Surname"])
def test_codes_above_a_row_like_a_heading_are_not_lost(heading: str) -> None:
    table = tables.read(f"{CODE},A\n{OTHER},B\n{heading}\n{CODE},C\n".encode())
    codes = [table.layout.cell(row, "code") for row in table.rows]
    assert [code for code in codes if code.startswith("SP-")] == [CODE, OTHER, CODE]


@pytest.mark.parametrize("heading", ["", "Comments"])
def test_codes_in_a_column_of_another_heading_or_none_are_found(heading: str) -> None:
    text = f"Applicants 2026,,\nRef,Surname,{heading}\n1,Demoson,my code is {CODE}\n2,Other,none yet\n"
    table = tables.read(text.encode())
    assert table.layout.by_contents
    assert table.layout.columns == {"reference": 0, "last_name": 1, "code": 2}
    assert len(table.rows) == 2


def test_headings_that_stand_there_again_are_known_as_such() -> None:
    table = tables.read(f"Ref,Share code,\n1,{CODE},\nREF, share-code\n2,{CODE}\n".encode())
    assert [tables.repeats(row, table.layout.header) for row in table.rows] == [False, True, False]


def test_one_date_with_its_month_first_puts_the_column_in_doubt() -> None:
    read = [
        tables.read(f"code,dob\n{CODE},{day}\n{CODE},06/05/2011\n".encode())
        for day in ("31/05/2011", "05/31/2011")
    ]
    assert [table.layout.month_first for table in read] == [False, True]


def test_how_its_letters_were_read_is_remarked() -> None:
    assert tables.read("code;surname\r\nx;Müßig".encode("cp1252")).layout.remarks == {"windows": True}
    assert tables.read("code;surname\r\nx;Müßig".encode()).layout.remarks == {}
    assert tables.read("\ufeffcode;surname\r\nx;Müßig".encode("utf-16-le")).rows == [["x", "Müßig"]]


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
        (b"Applicants 2026,,\r\n\r\nRef,Name,School\r\n1,2,3\r\n", "table-no-code-column"),
        (b"Title\r\n" * 20 + b"Ref;Code\r\n1;2\r\n", "table-no-code-column"),
        (b"code,share code\r\nA,B\r\n", "table-same-heading"),
        (b"code,surname,last name\r\nA,B,C\r\n", "table-same-heading"),
        (f"ref,surname,,\r\n1,A,{CODE},{CODE}\r\n".encode(), "table-codes-in-several"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "list-is-workbook"),
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


@pytest.mark.parametrize("sign", [";", ",", "\t", "|", "\n"])
def test_a_cell_is_harmless_too_where_a_spreadsheet_takes_another_sign_for_the_delimiter(sign: str) -> None:
    assert harmless(f"a{sign} =1+1{sign}b") == f"a{sign}' =1+1{sign}b"
    assert harmless(f"a{sign}-1+cmd|x") == f"a{sign}'-1+cmd|x"
    assert tables.count_harmful([[f"a{sign}@x"]]) == 1


def test_a_long_cell_is_made_harmless_in_time() -> None:
    started = time.process_time()
    for sign in ("\t", ";", " ", ";-", ",-1", "; ", "\n="):
        harmless("x" + sign * 50_000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "cell",
    [
        "-5",
        "+44 7700 900123",
        "-1.5",
        "1-2",
        "a=b",
        "",
        "'=x",
        "Smith-Jones",
        "x@y.test",
        "1, -5; 2",
        "A; B|C",
    ],
)
def test_a_plain_cell_comes_back_as_it_was(cell: str) -> None:
    assert harmless(cell) == cell


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
            assert other == harmless(one)
            assert other.replace("'", "") == one.replace("'", "")


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
