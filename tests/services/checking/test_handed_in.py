"""What a person holds in their hands: a printed code's whole text, a badge file, several at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from passport.db.credentials.records import Credential, CredentialState
from passport.db.sharing.shares import SharedCredential
from passport.jobs import queue as job_queue
from passport.openbadges import address, share_code
from passport.openbadges.compact import read, write
from passport.proofs.data_integrity import add_proof, proof_options
from passport.proofs.keys import Role, to_multibase
from passport.proofs.signing import generate
from passport.services.checking import checks, uploads
from passport.services.checking.checks import OtherSite, Result, Source
from passport.services.checking.handed_in import Found
from passport.services.credentials import lifecycle
from passport.services.sharing import shares
from passport.services.trust import keys
from passport.verifier import Kind, NotACredential, Outcome, Verdict
from tests.fixtures.towns import NOW, Town

URL = "http://localhost:8000"
ALARM = "signed, but not what our record says"
SAMPLE = Path(__file__).parents[2] / "vectors/samples/openbadges-3.0/validator/simple.json"


def printed(town: Town, code: str) -> str:
    """The text of an entry's own code on paper."""
    job_queue.make_codes(town.runtime)
    with town.transaction() as session:
        kept = session.query(SharedCredential).order_by(SharedCredential.share_id.desc()).first()
        assert kept is not None
        assert kept.compact is not None
        return address.write(URL, code, kept.compact)


def by_address(town: Town, pasted: str) -> Result:
    """The check of what is printed."""
    with town.runtime.database.reading() as session:
        return checks.by_address(session, town.published(), pasted, town.clock())


def by_document(town: Town, data: bytes) -> Result:
    """The check of a badge file."""
    with town.runtime.database.reading() as session:
        return checks.by_document(session, town.published(), data, town.clock())


def outcomes(result: Result) -> dict[str, Outcome]:
    """What became of each check."""
    return {check.name: check.outcome for check in result.entries[0].checks}


def document(town: Town, token: bool = False) -> bytes:
    """The newest entry as its file."""
    with town.transaction() as session:
        row = session.query(Credential).order_by(Credential.id.desc()).first()
        assert row is not None
        return (row.token if token else row.document) or b""


def withdraw(town: Town, entry: str) -> None:
    """Amara withdraws, and the lists are made."""
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)


def test_a_printed_code_says_what_our_record_says(town: Town) -> None:
    code = town.shared(town.issued())
    result = by_address(town, printed(town, code))
    assert (result.verdict, result.code, result.source) == (
        Verdict.CURRENT,
        share_code.pretty(code),
        Source.PAPER,
    )
    assert result.entries[0].credential is not None
    assert result.entries[0].credential.holder_name == "Amara Demoson"
    found = outcomes(result)
    assert found.pop("public log") is Outcome.NOT_CHECKED
    assert set(found.values()) == {Outcome.PASSED}
    assert {"own record", "share stopped", "endorsement"} <= set(found)
    assert result.share is not None
    assert code not in result.typed


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_printed_code_that_was_altered_shows_nothing(town: Town) -> None:
    code = town.shared(town.issued())
    good = printed(town, code)
    for place in range(good.index("#") + 2, len(good), 37):
        digit = str((int(good[place]) + 1) % 10)
        result = by_address(town, good[:place] + digit + good[place + 1 :])
        # where the digit spoilt the envelope, no signature could be tried
        assert result.verdict in {Verdict.NOT_GENUINE, Verdict.UNFINISHED}
        assert result.entries[0].credential is None
        assert result.share is None, "and no receipt is made for a share that it only names"
    for broken in (good + "0", good[:-1], good.replace("#1", "#2"), good.replace("#1", "#"), good + "x"):
        assert by_address(town, broken).verdict is Verdict.UNFINISHED


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_another_site_is_refused_and_an_address_alone_is_looked_up(town: Town) -> None:
    code = town.shared(town.issued())
    good = printed(town, code)
    for bad in (good.replace("localhost", "elsewhere.example"), good.replace("http:", "ftp:"), "hello"):
        with pytest.raises(OtherSite):
            by_address(town, bad)
    result = by_address(town, good.partition("#")[0])
    assert (result.verdict, result.source) == (Verdict.CURRENT, Source.CODE)


