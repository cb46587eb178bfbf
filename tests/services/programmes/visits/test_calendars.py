"""The calendar: one month in few queries, and addresses that give titles and times and end in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import event

from passport.db import Session
from passport.db.people.accounts import EnrolmentState
from passport.db.programmes.activities.menu import Activity, ActivityKind, ActivitySession
from passport.db.programmes.activities.sign_ups import SignUp, SignUpState
from passport.services.core.errors import NotFound
from passport.services.programmes.visits import asking, calendars, planning
from passport.services.programmes.visits.calendars import FeedKind
from tests.fixtures.towns import Town
from tests.services.programmes.visits.test_visits import HERE, SLUG, details, told

LONDON = ZoneInfo("Europe/London")
MARCH = date(2026, 3, 1)


def plan(session: Session, town: Town, number: int = 1, on: date = date(2026, 3, 24)) -> list[Activity]:
    """Activities of an afternoon in March, of the pump's employer."""
    pump = session.query(Activity).filter_by(reference=town.activity).one()
    made = []
    for place in range(number):
        begins = datetime(on.year, on.month, on.day, 13, 30, tzinfo=LONDON)
        activity = Activity(
            programme_id=pump.programme_id,
            employer=pump.employer,
            title=f"Robot arm {place}",
            kind=ActivityKind.TASTER,
            setting="workplace",
            held_on=on,
            hours=Decimal(2),
            places=10,
        )
        activity.sessions.append(
            ActivitySession(held_on=on, starts_at=begins, ends_at=begins + timedelta(hours=2))
        )
        made.append(activity)
    session.add_all(made)
    session.flush()
    return made


def book(session: Session, town: Town, activity: Activity, who: str) -> None:
    """Give somebody a place."""
    student = town.account(session, who).student
    sign_up = SignUp(activity=activity, student=student, number=1, state=SignUpState.BOOKED)
    sign_up.signed_up_at = town.clock()
    session.add(sign_up)
    session.flush()


def visit(session: Session, town: Town, school: str, on: date = date(2026, 3, 24)) -> None:
    """Plan a visit of a school's class."""
    offer, wish = told(session)
    at = town.clock()
    asked = asking.wish(session, SLUG, replace(wish, school=school), at)
    offered = asking.offer(session, SLUG, offer, at)
    morgan = town.account(session, "morgan")
    planning.plan(session, morgan, asked.reference, offered.reference, details(on=on), HERE, at)


def events(file: bytes) -> list[Any]:
    """The events of a calendar, as icalendar reads them."""
    return list(Calendar.from_ical(file).walk("VEVENT"))


def titles(session: Session, token: str, town: Town) -> list[str]:
    """The titles in the calendar at an address."""
    return sorted(str(one["SUMMARY"]) for one in events(calendars.feed(session, token, HERE, town.clock())))


def test_a_month_of_five_hundred_activities_takes_as_many_queries_as_one_of_five(town: Town) -> None:
    engine = town.runtime.database.engine
    counted: list[int] = []
    with town.transaction() as session:
        plan(session, town, 5)

    def read(who: str) -> tuple[int, int]:
        counted.clear()
        with town.transaction() as session:
            account = town.account(session, who)
            counted.clear()
            shown = calendars.month(session, account, MARCH)
            items = [item for items in shown.items.values() for item in items]
            assert all(item.place for item in items)
            return len(counted), len(items)

    event.listen(engine, "before_cursor_execute", lambda *_heard: counted.append(1))
    few = {who: read(who) for who in ("amara", "robin", "casey", "morgan")}
    with town.transaction() as session:
        for day in range(1, 31):
            plan(session, town, 17, date(2026, 3, day + (day >= 24)))
    for who, (queries, items) in few.items():
        asked, found = read(who)
        assert asked == queries <= 8, who
        assert found > items + 100, who


def test_a_month_has_what_is_for_them_and_visits_for_those_who_run_them(town: Town) -> None:
    with town.transaction() as session:
        [activity] = plan(session, town)
        activity.year_from = 12
        visit(session, town, "Copperlark School")

        def shown(who: str) -> list[str]:
            month = calendars.month(session, town.account(session, who), MARCH)
            return [item.title for item in month.items.get(date(2026, 3, 24), [])]

        assert shown("amara") == [], "it is for another year"
        assert shown("casey") == ["Robot arm 0"]
        assert shown("morgan") == ["Copperlark School: Cobaltfield Glassworks", "Robot arm 0"]
        book(session, town, activity, "amara")
        assert shown("amara") == ["Robot arm 0"], "who has a place sees it anyway"
        with pytest.raises(NotFound):
            calendars.month(session, town.account(session, "ash"), MARCH)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_month_begins_on_monday_and_december_leads_to_january(town: Town) -> None:
    with town.transaction() as session:
        shown = calendars.month(session, town.account(session, "casey"), date(2026, 12, 1))
        assert (shown.weeks[0][0], shown.weeks[-1][-1]) == (date(2026, 11, 30), date(2027, 1, 3))
        assert (shown.before, shown.after) == (date(2026, 11, 1), date(2027, 1, 1))


