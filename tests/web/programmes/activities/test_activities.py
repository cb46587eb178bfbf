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


def named(page: str, title: str) -> str:
    """The reference of the activity with a title in the list."""
    before = page.partition(f'<strong dir="auto">{title}</strong>')[0]
    return before.rpartition("/activities/")[2].partition('"')[0]


def test_what_a_coordinator_adds_a_student_logs_and_then_it_stays(town: Town, arrive: Arrive) -> None:
    casey, amara = arrive("casey"), arrive("amara")
    assert "Activities that students can log" in casey.read("/overview")
    for _click in range(2):
        assert casey.send("/activities/new", **NEW).location == "/activities"
    page = casey.read("/activities")
    assert page.count("Robot arm</strong>") == 1
    assert "Taster, " in page
    assert "1.5 hours" in page
    reference = named(page, "Robot arm")
    assert "Robot arm" in amara.read("/evidence/new")
    assert f"{reference}/remove" in casey.read(f"/activities/{reference}")
    amara.send("/evidence/new", activity=reference)
    assert f"{reference}/remove" not in casey.read(f"/activities/{reference}")
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
    reference = named(arrive("morgan").read("/activities"), "Robot arm")
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
        ({"held_on": ["12", "3", "2036"]}, "Check the year"),
        ({"starts": "half nine"}, "Enter a time like 9:30 or 2:15pm"),
        ({"starts": "25:00"}, "Enter a time like 9:30 or 2:15pm"),
        ({"starts": "14:00", "ends": "9:30am"}, "Enter an end that is after the beginning"),
        ({"ends": "9:30"}, "Enter an end that is after the beginning"),
        ({"setting": "online"}, "What is online needs captions"),
        ({"kind": "mentoring"}, "Mentoring here is for groups"),
        ({"kind": "mentoring", "places": "1"}, "Enter at least 3 places"),
        ({"places": "0"}, "Enter a whole number of places"),
        ({"places": "a dozen"}, "Enter a whole number, like 12"),
        ({"places": "9999999"}, "Enter a whole number, like 12"),
        ({"year_from": "11", "year_to": "9"}, "The last year group is before the first"),
        ({"year_from": "ten"}, "Enter the number of a year group"),
        ({"year_to": "40"}, "Enter year groups from 5 to 14"),
        ({"about": "Mail me at pat@example.com"}, "Students read this: leave out phone numbers"),
        ({"route": "Ring 07700 900123"}, "Students read this: leave out phone numbers"),
        ({"about": "x" * 1001}, "Use at most 1000 characters"),
        ({"sectors": "gone"}, "One of the sectors is not offered any more"),
        ({"skills": "99"}, "One of the skills is not offered any more"),
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


WHOLE = NEW | {
    "name": "Ward round",
    "setting": "online",
    "captions": "y",
    "held_on": ["20", "4", "2026"],
    "starts": "9.30",
    "ends": "2:15pm",
    "year_from": "9",
    "year_to": "11",
    "places": "2",
    "about": "We watch a ward round.",
    "route": "In the hall, with your teacher.",
    "skills": "4",
}


