"""Entries come about once, survive being cut off, and are withdrawn for good."""

from datetime import timedelta

import pytest

from passport import jobs
from passport.db.credentials import CredentialState
from passport.services import checks, credentials
from passport.services.errors import IssuingClosed
from passport.verifier import Verdict
from tests.fixtures.towns import Town


def test_an_endorsement_becomes_one_entry_that_checks_as_genuine(town: Town) -> None:
    code = town.shared(town.issued())
    with town.transaction() as session:
        found = checks.by_code(session, town.runtime.public, code, town.clock())
    assert found.verdict is Verdict.V1
    assert found.entries[0].credential is not None
    assert found.entries[0].credential.holder_name == "Amara Demoson"
    assert found.entries[0].credential.champion.employer.name == "Tinderbeck Precision Ltd"


def test_work_cut_off_after_the_intent_is_finished_by_the_next_sweep_with_the_same_bytes(town: Town) -> None:
    town.endorsed(town.sent())
    [number] = jobs.waiting(town.runtime)
    with town.transaction() as session:
        credentials.intend(session, town.runtime.keys, town.runtime.settings.public_url, number, town.clock())
    with town.transaction() as session:
        [begun] = credentials.unfinished(session)
        intent = begun.intent
    jobs.run_due(town.runtime)
    jobs.run_due(town.runtime)
    with town.transaction() as session:
        [entry] = credentials.mine(session, town.account(session, "amara"))
        assert entry.intent == intent
        assert entry.state is CredentialState.ISSUED


def test_nothing_is_issued_while_it_can_be_undone(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "robin").programme.undo_hours = 24
    town.endorsed(town.sent())
    town.clock.forward(hours=23, minutes=59)
    assert jobs.waiting(town.runtime) == []
    town.clock.forward(minutes=1)
    assert len(jobs.waiting(town.runtime)) == 1


def test_a_clock_that_went_back_closes_issuing_and_leaves_checks_open(town: Town) -> None:
    code = town.shared(town.issued())
    reference = town.sent()
    town.clock.forward(hours=-1)
    town.endorsed(reference)
    with pytest.raises(IssuingClosed), town.transaction() as session:
        credentials.intend(
            session,
            town.runtime.keys,
            town.runtime.settings.public_url,
            jobs.waiting(town.runtime)[0],
            town.clock(),
        )
    town.clock.forward(hours=1)
    with town.transaction() as session:
        assert checks.by_code(session, town.runtime.public, code, town.clock()).verdict is Verdict.V1


def test_a_withdrawn_entry_checks_as_withdrawn_with_the_next_status_list(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    for _second_click in range(2):
        with town.transaction() as session:
            credentials.withdraw(session, town.account(session, "amara"), entry, town.clock())
    town.clock.forward(seconds=60)
    jobs.publish_due(town.runtime)
    with town.transaction() as session:
        found = checks.by_code(session, town.runtime.public, code, town.clock())
    assert found.verdict is Verdict.V2


def test_a_status_list_that_nobody_renews_makes_the_check_unfinished(town: Town) -> None:
    code = town.shared(town.issued())
    with town.transaction() as session:
        late = town.clock() + timedelta(hours=25)
        assert checks.by_code(session, town.runtime.public, code, late).verdict is Verdict.V8
