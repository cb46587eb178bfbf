"""A list brings students in: compared first, confirmed, worked on in parts; sent again it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from passport.db.people.accounts import EnrolmentState
from passport.jobs import import_students
from passport.services.core import notices
from passport.services.core.errors import NotFound, Refused
from passport.services.people import accounts, enrolments, students
from passport.services.people.imports import comparing, receiving, working
from passport.services.people.imports.receiving import ImportState, Outcome
from passport.services.people.imports.working import Decision
from passport.services.programmes import sectors
from tests.services.people.imports.lists import (
    SCHOOL,
    brought_in,
    confirmed,
    listed,
    outcomes,
    progress,
    received,
    report,
    several,
)

if TYPE_CHECKING:
    from tests.fixtures.towns import Town

MINA = ("Invented", "Mina", "01/07/2011", "9", "mina@lists.example.test")
MO = ("Invented", "Mo", "01/07/2011", "9", "")


def names(town: Town) -> list[str]:
    with town.transaction() as session:
        found = students.listed(session, town.account(session, "casey"), "", "", 1)
        return [one.account.name for one in found.rows]


def test_a_list_is_compared_and_nothing_changes_before_it_is_confirmed(town: Town) -> None:
    reference = received(town, listed(MINA, MO))
    assert outcomes(town, reference) == ["new", "new"]
    assert names(town) == ["Amara Demoson"]
    confirmed(town, reference)
    assert names(town) == ["Amara Demoson", "Mina Invented", "Mo Invented"]
    with town.transaction() as session:
        casey = town.account(session, "casey")
        [mina] = students.listed(session, casey, "mina", "", 1).rows
        assert (mina.enrolment, mina.year_group) == (EnrolmentState.INVITED, 9)
        assert mina.account.email == "mina@lists.example.test"
        assert [one.actor.name for one in enrolments.history(session, mina)] == ["Casey Exampleby"]
        assert receiving.find(session, casey, reference).state is ImportState.DONE


def test_the_same_file_twice_changes_nothing(town: Town) -> None:
    brought_in(town, listed(MINA, MO))
    again = brought_in(town, listed(MINA, MO))
    assert outcomes(town, again) == ["unchanged", "unchanged"]
    assert names(town) == ["Amara Demoson", "Mina Invented", "Mo Invented"]


def test_a_corrected_file_updates_and_the_student_is_told(town: Town) -> None:
    brought_in(town, listed(MINA))
    corrected = ("Inventéd", "Mina", "01/07/2011", "10", "m@lists.example.test")
    reference = brought_in(town, listed(corrected))
    [row] = report(town, reference)
    assert row.outcome is Outcome.CHANGED
    assert set(row.changes) == {"name", "year_group", "email"}
    with town.transaction() as session:
        [mina] = students.listed(session, town.account(session, "casey"), "mina", "", 1).rows
        assert (mina.account.name, mina.year_group) == ("Mina Inventéd", 10)
        assert mina.account.email == "m@lists.example.test"
        told = notices.opened(session, mina.account, 1, town.clock()).told
    assert [(one.kind, one.facts) for one in told] == [("details-changed", {"what": "name,year_group,email"})]


def test_a_wrong_date_of_birth_is_corrected_by_the_address(town: Town) -> None:
    brought_in(town, listed(MINA))
    reference = brought_in(town, listed((*MINA[:2], "02/07/2011", *MINA[3:])))
    [row] = report(town, reference)
    assert row.changes == {"born_on": []}, "which day it was is not told"
    assert outcomes(town, brought_in(town, listed((*MINA[:2], "02/07/2011", *MINA[3:])))) == ["unchanged"]


def test_bad_rows_are_named_and_the_others_come_in(town: Town) -> None:
    young, old = ("Young", "Yan", "15/03/2013", "9", ""), ("Old", "Ola", "01/07/1908", "9", "")
    other = ("Taken", "Tess", "01/07/2011", "9", "kit@example.test")
    twice = ("invented", "MINA", "1/7/2011", "9", "")
    reference = brought_in(town, listed(young, old, MINA, other, twice, ("None", "Noor", "", "9", "")))
    assert outcomes(town, reference) == [
        "refused:under-13",
        "refused:too-old",
        "new",
        "refused:email-taken",
        "refused:student-twice",
        "refused:born-on-missing",
    ]
    assert [one.number for one in report(town, reference)] == [2, 3, 4, 5, 6, 7]
    assert report(town, reference)[4].details == {"row": 4}
    assert names(town) == ["Amara Demoson", "Mina Invented"]


def test_a_list_does_not_find_out_when_another_schools_child_was_born(town: Town) -> None:
    days = range(1, 1 + comparing.MOST_DATES + 1)
    tries = [("Placeholder", "Kit", f"{day:02}/05/2011", "10", "") for day in days]
    assert ("Placeholder", "Kit", "06/05/2011", "10", "") in tries, "one of them is right"
    assert outcomes(town, received(town, listed(*tries))) == ["refused:name-with-many-dates"] * len(tries)


def test_twins_with_one_date_of_birth_are_two_people(town: Town) -> None:
    assert outcomes(town, brought_in(town, listed(MINA, MO))) == ["new", "new"]
    third = ("Invented", "Max", "01/07/2011", "9", "")
    assert outcomes(town, brought_in(town, listed(MINA, MO, third))) == ["unchanged", "unchanged", "new"]


@pytest.mark.parametrize(
    ("decision", "outcome", "there"),
    [
        (None, "duplicate", ["Amara Demoson", "Mo Invented"]),
        (Decision.SAME, "changed", ["Amara Demoson", "Maurice Invented"]),
        (Decision.OTHER, "new", ["Amara Demoson", "Maurice Invented", "Mo Invented"]),
        (Decision.OUT, "left-out", ["Amara Demoson", "Mo Invented"]),
    ],
)
def test_whether_they_are_the_same_person_is_decided(
    town: Town, decision: Decision | None, outcome: str, there: list[str]
) -> None:
    brought_in(town, listed(MO))
    reference = received(town, listed(("Invented", "Maurice", *MO[2:])))
    [row] = report(town, reference)
    assert row.outcome is Outcome.DUPLICATE
    assert row.student is not None
    if decision is not None:
        with town.transaction() as session:
            working.decide(session, town.account(session, "casey"), reference, {row.id: decision})
    confirmed(town, reference)
    assert outcomes(town, reference) == [outcome]
    assert names(town) == there


def test_who_left_is_proposed_and_stays(town: Town) -> None:
    brought_in(town, listed(MINA, MO, ("Older", "Ola", "01/07/2010", "11", "")))
    reference = brought_in(town, listed(MINA))
    assert progress(town, reference).left == 1, "Mo, and nobody of another year"
    with town.transaction() as session:
        made = receiving.find(session, town.account(session, "casey"), reference)
        [mo], _page = working.left(session, made, 1)
        assert (mo.account.name, mo.enrolment) == ("Mo Invented", EnrolmentState.INVITED)


def test_only_chosen_years_come_in(town: Town) -> None:
    reference = brought_in(town, listed(MINA, ("Older", "Ola", "01/07/2010", "11", "")), years=(11,))
    assert outcomes(town, reference) == ["left-out", "new"]


def test_a_student_of_another_school_waits_for_a_manager(town: Town) -> None:
    row = ("Placeholder", "Kit", "06/05/2011", "10", "kit@example.test")
    reference = brought_in(town, listed(row))
    [one] = report(town, reference)
    assert (one.outcome, one.reason) == (Outcome.CLAIMED, "student-claimed")
    assert one.student is None, "the school is not told who it is, nor where"
    assert "Thistlegate" not in str(one)
    with town.transaction() as session:
        told = notices.opened(session, town.account(session, "morgan"), 1, town.clock()).told
        assert [one.kind for one in told] == ["students-claimed"]
        kit = town.account(session, "kit")
        assert kit.student is not None
        assert kit.student.school.name == "Thistlegate School"
    assert outcomes(town, brought_in(town, listed(row))) == ["claimed:student-claimed"], "and asks once"


def test_a_signed_name_is_not_changed_by_a_file(town: Town) -> None:
    town.issued()
    reference = brought_in(town, listed(("Démoson", "Amara", "06/05/2011", "11", "amara@example.test")))
    assert outcomes(town, reference) == ["changed:name-signed"]
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert amara.student is not None
        assert (amara.name, amara.student.year_group) == ("Amara Demoson", 11)


def test_a_list_without_dates_of_birth_updates_and_adds_nobody(town: Town) -> None:
    brought_in(town, listed(MINA))
    heading = ("Full name", "Year", "Email")
    rows = ("Mina Invented", "10", "mina@lists.example.test"), ("Noor None", "10", "")
    reference = brought_in(town, listed(*rows, heading=heading))
    assert outcomes(town, reference) == ["changed", "refused:born-on-missing"]


def test_killed_between_two_transactions_it_goes_on(town: Town) -> None:
    rows = several(working.AT_ONCE + 5)
    reference = received(town, listed(*rows))
    with town.transaction() as session:
        number = working.confirm(session, town.account(session, "casey"), reference, town.clock()).id
    assert import_students.work_some(town.runtime, number)
    with pytest.raises(KeyboardInterrupt):
        killed(town, number)
    assert progress(town, reference).done == working.AT_ONCE
    assert import_students.waiting(town.runtime) == [number]
    import_students.work_some(town.runtime, number)
    assert outcomes(town, reference) == ["new"] * len(rows)
    assert import_students.waiting(town.runtime) == []


def killed(town: Town, number: int) -> None:
    """Do the next rows, and end before the commit."""
    with town.transaction() as session:
        working.work(session, number, town.clock())
        raise KeyboardInterrupt


def test_what_somebody_did_meanwhile_is_seen(town: Town) -> None:
    reference = received(town, listed(MINA))
    brought_in(town, listed(MINA))
    confirmed(town, reference)
    assert outcomes(town, reference) == ["unchanged"]


def test_rows_are_deleted_after_a_week_and_cells_when_they_are_done(town: Town) -> None:
    reference = brought_in(town, listed(MINA))
    with town.transaction() as session:
        made = receiving.find(session, town.account(session, "casey"), reference)
        assert comparing.plan(session, made, town.clock()).results[0].line.cells == []
    town.clock.forward(days=7)
    with town.transaction() as session:
        assert receiving.purge_due(session, town.clock()) == 1
    assert report(town, reference) == []
    assert names(town) == ["Amara Demoson", "Mina Invented"]


def test_an_import_is_its_schools_alone(town: Town) -> None:
    reference = received(town, listed(MINA))
    with town.transaction() as session:
        for who in ("morgan", "robin", "amara"):
            with pytest.raises(NotFound):
                receiving.find(session, town.account(session, who), reference)


def test_a_begun_import_cannot_be_matched_again(town: Town) -> None:
    reference = received(town, listed(MINA))
    confirmed(town, reference)
    with town.transaction() as session:
        casey = town.account(session, "casey")
        plan = comparing.plan(session, receiving.find(session, casey, reference), town.clock())
        with pytest.raises(Refused) as caught:
            comparing.store(session, casey, reference, plan)
        assert caught.value.reason.value == "import-begun"
        assert working.confirm(session, casey, reference, town.clock()).state is ImportState.DONE


def test_columns_are_remembered(town: Town) -> None:
    heading = ("Candidate", "Birth", "Class")
    listing = receiving.read(
        listed(("Mina Invented", "01/07/2011", "9"), heading=(*heading, "Email")), SCHOOL
    )
    choice = receiving.Choice({"name": 0, "born-on": 1, "year": 2}, "")
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        accounts.known(session, casey.reference)
        choice = receiving.Choice(choice.columns, sectors.offered(session, casey)[0].reference)
        made = receiving.receive(session, casey, "a.csv", listing, at)
        assert receiving.layout_of(made).columns == {"email": 3}
        receiving.match(session, casey, made.reference, choice)
        again = receiving.receive(session, casey, "b.csv", listing, at)
        assert receiving.layout_of(again).columns == choice.columns
