"""Who was there: by a list, by a code on the wall, and as a number without names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from passport import db
from passport.db.programmes.activities.attendance import Attendance, Headcount
from passport.services.core.errors import NotFound, Refused
from passport.services.people import accounts
from passport.services.programmes.activities import attendance, planning, sign_ups
from passport.services.programmes.activities.planning import When
from tests.fixtures.towns import Town
from tests.services.programmes.activities.test_sign_ups import plan, planned, signed_up


def held_today(town: Town, **other: object) -> tuple[str, str]:
    """An activity of today for which Amara and Kit signed up before; its reference and its session's."""
    day = town.clock().date()
    reference = planned(town, when=When(day + timedelta(days=1)), **other)
    if other.get("places", 1) is not None:
        for who in ("amara", "kit"):
            signed_up(town, reference, town.references[who])
    town.clock.forward(days=1)
    with town.transaction() as session:
        casey = town.account(session, "casey")
        found = db.programmes.activities.menu.by_reference(session, casey.programme_id, reference, lock=False)
        assert found is not None
        return reference, found.sessions[0].reference


def test_a_school_ticks_its_own_students_and_an_organiser_sees_no_full_names(town: Town) -> None:
    _, held = held_today(town)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        sheet = attendance.sheet(session, casey, held, at)
        assert [line.student.first_name for line in sheet.lines] == ["Amara"]
        amara, kit = town.references["amara"], town.references["kit"]
        for _again in range(2):
            assert attendance.mark(session, casey, held, {amara, kit}, {amara, kit}, at) == 1
        rows = session.query(Attendance).all()
        assert [(one.student.first_name, one.present) for one in rows] == [("Amara", True)]
        assert attendance.mark(session, casey, held, {amara}, set(), at) == 0
        [line] = attendance.sheet(session, casey, held, at).lines
        assert line.present is False
        every = attendance.sheet(session, town.account(session, "morgan"), held, at)
        assert [line.student.first_name for line in every.lines] == ["Amara", "Kit"]
        assert not every.own_school


def test_a_code_on_the_wall_counts_on_its_day_for_those_with_a_place(town: Town) -> None:
    reference, held = held_today(town, places=1)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        amara, kit = town.account(session, "amara"), town.account(session, "kit")
        old = attendance.make_code(session, casey, held, at).wall_code
        code = attendance.make_code(session, casey, held, at).wall_code
        assert old is not None
        assert code is not None
        for _again in range(2):
            typed = f" {code[:3].lower()}-{code[3:]} "
            assert attendance.come(session, amara, typed, at).reference == held
        assert session.query(Attendance).count() == 1
        for account, wrong, when, reason in (
            (amara, old, at, "wall-code-unknown"),
            (amara, "", at, "wall-code-unknown"),
            (kit, code, at, "no-place"),
            (amara, code, at + timedelta(days=1), "wall-code-closed"),
        ):
            with pytest.raises(Refused, match=reason):
                attendance.come(session, account, wrong, when)
        attendance.mark(session, casey, held, {amara.reference}, set(), at)
        with pytest.raises(Refused, match="attendance-recorded"):
            attendance.come(session, amara, code, at)
        with pytest.raises(NotFound):
            attendance.come(session, casey, code, at)
        with pytest.raises(Refused, match="activity-begun"):
            sign_ups.leave(session, amara, reference, at)


def test_where_nobody_signs_up_the_list_has_those_it_is_for(town: Town) -> None:
    _, held = held_today(town, places=None)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        sheet = attendance.sheet(session, casey, held, at)
        assert [line.student.first_name for line in sheet.lines] == ["Amara"]
        assert attendance.sheet(session, town.account(session, "morgan"), held, at).lines == []
    _, older = held_today(town, places=None, title="For older ones", year_from=12)
    with town.transaction() as session:
        assert attendance.sheet(session, town.account(session, "casey"), older, town.clock()).lines == []