def test_a_students_calendar_has_what_they_are_booked_for_and_no_more_than_title_and_time(town: Town) -> None:
    with town.transaction() as session:
        first, second = plan(session, town, 2)
        book(session, town, first, "amara")
        book(session, town, second, "kit")
        token = calendars.make(session, town.account(session, "amara"), FeedKind.OWN, town.clock())
        assert len(token) >= 43
        assert titles(session, token, town) == ["Robot arm 0"]
        file = calendars.feed(session, token, HERE, town.clock())
        [one] = events(file)
        assert set(one) == {"UID", "DTSTAMP", "SUMMARY", "DTSTART", "DTEND"}
        for private in ("Amara", "Tinderbeck", "Lanternmoor", "LOCATION"):
            assert private not in file.decode()
        [session_] = first.sessions
        assert one["UID"] == f"session-{session_.reference}@localhost"


def test_a_session_without_a_time_is_a_whole_day(town: Town) -> None:
    with town.transaction() as session:
        [activity] = plan(session, town)
        activity.sessions[0].starts_at = activity.sessions[0].ends_at = None
        session.flush()
        book(session, town, activity, "amara")
        token = calendars.make(session, town.account(session, "amara"), FeedKind.OWN, town.clock())
        [one] = events(calendars.feed(session, token, HERE, town.clock()))
        assert one["DTSTART"].dt == date(2026, 3, 24)


def test_an_address_made_anew_ends_the_one_before_and_ends_with_the_enrolment(town: Town) -> None:
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        assert amara.student is not None
        old = calendars.make(session, amara, FeedKind.OWN, at)
        new = calendars.make(session, amara, FeedKind.OWN, at)
        with pytest.raises(NotFound):
            calendars.feed(session, old, HERE, at)
        for state in (EnrolmentState.COMPLETED, EnrolmentState.WITHDRAWN, EnrolmentState.TRANSFERRED):
            amara.student.enrolment = state
            with pytest.raises(NotFound):
                calendars.feed(session, new, HERE, at)
        amara.student.enrolment = EnrolmentState.ACTIVE
        assert calendars.feed(session, new, HERE, at)
        amara.suspended_at = at
        with pytest.raises(NotFound):
            calendars.feed(session, new, HERE, at)
        amara.suspended_at = None
        for _click in range(2):
            calendars.end(session, amara, FeedKind.OWN, at)
        with pytest.raises(NotFound):
            calendars.feed(session, new, HERE, at)


def test_a_schools_calendar_is_for_its_staff_and_names_no_student(town: Town) -> None:
    with town.transaction() as session:
        first, second = plan(session, town, 2)
        book(session, town, first, "amara")
        book(session, town, second, "kit")
        visit(session, town, "Lanternmoor High School")
        casey, at = town.account(session, "casey"), town.clock()
        token = calendars.make(session, casey, FeedKind.SCHOOL, at)
        assert titles(session, token, town) == ["Robot arm 0", "Visit of a class"]
        file = calendars.feed(session, token, HERE, at).decode()
        for private in ("Amara", "Lanternmoor", "Cobaltfield", "Furnace Road"):
            assert private not in file, "where a class will be is read after signing in"
        for who in ("amara", "robin", "morgan"):
            with pytest.raises(NotFound):
                calendars.make(session, town.account(session, who), FeedKind.SCHOOL, at)
        assert casey.staff is not None
        session.delete(casey.staff)
        session.flush()
        session.expire(casey)
        with pytest.raises(NotFound):
            calendars.feed(session, token, HERE, at)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_champions_calendar_has_what_their_employer_hosts(town: Town) -> None:
    with town.transaction() as session:
        hosted, other = plan(session, town, 2)
        other.employer, other.employer_id, other.host = None, None, "Somebody else"
        session.flush()
        token = calendars.make(session, town.account(session, "robin"), FeedKind.OWN, town.clock())
        assert [one for one in titles(session, token, town) if "Robot" in one] == [hosted.title]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_visit_of_summer_and_one_of_winter_are_at_the_same_time_of_day(town: Town) -> None:
    with town.transaction() as session:
        visit(session, town, "Copperlark School", date(2026, 6, 23))
        visit(session, town, "Meadowpip School", date(2027, 1, 12))
        token = calendars.make(session, town.account(session, "morgan"), FeedKind.OWN, town.clock())
        found = events(calendars.feed(session, token, HERE, town.clock()))
        starts = [one["DTSTART"].dt for one in found if "Visit" in one["SUMMARY"]]
        assert starts == [
            datetime(2026, 6, 23, 8, 30, tzinfo=UTC),
            datetime(2027, 1, 12, 9, 30, tzinfo=UTC),
        ]


def test_two_clicks_at_the_same_moment_leave_one_address(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with town.transaction() as session:
        amara, at, feeds = town.account(session, "amara"), town.clock(), calendars.feeds
        calendars.make(session, amara, FeedKind.OWN, at)
        looks = iter([[], feeds(session, amara)])  # the first was before the other one's commit
        monkeypatch.setattr(calendars, "feeds", lambda *_args: next(looks))
        token = calendars.make(session, amara, FeedKind.OWN, at)
        assert titles(session, token, town) == []
        assert len(feeds(session, amara)) == 1
