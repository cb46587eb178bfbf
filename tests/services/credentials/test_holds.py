"""An entry goes on hold and off it again: who may, what a check says, and what the student is told."""

import pytest

from passport.db import Session
from passport.db.credentials.records import CredentialState, StatusChange
from passport.db.people.accounts import Account, Role
from passport.jobs import queue as job_queue
from passport.proofs.keys import Role as KeyRole
from passport.proofs.signing import KeyRing
from passport.services.checking import checks
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.credentials import entry_search, holds, lifecycle
from passport.services.people import accounts
from passport.services.trust import keys
from passport.verifier import Verdict
from tests.fixtures.towns import PASSWORD, Town
from tests.services.core.test_at_once import at_once

WHY = "The champion says that he meant another student."


def hold(town: Town, entry: str, who: str = "casey", ground: str = "endorsement", why: str = WHY) -> None:
    with town.transaction() as session:
        holds.hold(session, town.account(session, who), entry, ground, why, town.clock())


def lift(town: Town, entry: str, who: str = "casey") -> None:
    with town.transaction() as session:
        reason = "He looked again: it was her."
        holds.lift(session, town.account(session, who), entry, reason, town.clock())


def verdict(town: Town, code: str) -> Verdict:
    """What a check says once the batch has gone out."""
    town.clock.forward(seconds=60)
    job_queue.publish_due(town.runtime)
    with town.transaction() as session:
        return checks.by_code(session, town.published(), code, town.clock()).verdict


def another_coordinator(town: Town) -> None:
    """Jo works at Thistlegate, where Kit is."""
    with town.transaction() as session:
        kit = town.account(session, "kit")
        assert kit.student is not None
        made = accounts.make(
            session,
            kit.programme,
            Role.COORDINATOR,
            email="jo@example.test",
            name="Jo Stubfield",
            first_name="Jo",
            password=PASSWORD,
            at=town.clock(),
        )
        accounts.make_staff(session, made, kit.student.school)
        town.references["jo"] = made.reference


