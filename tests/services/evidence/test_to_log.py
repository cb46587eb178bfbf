"""What a student's home offers to log, and how a draft of it begins."""

from __future__ import annotations

from datetime import date, time, timedelta

from passport import db
from passport.db import Session
from passport.db.people.accounts import EnrolmentState
from passport.services.evidence import drafting, to_log
from passport.services.programmes.activities import attendance, planning
from passport.services.programmes.activities.planning import When
from tests.fixtures.towns import Town
from tests.services.programmes.activities.test_sign_ups import planned, signed_up


def offered(session: Session, town: Town, who: str = "amara", **later: int) -> list[str]:
    """The titles that a student's home offers, some time later."""
    at = town.clock() + timedelta(**later)
    return [one.title for one in to_log.waiting(session, town.account(session, who), at)]


def test_what_a_student_had_a_place_at_is_offered_when_it_is_over_until_it_is_logged(town: Town) -> None:
    day = town.clock().date() + timedelta(days=2)
    reference = planned(town, when=When(day, time(9), time(11)), skills=(4,))
    signed_up(town, reference, town.references["amara"])
    with town.transaction() as session:
        assert offered(session, town) == []
        assert offered(session, town, days=1) == []
        assert offered(session, town, days=3) == ["Robot arm"]
        assert offered(session, town, "kit", days=3) == []
        assert offered(session, town, days=70) == [], "nobody remembers it any more"
        at = town.clock() + timedelta(days=3)
        draft = drafting.start(session, town.account(session, "amara"), reference, at)
        assert (draft.held_on, str(draft.hours)) == (day, "2.5")
        assert draft.skill is not None
        assert draft.skill.number == 4, "the one skill that it can show"
        assert offered(session, town, days=3) == []


def test_who_is_recorded_as_absent_is_not_asked_and_who_came_without_a_place_is(town: Town) -> None:
    day = town.clock().date()
    there = planned(town, when=When(day), places=None, title="For all")
    absent = planned(town, when=When(day + timedelta(days=1)), title="Absent")
    signed_up(town, absent, town.references["amara"])
    town.clock.forward(days=1)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        amara = town.references["amara"]
        assert offered(session, town) == ["Absent"]
        for reference, present in ((there, {amara}), (absent, set[str]())):
            activity = db.programmes.activities.menu.by_reference(
                session, casey.programme_id, reference, lock=False
            )
            assert activity is not None
            attendance.mark(session, casey, activity.sessions[0].reference, {amara}, present, at)
        assert offered(session, town) == ["For all"]
        account = town.account(session, "amara")
        assert account.student is not None
        account.student.enrolment = EnrolmentState.PAUSED
        assert offered(session, town) == []


def test_the_day_is_that_of_the_newest_session_that_was_held(town: Town) -> None:
    reference = planned(town, when=When(town.clock().date()), places=None)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        for day in (date(2026, 3, 21), date(2026, 3, 28)):
            planning.add_session(session, casey, reference, When(day), at)
        later = at + timedelta(days=9)
        draft = drafting.start(session, town.account(session, "amara"), reference, later)
        assert draft.held_on == date(2026, 3, 21)
        assert draft.skill is None


def test_activities_for_other_years_can_still_be_logged_and_come_last(town: Town) -> None:
    planned(town, when=When(town.clock().date()), places=None, title="For older ones", year_from=12)
    with town.transaction() as session:
        found = to_log.choices(session, town.account(session, "amara"), town.clock())
        assert [one.title for one in found.fitting] == ["Gear pump strip-down"]
        assert [one.title for one in found.others] == ["For older ones"]
        assert found.logged == found.was_there == []
