"""`recover` after a restored backup: what was published stays, and no position is given out twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from passport import cli
from passport.cli import recover as recover_command
from passport.db.core.audit import records
from passport.db.core.recoveries import KeptBit, Recovery
from passport.db.credentials.records import Credential, CredentialState, StatusList, StatusPosition
from passport.db.programmes.issuers import newest_registry
from passport.db.sharing.shares import SharedCredential
from passport.jobs import nightly
from passport.jobs import queue as job_queue
from passport.services.core import audit
from passport.services.core.recovery import Finding, Problem
from passport.services.credentials import corrections, lifecycle
from passport.services.programmes import issuers
from passport.services.sharing import shares
from passport.services.trust import anchors, recovering
from passport.verifier import Verdict
from tests.cli.test_life_of_a_key import Run
from tests.equal import REWRITABLE, rewritten
from tests.fixtures.towns import Town
from tests.services.checking import test_handed_in as handed_in
from tests.services.trust.test_restored import (
    Backup,
    found,
    hold,
    place,
    published,
    start,
    verdict,
    withdraw,
)

ANN, BO = ("--by", "Ann Example"), ("--by", "Bo Sample")


@pytest.fixture
def recover(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`recover` on the town, at the town's time; gives its exit code and what it said."""
    settings = town.runtime.settings
    monkeypatch.setenv("PASSPORT_INSTANCE", str(settings.instance))
    monkeypatch.setenv("PASSPORT_PUBLIC_URL", settings.public_url)
    monkeypatch.setenv("PASSPORT_DATABASE_URL", settings.database)
    monkeypatch.setattr(recover_command, "utc_now", town.clock)

    def command(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["recover", *words])
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def backup(town: Town, tmp_path: Path) -> Callable[[], Backup]:
    """`backup()` copies the database."""
    return lambda: Backup(town, tmp_path)


def state(town: Town, entry: str) -> CredentialState:
    with town.transaction() as session:
        return session.query(Credential).filter_by(reference=entry).one().state


def stop(town: Town, code: str) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        [share] = [one for one in shares.mine(session, amara) if one.code == code]
        shares.stop(session, amara, share.reference, town.clock())
    job_queue.publish_due(town.runtime)


def positions(town: Town) -> list[tuple[int, int]]:
    with town.transaction() as session:
        return [(one.list_number, one.position) for one in session.query(StatusPosition)]


def test_every_change_after_the_backup_is_recorded_and_the_lists_are_closed(
    town: Town, recover: Run, backup: Callable[[], Backup]
) -> None:
    gone, held, stopped = town.issued(), town.issued(), town.issued()
    gone_code, stopped_code = town.shared(gone), town.shared(stopped)
    town.endorsed(town.sent())
    last_night = backup()
    town.clock.forward(hours=2)
    job_queue.run_due(town.runtime)
    lost = handed_in.document(town)
    lost_entry = json.loads(lost)["credentialStatus"]["id"]
    lost_place = int(lost_entry.rpartition("#")[2])
    withdraw(town, gone)
    hold(town, held)
    stop(town, stopped_code)
    with town.transaction() as session:
        newest = session.query(Credential).order_by(Credential.id.desc()).first()
        assert newest is not None
        reference = newest.reference
    withdraw(town, reference)
    before = published(town)
    last_night.restore()
    start(town)
    town.clock.forward(minutes=1)
    code, said, complaints = recover()
    assert (code, complaints) == (0, ""), said
    assert "1 withdrawn again" in said
    assert "1 put on hold again" in said
    assert "1 stopped again" in said
    assert (state(town, gone), state(town, held)) == (CredentialState.WITHDRAWN, CredentialState.ON_HOLD)
    assert (verdict(town, gone_code), verdict(town, stopped_code)) == (
        Verdict.WITHDRAWN,
        Verdict.SHARING_ENDED,
    )
    after = published(town)
    assert all(after.bit(one) for one in range(131_072) if before.bit(one)), "nothing shrinks"
    assert found(town) == set()
    assert handed_in.by_document(town, lost).verdict is not Verdict.NOT_GENUINE
    # the endorsement is issued again, in a new list: its old position is never given out
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        lists = {one.number: one.closed_at for one in session.query(StatusList)}
        assert [number for number, closed in lists.items() if closed is None] == [2]
        assert session.query(Credential).filter_by(position_id=None).count() == 0
        newest = session.query(Credential).order_by(Credential.id.desc()).first()
        assert newest is not None
        assert newest.position.list_number == 2
        assert newest.state is CredentialState.ON_HOLD, "it was withdrawn before the restore"
        assert audit.broken_at(session) is None
    assert (1, lost_place) in positions(town), "its position is taken for good"
    newer_code = town.shared(stopped)
    with town.transaction() as session:
        shared = session.query(SharedCredential).order_by(SharedCredential.share_id.desc()).first()
        assert shared is not None
        assert shared.position is None, "a closed list has no position for a share"
    assert verdict(town, newer_code) is Verdict.CURRENT
    assert recover() == (0, "No recovery is open: the published files and the database say the same.\n", "")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_two_restores_in_a_row_and_one_of_three_backups_ago(
    town: Town, recover: Run, backup: Callable[[], Backup]
) -> None:
    entries = [town.issued() for _ in range(3)]
    taken, backups = [place(town, entry) for entry in entries], []
    for entry in entries:
        backups.append(backup())
        town.clock.forward(hours=20)
        withdraw(town, entry)
    for number, restored in enumerate((backups[0], backups[2], backups[0]), 2):
        town.clock.forward(minutes=1)
        restored.restore()
        start(town)
        assert recover()[0] == 0
        assert all(published(town).bit(position) for position in taken)
        assert {state(town, entry) for entry in entries} == {CredentialState.WITHDRAWN}
        fresh = town.issued()
        with town.transaction() as session:
            assert (
                lifecycle.own(session, town.account(session, "amara"), fresh).position.list_number == number
            )
        job_queue.publish_due(town.runtime)
    assert len(set(positions(town))) == len(positions(town))


