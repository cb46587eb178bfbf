"""Frameworks as steering groups keep them: each table of `tests/inputs/frameworks`, and workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from passport.services.core.errors import Refused
from passport.services.programmes.frameworks.tables import (
    Draft,
    load,
    read,
    suggested,
    take,
    transposed,
)
from passport.setup import ROOT
from passport.web.programmes.frameworks.import_words import words
from tests.fixtures.workbooks import Fault, Formula, ods, xlsx

if TYPE_CHECKING:
    from tests.fixtures.workbooks import Rows

INPUTS = ROOT / "tests" / "inputs" / "frameworks"
HEADER = ["group", "skill", "with guidance", "with support", "on my own", "guiding others"]


def described(skill: str, group: str = "Making", what: str = "") -> tuple[str, ...]:
    what = what or skill
    return (
        group,
        skill,
        f"Does {what} when shown",
        f"Does {what} with help",
        f"Does {what} alone",
        f"Teaches {what}",
    )


def problems(draft: Draft) -> list[str]:
    return [words(problem) for problem in draft.problems]


@pytest.mark.parametrize(
    ("name", "skills"),
    [
        ("semicolon", [described("Sawing")]),
        ("tab", [described("Sawing")]),
        ("sepline", [described("Sawing")]),
        ("utf16", [described("Sawing")]),
        ("title-row", [described("Sawing")]),
        ("merged-group", [described("Sawing"), described("Drilling"), described("Filing")]),
        ("reordered", [("Making", "Sawing", "a", "b", "c", "d")]),
        ("level-numbers", [("Making", "Sawing", "a", "b", "c", "d")]),
        ("long-rows", [("Making", "Sawing", "a", "b", "c", "d")]),
        ("html-cells", [("Making", "Sawing", "<p>Holds it</p>", "b&amp;c", "c&nbsp;d", "d")]),
    ],
)
def test_a_table_is_imported_as_it_stands(name: str, skills: list[tuple[str, ...]]) -> None:
    draft = read((INPUTS / f"{name}.csv").read_bytes())
    assert (draft.skills, problems(draft)) == (skills, [])


def test_markup_is_text_and_is_named() -> None:
    said = [words(note).rpartition(": ")[0] for note in read((INPUTS / "html-cells.csv").read_bytes()).notes]
    markup = "markup, which is shown as it stands"
    assert said == [
        f"line 2, column {level}: {markup}" for level in ("with guidance", "with support", "on my own")
    ]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (
            "case-dup",
            "line 3, column skill: it differs from “Sawing” (line 2, group “Making”) in capitals alone:",
        ),
        (
            "same-skill-two-groups",
            "line 3, column skill: this skill stands above already (line 2, group “Making”):",
        ),
    ],
)
def test_twins_are_named(name: str, problem: str) -> None:
    draft = read((INPUTS / f"{name}.csv").read_bytes())
    assert problems(draft) == [f"{problem} give one of them another name"]


def test_headings_again_are_named_as_such() -> None:
    """They were imported, and published, as a skill called "skill"."""
    table = ",".join(HEADER)
    draft = read(f"{table}\nMaking,Sawing,a,b,c,d\n{table.upper()}\nMaking,Filing,a,b,c,d\n".encode())
    assert problems(draft) == ["line 3, column all: the headings stand here again: take this row out"]


def test_a_skill_above_the_headings_is_not_lost() -> None:
    table = ",".join(HEADER)
    draft = read(
        f"Town framework,,version 2,\n\nMaking,Filing,a,b,c,d\n{table}\nMaking,Sawing,a,b,c,d\n".encode()
    )
    assert problems(draft) == [
        "line 3, column all: this stands above the headings: take it out, or put it below them"
    ]


LONG = "group,skill,level,descriptor\n"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            "M,S,1,a\nM,S,2,b\nM,S,4,d\n",
            "line 2, column level: write a row for each level of this skill (missing: on my own)",
        ),
        ("M,S,1,a\n,,2,b\n,,3,c\n,,3,d\n", "line 5, column level: this level stands in line 4 already"),
        ("M,S,1,a\n,,2,b\n,,3,c\n,,five,d\n", "line 5, column level: write 1 to 4, or: with guidance"),
        ("M,S,1,a\n,,2,\n,,3,c\n,,4,d\n", "line 3, column descriptor: write something here"),
        ("M,S,1,a\n,,2,a\n,,3,c\n,,4,d\n", "line 2, column descriptor: two levels have the same wording"),
    ],
)
def test_a_row_for_each_level_is_read_or_its_fault_is_named(rows: str, problem: str) -> None:
    assert any(said.startswith(problem) for said in problems(read((LONG + rows).encode())))


def test_levels_of_long_rows_have_names_or_numbers_in_any_order() -> None:
    rows = "M,S,On my own,c\n,,level 2,b\n,,Guiding others,d\n,T,4,h\n,,1,e\n,S,1,a\nM,T,2,f\nM,T,3,g\n"
    draft = read((LONG + rows).encode())
    assert (draft.skills, problems(draft)) == (
        [("M", "S", "a", "b", "c", "d"), ("M", "T", "e", "f", "g", "h")],
        [],
    )


def test_columns_that_are_not_used_and_letters_of_windows_are_said() -> None:
    table = ";".join([*HEADER, "notes"]) + "\nFärben;Nähen;a;b;c;d;x\n"
    draft = read(table.encode("cp1252"))
    assert draft.skills == [("Färben", "Nähen", "a", "b", "c", "d")]
    assert words(draft.notes[0]).startswith("The letters were read as Windows-1252")
    assert words(draft.notes[1]) == "The column notes is not used."


SKILLS: Rows = [
    ["Town framework"],
    [*HEADER, "notes"],
    ["Making", "Sawing", "a", "b", "c", 4],
    [None, "Filing", "a", "b", "c", "d"],
]


@pytest.mark.parametrize(
    "book",
    [
        xlsx({"Cover": [["x"]], "Skills": SKILLS}, sheet="Skills", hidden=[4]),
        ods({"Cover": [["x"]], "Skills": SKILLS}, hidden=[4]),
    ],
    ids=["xlsx", "ods"],
)
def test_workbooks_are_read_and_what_their_cells_do_not_show_is_said(book: bytes) -> None:
    draft = read(book)
    assert problems(draft) == []
    assert [skill[:2] for skill in draft.skills] == [("Making", "Sawing"), ("Making", "Filing")]
    assert draft.skills[0][2:] == ("a", "b", "c", "4")
    assert list(map(words, draft.notes)) == [
        "Only the sheet Skills was read, not: Cover.",
        "These rows are hidden in the sheet and were read too: 4.",
        "The column notes is not used.",
    ]


def test_a_cell_of_a_workbook_without_its_value_is_a_problem() -> None:
    rows: Rows = [[*HEADER], ["Making", "Sawing", "a", Formula("A1"), Fault(), "d"]]
    said = problems(read(xlsx({"Skills": rows})))
    formula = "its formula has no saved value: open the workbook, save it and import it again"
    assert f"line 2, column D: {formula}" in said
    assert "line 2, column E: it shows an error: write what it should say" in said


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"a\0b", "table-not-text"), (b"PK\x03\x04", "workbook-broken"), (b"x" * 2_100_000, "table-too-large")],
)
def test_what_is_no_table_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(data)


def matched(data: bytes, turned: bool = False) -> Draft:
    """The draft of a table as the page suggests to read it."""
    table = load(data)
    table = transposed(table) if turned else table
    return take(data, table, suggested(table))


WORDINGS = ["begins", "tries", "does", "leads"]


@pytest.mark.parametrize(
    "rows",
    [
        [["skill", *HEADER[2:]], ["Making"], ["Sawing", *WORDINGS], ["Wood"], ["Filing", *WORDINGS]],
        [
            ["", "skill", *HEADER[2:]],
            ["Making"],
            ["", "Sawing", *WORDINGS],
            ["Wood"],
            ["", "Filing", *WORDINGS],
        ],
        [["skill", "level", "descriptor"], ["Making"]]
        + [[name, level, words] for name in ["Sawing"] for level, words in zip("1234", WORDINGS, strict=True)]
        + [["Wood"]]
        + [["Filing", level, words] for level, words in zip("1234", WORDINGS, strict=True)],
    ],
    ids=["first column", "column of their own", "a row for each level"],
)
def test_a_row_with_one_cell_is_the_group_of_the_rows_below_it(rows: Rows) -> None:
    draft = matched(xlsx({"Skills": rows}))
    assert (draft.skills, problems(draft)) == (
        [("Making", "Sawing", *WORDINGS), ("Wood", "Filing", *WORDINGS)],
        [],
    )


def test_a_table_on_its_side_is_turned() -> None:
    rows = [["group", "Making", "Making"], ["skill", "Sawing", "Filing"]]
    rows += [[level, f"{words} 1", f"{words} 2"] for level, words in zip(HEADER[2:], WORDINGS, strict=True)]
    draft = matched(xlsx({"Skills": rows}), turned=True)
    assert draft.skills == [
        ("Making", name, *(f"{words} {number}" for words in WORDINGS))
        for number, name in ((1, "Sawing"), (2, "Filing"))
    ]


def test_bullets_and_numbers_are_taken_off_and_counted() -> None:
    row = ["A. Making", "1.2 Sawing", "• begins\n• asks,", "- tries", "2) does", "leads 3. parts"]
    draft = matched(xlsx({"Skills": [[*HEADER], row]}))
    assert draft.skills == [("Making", "1.2 Sawing", "begins; asks", "tries", "does", "leads 3. parts")]
    assert "Bullets and numbers were taken off the beginning of 4 cells." in map(words, draft.notes)


def test_four_names_of_their_own_stand_for_the_levels_in_their_order() -> None:
    names = ["Emerging", "Developing", "Secure", "Leading"]
    rows = [["group", "skill", "level", "descriptor"]]
    rows += [["Making", "Sawing", name, said] for name, said in zip(names, WORDINGS, strict=True)]
    draft = matched(xlsx({"Skills": rows}))
    assert draft.skills == [("Making", "Sawing", *WORDINGS)]
    assert "The levels were taken in this order: Emerging, Developing, Secure, Leading." in map(
        words, draft.notes
    )


def test_a_draft_may_have_empty_levels_and_says_so() -> None:
    rows = [[*HEADER], ["Making", "Sawing", "a", "", "c", "c"], ["Making", "", "a", "b", "c", "d"]]
    draft = matched(xlsx({"Skills": rows}))
    assert problems(draft) == ["line 3, column skill: write something here"]
    assert list(map(words, draft.notes)) == ["line 2, column with support: it has no wording yet"]


def test_merged_cells_and_macros_are_named() -> None:
    rows: Rows = [[*HEADER], ["Making", "Sawing", *WORDINGS], [None, "Filing", *WORDINGS]]
    book = xlsx({"Skills": rows}, merged=["A2:A3"], parts={"xl/vbaProject.bin": b"macro"})
    draft = matched(book)
    assert [skill[0] for skill in draft.skills] == ["Making", "Making"]
    said = list(map(words, draft.notes))
    assert said[0] == "This workbook has macros. They were not run and are not kept."
    assert said[1].startswith("These cells are merged: A2:A3.")


def test_twenty_thousand_rows_are_refused_before_they_are_read() -> None:
    rows: Rows = [[*HEADER], *(["Making", f"Skill {number}", *WORDINGS] for number in range(20_000))]
    with pytest.raises(Refused, match="workbook-too-large"):
        load(xlsx({"Skills": rows}))
