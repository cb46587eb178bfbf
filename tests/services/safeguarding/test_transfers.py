"""A student moves to another school: one school offers, the other accepts, and nothing is seen before."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from passport.db.core.notices import Notice
from passport.db.people.accounts import Role
from passport.db.safeguarding import transfers as rows
from passport.db.safeguarding.transfers import Transfer, TransferState
from passport.jobs import nightly
from passport.jobs import queue as job_queue
from passport.services.checking import checks
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.credentials import entry_search, lifecycle
from passport.services.endorsements import confirmations
from passport.services.evidence import evidence_access, evidence_holds
from passport.services.people import accounts, enrolments, students
from passport.services.safeguarding import transfers, worries
from tests.fixtures.towns import BEGAN, PASSWORD, Town
from tests.services.core.test_crossing import crossing
from tests.services.safeguarding.test_worries import make_lead, raise_one, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from passport.services import Session

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
NEWS = {"transfer-offered", "transfer-ended", "moved-school", "transfer-refused", "transfer-lapsed"}


def settle(town: Town) -> None:
    """Ari coordinates at Thistlegate, Kit's school; Lou at a third one."""
    from passport.services.programmes import creation

    with town.transaction() as session:
        programme = town.account(session, "morgan").programme
        thistlegate = next(
            one
            for one in entry_search.schools(session, town.account(session, "morgan"))
            if "This" in one.name
        )
        third = creation.make_school(session, programme, "Otterbrook School")
        for who, school in (("ari", thistlegate), ("lou", third)):
            person = accounts.make(
                session,
                programme,
                Role.COORDINATOR,
                email=f"{who}@example.test",
                name=f"{who.capitalize()} Otherly",
                first_name=who.capitalize(),
                password=PASSWORD,
                at=BEGAN,
            )
            accounts.make_staff(session, person, school)
            town.references[who] = person.reference
        town.references["thistlegate"], town.references["otterbrook"] = thistlegate.reference, third.reference


def offered(town: Town, to: str = "thistlegate", note: str = "Moves house", who: str = "casey") -> str:
    with town.transaction() as session:
        chosen = (town.references["amara"], town.references[to], note)
        return transfers.offer(session, town.account(session, who), *chosen, town.clock()).reference


def step(town: Town, verb: Callable[..., object], reference: str, who: str) -> None:
    with town.transaction() as session:
        verb(session, town.account(session, who), reference, town.clock())


def state(town: Town, reference: str) -> TransferState:
    with town.transaction() as session:
        return session.query(Transfer).filter_by(reference=reference).one().state


def news(town: Town, who: str) -> list[str]:
    return [kind for kind in told(town, who) if kind in NEWS]


def test_offered_the_other_school_sees_four_things_and_nothing_has_changed(town: Town) -> None:
    settle(town)
    entry, sent = town.issued(), town.sent()
    reference = offered(town)
    assert offered(town) == reference, "a second click"
    with town.transaction() as session:
        ari, casey, at = town.account(session, "ari"), town.account(session, "casey"), town.clock()
        [shown] = transfers.incoming(session, ari, at)
        assert transfers.opened(session, ari, reference, at) == shown
        assert asdict(shown) == {
            "reference": reference,
            "first_name": "Amara",
            "initial": "D",
            "year_group": 10,
            "from_school": "Lanternmoor High School",
            "ends_at": at + timedelta(days=14),
        }
        for look in (
            lambda: students.find(session, ari, town.references["amara"], lock=False),
            lambda: entry_search.entry(session, ari, entry),
            lambda: evidence_holds.theirs(session, ari, sent),
            lambda: transfers.opened(session, casey, reference, at),
            lambda: transfers.opened(session, town.account(session, "lou"), reference, at),
        ):
            with pytest.raises(NotFound):
                look()
        students.find(session, casey, town.references["amara"], lock=False)
        assert enrolments.may_write(session, town.account(session, "amara"))
        assert transfers.counts(session, casey, at) == (0, 1)
        assert transfers.counts(session, ari, at) == (1, 0)
        assert transfers.counts(session, town.account(session, "morgan"), at) == (0, 0)
    assert news(town, "amara") == ["transfer-offered"]
    assert told(town, "ari") == ["transfer-waits"]
    town.sent(level=2)


def test_accepted_the_old_school_sees_nothing_from_that_moment(town: Town) -> None:
    settle(town)
    entry = town.issued()
    code, sent = town.shared(entry), town.sent()
    reference = offered(town)
    for _click in range(2):
        step(town, transfers.accept, reference, "ari")
    with town.transaction() as session:
        casey, at, amara = town.account(session, "casey"), town.clock(), town.references["amara"]
        for look in (
            lambda: students.find(session, casey, amara, lock=False),
            lambda: entry_search.entry(session, casey, entry),
            lambda: evidence_holds.theirs(session, casey, sent),
            lambda: evidence_access.open_evidence(session, town.account(session, "robin"), sent, at),
            lambda: transfers.offer(session, casey, amara, town.references["otterbrook"], "", at),
        ):
            with pytest.raises(NotFound):
                look()
        assert (
            evidence_access.open_evidence(session, town.account(session, "sky"), sent, at).reference == sent
        )
        student = students.find(session, town.account(session, "ari"), amara, lock=False)
        lines = [(one.state.value, one.actor.name, one.note) for one in enrolments.history(session, student)]
        assert lines == [("active", "Ari Otherly", ""), ("transferred", "Casey Exampleby", "Moves house")]
        assert checks.by_code(session, town.published(), code, at).verdict.value == "V1"
        assert audit.broken_at(session) is None
    assert state(town, reference) is TransferState.ACCEPTED
    assert news(town, "amara") == ["transfer-offered", "moved-school"]
    assert "transfer-accepted" in told(town, "casey")
    for verb, who in ((transfers.take_back, "casey"), (transfers.refuse, "ari")):
        with pytest.raises(Refused, match="transfer-over"):
            step(town, verb, reference, who)


