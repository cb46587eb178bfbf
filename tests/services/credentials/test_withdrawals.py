"""A manager's withdrawal takes two people, no matter who clicks how often and whatever happens meanwhile."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from passport import db
from passport.db.core.audit import records
from passport.db.credentials.records import CredentialState, StatusChange
from passport.db.credentials.withdrawals import Withdrawal, WithdrawalState
from passport.db.people.accounts import Role
from passport.proofs.signing import KeyPlace
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.credentials import holds, lifecycle, withdrawals
from passport.services.people import accounts
from passport.services.programmes import creation
from passport.verifier import Verdict
from tests.fixtures.towns import PASSWORD, Town
from tests.services.core.test_at_once import at_once
from tests.services.credentials.test_holds import verdict

WHY = "The employer told us that nobody of theirs was there."


def ask(town: Town, entry: str, who: str = "morgan", why: str = WHY) -> str:
    with town.transaction() as session:
        return withdrawals.ask(session, town.account(session, who), entry, why, town.clock()).reference


def confirm(town: Town, asked: str, who: str = "quinn") -> None:
    with town.transaction() as session:
        withdrawals.confirm(session, town.account(session, who), asked, town.clock())


def refuse(town: Town, asked: str, who: str = "quinn") -> None:
    with town.transaction() as session:
        answer = "The register shows that they were."
        withdrawals.refuse(session, town.account(session, who), asked, answer, town.clock())


def cancel(town: Town, asked: str, who: str = "morgan") -> None:
    with town.transaction() as session:
        withdrawals.cancel(session, town.account(session, who), asked, town.clock())


def state(town: Town, asked: str) -> WithdrawalState:
    with town.transaction() as session:
        return session.query(Withdrawal).filter_by(reference=asked).one().state


def test_one_asks_another_confirms_and_every_check_says_withdrawn(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    asked = ask(town, entry)
    assert ask(town, entry) == asked, "a second click finds the first one's request"
    assert verdict(town, code) is Verdict.CURRENT
    for _second_click in range(2):
        confirm(town, asked)
    assert verdict(town, code) is Verdict.WITHDRAWN
    with town.transaction() as session:
        acts = [one.action for one in records(session)][-3:]
        assert acts == ["withdrawal.asked", "credential.withdrawn", "withdrawal.confirmed"]
        last = session.query(StatusChange).order_by(StatusChange.id.desc()).first()
        assert last is not None
        assert (last.actor, WHY in last.reason) == (town.references["quinn"], True)
        assert audit.broken_at(session) is None


def test_an_entry_on_hold_can_be_withdrawn_too(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    with town.transaction() as session:
        holds.hold(session, town.account(session, "casey"), entry, "other", WHY, town.clock())
    confirm(town, ask(town, entry))
    assert verdict(town, code) is Verdict.WITHDRAWN


@pytest.mark.parametrize("decide", [confirm, refuse])
def test_the_person_who_asked_never_decides(town: Town, decide: object) -> None:
    asked = ask(town, town.issued())
    with pytest.raises(Refused, match="request-own"):
        decide(town, asked, "morgan")  # type: ignore[operator]
    assert state(town, asked) is WithdrawalState.ASKED


def test_what_a_suspended_manager_asked_for_is_refused_or_asked_again(town: Town) -> None:
    entry = town.issued()
    first = ask(town, entry)
    with town.transaction() as session:
        morgan, quinn = town.account(session, "morgan"), town.account(session, "quinn")
        accounts.suspend(session, quinn, morgan, town.clock())
    with pytest.raises(Refused, match="request-of-the-past"):
        confirm(town, first)
    assert state(town, first) is WithdrawalState.ASKED
    refuse(town, first)
    assert state(town, first) is WithdrawalState.REFUSED


def test_the_tables_themselves_refuse_one_person_for_two(town: Town) -> None:
    ask(town, town.issued())
    alone = "UPDATE withdrawals SET state = 'confirmed', decided_by_id = asked_by_id"
    with pytest.raises(IntegrityError), town.transaction() as session:
        session.execute(text(alone))


def test_refused_or_cancelled_the_entry_stays_and_can_be_asked_about_again(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    first = ask(town, entry)
    with pytest.raises(Refused, match="request-not-yours"):
        cancel(town, first, "quinn")
    for _second_click in range(2):
        cancel(town, first)
    with pytest.raises(Refused, match="request-decided"):
        confirm(town, first)
    second = ask(town, entry, "quinn")
    for _second_click in range(2):
        refuse(town, second, "morgan")
    with pytest.raises(Refused, match="request-decided"):
        cancel(town, second, "quinn")
    assert verdict(town, code) is Verdict.CURRENT
    confirm(town, ask(town, entry))
    assert verdict(town, code) is Verdict.WITHDRAWN


def test_what_the_student_withdrew_herself_meanwhile_needs_no_one(town: Town) -> None:
    entry = town.issued()
    asked = ask(town, entry)
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    with pytest.raises(Refused, match="withdrawal-overtaken"):
        confirm(town, asked)
    assert state(town, asked) is WithdrawalState.OVERTAKEN
    with pytest.raises(Refused, match="cannot-be-withdrawn"):
        ask(town, entry)


def test_only_managers_of_the_entrys_programme(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        service = db.programmes.programme.service(session)
        assert service is not None
        place = KeyPlace(town.runtime.settings.keys_directory, "a passphrase of a test " * 2)
        other = creation.make_programme(session, service, "elsewhere", "Made Elsewhere", place, town.clock())
        stranger = accounts.make(
            session,
            other,
            Role.MANAGER,
            email="bo@example.test",
            name="Bo Sample",
            first_name="Bo",
            password=PASSWORD,
            at=town.clock(),
        )
        town.references["ash"] = stranger.reference
    with pytest.raises(NotFound), town.transaction() as session:
        holds.hold(session, town.account(session, "ash"), entry, "other", WHY, town.clock())
    for who in ("casey", "amara", "robin", "ash"):
        with pytest.raises(NotFound):
            ask(town, entry, who)
    asked = ask(town, entry)
    for who in ("casey", "amara", "robin", "ash"):
        with pytest.raises(NotFound):
            confirm(town, asked, who)


def test_two_who_ask_at_once_leave_one_request(town: Town) -> None:
    entry = town.issued()
    found = at_once(
        lambda: ask(town, entry, "morgan"), lambda: ask(town, entry, "quinn", "Another reason entirely.")
    )
    assert sorted(isinstance(one, Refused) for one in found) == [False, True]
    with town.transaction() as session:
        assert session.query(Withdrawal).count() == 1


def test_confirming_refusing_and_the_students_own_withdrawal_at_once_are_one_outcome(town: Town) -> None:
    def by_holder(entry: str) -> None:
        with town.transaction() as session:
            lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())

    for _round in range(4):
        entry = town.issued()
        asked = ask(town, entry)
        at_once(
            lambda: confirm(town, asked),  # noqa: B023
            lambda: refuse(town, asked),  # noqa: B023
            lambda: cancel(town, asked),  # noqa: B023
            lambda: by_holder(entry),  # noqa: B023
        )
        with town.transaction() as session:
            found = lifecycle.own(session, town.account(session, "amara"), entry)
            assert found.state is CredentialState.WITHDRAWN
            withdrawn = session.query(StatusChange).filter_by(
                credential_id=found.id, state=CredentialState.WITHDRAWN
            )
            assert withdrawn.count() == 1
        assert state(town, asked) is not WithdrawalState.ASKED
