"""Pages about taking part: the list, the code on the wall, headcounts, what to log, what students propose."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from passport.db.programmes.activities.menu import Activity
from passport.services.programmes.activities import planning, sign_ups
from passport.services.programmes.activities.planning import Plan, When
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive

PROPOSED = {
    "kind": "part-time job",
    "name": "Serving on Saturdays",
    "host": "Corner Bakery",
    "setting": "workplace",
    "held_on": ["7", "3", "2026"],
    "hours": "4",
}


@pytest.fixture
def held(town: Town) -> str:
    """The session of an activity of today at which Amara has a place, and which shows one skill."""
    when = When(town.clock().date())
    skills = (4,)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        plan = Plan(
            "Robot arm", "taster", "tinderbeck", "workplace", when, Decimal(2), places=3, skills=skills
        )
        later = When(date(2026, 12, 1))
        made = planning.add(session, casey, plan, at)
        planning.change_session(session, casey, made.sessions[0].reference, later, at)
        sign_ups.sign_up(session, town.account(session, "amara"), made.reference, at)
        planning.change_session(session, casey, made.sessions[0].reference, when, at)
        return made.sessions[0].reference


def test_a_code_on_the_wall_a_list_and_one_tap_to_log_it(town: Town, held: str, arrive: Arrive) -> None:
    casey, amara = arrive("casey"), arrive("amara")
    sheet = f"/activities/sessions/{held}/list"
    assert "1 place waits for your yes or no" in casey.read("/overview")
    assert "Amara Demoson" in casey.read(sheet)
    assert "Demoson" not in arrive("morgan").read(sheet)
    casey.press(sheet, f"/activities/sessions/{held}/code")
    wall = casey.read(f"/activities/sessions/{held}/wall")
    found = re.search(r'sp-bigcode">(\w{3}) (\w{3})<', wall)
    assert found
    wrong = amara.send("/activities/here", code="no such code")
    assert "We cannot find this code" in wrong.text
    assert 'value="no such code"' in wrong.text
    assert "Enter the code from the wall" in amara.send("/activities/here").text
    there = amara.send("/activities/here", code=f"{found[1].lower()} {found[2]}")
    home = amara.read(there.location)
    assert "You are at “Robot arm”" in home
    assert "entered the code" in casey.read(sheet)
    reference = home.partition('name="activity" value="')[2].partition('"')[0]
    logged = amara.press("/home", "/evidence/new", activity=reference)
    assert logged.location.endswith("/level"), "the one skill that it shows is chosen"
    assert "Measuring and checking" in amara.read(logged.location)
    assert 'name="activity"' not in amara.read("/home"), "it is in the drafts now"
    listed = casey.send(sheet, listed=town.references["amara"])
    assert "0 students were there" in casey.read(listed.location)
    assert "recorded as absent" in casey.read(sheet)


def test_a_headcount_has_no_field_for_a_name(held: str, arrive: Arrive) -> None:
    casey = arrive("casey")
    page = f"/activities/sessions/{held}/count"
    form = casey.read(page)
    asked = set(re.findall(r'<(?:input|textarea|select)[^>]* name="(\w+)"', form))
    assert asked == {"csrf_token", "school", "year", "number"}
    school = form.partition('name="school" type="radio" value="')[2].partition('"')[0]
    for number, said in (
        ("", "Enter a whole number from 0 to 1000"),
        ("many", "Enter a whole number, like 24"),
        ("1001", "Enter a whole number from 0 to 1000"),
    ):
        assert said in casey.send(page, school=school, year="6", number=number).text
    assert "Choose the year group" in casey.send(page, school=school, year="40", number="3").text
    assert casey.send(page, school=school, year="6", number="24").status_code == 302
    assert "Lanternmoor High School, Year 6: 24" in re.sub(
        r"<[^>]+>", "", casey.read(f"/activities/sessions/{held}/list")
    )


def test_what_a_student_asks_for_is_accepted_in_one_step_and_shown_to_nobody_else(
    town: Town, arrive: Arrive
) -> None:
    amara, casey = arrive("amara"), arrive("casey")
    for wrong, said in (
        ({"kind": "mentoring"}, "Choose what it was"),
        ({"host": ""}, "Enter the name of the employer or place"),
        ({"host": "Ring 07700 900123"}, "Leave out phone numbers"),
        ({"held_on": ["7", "3", "2031"]}, "Enter a day in the last 3 years"),
        ({"hours": "0"}, "Enter the hours it took"),
    ):
        page = amara.send("/activities/propose", **PROPOSED | wrong).text
        assert said in page
        assert "Serving on Saturdays" in page
    assert amara.send("/activities/propose", **PROPOSED).status_code == 302
    assert "Waits for your school" in amara.read("/activities/propose")
    assert "1 waits for you" in casey.read("/overview")
    waiting = casey.read("/activities/proposals")
    assert "Corner Bakery" in waiting
    reference = waiting.partition("/activities/proposals/")[2].partition("/accept")[0]
    casey.press("/activities/proposals", f"/activities/proposals/{reference}/accept")
    assert "Nothing waits for your answer." in casey.read("/activities/proposals")
    assert "Serving on Saturdays" in amara.read("/home")
    assert "Serving on Saturdays" in amara.read("/evidence/new")
    for page, who in (("/activities", casey), ("/evidence/new", arrive("kit"))):
        assert "Serving on Saturdays" not in who.read(page)
    late = casey.send(f"/activities/proposals/{reference}/refuse", why="ask-me")
    assert late.status_code == 409


def test_a_refused_one_says_why_in_fixed_words(arrive: Arrive) -> None:
    amara, casey = arrive("amara"), arrive("casey")
    amara.send("/activities/propose", **PROPOSED)
    reference = (
        casey.read("/activities/proposals").partition("/activities/proposals/")[2].partition("/accept")[0]
    )
    address = f"/activities/proposals/{reference}/refuse"
    assert "Choose why not" in casey.send(address, why="I say so").text
    casey.send(address, why="not-known")
    for page in ("/activities/propose", "/notices"):
        assert "Your coordinator does not know of it yet" in amara.read(page)


def test_who_saw_what_another_employer_hosted_is_asked_how_and_the_student_reads_it(
    town: Town, arrive: Arrive
) -> None:
    sent = town.sent()
    with town.transaction() as session:
        activity = session.query(Activity).filter_by(reference=town.activity).one()
        activity.employer, activity.host = None, "Cobaltfield Glassworks"
    robin = arrive("robin")
    assert "Hosted by Cobaltfield Glassworks" in robin.read("/queue")
    page = f"/queue/{sent}/endorse?version=1"
    choice = {"version": 1, "basis": 1, "level": 3}
    asked = robin.send(page, **choice)
    assert asked.status_code == 200
    assert "Choose how you came to see it" in asked.text
    review = robin.open(f"/queue/{sent}/endorse/review?version=1&basis=1&level=3")
    assert review.location == f"/queue/{sent}/endorse?version=1"
    going = robin.send(page, **choice, seen_as="guest")
    assert "seen_as=guest" in going.location
    assert "I was there as a guest" in robin.read(going.location)
    robin.press(going.location, f"/queue/{sent}/endorse", **choice, seen_as="guest", step="confirm")
    told = "Told by Robin Fixturely, Tinderbeck Precision Ltd: I was there as a guest."
    assert told in robin.read("/decisions")
    assert told in arrive("amara").read(f"/evidence/{sent}")


def test_a_batch_does_not_offer_to_have_seen_what_another_employer_hosted(town: Town, arrive: Arrive) -> None:
    sent = town.sent()
    robin = arrive("robin")
    row = f"/queue/answers?row=endorse.{sent}.1"
    assert "I saw it" in robin.read(row)
    with town.transaction() as session:
        activity = session.query(Activity).filter_by(reference=town.activity).one()
        activity.employer, activity.host = None, "Cobaltfield Glassworks"
    page = robin.read(row)
    assert "If you saw it, endorse it on its own page" in page
    assert "I reviewed the work" in page
    key = page.partition('name="basis-')[2].partition('"')[0]
    answer = robin.send(row, **{f"basis-{key}": "1", "row": f"endorse.{sent}.1"})
    assert "Choose how you know" in answer.text
