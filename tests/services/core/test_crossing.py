"""Two acts cross: one begins while the other's transaction is open. On both databases, none is missed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any

import pytest

from passport.db import Session
from passport.db.credentials import records as rows
from passport.db.credentials.records import Credential, CredentialState
from passport.jobs import queue as job_queue
from passport.services.core import audit
from passport.services.core.errors import IssuingClosed, Refused
from passport.services.credentials import holds, issuing, lifecycle
from passport.services.endorsements import decisions
from passport.services.evidence import evidence_access
from passport.services.trust import closing, keys
from passport.verifier import Verdict
from tests.fixtures.towns import Town
from tests.services.credentials.test_corrections import WHY, rename
from tests.services.trust.test_keys import ONE, TWO, _active, _proposed, _publish, _verdict

# What has to wait for the other waits all of this time; what has not is done long before.
MOMENT = 0.5


def crossing(town: Town, first: Callable[[Session], object], second: Callable[[], Any]) -> Any:
    """Begin `second` while the transaction of `first` is open, and give what it gave."""
    with ThreadPoolExecutor(1) as pool:
        with town.transaction() as session:
            first(session)
            other = begun(pool, second)
        return other.result()


def begun(pool: ThreadPoolExecutor, work: Callable[[], Any]) -> Future[Any]:
    """Begin in another thread, and give it the time to come as far as it can."""
    other = pool.submit(work)
    wait([other], timeout=MOMENT)
    return other


def due(town: Town) -> int:
    """An endorsement that is due; gives its number."""
    town.endorsed(town.sent())
    [number] = job_queue.waiting(town.runtime)
    return number


def intends(town: Town, number: int) -> Callable[[Session], None]:
    url = town.runtime.settings.public_url
    return lambda session: issuing.intend(session, town.runtime.keys, url, [number], town.clock())


def finishes(town: Town, number: int) -> Callable[[Session], None]:
    return lambda session: issuing.finish(session, town.runtime.keys, [number], town.clock())


def gives_up(town: Town, kid: str) -> Callable[[], int]:
    def compromise() -> int:
        with town.transaction() as session:
            return keys.compromise(session, kid, town.clock(), town.clock(), TWO)

    return compromise


def states(town: Town) -> list[tuple[CredentialState, str]]:
    with town.transaction() as session:
        assert audit.broken_at(session) is None
        return [(one.state, one.kid) for one in session.query(Credential).order_by(Credential.id)]


def test_what_was_begun_with_a_key_that_is_given_up_meanwhile_is_signed_by_the_next(town: Town) -> None:
    stolen, number = _active(town).kid, due(town)
    assert crossing(town, intends(town, number), gives_up(town, stolen)) == 0
    job_queue.run_due(town.runtime)
    assert states(town) == [(CredentialState.INTENDED, stolen)], "it waits, and nothing leaves"
    new = _proposed(town)
    with town.transaction() as session:
        keys.activate(session, new, town.clock(), ONE)
    _publish(town)
    job_queue.run_due(town.runtime)
    assert states(town) == [(CredentialState.ISSUED, new)]
    with town.transaction() as session:
        [entry] = [one.reference for one in lifecycle.mine(session, town.account(session, "amara"))]
    assert _verdict(town, town.shared(entry)) is Verdict.CURRENT


def test_what_is_signed_while_its_key_is_given_up_goes_on_hold_with_the_others(town: Town) -> None:
    stolen, number = _active(town).kid, due(town)
    with town.transaction() as session:
        intends(town, number)(session)
    assert crossing(town, finishes(town, number), gives_up(town, stolen)) == 1
    assert states(town) == [(CredentialState.ON_HOLD, stolen)]


def test_what_comes_off_another_hold_while_its_key_is_given_up_goes_on_hold_again(town: Town) -> None:
    entry, stolen = town.issued(), _active(town).kid
    with town.transaction() as session:
        holds.hold(session, town.account(session, "casey"), entry, "other", WHY, town.clock())

    def lifts(session: Session) -> None:
        holds.lift(session, town.account(session, "casey"), entry, WHY, town.clock())

    assert crossing(town, lifts, gives_up(town, stolen)) == 1
    assert states(town) == [(CredentialState.ON_HOLD, stolen)]


def test_a_withdrawal_and_a_key_that_is_given_up_do_not_wait_for_each_other(
    town: Town,
) -> None:
    entry, other, stolen = town.issued(), town.issued(), _active(town).kid
    with ThreadPoolExecutor(1) as pool:
        with town.transaction() as session:
            own = lifecycle.own(session, town.account(session, "amara"), entry)
            rows.lock(session, own)
            act = begun(pool, gives_up(town, stolen))
            lifecycle.move(session, own, CredentialState.WITHDRAWN, "amara", "", town.clock())
        assert act.result() == 1
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert lifecycle.own(session, amara, entry).state is CredentialState.WITHDRAWN
        assert lifecycle.own(session, amara, other).state is CredentialState.ON_HOLD


def test_a_suspended_key_finishes_nothing_until_two_people_let_it(town: Town) -> None:
    kid, number = _active(town).kid, due(town)
    with town.transaction() as session:
        intends(town, number)(session)
    with town.transaction() as session:
        keys.suspend(session, kid, town.clock(), ONE)
    job_queue.run_due(town.runtime)
    assert states(town) == [(CredentialState.INTENDED, kid)]
    with town.transaction() as session:
        keys.activate(session, kid, town.clock(), TWO)
    job_queue.run_due(town.runtime)
    assert states(town) == [(CredentialState.ISSUED, kid)]


def test_a_code_begun_with_a_suspended_key_is_not_signed_with_it(town: Town) -> None:
    from passport.services.credentials import compacts
    from passport.services.sharing import shares

    entry, kid = town.issued(), _active(town).kid
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        share = shares.draft(session, amara, [entry], at)
        shares.address_it(session, amara, share.reference, "A college", shares.usual_end(at), at)
        number = shares.activate(session, amara, share.reference, at).id
        compacts.intend(session, town.runtime.keys, town.runtime.settings.public_url, number, at)
    with town.transaction() as session:
        keys.suspend(session, kid, town.clock(), ONE)
    with pytest.raises(IssuingClosed), town.transaction() as session:
        compacts.finish(session, town.runtime.keys, number)


def names(town: Town) -> list[str]:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        found = lifecycle.mine(session, amara)
        for one in found:
            assert b"Demoson" not in (one.document or b"") + (one.token or b"") + one.intent
        return [one.holder_name for one in found]


@pytest.mark.parametrize("step", ["begun", "beginning", "signing"])
def test_an_entry_that_is_signed_while_a_name_is_corrected_bears_the_new_one(town: Town, step: str) -> None:
    entry, number = town.issued(), due(town)
    begin, finish = intends(town, number), finishes(town, number)
    if step == "beginning":
        crossing(town, begin, lambda: rename(town, entry))
    else:
        with town.transaction() as session:
            begin(session)
        crossing(town, finish if step == "signing" else lambda _: None, lambda: rename(town, entry))
    job_queue.run_due(town.runtime)
    job_queue.run_due(town.runtime)
    assert names(town) == ["Amara Realname"] * 2
    with town.transaction() as session:
        assert audit.broken_at(session) is None
        assert not job_queue.waiting(town.runtime)


def test_while_a_name_is_corrected_an_entry_that_begins_waits_for_it(town: Town) -> None:
    entry, number = town.issued(), due(town)

    def renames(session: Session) -> None:
        from passport.services.credentials import corrections

        tools = corrections.Tools(town.runtime.keys, town.runtime.settings.public_url)
        casey, new = town.account(session, "casey"), ("Amara Realname", "Amara")
        corrections.correct_name(session, tools, casey, entry, *new, WHY, town.clock())

    crossing(town, renames, lambda: job_queue.issue_together(town.runtime, [number]))
    job_queue.run_due(town.runtime)
    assert names(town) == ["Amara Realname"] * 2


def test_no_programme_closes_while_a_person_endorses(town: Town) -> None:
    town.clock.forward(days=1)
    sent = town.sent()

    def endorses(session: Session) -> None:
        robin, at = town.account(session, "robin"), town.clock()
        version = evidence_access.open_evidence(session, robin, sent, at).version
        decisions.endorse(session, town.runtime.keys, robin, sent, version, 1, 3, at)

    def closes() -> None:
        with town.transaction() as session:
            closing.close(session, "brindlemoor", town.clock(), TWO)

    with pytest.raises(Refused, match="programme-has-work"):
        crossing(town, endorses, closes)
    job_queue.run_due(town.runtime)
    assert [state for state, _ in states(town)] == [CredentialState.ISSUED]


def test_no_one_endorses_while_a_programme_closes(town: Town) -> None:
    town.issued()
    sent = town.sent()

    def closes(session: Session) -> None:
        closing.close(session, "brindlemoor", town.clock() + timedelta(seconds=1), TWO)

    with pytest.raises(IssuingClosed):
        crossing(town, closes, lambda: town.endorsed(sent))
    assert not job_queue.waiting(town.runtime)


def test_two_commands_at_once_change_a_key_one_after_the_other(town: Town) -> None:
    kid = _active(town).kid

    def suspends(session: Session) -> None:
        keys.suspend(session, kid, town.clock(), ONE)

    def again() -> None:
        with town.transaction() as session:
            keys.states(session)  # as the command does: what was read before does not count
            keys.suspend(session, kid, town.clock(), ONE)

    with pytest.raises(Refused, match="key-state"):
        crossing(town, suspends, again)