@pytest.mark.parametrize(
    ("verb", "who", "became"),
    [
        (transfers.refuse, "ari", TransferState.REFUSED),
        (transfers.take_back, "casey", TransferState.TAKEN_BACK),
    ],
)
def test_refused_or_taken_back_it_is_over_and_can_be_offered_again(
    town: Town, verb: Callable[..., object], who: str, became: TransferState
) -> None:
    settle(town)
    reference = offered(town)
    with pytest.raises(NotFound):
        step(town, verb, reference, "lou")
    for _click in range(2):
        step(town, verb, reference, who)
    assert state(town, reference) is became
    assert news(town, "amara") == ["transfer-offered", "transfer-ended"]
    assert ("transfer-refused" in told(town, "casey")) == (who == "ari")
    with pytest.raises(Refused, match="transfer-over"):
        step(town, transfers.accept, reference, "ari")
    with town.transaction() as session:
        students.find(session, town.account(session, "casey"), town.references["amara"], lock=False)
        assert transfers.incoming(session, town.account(session, "ari"), town.clock()) == []
    assert offered(town, to="otterbrook") != reference


def test_after_fourteen_days_it_lapses_also_before_the_job_has_run(town: Town) -> None:
    settle(town)
    reference = offered(town)
    town.clock.forward(days=13, hours=23)
    nightly.lapse_transfers(town.runtime)
    assert state(town, reference) is TransferState.OFFERED
    town.clock.forward(hours=1)
    with town.transaction() as session:
        assert transfers.incoming(session, town.account(session, "ari"), town.clock()) == []
    with pytest.raises(Refused, match="transfer-over"):
        step(town, transfers.accept, reference, "ari")
    for _night in range(2):
        nightly.lapse_transfers(town.runtime)
    assert state(town, reference) is TransferState.LAPSED
    assert news(town, "amara") == ["transfer-offered", "transfer-ended"]
    assert news(town, "casey") == ["transfer-lapsed"]
    assert offered(town) != reference


def test_there_is_one_open_offer_for_a_student(town: Town) -> None:
    settle(town)
    reference = offered(town)
    with pytest.raises(Refused, match="transfer-open"):
        offered(town, to="otterbrook")
    with town.transaction() as session:
        one = session.query(Transfer).filter_by(reference=reference).one()
        columns = ("student_id", "from_school_id", "to_school_id", "offered_by_id", "offered_at", "ends_at")
        again = Transfer(state=TransferState.OFFERED, **{name: getattr(one, name) for name in columns})
        assert not rows.add_open(session, again), "the database refuses a second one"
        casey = town.account(session, "casey")
        own = casey.staff.school.reference if casey.staff else ""
        with pytest.raises(NotFound):
            transfers.offer(session, casey, town.references["amara"], own, "", town.clock())


@pytest.mark.parametrize("first", ["accept", "take_back"])
def test_of_accepting_and_taking_back_at_the_same_moment_one_holds(town: Town, first: str) -> None:
    settle(town)
    reference = offered(town)
    acts = {"accept": (transfers.accept, "ari"), "take_back": (transfers.take_back, "casey")}
    verb, who = acts.pop(first)
    [(other, other_who)] = acts.values()

    def begins(session: Session) -> None:
        verb(session, town.account(session, who), reference, town.clock())

    def crosses() -> str:
        try:
            step(town, other, reference, other_who)
        except Refused as refused:
            return refused.reason
        return "done"

    assert crossing(town, begins, crosses) == "transfer-over"
    assert state(town, reference).value == {"accept": "accepted", "take_back": "taken_back"}[first]


@SQLITE
def test_an_open_worry_goes_with_the_student(town: Town) -> None:
    settle(town)
    make_lead(town)
    sent = town.sent()
    raise_one(town, "robin", sent)
    step(town, transfers.accept, offered(town), "ari")
    assert "worry-raised" in told(town, "ari"), "the school has no lead, so its coordinator reads it"
    with town.transaction() as session:
        jo, ari = town.account(session, "jo"), town.account(session, "ari")
        assert worries.of_school(session, jo) == []
        assert worries.about_text(session, ari, evidence_holds.theirs(session, ari, sent)) != []


@SQLITE
def test_what_the_old_school_confirmed_is_signed_in_its_name(town: Town) -> None:
    settle(town)
    sent = town.sent()
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        confirmations.confirm(session, town.runtime.keys, casey, sent, 1, 1, 3, at)
    step(town, transfers.accept, offered(town), "ari")
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        [entry] = lifecycle.mine(session, town.account(session, "amara"))
        assert b"Lanternmoor High School" in (entry.document or b"")
        assert b"Thistlegate" not in (entry.document or b"")
        assert confirmations.given(session, town.account(session, "casey")) == []


def test_no_notice_names_the_child_to_another_school(town: Town) -> None:
    settle(town)
    step(town, transfers.refuse, offered(town), "ari")
    with town.transaction() as session:
        assert all("Amara" not in one.facts for one in session.query(Notice))