def test_a_student_reads_what_it_is_signs_up_and_is_told_what_changes(town: Town, arrive: Arrive) -> None:
    casey, amara = arrive("casey"), arrive("amara")
    assert casey.send("/activities/new", draft="yes", **WHOLE).location == "/activities"
    reference = named(casey.read("/activities"), "Ward round")
    assert "Ward round" not in amara.read("/activities/mine")
    assert amara.open(f"/activities/mine/{reference}").status_code == 404
    casey.press(f"/activities/{reference}", f"/activities/{reference}/publish")
    assert "2 places free" in amara.read("/activities/mine")
    page = amara.read(f"/activities/mine/{reference}")
    for words in (
        "20 April 2026, 9:30am to 2:15pm",
        "In the hall, with your teacher.",
        "We watch a ward round.",
        "Measuring and checking",
        "Captions",
    ):
        assert words in page
    amara.press(f"/activities/mine/{reference}", f"/activities/mine/{reference}/sign-up")
    assert "Place kept, your school decides" in amara.read("/activities/mine")
    page = casey.read(f"/activities/{reference}")
    assert "Amara Demoson" in page
    assert "Amara" not in arrive("morgan").read(f"/activities/{reference}"), "names are for the school"
    approve = page.partition("/sign-ups/")[2].partition("/approve")[0]
    casey.press(f"/activities/{reference}", f"/activities/{reference}/sign-ups/{approve}/approve")
    assert "You have a place" in amara.read(f"/activities/mine/{reference}")
    seen = casey.read(f"/activities/{reference}/change")
    stamp = seen.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    changed = {key: value for key, value in WHOLE.items() if key not in {"held_on", "starts", "ends"}}
    changed |= {"route": "In the library.", "seen": stamp}
    assert casey.send(f"/activities/{reference}/change", **changed).status_code == 302
    overtaken = casey.send(f"/activities/{reference}/change", **changed | {"about": "Other words."})
    assert "This was changed while you had it open" in overtaken.text
    assert "Other words." in overtaken.text
    assert "In the library." in overtaken.text
    told = amara.read("/notices")
    assert "has changed: the way there and back." in told
    assert amara.open(f"/activities/{reference}/open").location == f"/activities/mine/{reference}"
    assert casey.open(f"/activities/{reference}/open").location == f"/activities/{reference}"
    assert "Choose why it is cancelled" in casey.send(f"/activities/{reference}/cancel").text
    done = casey.send(f"/activities/{reference}/cancel", why="illness")
    assert "1 student was told" in casey.read(done.location)
    assert "Somebody who was to run it is ill." in amara.read("/notices")
    assert "This is cancelled" in amara.read(f"/activities/mine/{reference}")
    late = amara.press("/account", f"/activities/mine/{reference}/sign-up")
    assert late.status_code == 302, "the sign-up stands until they take it off their list"
    amara.press(f"/activities/mine/{reference}", f"/activities/mine/{reference}/leave")
    again = amara.press("/account", f"/activities/mine/{reference}/sign-up")
    assert again.status_code == 409
    assert "This was cancelled" in again.text


def test_sessions_are_added_moved_and_taken_away_and_the_first_is_the_day_of_the_activity(
    town: Town, arrive: Arrive
) -> None:
    casey = arrive("casey")
    casey.send("/activities/new", **WHOLE)
    reference = named(casey.read("/activities"), "Ward round")
    for _click in range(2):
        casey.send(f"/activities/{reference}/sessions/new", held_on=["18", "4", "2026"], starts="9:30")
    page = casey.read(f"/activities/{reference}")
    assert page.index("18 April 2026, 9:30am") < page.index("20 April 2026, 9:30am to 2:15pm")
    assert page.count("/sessions/") == 7, "two lists, two to change, two to take away, one to add"
    assert "18 April 2026" in casey.read("/activities")
    first = page.partition("/activities/sessions/")[2].partition("/")[0]
    form = casey.read(f"/activities/sessions/{first}/change")
    assert 'value="9:30"' in form
    stamp = form.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    moved = {"held_on": ["25", "4", "2026"], "starts": "", "ends": "", "seen": stamp}
    assert casey.send(f"/activities/sessions/{first}/change", **moved).status_code == 302
    overtaken = casey.send(f"/activities/sessions/{first}/change", **moved | {"starts": "8:00"})
    assert "This was changed while you had it open" in overtaken.text
    casey.press(f"/activities/{reference}", f"/activities/sessions/{first}/remove")
    page = casey.read(f"/activities/{reference}")
    assert "25 April" not in page
    last = page.partition("/activities/sessions/")[2].partition("/")[0]
    only = casey.press("/account", f"/activities/sessions/{last}/remove")
    assert only.status_code == 409
    assert "This is the only session" in only.text


def test_what_was_logged_keeps_its_name_and_place_and_the_rest_can_change(town: Town, arrive: Arrive) -> None:
    casey = arrive("casey")
    town.sent()
    reference = town.activity
    page = casey.read(f"/activities/{reference}/change")
    stamp = page.partition('name="seen" type="hidden" value="')[2].partition('"')[0]
    values = {
        "name": "Gear pump strip-down",
        "kind": "master class",
        "employer": "tinderbeck",
        "setting": "workplace",
        "hours": "2.5",
        "seen": stamp,
    }
    for wrong in ({"name": "Something else"}, {"setting": "school"}, {"kind": "tour"}):
        refused = casey.send(f"/activities/{reference}/change", **values | wrong)
        assert refused.status_code == 200
        assert "Somebody has logged this activity" in refused.text
    assert casey.send(f"/activities/{reference}/change", **values | {"about": "New."}).status_code == 302
    assert "New." in casey.read(f"/activities/{reference}")
