"""A coordinator corrects a student's details: plainly, and in entries by replacing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from passport.jobs import queue as job_queue
from passport.services.checking import checks
from tests.web.conftest import Arrive, Visitor
from tests.web.programmes.test_managing import went

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.fixtures.towns import Town

WHY = "The school's record says so."


@pytest.fixture
def casey(arrive: Arrive) -> Visitor:
    return arrive("casey")


def edited(town: Town, casey: Visitor, **other: object) -> TestResponse:
    fields: dict[str, object] = {
        "name": "Amara Demoson",
        "first_name": "Amara",
        "email": "amara@example.test",
        "year": "10",
        "cohort": "none",
        "born_on": ["", "", ""],
        "reason": "",
    }
    return casey.send(f"/students/{town.references['amara']}/edit", **fields | other)


def test_before_anything_is_signed_it_is_a_plain_edit(town: Town, casey: Visitor, arrive: Arrive) -> None:
    page = f"/students/{town.references['amara']}"
    changed = {"name": "Amara Demosson", "first_name": "Am", "year": "11", "born_on": ["6", "5", "2010"]}
    assert went(edited(town, casey, **changed)) == page
    shown = casey.read(page)
    assert "Amara Demosson" in shown
    history = shown.partition("What was corrected")[2]
    assert "Casey Exampleby" in history
    assert "10</span> → <span" in history
    assert "Amara Demoson" not in history, "an older name is not shown again"
    assert "2010" not in history
    told = arrive("amara").read("/notices")
    assert (
        "Your school has corrected: your name, what you are called, your year group, your date of birth"
        in told
    )
    went(edited(town, casey, **changed))
    assert casey.read(page).partition("What was corrected")[2].count("Casey Exampleby") == 1, "a second click"


def test_a_signed_name_replaces_the_entries(town: Town, casey: Visitor) -> None:
    code = town.shared(town.issued())
    answer = edited(town, casey, name="Amara Demosson")
    assert answer.status_code == 200
    assert "in 10 to 500 characters" in answer.text
    went(edited(town, casey, name="Amara Demosson", year="11", reason=WHY))
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        checked = checks.by_code(session, town.published(), code, town.clock())
        amara = town.account(session, "amara")
        assert (amara.name, amara.student and amara.student.year_group) == ("Amara Demosson", 11)
    assert checked.verdict.value == "V4"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"born_on": ["1", "7", "2013"]}, "Students under 13 have no account"),
        ({"email": "KIT@example.test"}, "There is an account with this address already"),
        ({"name": ""}, "Enter the full name"),
        ({"year": "3"}, "Choose the year group"),
    ],
)
def test_what_is_wrong_is_told_and_kept(
    town: Town, casey: Visitor, other: dict[str, object], told: str
) -> None:
    answer = edited(town, casey, **{"first_name": "Typed"} | other)
    assert told in answer.text
    assert 'value="Typed"' in answer.text


def test_who_changed_it_meanwhile_is_not_overwritten(town: Town, casey: Visitor) -> None:
    page = f"/students/{town.references['amara']}/edit"
    old = casey.open(page).text
    went(edited(town, casey, first_name="First"))
    seen = old.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    answer = edited(town, casey, first_name="Second", seen=seen)
    assert "This was changed while you had it open" in answer.text
    assert 'value="Second"' in answer.text
    assert 'First name: <span dir="auto">First</span>' in answer.text


def test_another_schools_student_is_not_found(casey: Visitor, town: Town) -> None:
    assert casey.open(f"/students/{town.references['kit']}/edit").status_code == 404
