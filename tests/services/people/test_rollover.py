"""In September years move up and leavers are completed; undone within 14 days; nothing signed changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from passport import db
from passport.db.people.accounts import EnrolmentState
from passport.services.checking import checks
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.people import details, rollover, students
from tests.services.people.imports.lists import brought_in, listed

if TYPE_CHECKING:
    from tests.fixtures.towns import Town

ROWS = (
    ("Invented", "Mina", "01/07/2011", "9", ""),
    ("Last", "Lou", "01/07/2009", "11", ""),
    ("Stays", "Sam", "02/07/2009", "11", ""),
)
INVITED, WITHDRAWN = EnrolmentState.INVITED, EnrolmentState.WITHDRAWN


def places(town: Town) -> dict[str, tuple[int, EnrolmentState]]:
    with town.transaction() as session:
        found = students.listed(session, town.account(session, "casey"), "", "", 1).rows
        return {one.account.first_name: (one.year_group, one.enrolment) for one in found}


def reference(town: Town, name: str) -> str:
    with town.transaction() as session:
        [one] = students.listed(session, town.account(session, "casey"), name, "", 1).rows
        return one.account.reference


def roll_over(town: Town, last: int = 11, *staying: str) -> str:
    with town.transaction() as session:
        casey = town.account(session, "casey")
        return rollover.roll_over(session, casey, last, staying, town.clock()).reference


def undo(town: Town, made: str) -> int:
    with town.transaction() as session:
        return rollover.undo(session, town.account(session, "casey"), made, town.clock())


def test_years_move_up_leavers_leave_and_who_is_chosen_stays(town: Town) -> None:
    brought_in(town, listed(*ROWS))
    sam = reference(town, "Sam")
    with town.transaction() as session:
        casey = town.account(session, "casey")
        assert rollover.usual_last_year(session, casey) == 11
        planned = rollover.plan(session, casey, 11, [sam])
        assert planned.years == {(9, 10): 1, (10, 11): 1, (11, 12): 1}
        assert [one.place.name for one in planned.leavers] == ["Lou Last"]
    assert places(town)["Mina"] == (9, INVITED), "a dry run changes nothing"
    roll_over(town, 11, sam)
    one = reference(town, "Mina")
    assert places(town) == {
        "Amara": (11, EnrolmentState.ACTIVE),
        "Mina": (10, INVITED),
        "Lou": (11, WITHDRAWN),
        "Sam": (12, INVITED),
    }
    with town.transaction() as session:
        mina = students.find(session, town.account(session, "casey"), one, lock=False)
        assert [line.fields for line in details.history(session, mina)] == [{"year_group": [9, 10]}]
        assert audit.broken_at(session) is None


def test_nothing_signed_changes_and_a_leaver_keeps_the_passport(town: Town) -> None:
    code = town.shared(town.issued())
    roll_over(town, 11)
    roll_back = places(town)
    assert roll_back["Amara"] == (11, EnrolmentState.ACTIVE)
    town.clock.forward(days=365)
    town.publish_all()
    roll_over(town, 11)
    assert places(town)["Amara"] == (11, EnrolmentState.COMPLETED)
    with town.transaction() as session:
        assert checks.by_code(session, town.published(), code, town.clock()).verdict.value == "V1"
        told = notices.opened(session, town.account(session, "amara"), 1, town.clock()).told
        assert told[0].kind == "enrolment-completed"


def test_it_is_undone_and_what_was_changed_since_stays(town: Town) -> None:
    brought_in(town, listed(*ROWS))
    before = places(town)
    made, one = roll_over(town), reference(town, "Mina")
    with town.transaction() as session:
        casey = town.account(session, "casey")
        mina = students.find(session, casey, one, lock=True)
        details.change(session, casey, mina, {"year_group": 12}, town.clock())
    town.clock.forward(days=13)
    assert undo(town, made) == 1
    assert undo(town, made) == 0, "a second click"
    assert places(town) == before | {"Mina": (12, INVITED)}
    assert roll_over(town), "and it can be done again"


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_it_waits_for_a_withdrawal_before_it_reads(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def note(_session: db.Session, school_id: int) -> list[db.people.rollovers.Place]:
        read.append(school_id)
        return []

    monkeypatch.setattr(db.people.rollovers, "places", note)
    with town.runtime.database.transaction() as withdrawing:
        casey, amara = town.account(withdrawing, "casey"), town.references["amara"]
        students.enrol(withdrawing, casey, amara, WITHDRAWN, "other", "", town.clock())
        with town.transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '1ms'"))
            casey = town.account(session, "casey")
            with pytest.raises(OperationalError, match="lock timeout"):
                rollover.roll_over(session, casey, 11, (), town.clock())
            session.rollback()
    assert read == []


def test_after_two_weeks_it_stays(town: Town) -> None:
    made = roll_over(town)
    town.clock.forward(days=14)
    with pytest.raises(Refused) as caught:
        undo(town, made)
    assert caught.value.reason.value == "rollover-stands"


def test_it_is_done_once_in_a_school_year_and_by_the_school_alone(town: Town) -> None:
    made = roll_over(town)
    with pytest.raises(Refused) as caught:
        roll_over(town)
    assert caught.value.reason.value == "rolled-over"
    with town.transaction() as session, pytest.raises(NotFound):
        rollover.roll_over(session, town.account(session, "morgan"), 11, (), town.clock())
    with town.transaction() as session, pytest.raises(NotFound):
        rollover.undo(session, town.account(session, "robin"), made, town.clock())