def test_on_hold_and_lifted_is_seen_by_the_person_who_checks(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    for _second_click in range(2):
        hold(town, entry)
    assert verdict(town, code) is Verdict.ON_HOLD
    for _second_click in range(2):
        lift(town, entry, "morgan")
    assert verdict(town, code) is Verdict.CURRENT
    with town.transaction() as session:
        states = [one.state.value for one in session.query(StatusChange).order_by(StatusChange.id)]
        assert states == ["issued", "on_hold", "issued"]
        assert audit.broken_at(session) is None


def test_only_the_students_own_school_and_the_managers_may(town: Town) -> None:
    entry = town.issued()
    another_coordinator(town)
    for stranger in ("jo", "amara", "kit", "robin"):
        with pytest.raises(NotFound):
            hold(town, entry, stranger)
    hold(town, entry)
    for stranger in ("jo", "amara", "kit", "robin"):
        with pytest.raises(NotFound):
            lift(town, entry, stranger)


def test_a_second_person_who_holds_it_is_told_and_the_first_reason_stays(town: Town) -> None:
    entry = town.issued()
    hold(town, entry)
    with pytest.raises(Refused, match="on-hold-already"):
        hold(town, entry, "morgan", why="Something else altogether.")
    with town.transaction() as session:
        casey = town.account(session, "casey")
        [held] = [
            one
            for one in entry_search.history(session, casey, entry_search.entry(session, casey, entry))
            if one.state is CredentialState.ON_HOLD
        ]
        assert (held.actor, held.role, held.reason) == ("Casey Exampleby", "coordinator", WHY)


@pytest.mark.parametrize("why", ["", "   \n ", "too short", "x" * 501])
def test_no_one_holds_without_saying_why(town: Town, why: str) -> None:
    entry = town.issued()
    with pytest.raises(Refused, match="reason-missing"):
        hold(town, entry, why=why)


def test_what_is_final_cannot_be_held(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    with pytest.raises(Refused, match="cannot-be-held"):
        hold(town, entry)
    with pytest.raises(Refused, match="not-on-hold"):
        lift(town, entry)


@pytest.mark.parametrize(
    ("ground", "told"),
    [("details", "details"), ("endorsement", "endorsement"), ("wellbeing", ""), ("other", "")],
)
def test_the_student_is_told_whom_to_ask_and_why_only_where_it_is_about_the_entry(
    town: Town, ground: str, told: str
) -> None:
    entry = town.issued()
    hold(town, entry, ground=ground)
    with town.transaction() as session:
        own = lifecycle.own(session, town.account(session, "amara"), entry)
        notice = holds.notice(session, own)
        assert notice is not None
        assert notice.ground == told
        assert (notice.coordinators, notice.school) == (["Casey Exampleby"], "Lanternmoor High School")
        assert WHY not in repr(notice)
    lift(town, entry)
    with town.transaction() as session:
        own = lifecycle.own(session, town.account(session, "amara"), entry)
        assert holds.notice(session, own) is None


def test_a_worry_about_wellbeing_stays_in_the_school_and_with_its_writer(town: Town) -> None:
    entry = town.issued()
    hold(town, entry, "casey", "wellbeing")

    def reads(session: Session, account: Account) -> list[str | None]:
        found = entry_search.entry(session, account, entry)
        lines = entry_search.history(session, account, found)
        return [one.reason for one in lines if one.ground == "wellbeing"]

    with town.transaction() as session:
        assert reads(session, town.account(session, "casey")) == [WHY]
        assert reads(session, town.account(session, "morgan")) == [None]
    with pytest.raises(Refused, match="held-by-school"):
        lift(town, entry, "morgan")
    lift(town, entry, "casey")
    hold(town, entry, "morgan", "wellbeing")
    with town.transaction() as session:
        assert reads(session, town.account(session, "quinn"))[0] is None
        assert reads(session, town.account(session, "morgan"))[0] == WHY
    lift(town, entry, "casey")


def test_two_who_hold_at_once_leave_one_hold(town: Town) -> None:
    entry = town.issued()
    found = at_once(
        lambda: hold(town, entry, "casey"), lambda: hold(town, entry, "morgan", why="Something else.")
    )
    assert sorted(type(one).__name__ for one in found) == ["NoneType", "Refused"]
    with town.transaction() as session:
        assert session.query(StatusChange).filter_by(state=CredentialState.ON_HOLD).count() == 1


def test_a_hold_while_lists_are_published_is_never_lost(town: Town) -> None:
    """Whichever comes first, the list that follows the hold has its bit."""
    entry = town.issued()
    code = town.shared(entry)
    for _round in range(4):
        at_once(lambda: hold(town, entry), *[lambda: job_queue.publish_all(town.runtime)] * 2)
        assert verdict(town, code) is Verdict.ON_HOLD
        lift(town, entry)
        assert verdict(town, code) is Verdict.CURRENT


def test_what_waits_for_a_new_key_is_lifted_by_the_operator_alone_and_another_hold_outlives_that(
    town: Town,
) -> None:
    doubted, stolen = town.issued(), town.issued()
    hold(town, doubted)
    two = ["Morgan Samplewright", "Quinn Mockingham"]
    with town.transaction() as session:
        kid = lifecycle.own(session, town.account(session, "amara"), stolen).kid
        keys.compromise(session, kid, town.clock(), town.clock(), two)
    for entry in (doubted, stolen):
        with pytest.raises(Refused, match="held-by-operator"):
            lift(town, entry)
    with town.transaction() as session:
        place = town.runtime.settings
        passphrase = place.passphrase_file.read_text()
        issue = KeyRole.ISSUE
        made = keys.propose(
            session, place.keys_directory, passphrase, "brindlemoor", issue, town.clock(), two
        )
        keys.activate(session, made.kid, town.clock(), two)
        ring = KeyRing.load(place.keys_directory, passphrase)
        assert keys.sign_again(session, ring, kid, town.clock()) == 2
        amara = town.account(session, "amara")
        assert lifecycle.own(session, amara, stolen).state is CredentialState.ISSUED
        assert lifecycle.own(session, amara, doubted).state is CredentialState.ON_HOLD
    lift(town, doubted)