@pytest.mark.parametrize(
    "step", ["erase_again", "add_list", "record_status", "close_lists", "close", "begin_publication"]
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_killed_between_two_steps_and_run_again_it_ends_the_same(
    town: Town,
    recover: Run,
    backup: Callable[[], Backup],
    step: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = town.issued(), town.issued()
    last_night = backup()
    town.clock.forward(hours=2)
    for entry in (first, second):
        withdraw(town, entry)
    last_night.restore()
    start(town)

    class Killed(BaseException):
        """The process is killed."""

    module = recovering if hasattr(recovering, step) else None
    target = f"passport.services.trust.recovering.{step}" if module else f"passport.db.core.recoveries.{step}"
    calls = []

    def dies(*_anything: object) -> None:
        calls.append(step)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(target, dies)
        if step in {"erase_again", "add_list"}:  # there is nothing of the kind in this town
            assert recover()[0] == 0
        else:
            with pytest.raises(Killed):
                recover()
            assert calls
    recover()
    assert {state(town, entry) for entry in (first, second)} == {CredentialState.WITHDRAWN}
    assert found(town) == set()
    with town.transaction() as session:
        assert session.query(Recovery).count() == 1
        assert session.query(Recovery).one().closed_at is not None
        assert audit.broken_at(session) is None


def test_what_was_erased_is_erased_again_before_anything_else(
    town: Town, recover: Run, backup: Callable[[], Backup]
) -> None:
    entry = town.issued()
    code = town.shared(entry)
    file, position = handed_in.document(town), place(town, entry)
    last_night = backup()
    town.clock.forward(hours=2)
    with town.transaction() as session:
        row = session.query(Credential).one()
        lifecycle.move(session, row, CredentialState.ERASED, "test", "", town.clock())
    job_queue.publish_due(town.runtime)
    listed = (town.runtime.settings.instance / "erased-entries.txt").read_text()
    assert listed == f"1 {position}\n"
    last_night.restore()
    start(town)
    assert handed_in.by_document(town, file).entries[0].credential is None
    code_, said, _ = recover()
    assert (code_, "1 entries erased again" in said) == (0, True)
    with town.transaction() as session:
        row = session.query(Credential).one()
        assert (row.state, row.document, row.token, row.intent, row.holder_name) == (
            CredentialState.ERASED,
            None,
            None,
            b"",
            "",
        )
    assert verdict(town, code) is Verdict.UNKNOWN_CODE
    assert handed_in.by_document(town, file).verdict is Verdict.UNKNOWN_CODE
    assert published(town).bit(position)


@pytest.mark.parametrize("given", ["folder", "instance", "bundle"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_empty_published_folder_needs_a_copy_or_two_people(
    town: Town, recover: Run, backup: Callable[[], Backup], tmp_path: Path, given: str
) -> None:
    entry = town.issued()
    position, last_night = place(town, entry), backup()
    town.clock.forward(hours=2)
    withdraw(town, entry)
    public = town.runtime.public.directory
    copy = tmp_path / "copy" / "public"
    shutil.copytree(public, copy)
    if given == "bundle":
        shutil.rmtree(copy / "status")
    shutil.rmtree(public)
    last_night.restore()
    start(town)
    code, _, complaints = recover()
    assert (code, "Bring a copy" in complaints) == (1, True)
    assert town.runtime.public.folders("status") == [], "nothing is signed"
    source = copy.parent if given == "instance" else copy
    assert recover("--from", str(source))[0] == 0
    assert published(town).bit(position)
    assert state(town, entry) is CredentialState.WITHDRAWN


@pytest.mark.parametrize("what", ["missing", "unsigned", "older"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_two_people_may_say_that_no_copy_exists(town: Town, recover: Run, what: str) -> None:
    entry = town.issued()
    position, older = place(town, entry), town.runtime.public.read("status/1/revocation") or b""
    town.clock.forward(minutes=20)
    withdraw(town, entry)
    if what == "missing":
        shutil.rmtree(town.runtime.public.directory)
    else:
        town.runtime.public.write("status/1/revocation", b"{}" if what == "unsigned" else older)
    start(town)
    assert recover()[0] == 1
    assert recover("--none-exists", *ANN)[0] == 1
    assert recover("--none-exists", *ANN, *ANN)[0] == 1
    code, said, complaints = recover("--none-exists", *ANN, *BO)
    assert (code, complaints) == (0, ""), said
    assert published(town).bit(position)
    assert found(town) == set()
    with town.transaction() as session:
        stated = [one for one in records(session) if one.action == "recovery.none_exists"]
        assert stated
        assert all("Ann Example" in one.detail for one in stated)


def test_an_entry_issued_after_the_backup_is_taken_back_from_its_file(
    town: Town, recover: Run, backup: Callable[[], Backup], tmp_path: Path
) -> None:
    town.issued()
    town.endorsed(town.sent())
    last_night = backup()
    town.clock.forward(hours=2)
    job_queue.run_due(town.runtime)
    document, token = handed_in.document(town), handed_in.document(town, token=True)
    file, stranger = tmp_path / "entry.json", tmp_path / "token.jwt"
    # as other software writes it again
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(rewritten(json.loads(document), REWRITABLE)).encode())
    stranger.write_bytes(token)
    town.clock.forward(minutes=16)
    job_queue.publish_due(town.runtime)
    last_night.restore()
    start(town)
    assert handed_in.by_document(town, document).verdict is Verdict.UNFINISHED
    code, said, complaints = recover("--entry", str(file), "--entry", str(stranger))
    assert (code, "taken back" in said) == (1, True)
    assert "JSON file" in complaints
    assert handed_in.document(town) == document, "as it was issued"
    assert handed_in.document(town, token=True) == token
    for data in (document, token):
        assert handed_in.by_document(town, data).verdict is Verdict.CURRENT
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        kept = lifecycle.mine(session, town.account(session, "amara"))
        assert len(kept) == 2, "not issued twice"
        assert [corrections.said(one).evidence.id for one in kept] == [one.evidence_urn for one in kept]
    code, _, complaints = recover("--entry", str(file))
    assert (code, "The database has this entry" in complaints) == (1, True)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_entry_that_was_erased_after_the_backup_is_not_taken_back(
    town: Town, recover: Run, backup: Callable[[], Backup], tmp_path: Path
) -> None:
    town.issued()
    town.endorsed(town.sent())
    last_night = backup()
    town.clock.forward(hours=2)
    job_queue.run_due(town.runtime)
    file = tmp_path / "entry.json"
    file.write_bytes(handed_in.document(town))
    with town.transaction() as session:
        newest = session.query(Credential).order_by(Credential.id.desc()).first()
        assert newest is not None
        lifecycle.move(session, newest, CredentialState.ERASED, "test", "", town.clock())
    job_queue.publish_due(town.runtime)
    last_night.restore()
    start(town)
    code, _, complaints = recover("--entry", str(file))
    assert (code, "It was erased" in complaints) == (1, True)
    with town.transaction() as session:
        assert session.query(Credential).count() == 1, "nothing of it is kept again"


def test_after_the_recovery_what_was_lost_is_still_no_forgery_and_a_forgery_is(
    town: Town, recover: Run, backup: Callable[[], Backup]
) -> None:
    town.issued()
    last_night = backup()
    town.clock.forward(hours=2)
    town.issued()
    lost = handed_in.document(town)
    town.clock.forward(minutes=16)
    job_queue.publish_due(town.runtime)
    last_night.restore()
    start(town)
    assert recover()[0] == 0
    assert handed_in.by_document(town, lost).verdict is Verdict.UNFINISHED
    town.clock.forward(hours=1)
    town.issued()
    stolen = handed_in.document(town)
    with town.transaction() as session:
        newest = session.query(Credential).order_by(Credential.id.desc()).first()
        assert newest is not None
        newest.urn = "urn:uuid:00000000-0000-4000-8000-000000000000"
    assert handed_in.by_document(town, stolen).verdict is Verdict.NOT_GENUINE


def test_a_newer_registry_and_an_unknown_list_are_taken_over(
    town: Town, recover: Run, backup: Callable[[], Backup]
) -> None:
    before = backup()
    town.issued()
    with town.transaction() as session:
        signed = issuers.sign_registry(
            session, town.runtime.keys, "http://localhost:8000", False, town.clock()
        )
        version = signed.version
    town.publish_all()
    withdraw(town, _only(town))
    bits = published(town)
    before.restore()
    start(town)
    code, said, complaints = recover()
    assert (code, complaints) == (0, ""), said
    with town.transaction() as session:
        newest = newest_registry(session)
        assert newest is not None
        assert newest.version == version
        assert session.query(KeptBit).count() == 1
    after = published(town)
    assert [after.bit(one) for one in range(131_072)] == [bits.bit(one) for one in range(131_072)]
    town.issued()
    with town.transaction() as session:
        assert session.query(Credential).one().position.list_number == 2


def test_a_restore_that_nothing_shows_is_recovered_when_the_operator_says_so(
    town: Town, recover: Run, backup: Callable[[], Backup]
) -> None:
    town.issued()
    just_now = backup()
    lost = town.issued()
    taken = place(town, lost)
    just_now.restore()
    start(town)
    assert found(town) == set()
    assert recover("--restored")[0] == 0
    town.issued()
    assert {number for number, _ in positions(town)} == {1, 2}
    assert (1, taken) not in positions(town)


def _only(town: Town) -> str:
    with town.transaction() as session:
        return session.query(Credential).one().reference


def audited(town: Town) -> list[str]:
    """What the audit says of the anchors."""
    files = anchors.files(town.runtime.public)
    with town.runtime.database.reading() as session:
        return anchors.problems(session, files)


def newest_anchor(town: Town) -> bytes | None:
    return town.runtime.public.read(anchors.NEWEST)


def test_an_anchor_that_the_restored_trail_lost_opens_a_recovery_which_lets_it_go(
    town: Town, recover: Run, backup: Callable[[], Backup], capsys: pytest.CaptureFixture[str]
) -> None:
    town.issued()
    nightly.anchor(town.runtime)
    last_night = backup()
    town.sent()
    nightly.anchor(town.runtime)
    lost = newest_anchor(town)
    last_night.restore()
    start(town)
    assert found(town) == {Finding(Problem.ANCHOR_NEWER, anchors.NEWEST)}
    nightly.anchor(town.runtime)
    assert newest_anchor(town) == lost, "nothing is anchored while it is open"
    code, said, complaints = recover()
    assert (code, complaints) == (0, ""), said
    assert "Anchors of records that were lost with the restore: 1" in said
    assert audited(town) == []
    nightly.anchor(town.runtime)
    assert newest_anchor(town) != lost
    assert audited(town) == []
    assert cli.main(["audit"]) == 0
    assert "A restore on 2026-03-14 lost what these anchors are of" in capsys.readouterr().out
    start(town)
    assert found(town) == set()


def test_what_a_recovery_lets_go_is_exactly_what_was_published_then(
    town: Town, recover: Run, backup: Callable[[], Backup]
) -> None:
    last_night = backup()
    town.issued()
    nightly.anchor(town.runtime)
    town.sent()
    nightly.anchor(town.runtime)
    other = newest_anchor(town) or b""
    [first, second] = sorted(anchors.files(town.runtime.public))
    town.runtime.public.remove(second)
    town.runtime.public.write(anchors.NEWEST, town.runtime.public.read(first) or b"")
    last_night.restore()
    start(town)
    assert recover()[0] == 0
    assert audited(town) == []
    town.runtime.public.write(second, other)
    assert len(audited(town)) == 1, "it came after the recovery"
    town.runtime.public.write(second, town.runtime.public.read(first) or b"")
    [problem] = audited(town)
    assert "another than its name says" in problem


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_anchors_that_are_missing_come_from_a_copy_or_two_people_let_them_go(
    town: Town, recover: Run, tmp_path: Path
) -> None:
    nightly.anchor(town.runtime)
    public, copy = town.runtime.public.directory, tmp_path / "copy"
    shutil.copytree(public, copy)
    shutil.rmtree(public / anchors.FOLDER)
    (public / anchors.NEWEST).unlink()
    complaints = recover("--restored")[2]
    assert "was published and is missing" in complaints
    assert len(audited(town)) == 1
    assert recover("--restored", "--from", str(copy))[0] == 0
    assert audited(town) == []
    shutil.rmtree(public / anchors.FOLDER)
    assert recover("--restored", "--none-exists", *ANN)[0] == 1
    assert len(audited(town)) == 1
    assert recover("--none-exists", *ANN, *BO)[0] == 0
    assert audited(town) == []
    nightly.anchor(town.runtime)
    assert newest_anchor(town) is not None