def test_under_the_code_of_another_share_it_is_not_genuine_and_a_person_is_told(town: Town) -> None:
    first = town.shared(town.issued())
    good = printed(town, first)
    second = town.shared(town.issued())
    with capture_logs() as logs:
        result = by_address(town, good.replace(first, second))
    assert (result.verdict, result.entries[0].credential, result.share) == (Verdict.NOT_GENUINE, None, None)
    assert outcomes(result)["own record"] is Outcome.FAILED
    assert [line["event"] for line in logs] == [ALARM]
    assert "Amara" not in str(logs)


def test_what_was_signed_with_our_key_and_not_by_us_is_not_genuine(town: Town) -> None:
    """A thief of the key: the signature holds, and our record knows nothing of it."""
    code = town.shared(town.issued())
    job_queue.make_codes(town.runtime)
    with town.transaction() as session:
        kept = session.query(SharedCredential).one()
        real, kid = read(kept.compact or b""), kept.kid
    forged = write(replace(real.contents, level=4), town.runtime.keys.signer(kid or ""))
    with capture_logs() as logs:
        result = by_address(town, address.write(URL, code, forged))
    assert (result.verdict, result.entries[0].credential) == (Verdict.NOT_GENUINE, None)
    assert [line["event"] for line in logs] == [ALARM]


def test_signed_by_a_key_that_no_one_knows(town: Town) -> None:
    code = town.shared(town.issued())
    printed(town, code)
    with town.transaction() as session:
        real = read(session.query(SharedCredential).one().compact or b"")
    stranger = write(real.contents, generate(Role.ISSUE))
    result = by_address(town, address.write(URL, code, stranger))
    assert (result.verdict, result.entries[0].credential) == (Verdict.UNKNOWN_ISSUER, None)
    assert outcomes(result)["signature"] is Outcome.NOT_CHECKED


