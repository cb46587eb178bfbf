"""Activities: the person who runs a school, visits or the programme adds what students then log."""

from __future__ import annotations

from typing import Any

import pytest

from passport.db.core.audit import AuditRecord
from passport.services.people import accounts
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive

NEW: dict[str, Any] = {
    "name": "Robot arm",
    "kind": "taster",
    "employer": "tinderbeck",
    "setting": "workplace",
    "held_on": ["12", "3", "2026"],
    "hours": "1,5",
}


def test_what_a_coordinator_adds_a_student_logs_and_then_it_stays(town: Town, arrive: Arrive) -> None:
    casey, amara = arrive("casey"), arrive("amara")
    assert "Activities that students can log" in casey.read("/overview")
    for _click in range(2):
        assert casey.send("/activities/new", **NEW).location == "/activities"
    page = casey.read("/activities")
    assert page.count("Robot arm</strong>") == 1
    assert "Taster, " in page
    assert "1.5 hours" in page
    reference = page.partition("/activities/")[2].partition('/remove"')[0][-10:]
    assert "Robot arm" in amara.read("/evidence/new")
    amara.send("/evidence/new", activity=reference)
    assert f"{reference}/remove" not in casey.read("/activities")
    late = casey.press("/account", f"/activities/{reference}/remove")
    assert late.status_code == 409
    assert "Somebody has logged this activity, so it stays." in late.text


def test_one_that_no_one_logged_is_taken_away_and_one_to_come_is_not_shown_yet(
    town: Town, arrive: Arrive
) -> None:
    morgan, amara = arrive("morgan"), arrive("amara")
    assert 'href="/activities"' in morgan.read("/manage")
    morgan.send("/activities/new", **NEW | {"held_on": ["20", "3", "2026"]})
    assert "Robot arm" not in amara.read("/evidence/new")
    town.clock.forward(days=6)
    assert "Robot arm" in arrive("amara").read("/evidence/new")
    page = arrive("morgan").read("/activities")
    assert page.count('/remove"') == 2, "nobody has logged the gear pump yet"
    reference = page.partition("/activities/new")[2].partition('/remove"')[0][-10:]
    arrive("morgan").press("/account", f"/activities/{reference}/remove")
    assert "Robot arm" not in arrive("morgan").read("/activities")
    with town.transaction() as session:
        acts = [row.action for row in session.query(AuditRecord) if row.action.startswith("activity.")]
    assert acts == ["activity.added", "activity.removed"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Enter what it is called"),
        ({"name": "Ring 07700 900123"}, "Students read this: leave out phone numbers"),
        ({"name": "See www.example.com"}, "Students read this: leave out phone numbers"),
        ({"name": "Robot\u202earm"}, "Leave out signs that cannot be seen"),
        (
            {"name": "Gear pump strip-down", "held_on": ["10", "3", "2026"]},
            "There is one with this name already",
        ),
        ({"kind": "party"}, "Choose what it is"),
        ({"employer": "nobody"}, "Choose the employer"),
        ({"setting": "moon"}, "Choose where it is"),
        ({"held_on": ["31", "2", "2026"]}, "Enter a day that exists"),
        ({"held_on": ["", "", ""]}, "Enter the day"),
        ({"hours": "many"}, "Enter the hours as a number"),
        ({"hours": "0"}, "more than 0"),
        ({"hours": "NaN"}, "more than 0"),
        ({"hours": "1e9"}, "at most 200"),
    ],
)
def test_what_cannot_be_added_is_said_at_its_box_and_nothing_typed_is_lost(
    wrong: dict[str, Any], said: str, arrive: Arrive
) -> None:
    casey = arrive("casey")
    answer = casey.send("/activities/new", **NEW | wrong)
    assert answer.status_code == 200
    assert said in answer.text
    kept = (wrong | {"name": NEW["name"]})["name"] if "name" not in wrong else wrong["name"]
    assert kept in answer.text
    assert "Robot" not in casey.read("/activities")


def test_an_organiser_reaches_them_and_a_champion_does_not(town: Town, arrive: Arrive) -> None:
    with town.transaction() as session:
        morgan = town.account(session, "morgan")
        about = {"email": "org@example.test", "name": "Org Dummyname", "first_name": "Org"}
        role, password = accounts.Role.ORGANISER, "correct horse battery"
        accounts.make(session, morgan.programme, role, **about, password=password, at=town.clock())
    organiser = arrive("org")
    assert 'href="/activities"' in organiser.read("/account/roles")
    assert organiser.send("/activities/new", **NEW).location == "/activities"
    for who in ("robin", "amara", "ash"):
        assert arrive(who).open("/activities").status_code == 404
