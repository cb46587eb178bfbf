"""A code becomes a verdict from the published files and the signed bytes alone."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.programmes.issuers import all_keys
from passport.demo.codes import spoil
from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from passport.proofs.keys import Role
from passport.proofs.signing import generate
from passport.services.checking import checks
from passport.services.checking.checks import Result
from passport.services.core.errors import NotFound
from passport.services.credentials import lifecycle
from passport.services.programmes import issuers
from passport.services.sharing import shares
from passport.verifier import Outcome, Verdict
from tests.fixtures.towns import Town

URL = "http://localhost:8000"
BUNDLE = "bundle.json"


def check(town: Town, typed: str) -> Result:
    """Anybody's check, which writes nothing."""
    with town.runtime.database.reading() as session:
        return checks.by_code(session, town.published(), typed, town.clock())


def row(session: Session, reference: str) -> Credential:
    """An entry's row."""
    return session.query(Credential).filter_by(reference=reference).one()


def withdraw(town: Town, entry: str) -> None:
    """Amara withdraws, and the list is written."""
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)


def shown(result: Result) -> set[str | None]:
    """Whose names the result gives away."""
    return {entry.credential.holder_name if entry.credential else None for entry in result.entries}


def test_genuine_and_current_with_every_check_listed(town: Town) -> None:
    code = town.shared(town.issued())
    for typed in (code, share_code.pretty(code).lower(), f"  {code[2:8]} {code[8:]} "):
        result = check(town, typed)
        assert (result.verdict, result.code, result.typed) == (
            Verdict.CURRENT,
            share_code.pretty(code),
            typed,
        )
    [entry] = result.entries
    outcomes = {one.name: one.outcome for one in entry.checks}
    assert outcomes.pop("public log") is Outcome.NOT_CHECKED
    assert set(outcomes.values()) == {Outcome.PASSED}
    assert result.counts == {Verdict.CURRENT: 1}
    town.clock.forward(minutes=3)
    assert check(town, code).status_age == timedelta(minutes=3)


