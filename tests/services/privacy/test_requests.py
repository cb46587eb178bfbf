"""What students ask about their data is answered by their school and the programme, in time and once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from passport.services import Session
from passport.services.core import notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.privacy import requests
from passport.services.privacy.requests import RequestState
from passport.services.safeguarding import suspensions
from tests.fixtures.towns import Town

WHY = "It is put right: the year is 11 now."


def kinds(session: Session, town: Town, who: str) -> list[str]:
    return [one.kind for one in notices.opened(session, town.account(session, who), 1, town.clock()).told]


def test_a_mistake_is_answered_by_the_school_and_the_student_reads_the_answer(town: Town) -> None:
    with town.transaction() as session:
        amara, casey = town.account(session, "amara"), town.account(session, "casey")
        asked = requests.ask(session, amara, "mistake", " My year is wrong. ", town.clock())
        again = requests.ask(session, amara, "mistake", "My year is wrong.", town.clock())
        assert again is asked
        assert kinds(session, town, "casey") == ["privacy-asked"]
        with pytest.raises(Refused) as refused:
            requests.ask(session, amara, "mistake", "Something else.", town.clock())
        assert refused.value.reason is Reason.PRIVACY_ASKED
    with town.transaction() as session:
        amara, casey = town.account(session, "amara"), town.account(session, "casey")
        assert [one.reference for one in requests.listed(session, casey, 1, town.clock()).rows] == [
            asked.reference
        ]
        requests.answer(session, casey, asked.reference, WHY, town.clock())
        [mine] = requests.mine(session, amara)
        assert (mine.state, mine.answer) == (RequestState.DONE, WHY)
        assert kinds(session, town, "amara") == ["privacy-answered"]
        with pytest.raises(Refused):
            requests.refuse(session, casey, asked.reference, WHY, town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (date(2026, 3, 15), date(2026, 4, 15)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_an_answer_is_due_in_a_month(town: Town, asked: date, due: date) -> None:
    town.clock.now = town.clock.now.replace(year=asked.year, month=asked.month, day=asked.day, hour=12)
    with town.transaction() as session:
        made = requests.ask(session, town.account(session, "amara"), "staff notes", "", town.clock())
        assert made.due_on == due


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_not_asked_properly_is_refused(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        for kind, words in (("mistake", " "), ("everything", "x"), ("erasure", "x" * (requests.LONGEST + 1))):
            with pytest.raises(Refused):
                requests.ask(session, amara, kind, words, town.clock())
        with pytest.raises(NotFound):
            requests.ask(session, town.account(session, "robin"), "mistake", "x", town.clock())


def test_an_erasure_takes_the_school_and_then_a_manager(town: Town) -> None:
    with town.transaction() as session:
        amara, casey = town.account(session, "amara"), town.account(session, "casey")
        asked = requests.ask(session, amara, "erasure", "", town.clock()).reference
        morgan = town.account(session, "morgan")
        with pytest.raises(Refused):
            requests.carry_out(session, morgan, asked, town.clock())
        assert requests.listed(session, morgan, 1, town.clock()).rows == []
        late = requests.listed(session, morgan, 1, town.clock() + timedelta(days=40)).rows
        assert [one.reference for one in late] == [asked]
        with pytest.raises(NotFound):
            requests.answer(session, casey, asked, WHY, town.clock())
        requests.pass_on(session, casey, asked, town.clock())
        requests.pass_on(session, casey, asked, town.clock())
        with pytest.raises(NotFound):
            requests.carry_out(session, casey, asked, town.clock())
        assert kinds(session, town, "morgan") == ["privacy-asked"]
        requests.carry_out(session, morgan, asked, town.clock())
        requests.carry_out(session, morgan, asked, town.clock())
        assert (amara.name, amara.email) == ("-", None)
        [row] = requests.listed(session, casey, 1, town.clock()).rows
        assert row.state is RequestState.DONE


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_request_of_another_school_or_of_a_suspended_coordinator_is_not_carried_out(town: Town) -> None:
    with town.transaction() as session:
        amara, casey = town.account(session, "amara"), town.account(session, "casey")
        morgan = town.account(session, "morgan")
        asked = requests.ask(session, amara, "erasure", "", town.clock()).reference
        requests.pass_on(session, casey, asked, town.clock())
        suspensions.suspend(session, morgan, casey.reference, "other", "They left the school.", town.clock())
        with pytest.raises(Refused) as refused:
            requests.carry_out(session, morgan, asked, town.clock())
        assert refused.value.reason is Reason.REQUEST_OF_THE_PAST


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_student_takes_a_request_back_until_it_is_answered(town: Town) -> None:
    with town.transaction() as session:
        amara, casey = town.account(session, "amara"), town.account(session, "casey")
        asked = requests.ask(session, amara, "erasure", "", town.clock()).reference
        requests.take_back(session, amara, asked, town.clock())
        requests.take_back(session, amara, asked, town.clock())
        with pytest.raises(Refused):
            requests.pass_on(session, casey, asked, town.clock())
        with pytest.raises(NotFound):
            requests.take_back(session, town.account(session, "kit"), asked, town.clock())
        assert requests.ask(session, amara, "erasure", "", town.clock()).reference != asked
