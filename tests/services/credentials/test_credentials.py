"""Entries come about once, survive being cut off, and are withdrawn for good."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from passport.db.credentials.records import (
    Credential,
    CredentialState,
    StatusChange,
    StatusPosition,
)
from passport.jobs import queue as job_queue
from passport.openbadges import credential as credential_document
from passport.proofs.keys import digest_multibase
from passport.proofs.signing import KeyRing
from passport.services.checking import checks
from passport.services.core.dates import add_months
from passport.services.core.errors import IssuingClosed, NotFound, Refused
from passport.services.credentials import issuing, lifecycle
from passport.services.evidence import drafting
from passport.services.programmes import issuers
from passport.verifier import Verdict
from tests.fixtures.towns import Town


def test_an_endorsement_becomes_one_entry_that_checks_as_genuine(town: Town) -> None:
    code = town.shared(town.issued())
    with town.transaction() as session:
        found = checks.by_code(session, town.published(), code, town.clock())
    assert found.verdict is Verdict.CURRENT
    assert found.entries[0].credential is not None
    assert found.entries[0].credential.holder_name == "Amara Demoson"
    assert found.entries[0].credential.champion.employer.name == "Tinderbeck Precision Ltd"


def test_work_cut_off_after_the_intent_is_finished_by_the_next_sweep_with_the_same_bytes(town: Town) -> None:
    town.endorsed(town.sent())
    [number] = job_queue.waiting(town.runtime)
    with town.transaction() as session:
        issuing.intend(session, town.runtime.keys, town.runtime.settings.public_url, [number], town.clock())
    with town.transaction() as session:
        [begun] = session.query(Credential).filter_by(state=CredentialState.INTENDED)
        intent = begun.intent
    job_queue.run_due(town.runtime)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        [entry] = lifecycle.mine(session, town.account(session, "amara"))
        assert entry.intent == intent
        assert entry.state is CredentialState.ISSUED


def test_nothing_is_issued_while_it_can_be_undone(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "robin").programme.undo_minutes = 24 * 60
    town.endorsed(town.sent())
    town.clock.forward(hours=23, minutes=59)
    assert job_queue.waiting(town.runtime) == []
    town.clock.forward(minutes=1)
    assert len(job_queue.waiting(town.runtime)) == 1


def test_a_clock_that_went_back_closes_issuing_and_leaves_checks_open(town: Town) -> None:
    code = town.shared(town.issued())
    reference = town.sent()
    town.clock.forward(hours=-1)
    town.endorsed(reference)
    with pytest.raises(IssuingClosed), town.transaction() as session:
        issuing.intend(
            session,
            town.runtime.keys,
            town.runtime.settings.public_url,
            job_queue.waiting(town.runtime),
            town.clock(),
        )
    town.clock.forward(hours=1)
    with town.transaction() as session:
        assert checks.by_code(session, town.published(), code, town.clock()).verdict is Verdict.CURRENT


def test_a_withdrawn_entry_checks_as_withdrawn_with_the_next_status_list(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    for _second_click in range(2):
        with town.transaction() as session:
            lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    town.clock.forward(seconds=60)
    job_queue.publish_due(town.runtime)
    with town.transaction() as session:
        found = checks.by_code(session, town.published(), code, town.clock())
    assert found.verdict is Verdict.WITHDRAWN


def test_a_status_list_that_no_one_renews_makes_the_check_unfinished(town: Town) -> None:
    code = town.shared(town.issued())
    with town.transaction() as session:
        late = town.clock() + timedelta(hours=25)
        assert checks.by_code(session, town.published(), code, late).verdict is Verdict.UNFINISHED


def test_the_document_is_kept_as_it_was_signed_and_binds_what_was_endorsed(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        stored = lifecycle.own(session, town.account(session, "amara"), entry)
        document, intent = stored.document or b"", json.loads(stored.intent)
        read = credential_document.read(json.loads(document))
        version = stored.endorsement.version
        digest = digest_multibase(version.salt + drafting.artefact(version))
    assert read.evidence.digest == digest
    assert (read.id, read.status.list_url) == (stored.urn, "http://localhost:8000/status/1/suspension")
    assert read.status.index == stored.position.position
    assert (read.level, read.review_at) == (stored.level, stored.review_at)
    assert read.review_at == datetime(2029, 3, 14, 23, 59, 59, tzinfo=UTC), "it is good on its review date"
    unsigned = json.loads(document)
    del unsigned["proof"]
    assert unsigned | {"endorsement": []} == intent["entry"] | {"endorsement": []}
    assert unsigned["endorsement"][0]["proof"] != json.loads(document)["proof"]
    # of the evidence itself nothing but the digest goes out
    assert b"five places" not in document
    town.clock.forward(days=1)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert lifecycle.own(session, town.account(session, "amara"), entry).document == document


@pytest.mark.parametrize("role", ["issue", "endorse"])
@pytest.mark.parametrize("cut_off", ["before the intent", "after the intent"])
def test_a_damaged_key_closes_issuing_alone_and_what_waits_is_issued_once_it_is_mended(
    town: Town, role: str, cut_off: str
) -> None:
    code = town.shared(town.issued())
    town.endorsed(town.sent())
    [number] = job_queue.waiting(town.runtime)
    url, keys = town.runtime.settings.public_url, town.runtime.keys
    if cut_off == "after the intent":
        with town.transaction() as session:
            issuing.intend(session, keys, url, [number], town.clock())
    [file] = town.runtime.settings.keys_directory.glob(f"{role}-*.pem")
    good = file.read_bytes()
    file.write_bytes(good[:40] + b"XXXX" + good[44:])
    passphrase = (town.runtime.settings.instance / "keys-passphrase").read_text()
    damaged = replace(town.runtime, keys=KeyRing.load(file.parent, passphrase))
    with capture_logs() as logs:
        job_queue.issue_one(damaged, number)
    assert [line["event"] for line in logs] == ["issuing is closed"]
    with town.transaction() as session:
        [problem, missing] = issuers.problems(session, damaged.keys)
        assert file.name in problem
        assert file.stem in missing
        assert len(lifecycle.mine(session, town.account(session, "amara"))) == 1
        assert session.query(Credential).count() == (1 if cut_off == "before the intent" else 2)
        of_entries = session.query(StatusPosition).filter_by(for_share=False)
        assert of_entries.count() == session.query(Credential).count()
        assert checks.by_code(session, town.published(), code, town.clock()).verdict is Verdict.CURRENT
    assert sorted(file.parent.iterdir()) == sorted(town.runtime.settings.keys_directory.iterdir())
    file.write_bytes(good)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert len(lifecycle.mine(session, town.account(session, "amara"))) == 2
        assert session.query(Credential).count() == 2


def test_an_entry_that_cannot_be_written_waits_and_holds_up_no_other(town: Town) -> None:
    town.endorsed(town.sent())
    with town.transaction() as session:
        robin = town.account(session, "robin")
        robin.name, good = "Robin” (“the” Fixturely", robin.name
    town.endorsed(town.sent("kit"), "sky")
    with capture_logs() as logs:
        job_queue.run_due(town.runtime)
    assert ["cannot be signed" in str(line) for line in logs] == [True]
    with town.transaction() as session:
        assert len(lifecycle.mine(session, town.account(session, "kit"))) == 1
        assert lifecycle.mine(session, town.account(session, "amara")) == []
        town.account(session, "robin").name = good
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert len(lifecycle.mine(session, town.account(session, "amara"))) == 1


def test_another_students_entry_is_not_found_and_an_unsigned_one_is_no_ones(town: Town) -> None:
    entry = town.issued("kit", "sky")
    town.endorsed(town.sent())
    [number] = job_queue.waiting(town.runtime)
    with town.transaction() as session:
        url = town.runtime.settings.public_url
        issuing.intend(session, town.runtime.keys, url, [number], town.clock())
        intended = session.query(Credential).filter_by(endorsement_id=number).one().reference
        amara = town.account(session, "amara")
        assert lifecycle.mine(session, amara) == []
        for reference in (entry, intended, "NOSUCHREF"):
            with pytest.raises(NotFound):
                lifecycle.own(session, amara, reference)
            with pytest.raises(NotFound):
                lifecycle.withdraw(session, amara, reference, town.clock())


@pytest.mark.parametrize("state", [CredentialState.ON_HOLD, CredentialState.REPLACED])
def test_an_entry_on_hold_can_be_withdrawn_and_a_replaced_one_cannot(
    town: Town, state: CredentialState
) -> None:
    entry = town.issued()
    with town.transaction() as session:
        amara = town.account(session, "amara")
        lifecycle.own(session, amara, entry).state = state
        if state is CredentialState.REPLACED:
            with pytest.raises(Refused, match="cannot-be-withdrawn"):
                lifecycle.withdraw(session, amara, entry, town.clock())
            return
        lifecycle.withdraw(session, amara, entry, town.clock())
    with town.transaction() as session:
        changes = session.query(StatusChange).order_by(StatusChange.id).all()
        assert [one.state for one in changes] == [CredentialState.ISSUED, CredentialState.WITHDRAWN]
        assert changes[1].actor == town.references["amara"]


@pytest.mark.parametrize(
    ("day", "months", "review"),
    [
        (date(2026, 3, 14), 36, date(2029, 3, 14)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 12, 31), 1, date(2026, 1, 31)),
        (date(2025, 12, 1), 12, date(2026, 12, 1)),
    ],
)
def test_months_are_counted_as_a_calendar_does(day: date, months: int, review: date) -> None:
    assert add_months(day, months) == review
