"""A coordinator brings in a list on pages; a manager decides whose student somebody is."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from passport.jobs import queue as job_queue
from tests.services.people.imports.lists import listed
from tests.web.conftest import Arrive, Visitor
from tests.web.programmes.test_managing import offered, went

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.fixtures.towns import Town

ROWS = (
    ("Invented", "Mina", "01/07/2011", "Year 9", "mina@lists.example.test"),
    ("=cmd()", "Mo", "01/07/2011", "9", ""),
    ("Young", "Yan", "01/07/2014", "9", ""),
    ("Placeholder", "Kit", "06/05/2011", "10", ""),
)
SELECTS = {
    "surname": "0",
    "forename": "1",
    "whole_name": "none",
    "preferred": "none",
    "born_on": "2",
    "year": "3",
    "everybody": "none",
    "email": "4",
    "cohort": "none",
}


@pytest.fixture
def casey(arrive: Arrive) -> Visitor:
    return arrive("casey")


def sent(casey: Visitor, data: bytes, name: str = "export.csv") -> TestResponse:
    fields: dict[str, Any] = {"file": (BytesIO(data), name)}
    return casey.send("/students/import", **fields)


def matched(casey: Visitor, page: str, **other: object) -> TestResponse:
    return casey.send(page, sector=offered(casey, page, "Engineering"), **SELECTS | other)


def brought_in(town: Town, casey: Visitor, data: bytes) -> str:
    """All of it; gives the address of the import."""
    show = went(matched(casey, went(sent(casey, data))))
    went(casey.press(show, f"{show}/confirm"))
    job_queue.run_due(town.runtime)
    return show


def test_a_list_is_sent_matched_looked_at_and_brought_in(town: Town, casey: Visitor) -> None:
    columns = went(sent(casey, listed(*ROWS)))
    page = casey.read(columns)
    assert re.search(r'<option value="0" selected>\s*Surname \(Invented, =cmd\(\), Young\)', page)
    show = went(matched(casey, columns))
    refused = casey.read(show)
    assert "Nothing has changed yet" in refused
    assert "Students under 13 have no account" in refused
    assert "Mina Invented" in casey.read(f"{show}?show=new")
    assert "Mina Invented" not in casey.read("/students")
    went(casey.press(show, f"{show}/confirm"))
    assert "Bringing your students in" in casey.read(show)
    job_queue.run_due(town.runtime)
    assert casey.client.get(f"{show}/progress").json == {"done": 4, "total": 4, "finished": True}
    assert "Your list is brought in" in casey.read(show)
    assert "Mina Invented" in casey.read("/students")
    report = casey.open(f"{show}/report.csv").text
    assert "2,Mina Invented,Brought in," in report
    assert "4,Yan Young,Not taken,Students under 13" in report
    assert "5,Kit Placeholder,A manager decides," in report
    assert "Thistlegate" not in report + casey.read(f"{show}?show=claimed")
    again = went(matched(casey, went(sent(casey, listed(*ROWS)))))
    assert "Finish: nothing changes" in casey.read(again)


def test_what_is_there_is_downloaded_corrected_and_sent_again(town: Town, casey: Visitor) -> None:
    brought_in(town, casey, listed(*ROWS[:2]))
    exported = casey.open("/students/import/students.csv").text
    assert "2011" not in exported, "no date of birth leaves"
    assert "'=cmd()" not in exported, "this name is no formula: Mo stands first"
    columns = went(sent(casey, exported.replace("Mina Invented,Mina,9", "Mina Invented,Mi,10").encode()))
    place = {"surname": "none", "forename": "none", "whole_name": "0", "preferred": "1"}
    show = went(matched(casey, columns, **place, born_on="none", year="2", email="3"))
    page = casey.read(show)
    assert "Year group: 9, now 10" in page
    assert "First name: Mina, now Mi" in page


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Choose the file with your students"),
        (b"a,b\n1,2\n", "We found no headings that we know"),
        (listed(), "There are no rows below the headings"),
        (b"PK\x03\x04 damaged", "We cannot read this workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(casey: Visitor, data: bytes, told: str) -> None:
    answer = sent(casey, data)
    assert answer.status_code == 400
    assert told in answer.text
    assert "Error:" in answer.text.partition("</title>")[0]


def test_fifty_megabytes_are_refused_before_they_are_read(casey: Visitor) -> None:
    answer = casey.client.post("/students/import", environ_overrides={"CONTENT_LENGTH": "50000000"})
    assert answer.status_code == 400
    assert "This file is larger than 8 MB" in answer.text


def test_columns_that_say_too_little_are_told_at_their_box(casey: Visitor) -> None:
    columns = went(sent(casey, listed(*ROWS)))
    assert "Say which column has the full name" in matched(casey, columns, surname="none").text
    assert "Say which column has the year group" in matched(casey, columns, year="none").text
    assert "Choose the sector" in casey.send(columns, **SELECTS).text
    assert went(matched(casey, columns, year="none", everybody="10"))


def test_possible_duplicates_are_answered_and_kept(town: Town, casey: Visitor) -> None:
    brought_in(town, casey, listed(ROWS[0]))
    show = went(matched(casey, went(sent(casey, listed(("Invented", "Maxi", *ROWS[0][2:4], ""))))))
    page = casey.read(show)
    assert "Is it the same person?" in page
    [name] = set(re.findall(r'name="(row-\d+)"', page))
    went(casey.press(show, f"{show}/decide", **{name: "same", f"row-{'9' * 5000}": "same"}))
    assert re.search(rf'name="{name}" value="same" checked', casey.read(show))
    went(casey.press(show, f"{show}/confirm"))
    job_queue.run_due(town.runtime)
    assert "Maxi Invented" in casey.read("/students")
    assert "Mina Invented" not in casey.read("/students")


def test_a_list_is_deleted_and_its_students_stay(town: Town, casey: Visitor) -> None:
    show = brought_in(town, casey, listed(ROWS[0]))
    went(casey.press(show, f"{show}/delete"))
    assert casey.open(show).status_code == 410
    assert "Mina Invented" in casey.read("/students")


@pytest.mark.parametrize(
    ("decision", "place"), [("moves", "Kit Placeholder"), ("stays", ""), ("separate", "")]
)
def test_a_manager_decides_whose_student_it_is(
    town: Town, casey: Visitor, arrive: Arrive, decision: str, place: str
) -> None:
    brought_in(town, casey, listed(ROWS[3]))
    morgan = arrive("morgan")
    assert "Students of two schools" in morgan.read("/manage")
    [address] = re.findall(r'href="(/manage/claims/[A-Z0-9]+)"', morgan.read("/manage/claims"))
    page = morgan.read(address)
    assert "Thistlegate School" in page
    assert "Lanternmoor High School" in page
    for _click in range(2):
        went(morgan.press("/manage/cohorts/new", address, decision=decision))
    assert "None waits for you" in morgan.read("/manage/claims")
    assert ("Kit Placeholder" in casey.read("/students")) == bool(place)
    show = brought_in(town, casey, listed(ROWS[3]))
    told = {"moves": "As they are", "stays": "A manager decides", "separate": "New"}[decision]
    assert f"{told} (1)" in casey.read(show)
