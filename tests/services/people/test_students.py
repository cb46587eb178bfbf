"""A coordinator's students: brought in, invited, paused, withdrawn, moved to another school."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from passport.services.access import class_codes
from passport.services.checking import checks
from passport.services.core import mails
from passport.services.core.errors import NotFound, Refused
from passport.services.endorsements import decisions
from passport.services.evidence import drafting
from passport.services.people import accounts, details, enrolments, invitations, students
from passport.services.people.enrolments import EnrolmentState
from passport.services.people.students import Newcomer
from passport.services.programmes import cohorts, sectors
from passport.services.programmes.cohorts import Intake
from passport.services.sharing import shares

if TYPE_CHECKING:
    from passport.services import Session
    from tests.fixtures.towns import Town

MINA = Newcomer("Mina Invented", "Mina", date(2011, 7, 1), 9, "", "", "mina@example.test")


def mina(session: Session, town: Town) -> Newcomer:
    """A person whom Casey may bring in."""
    sector = sectors.offered(session, town.account(session, "casey"))[0].reference
    return replace(MINA, sector=sector)


def add(town: Town, **other: object) -> str:
    """Casey brings a person in."""
    with town.transaction() as session:
        newcomer = replace(mina(session, town), **other)  # type: ignore[arg-type]  # fields by their names
        casey = town.account(session, "casey")
        return students.add(session, casey, newcomer, town.clock()).account.reference


def move(town: Town, state: EnrolmentState, reason: str = "", note: str = "", who: str = "amara") -> None:
    with town.transaction() as session:
        casey, reference = town.account(session, "casey"), town.references[who]
        students.enrol(session, casey, reference, state, reason, note, town.clock())


def test_brought_in_and_invited_she_is_active_once_she_has_come(town: Town) -> None:
    reference = add(town)
    town.references["mina"] = reference
    with town.transaction() as session:
        casey, account = town.account(session, "casey"), town.account(session, "mina")
        assert not enrolments.may_write(session, account)
        students.invite(session, casey, reference, "http://localhost", town.clock())
        assert mails.newest(session, 1)[0].to == "mina@example.test"
        invitations.accept(session, account, town.clock())
        assert enrolments.may_write(session, account)
        student = students.find(session, casey, reference, lock=False)
        told = [(one.state, one.actor.name) for one in enrolments.history(session, student)]
    assert told == [(EnrolmentState.ACTIVE, "Mina Invented"), (EnrolmentState.INVITED, "Casey Exampleby")]


def test_a_second_click_adds_no_one_twice(town: Town) -> None:
    assert add(town) == add(town)
    assert add(town, name="Mina Other", email="") != add(town)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"born_on": date(2013, 3, 15)}, "under-13"),
        ({"born_on": date(1990, 3, 15)}, "too-old"),
        ({"email": "KIT@example.test"}, "email-taken"),
        ({"year_group": 7}, "year-unknown"),
        ({"name": "  "}, "name-missing"),
        ({"name": "Mina\u202e Invented"}, "invisible characters"),
    ],
)
def test_who_cannot_be_brought_in(town: Town, other: dict[str, object], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        add(town, **other)


def test_a_person_who_is_thirteen_today_may_come_in(town: Town) -> None:
    assert add(town, born_on=date(2013, 3, 14))


def test_without_an_address_there_is_no_invitation_but_a_card(town: Town) -> None:
    reference = add(town, email="")
    with town.transaction() as session:
        casey = town.account(session, "casey")
        with pytest.raises(Refused, match="no-address"):
            students.invite(session, casey, reference, "http://localhost", town.clock())
        [card] = class_codes.give(session, casey, [reference], town.clock())
        assert card.name == "Mina Invented"


def test_the_list_has_pages_letters_and_states(town: Town) -> None:
    for number in range(26):
        add(town, name=f"Mina {chr(65 + number)}nvented", email="")
    with town.transaction() as session:
        casey = town.account(session, "casey")
        first = students.listed(session, casey, "", "", 1)
        assert (len(first.rows), first.total, first.page.pages) == (25, 27, 2)
        assert len(students.listed(session, casey, "", "", 2).rows) == 2
        found = students.listed(session, casey, "mina z", "", 1)
        assert [one.account.name for one in found.rows] == ["Mina Znvented"]
        assert students.listed(session, casey, "%", "", 1).total == 0
        assert students.listed(session, casey, "", "active", 1).total == 1
        last = students.listed(session, casey, "", "nonsense", 99)
        assert (len(last.rows), last.page.number) == (2, 2), "a page past the end is the last one"


def test_names_are_found_without_accents_apostrophes_and_hyphens(town: Town) -> None:
    add(town, name="Siobhán O’Brien-Ní Invented", email="")
    with town.transaction() as session:
        casey = town.account(session, "casey")
        for typed in ("obrien", "O'Brien", "siobhan", "SIOBHÁN o brien", "brien ni", "invented"):
            [found] = students.listed(session, casey, typed, "", 1).rows
            assert found.account.name == "Siobhán O’Brien-Ní Invented", typed
        assert students.listed(session, casey, "'", "", 1).total == 0
        found.account.name = "Síle Renamed"
        session.flush()
        assert students.listed(session, casey, "sile", "", 1).total == 1
        assert students.listed(session, casey, "obrien", "", 1).total == 0


def test_only_who_is_active_writes_and_everybody_keeps_what_they_have(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    for state, reason in (
        (EnrolmentState.PAUSED, ""),
        (EnrolmentState.COMPLETED, ""),
        (EnrolmentState.ACTIVE, ""),
        (EnrolmentState.WITHDRAWN, "own-wish"),
    ):
        move(town, state, reason)
        with town.transaction() as session:
            amara, at = town.account(session, "amara"), town.clock()
            if state is EnrolmentState.ACTIVE:
                drafting.start(session, amara, town.activity, at)
                continue
            with pytest.raises(Refused, match="enrolment-not-active"):
                drafting.start(session, amara, town.activity, at)
            assert shares.mine(session, amara)
            checked = checks.by_code(session, town.published(), code, at)
            assert checked.verdict.value == "V1"


def test_what_was_sent_back_cannot_be_sent_again_while_paused(town: Town) -> None:
    sent = town.sent()
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        decisions.send_back(session, robin, sent, 1, "say-what-happened", at)
    move(town, EnrolmentState.PAUSED)
    with town.transaction() as session, pytest.raises(Refused, match="enrolment-not-active"):
        drafting.submit(session, town.account(session, "amara"), sent, town.clock())


def test_leaving_needs_a_reason_of_the_list_and_stands_once_in_the_history(town: Town) -> None:
    with pytest.raises(Refused, match="withdrawal-reason"):
        move(town, EnrolmentState.WITHDRAWN)
    with pytest.raises(Refused, match="enrolment-step"):
        move(town, EnrolmentState.INVITED)
    move(town, EnrolmentState.WITHDRAWN, "moved-away", "To Northlark")
    move(town, EnrolmentState.WITHDRAWN, "moved-away", "To Northlark")
    with town.transaction() as session:
        student = students.find(session, town.account(session, "casey"), town.references["amara"], lock=False)
        [line] = enrolments.history(session, student)
        assert (line.reason, line.note) == ("moved-away", "To Northlark")


def test_no_one_brings_in_or_moves_another_schools_students(town: Town) -> None:
    for who in ("morgan", "robin", "amara"):
        with town.transaction() as session, pytest.raises(NotFound):
            students.listed(session, town.account(session, who), "", "", 1)
    with pytest.raises(NotFound):
        move(town, EnrolmentState.PAUSED, who="kit")


def test_cohorts_count_who_stands_where(town: Town) -> None:
    first, last = date(2026, 9, 1), date(2027, 7, 31)
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        intake = Intake("First intake", "", first, last)
        cohort = cohorts.add(session, morgan, intake, at)
        assert cohorts.add(session, morgan, intake, at) is cohort
        with pytest.raises(Refused, match="name-taken"):
            cohorts.add(session, morgan, replace(intake, ends=date(2028, 7, 31)), at)
        with pytest.raises(Refused, match="ends-before-it-starts"):
            cohorts.add(session, morgan, replace(intake, name="Other", ends=date(2026, 7, 31)), at)
        reference = cohort.reference
    add(town, cohort=reference)
    with town.transaction() as session:
        [line] = cohorts.listed(session, town.account(session, "morgan"))
        assert (line.students, line.counts) == (1, {EnrolmentState.INVITED: 1})
        with pytest.raises(NotFound):
            cohorts.listed(session, town.account(session, "casey"))


def test_an_address_that_another_account_gets_at_the_same_moment_is_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(town)
    monkeypatch.setattr(accounts, "require_free", lambda *_args: None)
    with town.transaction() as session:
        casey = town.account(session, "casey")
        amara = students.find(session, casey, town.references["amara"], lock=True)
        with pytest.raises(Refused, match="email-taken"):
            details.change(session, casey, amara, {"email": MINA.email}, town.clock())