def test_a_headcount_is_a_number_of_a_school_and_a_year_and_nothing_more(town: Town) -> None:
    _, held = held_today(town)
    with town.transaction() as session:
        casey, morgan, at = town.account(session, "casey"), town.account(session, "morgan"), town.clock()
        assert casey.staff is not None
        own = casey.staff.school.reference
        other = next(one for one in attendance.schools(session, morgan) if one.reference != own).reference
        for number in (24, 23):
            attendance.count(session, casey, held, own, 6, number, at)
        attendance.count(session, morgan, held, other, 7, 12, at)
        [one] = attendance.headcounts(session, casey, held)
        assert (one.year_group, one.number) == (6, 23)
        assert len(attendance.headcounts(session, morgan, held)) == 2
        with pytest.raises(NotFound):
            attendance.count(session, casey, held, other, 6, 5, at)
        for year, number in ((2, 5), (15, 5), (6, -1), (6, 1001)):
            with pytest.raises(Refused, match="headcount-out-of-range"):
                attendance.count(session, casey, held, own, year, number, at)
        attendance.count(session, casey, held, own, 6, 0, at)
        assert attendance.headcounts(session, casey, held) == []
        columns = set(Headcount.__table__.columns.keys())
        assert columns == {
            *("id", "session_id", "school_id", "year_group", "number", "counted_at", "counted_by_id")
        }


def test_nothing_is_recorded_before_its_day_and_what_was_held_is_not_removed(town: Town) -> None:
    reference = planned(town)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        assert casey.staff is not None
        [to_come] = planning.change_session(
            session, casey, session_of(session, casey, reference), When(date(2026, 4, 1)), at
        ).sessions
        for act in (
            lambda: attendance.mark(session, casey, to_come.reference, set(), set(), at),
            lambda: attendance.count(
                session, casey, to_come.reference, casey.staff.school.reference, 6, 3, at
            ),
        ):
            with pytest.raises(Refused, match="session-not-yet"):
                act()
        later = at + timedelta(days=30)
        planning.add_session(session, casey, reference, When(date(2026, 5, 1)), at)
        attendance.count(session, casey, to_come.reference, casey.staff.school.reference, 6, 3, later)
        with pytest.raises(Refused, match="session-held"):
            planning.remove_session(session, casey, to_come.reference, later)
        with pytest.raises(Refused, match="activity-booked"):
            planning.remove(session, casey, reference, later)
        assert planning.cancel(session, casey, reference, "host", later) == 0
        found = db.programmes.activities.menu.by_reference(session, casey.programme_id, reference, lock=False)
        assert found is not None
        assert [one.held_on for one in found.sessions] == [date(2026, 4, 1)], "what was held stays"
        assert not found.is_cancelled
        with pytest.raises(Refused, match="activity-over"):
            planning.cancel(session, casey, reference, "host", later)


def test_a_session_at_which_people_were_counted_stays_when_the_rest_is_cancelled(town: Town) -> None:
    reference, held = held_today(town)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        day = at.date()
        assert casey.staff is not None
        attendance.mark(session, casey, held, {town.references["amara"]}, {town.references["amara"]}, at)
        for other in (day - timedelta(days=2), day + timedelta(days=7)):
            planning.add_session(session, casey, reference, When(other), at)
        with pytest.raises(Refused, match="session-held"):
            planning.change_session(session, casey, held, When(day + timedelta(days=9)), at)
        assert planning.cancel(session, casey, reference, "host", at) == 2
    with town.transaction() as session:
        casey = town.account(session, "casey")
        found = db.programmes.activities.menu.by_reference(session, casey.programme_id, reference, lock=False)
        assert found is not None
        assert [one.held_on for one in found.sessions] == [day - timedelta(days=2), day]
        assert [one.present for one in session.query(Attendance)] == [True]
        with pytest.raises(Refused, match="activity-over"):
            planning.cancel(session, casey, reference, "host", at)


def session_of(session: db.Session, casey: accounts.Account, reference: str) -> str:
    """The reference of the only session of an activity."""
    found = db.programmes.activities.menu.by_reference(session, casey.programme_id, reference, lock=False)
    assert found is not None
    return found.sessions[0].reference


def test_an_activity_with_the_same_title_and_day_is_the_same_one(town: Town) -> None:
    first = planned(town)
    assert planned(town) == first
    with pytest.raises(Refused, match="name-taken"):
        planned(town, hours=plan().hours + 1)
    with town.transaction() as session:
        planning.cancel(session, town.account(session, "casey"), first, "other", town.clock())
    assert planned(town) != first, "a cancelled one is in nobody's way"