def test_withdrawn_stopped_unknown_and_erased_on_paper(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    good = printed(town, code)
    withdraw(town, entry)
    result = by_address(town, good)
    assert (result.verdict, outcomes(result)["own record"]) == (Verdict.WITHDRAWN, Outcome.PASSED)
    with town.transaction() as session:
        session.query(Credential).one().state = CredentialState.ERASED
    erased, unknown = by_address(town, good), by_address(town, good.replace(code, share_code.new()))
    assert (erased.verdict, erased.entries, unknown.verdict) == (
        Verdict.UNKNOWN_CODE,
        (),
        Verdict.UNKNOWN_CODE,
    )
    second = town.issued()
    code = town.shared(second)
    good = printed(town, code)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        shares.stop(session, amara, shares.mine(session, amara)[0].reference, town.clock())
    before = by_address(town, good)
    job_queue.publish_due(town.runtime)
    after = by_address(town, good)
    assert [(one.verdict, one.entries) for one in (before, after)] == [(Verdict.SHARING_ENDED, ())] * 2


def test_of_a_suspended_key_our_record_makes_it_on_hold_for_us(town: Town) -> None:
    code = town.shared(town.issued())
    good, file, token = printed(town, code), document(town), document(town, token=True)
    with town.transaction() as session:
        kid = session.query(Credential).one().kid
        keys.suspend(session, kid, town.clock(), ["one"])
        from passport.services.programmes import issuers

        issuers.sign_registry(session, town.runtime.keys, URL, False, town.clock())
    town.publish_all()
    assert by_address(town, good).verdict is Verdict.ON_HOLD
    assert [by_document(town, data).verdict for data in (file, token)] == [Verdict.ON_HOLD, Verdict.ON_HOLD]
    with town.transaction() as session:
        session.query(Credential).one().state = CredentialState.ERASED
    assert by_document(town, file).verdict is Verdict.UNFINISHED, "nobody else can tell what it signed before"


def test_nothing_is_judged_without_our_published_files(town: Town) -> None:
    code = town.shared(town.issued())
    good, file = printed(town, code), document(town)
    (town.runtime.public.directory / "bundle.json").unlink()
    for result in (by_address(town, good), by_document(town, file)):
        assert (result.verdict, result.entries[0].credential) == (Verdict.UNFINISHED, None)
        assert set(outcomes(result).values()) == {Outcome.NOT_CHECKED}


@pytest.mark.parametrize("token", [False, True])
def test_a_badge_file_of_ours(token: bool, town: Town) -> None:
    entry = town.issued()
    data = document(town, token)
    result = by_document(town, data)
    assert (result.verdict, result.source, result.code, result.share) == (
        Verdict.CURRENT,
        Source.FILE,
        "",
        None,
    )
    assert result.entries[0].credential is not None
    assert outcomes(result)["own record"] is Outcome.PASSED
    withdraw(town, entry)
    assert by_document(town, data).verdict is Verdict.WITHDRAWN
    with town.transaction() as session:
        session.query(Credential).one().state = CredentialState.ERASED
    erased = by_document(town, data)
    assert (erased.verdict, erased.entries[0].credential, erased.entries[0].checks) == (
        Verdict.UNKNOWN_CODE,
        None,
        (),
    )


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_same_badge_written_with_other_spaces_is_the_same(town: Town) -> None:
    town.issued()
    assert (
        by_document(town, json.dumps(json.loads(document(town)), indent=3).encode()).verdict
        is Verdict.CURRENT
    )


def test_a_badge_file_that_our_record_does_not_know_or_knows_otherwise(town: Town) -> None:
    town.issued()
    data = document(town)
    with town.transaction() as session:
        row = session.query(Credential).one()
        row.document = (row.document or b"").replace(b"On my own", b"Guiding others")
    with capture_logs() as logs:
        assert by_document(town, data).verdict is Verdict.NOT_GENUINE
    with town.transaction() as session:
        session.query(Credential).one().urn = "urn:uuid:00000000-0000-4000-8000-000000000000"
    with capture_logs() as more:
        assert by_document(town, data).verdict is Verdict.NOT_GENUINE
    assert [line["event"] for line in logs + more] == [ALARM, ALARM]


@pytest.mark.parametrize("old_lists", [False, True])
def test_what_our_record_knows_otherwise_is_not_genuine_with_old_lists_too(
    old_lists: bool, town: Town
) -> None:
    town.issued()
    data = document(town)
    with town.transaction() as session:
        row = session.query(Credential).one()
        row.document = (row.document or b"").replace(b"On my own", b"Guiding others")
    town.clock.forward(hours=25 * old_lists)
    with capture_logs() as logs:
        result = by_document(town, data)
    assert (result.verdict, result.entries[0].credential) == (Verdict.NOT_GENUINE, None)
    assert [line["event"] for line in logs] == [ALARM]
    altered = by_document(town, data.replace(b"Amara", b"Clara"))
    assert altered.verdict is Verdict.NOT_GENUINE


def test_with_old_lists_an_entry_of_our_record_and_an_unknown_one_are_not_finished(town: Town) -> None:
    town.issued()
    data = document(town)
    town.clock.forward(hours=25)
    assert by_document(town, data).verdict is Verdict.UNFINISHED
    with town.transaction() as session:
        session.query(Credential).one().state = CredentialState.ERASED
    assert by_document(town, data).verdict is Verdict.UNFINISHED, "it may have been erased"


def test_an_entry_is_unknown_from_its_erasure_on_and_not_only_when_the_lists_say_so(town: Town) -> None:
    town.issued()
    with town.transaction() as session:
        session.query(Credential).one().state = CredentialState.ERASED
    with capture_logs() as logs:
        erased = by_document(town, document(town))
    assert (erased.verdict, erased.entries[0].credential, erased.entries[0].checks) == (
        Verdict.UNKNOWN_CODE,
        None,
        (),
    )
    assert not logs


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_badge_file_that_is_altered_or_none(town: Town) -> None:
    town.issued()
    result = by_document(town, document(town).replace(b"Amara", b"Clara"))
    assert (result.verdict, result.entries[0].credential) == (Verdict.NOT_GENUINE, None)
    for other, kind in ((b"{}", Kind.JSON), (b"x", Kind.OTHER)):
        with pytest.raises(NotACredential) as caught:
            by_document(town, other)
        assert caught.value.kind is kind


def strangers(name: str = "Made in Faketown") -> bytes:
    """A badge by a person with a key of their own, which stands in their name."""
    document = json.loads(SAMPLE.read_bytes())
    del document["proof"]
    signer = generate(Role.ISSUE)
    key = to_multibase(signer.public_key)
    document["issuer"] = {"id": f"did:key:{key}", "type": ["Profile"], "name": name}
    options = proof_options(f"did:key:{key}#{key}", NOW)
    return json.dumps(add_proof(document, options, signer)).encode()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_strangers_badge_claims_something_only_where_its_signature_held(town: Town) -> None:
    result = by_document(town, strangers())
    [entry] = result.entries
    assert (result.verdict, entry.credential) == (Verdict.UNKNOWN_ISSUER, None)
    assert entry.claim is not None
    assert (entry.claim.issuer, entry.claim.achievement) == ("Made in Faketown", "Teamwork")
    unknown = by_document(town, SAMPLE.read_bytes())
    assert (unknown.verdict, unknown.entries[0].claim) == (Verdict.UNKNOWN_ISSUER, None)
    altered = by_document(town, strangers().replace(b"Faketown", b"Brindlemoor"))
    assert (altered.verdict, altered.entries[0].claim) == (Verdict.NOT_GENUINE, None)
    hidden = by_document(town, strangers("Made\u202e in " + "x" * 400)).entries[0].claim
    assert hidden is not None
    assert hidden.issuer == "Made in " + "x" * 192


def several(town: Town, found: Found) -> uploads.Several:
    """The check of all that was found."""
    with town.runtime.database.reading() as session:
        return uploads.check_all(session, town.published(), found, town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_of_several_the_worst_is_the_heading_and_each_is_counted(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    good, file = printed(town, code), document(town)
    other = town.shared(town.issued())
    withdraw(town, entry)
    found = several(
        town,
        Found(
            codes=(code, other, share_code.new()), documents=(strangers(),), fragments=(good,), others=("x",)
        ),
    )
    assert [one.verdict for one in found.results] == [
        Verdict.UNKNOWN_ISSUER,
        Verdict.WITHDRAWN,
        Verdict.CURRENT,
        Verdict.UNKNOWN_CODE,
    ]
    assert found.verdict is Verdict.WITHDRAWN
    assert found.counts == {
        Verdict.UNKNOWN_ISSUER: 1,
        Verdict.WITHDRAWN: 1,
        Verdict.CURRENT: 1,
        Verdict.UNKNOWN_CODE: 1,
    }
    assert found.others == ("x",)
    with_another = several(town, Found(documents=(file, b"{}")))
    assert (with_another.verdict, with_another.kinds) == (Verdict.WITHDRAWN, (Kind.JSON,))
    elsewhere = several(town, Found(fragments=(good.replace("localhost", "elsewhere.example"),)))
    assert (elsewhere.results, len(elsewhere.others)) == ((), 1)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_more_than_twenty_are_too_many_for_a_page(town: Town) -> None:
    codes = tuple(share_code.new() for _one in range(uploads.MOST))
    assert len(several(town, Found(codes=codes)).results) == uploads.MOST
    with pytest.raises(uploads.TooMany):
        several(town, Found(codes=(*codes, share_code.new())))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_with_old_lists_it_is_not_finished_and_past_its_last_day_it_is_over(town: Town) -> None:
    code = town.shared(town.issued())
    good = printed(town, code)
    town.clock.forward(hours=25)
    result = by_address(town, good)
    assert (result.verdict, result.entries[0].credential) == (Verdict.UNFINISHED, None)
    town.clock.forward(days=365)
    job_queue.publish_due(town.runtime)
    assert by_address(town, good).verdict is Verdict.SHARING_ENDED
