"""A school's list as its system exports it: headings, names, days, years; what it cannot be is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from passport.services.core.errors import Refused
from passport.services.people.imports import columns, oneroster, receiving, row_reading
from passport.services.people.imports.columns import Field
from passport.services.people.imports.receiving import Listing
from passport.services.people.imports.row_reading import Layout, Person
from tests.fixtures.workbooks import archive, ods, xlsx
from tests.services.people.imports.lists import HEADING, SCHOOL, listed

TODAY = date(2026, 3, 14)
FILES = Path(__file__).parents[3] / "inputs" / "students"
AMARA = Person("Amara Demoson", "Amara", date(2011, 5, 6), 10, "amara.demoson@brindlemoor.example.test")
USERS = {
    "1.1": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
    "1.2": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,"
    "preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns",
}


def people(data: bytes, school: str = SCHOOL) -> list[Person]:
    """Everybody in a file, with its columns as they are guessed."""
    found = receiving.read(data, school)
    layout = layout_of(found)
    return [row_reading.person(layout, row.cells, TODAY) for row in found.rows]


def layout_of(found: Listing) -> Layout:
    places = columns.guess(found.heading, {})
    layout = Layout(found.heading, {field.value: place for field, place in places.items()})
    return replace(layout, month_first=row_reading.is_month_first(layout, [row.cells for row in found.rows]))


def refused(data: bytes, school: str = SCHOOL) -> str:
    with pytest.raises(Refused) as caught:
        people(data, school)
    return caught.value.reason.value


@pytest.mark.parametrize("system", ["sims", "arbor", "bromcom"])
def test_exports_of_school_systems_are_read(system: str) -> None:
    data = (FILES / f"{system}.csv").read_bytes()
    found = people(data.replace(b"Th? Minh;Nguy?n", b"Minh;Nguyen"))
    assert len(found) == 6
    assert replace(found[-1], preferred=False) == AMARA
    assert [one.year_group for one in found] == [10, 9, 11, 9, 7, 10]
    assert found[0].name == "Siobhán O'Brien-Smythe"
    assert found[2].name.endswith("Smith, Jr")


def test_a_name_whose_letters_the_file_lost_is_not_taken() -> None:
    assert refused((FILES / "arbor.csv").read_bytes()) == "name-letters-lost"


@pytest.mark.parametrize("system", ["sims", "arbor"])
def test_the_legal_name_is_signed_and_the_preferred_one_is_what_they_are_called(system: str) -> None:
    data = (FILES / f"{system}.csv").read_bytes()
    minnie = people(data.replace(b"Th? Minh;Nguy?n", b"Th Minh;Nguyn").replace(b"Nguy?n", b"Nguyn"))[1]
    assert minnie.first_name == "Minnie"
    assert minnie.name == {"sims": "Thị Minh Nguyễn", "arbor": "Th Minh Nguyn"}[system]


def test_isams_headings_in_any_order_and_days_as_numbers() -> None:
    heading = ("School ID", "NC Year", "Preferred Name", "School Email Address", "DOB", "Surname", "Forename")
    row = ("17", "Y10", "Mo", "mo@lists.example.test", "40616", "Invented", "Maurice")
    [found] = people(listed(row, heading=heading))
    assert found == Person("Maurice Invented", "Mo", date(2011, 3, 14), 10, "mo@lists.example.test", True)


@pytest.mark.parametrize(
    "written", ["14/09/2011", "2011-09-14", "14 September 2011", "40800", "14/09/2011 00:00:00"]
)
def test_days_are_read_as_they_are_written(written: str) -> None:
    assert people(listed(("A", "Mina", written, "10", "")))[0].born_on == date(2011, 9, 14)


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("Year 10", 10),
        ("10", 10),
        ("Y10", 10),
        ("yr 9", 9),
        ("010", 10),
        ("NC Year 8", 8),
        ("Lower Sixth", 12),
    ],
)
def test_years_are_read_as_they_are_written(written: str, year: int) -> None:
    assert people(listed(("A", "Mina", "14/09/2011", written, "")))[0].year_group == year


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("", "", "14/09/2011", "10", ""), "name-missing"),
        (("X" * 200, "Mina", "14/09/2011", "10", ""), "name-too-long"),
        (("", "M", "14/09/2011", "10", ""), "name-too-short"),
        (("Invented", "Mina\u202e", "14/09/2011", "10", ""), "text-unusable"),
        (("Invented", "Mina", "31/02/2011", "10", ""), "born-on-unreadable"),
        (("Invented", "Mina", "14/09/2011", "Reception", ""), "year-unreadable"),
        (("Invented", "Mina", "14/09/2011", "10", "no address"), "email-unusable"),
    ],
)
def test_what_is_wrong_in_a_row_has_a_reason(row: tuple[str, ...], reason: str) -> None:
    assert refused(listed(row)) == reason


def test_a_name_of_one_letter_beside_another_is_a_name() -> None:
    assert people(listed(("O", "Mina", "14/09/2011", "10", "")))[0].name == "Mina O"


def test_in_a_file_with_months_first_a_day_that_may_be_either_is_not_guessed() -> None:
    found = receiving.read(
        listed(("A", "Mina", "05/31/2011", "10", ""), ("B", "Mo", "05/06/2011", "10", "")), SCHOOL
    )
    with pytest.raises(Refused) as caught:
        row_reading.person(layout_of(found), found.rows[1].cells, TODAY)
    assert caught.value.reason.value == "born-on-two-ways"


@pytest.mark.parametrize("made", [xlsx, ods])
def test_workbooks_are_read_with_hidden_rows_and_a_title(made: object) -> None:
    rows = [
        ["Students of Year 10"],
        list(HEADING),
        ["Invented", "Mina", date(2011, 9, 14), 10, "a@b.example"],
    ]
    more = [["Also", "Mo", date(2011, 9, 15), 10, None]]
    # lists of different cells
    data = made({"Export": rows + more}, hidden=[4])  # type: ignore[operator]
    found = receiving.read(data, SCHOOL)
    assert [row.cells[0] for row in found.rows] == ["Invented", "Also"]
    assert found.remarks["hidden"] == [4]
    assert [one.born_on for one in people(data)] == [date(2011, 9, 14), date(2011, 9, 15)]


def test_headings_in_two_rows_are_joined() -> None:
    above = ("Legal", "", "Preferred", "Details", "")
    below = ("Surname", "Forename", "Forename", "Date of birth", "Year group")
    data = listed(below, ("Invented", "Maurice", "Mo", "14/09/2011", "10"), heading=above)
    assert people(data) == [Person("Maurice Invented", "Mo", date(2011, 9, 14), 10, None, True)]


def test_learners_numbers_are_recognised_and_not_kept() -> None:
    found = receiving.read((FILES / "sims.csv").read_bytes(), SCHOOL)
    assert "A823456789012" not in str(found.rows)
    unnamed = listed(("Invented", "Mina", "A823456789012"), heading=("Surname", "Forename", "Identifier"))
    assert "A823456789012" not in str(receiving.read(unnamed, SCHOOL).rows)


def test_large_and_empty_files_are_refused_with_a_reason() -> None:
    assert refused(b"x" * 50_000_000) == "students-too-large"
    assert refused(listed()) == "students-empty"
    assert refused(b"one,two\n3,4\n") == "students-no-heading"
    assert refused(listed(*[("A", "B", "", "", "")] * 10_001)) == "students-too-many"


def bundle(version: str, *users: dict[str, str], **files: str) -> bytes:
    """A OneRoster bundle with these users."""
    heading = USERS[version].split(",")
    lines = [",".join(user.get(name, "") for name in heading) for user in users]
    parts = {"users.csv": "\n".join([USERS[version], *lines])}
    return archive({**parts, **{f"{name}.csv": text for name, text in files.items()}})


BORN = "sourcedId,status,dateLastModified,birthDate,sex\nu1,,,2011-09-14,female\nu2,,,2011-09-15,male\n"
ORGS = (
    "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
    f"o1,,,{SCHOOL},school,,\no2,,,Other School,school,,\n"
)
ROLES = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n"
    "r1,,,u1,primary,student,,,o1,\nr2,,,u2,primary,student,,,o2,\nr3,,,u3,primary,teacher,,,o1,\n"
)


def user(number: int, given: str, **more: str) -> dict[str, str]:
    return {"sourcedId": f"u{number}", "givenName": given, "familyName": "Invented", "grades": "09", **more}


def test_a_oneroster_1_1_bundle_gives_its_students() -> None:
    teacher, gone = user(3, "Tess", role="teacher"), user(2, "Gone", role="student", status="tobedeleted")
    mina = user(1, "Mina", role="student", orgSourcedIds="o1", email="mina@lists.example.test")
    data = bundle("1.1", mina, gone, teacher, demographics=BORN)
    assert people(data) == [Person("Mina Invented", "Mina", date(2011, 9, 14), 9, "mina@lists.example.test")]


def test_a_oneroster_1_2_bundle_of_several_schools_gives_those_of_the_own_one() -> None:
    mina = user(1, "Wilhelmina", preferredGivenName="Mina", primaryOrgSourcedId="o1")
    other, teacher = user(2, "Mo", primaryOrgSourcedId="o2"), user(3, "Tess")
    data = bundle("1.2", mina, other, teacher, demographics=BORN, orgs=ORGS, roles=ROLES)
    assert people(data) == [Person("Wilhelmina Invented", "Mina", date(2011, 9, 14), 9, None, True)]
    assert refused(data, "A third school") == "oneroster-schools"


def test_a_damaged_bundle_is_refused() -> None:
    data = bundle("1.1", user(1, "Mina", role="student"))
    assert refused(archive({"users.csv": "name\nMina"})) == "oneroster-headings"
    assert oneroster.is_bundle(data)
    assert not oneroster.is_bundle(xlsx({"A": [["x"]]}))
    many = {f"part{number}.xml": "" for number in range(oneroster.MOST_FILES + 1)}
    assert not oneroster.is_bundle(archive(many)), "a workbook of many parts is none"
    assert refused(archive({**many, "users.csv": "sourcedId"})) == "zip-too-large"
    with pytest.raises(Refused):
        oneroster.read(data[:40] + b"\xff" * 20 + data[60:], SCHOOL)


def test_a_remembered_meaning_comes_before_a_guess() -> None:
    heading = ["Candidate", "Known as", "DOB"]
    assert columns.guess(heading, {"candidate": "name", "knownas": ""}) == {Field.NAME: 0, Field.BORN_ON: 2}