def test_withdrawn(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    withdraw(town, entry)
    result = check(town, code)
    assert (result.verdict, shown(result)) == (Verdict.WITHDRAWN, {"Amara Demoson"})


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_past_its_review_date_and_then_also_withdrawn(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "amara").programme.review_months = 1
    entry = town.issued()
    code = town.shared(entry)
    town.clock.forward(days=32)
    job_queue.publish_due(town.runtime)
    assert check(town, code).verdict is Verdict.PAST_REVIEW
    withdraw(town, entry)
    assert check(town, code).verdict is Verdict.WITHDRAWN


def test_changed_behind_our_back_shows_nothing_and_is_logged_without_a_name(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    with town.transaction() as session:
        stored = row(session, entry)
        assert stored.document is not None
        stored.document = stored.document.replace(b"On my own", b"Guiding others")
    with capture_logs() as logs:
        result = check(town, code)
    assert (result.verdict, shown(result), result.status_age) == (Verdict.NOT_GENUINE, {None}, None)
    assert [line["credential"] for line in logs] == [entry]
    assert "Amara" not in str(logs)
    with town.transaction() as session:
        row(session, entry).document = None
    lost = check(town, code)
    assert (lost.verdict, shown(lost)) == (Verdict.UNFINISHED, {None}), (
        "there is nothing to accuse its holder of"
    )


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_demos_spoiling_makes_an_entry_not_genuine(town: Town) -> None:
    town.endorsed(town.sent(level=2), level=2)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        [stored] = lifecycle.mine(session, town.account(session, "amara"))
        code_of = stored.reference
        spoil(stored)
    assert check(town, town.shared(code_of)).verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_bundle_that_is_missing_or_broken_leaves_every_check_unfinished(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    file = town.runtime.public.directory / BUNDLE
    good = file.read_bytes()
    document = json.loads(good)
    other_list = document | {"statusLists": {}}
    later = {url: one | {"validFrom": "2026-03-14T15:01:00Z"} for url, one in document["statusLists"].items()}
    forged = document | {"statusLists": later}
    for bad in (b"", b"{}", b"[]", b"\xff\xfe", good[:-1], good[: len(good) // 2], good + good):
        file.write_bytes(bad)
        result = check(town, code)
        assert (result.verdict, shown(result)) == (Verdict.UNFINISHED, {None})
        assert all(one.outcome is not Outcome.PASSED for one in result.entries[0].checks)
    for bad_parts in (other_list, forged, document | {"registry": {}}):
        file.write_bytes(json.dumps(bad_parts).encode())
        assert (check(town, code).verdict, shown(check(town, code))) == (Verdict.UNFINISHED, {None})
    file.unlink()
    assert check(town, code).verdict is Verdict.UNFINISHED
    file.mkdir()
    assert check(town, code).verdict is Verdict.UNFINISHED
    file.rmdir()
    file.write_bytes(good)
    assert check(town, code).verdict is Verdict.CURRENT


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_registry_signed_by_another_root_key_is_not_believed(town: Town, tmp_path: Path) -> None:
    """A person who can write into the public folder, but has not our root key, makes nothing pass."""
    code = town.shared(town.issued())
    stranger = generate(Role.ROOT)
    with town.transaction() as session:
        root = next(key for key in all_keys(session) if key.role == "root")
        ours = (root.kid, root.public_key)
        root.kid, root.public_key = stranger.kid, stranger.public_key
        session.flush()
        ring = type(town.runtime.keys)([*town.runtime.keys, stranger])
        forged = issuers.sign_registry(session, ring, URL, False, town.clock()).signed
        root.kid, root.public_key = ours
    bundle = json.loads(town.runtime.public.read("bundle.json") or b"")
    forged_bundle = json.dumps(bundle | {"registry": json.loads(forged)}).encode()
    town.runtime.public.write("bundle.json", forged_bundle)
    result = check(town, code)
    assert (result.verdict, shown(result)) == (Verdict.UNFINISHED, {None})


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_database_without_a_root_key_believes_no_registry(town: Town) -> None:
    code = town.shared(town.issued())
    with town.transaction() as session:
        session.delete(next(key for key in all_keys(session) if key.role == "root"))
    assert check(town, code).verdict is Verdict.UNFINISHED


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_registry_out_of_date_leaves_the_check_unfinished(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        reference = shares.draft(session, amara, [entry], at).reference
        shares.address_it(session, amara, reference, "x", at.date() + timedelta(days=700), at)
        code = shares.activate(session, amara, reference, at).code or ""
    town.clock.forward(days=397)
    job_queue.publish_due(town.runtime)
    assert check(town, code).verdict is Verdict.UNFINISHED


def test_an_unknown_and_an_erased_code_get_the_same_answer(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    with town.transaction() as session:
        row(session, entry).state = CredentialState.ERASED
    unknown = share_code.new()
    answers = [check(town, typed) for typed in (code, unknown)]
    for typed, answer in zip((code, unknown), answers, strict=True):
        assert answer == Result(Verdict.UNKNOWN_CODE, typed, town.clock(), code=share_code.pretty(typed))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_cannot_be_a_code_gets_a_hint_to_look_again(town: Town) -> None:
    code = town.shared(town.issued())
    wrong = code[:-1] + next(sign for sign in share_code.ALPHABET if sign != code[-1])
    swapped = "SP4F7K9QXM2TW9".replace("9Q", "Q9")
    for typed in (
        wrong,
        swapped,
        code[:-1],
        code + "2",
        "",
        "\x00",
        "<script>alert(1)</script>",
        "é" * 10_000,
    ):
        result = check(town, typed)
        assert (result.verdict, result.typed) == (Verdict.UNKNOWN_CODE, typed)
        assert result.hint == "check-what-you-typed"
        assert result.entries == ()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_share_that_ended_or_ran_out_shows_nothing(town: Town) -> None:
    entry = town.issued()
    codes = [town.shared(entry), town.shared(entry)]
    with town.transaction() as session:
        amara = town.account(session, "amara")
        stopped = next(one for one in shares.mine(session, amara) if one.code == codes[0])
        shares.stop(session, amara, stopped.reference, town.clock())
    assert [check(town, code).verdict for code in codes] == [Verdict.SHARING_ENDED, Verdict.CURRENT]
    town.clock.forward(days=366)
    job_queue.publish_due(town.runtime)
    ended = check(town, codes[1])
    assert (ended.verdict, ended.entries, ended.hint) == (Verdict.SHARING_ENDED, (), None)


def test_several_entries_are_counted_and_the_worst_gives_the_heading(town: Town) -> None:
    entries = [town.issued() for _one in range(4)]
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        reference = shares.draft(session, amara, entries, at).reference
        shares.address_it(session, amara, reference, "x", shares.usual_end(at), at)
        code = shares.activate(session, amara, reference, at).code or ""
    assert check(town, code).counts == {Verdict.CURRENT: 4}
    withdraw(town, entries[0])
    result = check(town, code)
    assert (result.verdict, result.counts) == (Verdict.WITHDRAWN, {Verdict.CURRENT: 3, Verdict.WITHDRAWN: 1})
    with town.transaction() as session:
        stored = row(session, entries[1])
        stored.document = (stored.document or b"").replace(b"Amara", b"Clara")
    result = check(town, code)
    assert result.verdict is Verdict.NOT_GENUINE
    assert result.counts == {Verdict.CURRENT: 2, Verdict.WITHDRAWN: 1, Verdict.NOT_GENUINE: 1}
    assert shown(result) == {"Amara Demoson", None}
    town.clock.forward(hours=25)
    assert check(town, code).counts == {Verdict.UNFINISHED: 3, Verdict.NOT_GENUINE: 1}


def test_a_draft_is_seen_by_its_student_alone(town: Town) -> None:
    entry = town.issued()
    with town.transaction() as session:
        amara, kit, at = town.account(session, "amara"), town.account(session, "kit"), town.clock()
        share = shares.draft(session, amara, [entry], at)
        seen = checks.preview(session, town.published(), amara, share.reference, at)
        assert (seen.verdict, seen.code, shown(seen)) == (Verdict.CURRENT, "", {"Amara Demoson"})
        with pytest.raises(NotFound):
            checks.preview(session, town.published(), kit, share.reference, at)
        assert share.code is None
        assert check_in(session, town, share.reference).verdict is Verdict.UNKNOWN_CODE


def check_in(session: Session, town: Town, typed: str) -> Result:
    """A check in a transaction that is open already."""
    return checks.by_code(session, town.published(), typed, town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_newer_bundle_is_used_as_soon_as_it_is_there(town: Town) -> None:
    """The kept bundle belongs to its bytes: a withdrawal is seen by the very next check."""
    entry = town.issued()
    code = town.shared(entry)
    assert check(town, code).verdict is Verdict.CURRENT
    withdraw(town, entry)
    assert check(town, code).verdict is Verdict.WITHDRAWN
