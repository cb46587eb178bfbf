"""The evidence of each entry has an id of its own, drawn once, and its endorsement is about that id."""

import json
from typing import Any

from passport.db.credentials.records import Credential
from passport.jobs import queue as job_queue
from passport.openbadges import credential as credential_document
from passport.proofs.keys import Role
from passport.services.credentials import issuing, lifecycle, signing
from passport.services.trust import keys
from passport.verifier import Trust, Verdict, verify
from tests.fixtures.towns import Town
from tests.services.credentials.test_corrections import rename
from tests.services.trust import test_keys

Document = dict[str, Any]


def documents(town: Town) -> list[Document]:
    """Amara's signed entries, the newest first; the row of each has the id that stands in its evidence."""
    with town.transaction() as session:
        entries = lifecycle.mine(session, town.account(session, "amara"))
        found: list[Document] = [json.loads(entry.document or b"") for entry in entries]
        ids = [document["evidence"][0].get("id") for document in found]
        assert [entry.evidence_urn for entry in entries] == ids
    return found


def subject(document: Document) -> str:
    """What the endorsement inside an entry is about."""
    return str(document["endorsement"][0]["credentialSubject"]["id"])


def put_back(town: Town) -> None:
    """Give each entry of the rows, signed or begun, the form in which it was written before."""
    with town.transaction() as session:
        for entry in session.query(Credential):
            intent = json.loads(entry.intent)
            del intent["entry"]["evidence"][0]["id"]
            for endorsement in (intent["endorsement"], intent["entry"]["endorsement"][0]):
                endorsement["credentialSubject"]["id"] = entry.urn
            entry.intent, entry.evidence_urn = signing.to_bytes(intent), None
            if entry.document is not None:
                entry.document, entry.token = signing.signed(town.runtime.keys, entry.intent)


def verdicts(town: Town) -> list[Verdict]:
    """The verdict on each of Amara's entries, in both forms."""
    town.publish_all()
    trust = Trust.from_bundle(town.runtime.public.read("bundle.json") or b"")
    with town.transaction() as session:
        entries = lifecycle.mine(session, town.account(session, "amara"))
        signed = [data or b"" for entry in entries for data in (entry.document, entry.token)]
    return [verify(data, trust, town.clock()).verdict for data in signed]


def old_and_new(town: Town) -> list[Document]:
    """Two entries of Amara, the newer in the form of now, the older in the form before."""
    town.issued()
    put_back(town)
    town.clock.forward(minutes=1)
    town.issued()
    newer, older = documents(town)
    assert subject(older) == older["id"]
    assert subject(newer) == newer["evidence"][0]["id"]
    return [newer, older]


def test_each_entry_has_one_of_its_own_and_keeps_it_when_it_is_signed_again(town: Town) -> None:
    before = old_and_new(town)
    names = {before[0]["id"], before[0]["credentialSubject"]["id"], before[0]["endorsement"][0]["id"]}
    assert subject(before[0]) not in names
    assert verdicts(town) == [Verdict.CURRENT] * 4
    stolen = test_keys._active(town, "issue").kid
    with town.transaction() as session:
        keys.compromise(session, stolen, town.clock(), town.clock(), test_keys.TWO)
    new = test_keys._proposed(town, "brindlemoor", Role.ISSUE)
    with town.transaction() as session:
        keys.activate(session, new, town.clock(), test_keys.ONE)
    with town.transaction() as session:
        assert keys.sign_again(session, town.runtime.keys, stolen, town.clock()) == 2
    test_keys._publish(town)
    for then, now in zip(before, documents(town), strict=True):
        assert now["proof"] != then["proof"]
        assert credential_document.read(now) == credential_document.read(then)
    assert verdicts(town) == [Verdict.CURRENT] * 4


def test_a_corrected_entry_draws_another_and_is_endorsed_for_that(town: Town) -> None:
    before = old_and_new(town)
    with town.transaction() as session:
        reference = lifecycle.mine(session, town.account(session, "amara"))[0].reference
    assert rename(town, reference) == 2
    job_queue.run_due(town.runtime)
    after = documents(town)
    ids = {one["evidence"][0]["id"] for one in after}
    assert len(ids) == 2
    assert {subject(one) for one in after} == ids
    assert ids.isdisjoint({subject(one) for one in before} | {one["id"] for one in after})
    assert {one["endorsement"][0]["id"] for one in after}.isdisjoint(
        {one["endorsement"][0]["id"] for one in before}
    )
    assert verdicts(town) == [Verdict.CURRENT] * 4


def test_an_entry_begun_before_is_finished_as_it_was_begun(town: Town) -> None:
    town.endorsed(town.sent())
    [number] = job_queue.waiting(town.runtime)
    with town.transaction() as session:
        issuing.intend(session, town.runtime.keys, town.runtime.settings.public_url, [number], town.clock())
    put_back(town)
    job_queue.run_due(town.runtime)
    [entry] = documents(town)
    assert subject(entry) == entry["id"]
    assert verdicts(town) == [Verdict.CURRENT] * 2
