"""The month's page, and making an address for a calendar program."""

from __future__ import annotations

import re

from tests.fixtures.towns import Town
from tests.services.programmes.visits.test_calendars import book, plan
from tests.web.conftest import Arrive

ADDRESS = re.compile(r"http://localhost:8000(/calendar/feed/[\w-]{43}\.ics)")


def test_a_student_reads_the_month_and_subscribes_to_what_they_are_booked_for(
    town: Town, arrive: Arrive
) -> None:
    with town.transaction() as session:
        [activity] = plan(session, town)
        book(session, town, activity, "amara")
    amara, stranger = arrive("amara"), arrive()
    page = amara.read("/calendar")
    assert 'href="/calendar"' in amara.read("/home")
    assert "Robot arm 0" in page
    for reader, place in ((amara, "/activities/mine/"), (arrive("casey"), "/activities/")):
        links = re.findall(rf'href="({place}[A-Z0-9]{{10}})"', reader.read("/calendar"))
        assert links
        assert [reader.open(one).status_code for one in links] == [200] * len(links)
    assert "1:30pm to 3:30pm" in page
    assert "Tinderbeck Precision Ltd" in page, "the place is read here, after signing in"
    assert "Robot arm" not in amara.read("/calendar?month=2026-04")
    for wrong in ("x", "2026-13", "9999-01", "0001-01"):
        assert "March 2026" in amara.read(f"/calendar?month={wrong}")
    shown = amara.press("/calendar/addresses", "/calendar/addresses", kind="own").text
    found = ADDRESS.search(shown)
    assert found
    assert not ADDRESS.search(amara.read("/calendar/addresses")), "it is shown this once"
    answer = stranger.open(found[1])
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "SUMMARY:Robot arm 0" in answer.text
    assert "DTSTART:20260324T133000Z" in answer.text
    amara.press("/calendar/addresses", "/calendar/addresses", kind="own")
    assert stranger.open(found[1]).status_code == 404


def test_a_school_has_a_calendar_for_its_staff_alone(arrive: Arrive) -> None:
    casey, amara = arrive("casey"), arrive("amara")
    assert "Calendar of your school" in casey.read("/calendar/addresses")
    assert "Calendar of your school" not in amara.read("/calendar/addresses")
    assert amara.press("/calendar/addresses", "/calendar/addresses", kind="school").status_code == 404
    assert casey.press("/calendar/addresses", "/calendar/addresses", kind="school").status_code == 200
    assert casey.press("/calendar/addresses", "/calendar/addresses/end", kind="school").status_code == 302
    assert arrive("ash").open("/calendar").status_code == 404
