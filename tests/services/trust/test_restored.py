"""A restored backup: nothing that was withdrawn comes back, and what is published never shrinks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from passport.db import Database
from passport.db.core.recoveries import Publication
from passport.db.credentials.records import Credential, StatusList
from passport.jobs import queue as job_queue
from passport.openbadges import status_list
from passport.proofs.data_integrity import add_proof, proof_options
from passport.proofs.keys import Role
from passport.proofs.signing import generate
from passport.services.checking import checks, shown_contents
from passport.services.core import audit, recovery
from passport.services.core.errors import IssuingClosed, Refused
from passport.services.core.recovery import Finding, Problem
from passport.services.credentials import holds, lifecycle
from passport.services.programmes import issuers
from passport.services.sharing import shares
from passport.verifier import Verdict
from tests.fixtures.towns import Town
from tests.services.checking import test_handed_in as handed_in

REVOCATION, SUSPENSION = "status/1/revocation", "status/1/suspension"
WHY = "The register of that day says something else."


class Backup:
    """A copy of the town's database, as an operator's dump has it."""

    def __init__(self, town: Town, folder: Path) -> None:
        """Copy every row now."""
        self._database = town.runtime.database
        self._rows = _all_rows(self._database)
        self._file = folder

    def restore(self) -> None:
        """Put every row back as it was; the instance folder stays."""
        _put_back(self._database, self._rows)


def _all_rows(database: Database) -> dict[str, list[dict[str, object]]]:
    from passport.db import Base

    with database.engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(table.select())]
            for table in Base.metadata.sorted_tables
        }


def _put_back(database: Database, rows: dict[str, list[dict[str, object]]]) -> None:
    from passport.db import Base

    with database.migrating() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        for table in Base.metadata.sorted_tables:
            if rows[table.name]:
                connection.execute(table.insert(), rows[table.name])
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = origin")


@pytest.fixture
def backup(town: Town, tmp_path: Path) -> Callable[[], Backup]:
    """`backup()` copies the database."""
    return lambda: Backup(town, tmp_path)


def withdraw(town: Town, entry: str) -> None:
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)


def start(town: Town) -> None:
    """What a service does when it starts: the jobs publish everything."""
    job_queue.publish_all(town.runtime)


def place(town: Town, entry: str) -> int:
    with town.transaction() as session:
        return lifecycle.own(session, town.account(session, "amara"), entry).position.position


def published(town: Town, name: str = REVOCATION) -> status_list.StatusList:
    return status_list.read(json.loads(town.runtime.public.read(name) or b"{}"))


def verdict(town: Town, code: str) -> Verdict:
    with town.transaction() as session:
        return checks.by_code(session, town.published(), code, town.clock()).verdict


def found(town: Town) -> set[Finding]:
    """Why a recovery is open; nothing while none is."""
    with town.transaction() as session:
        return recovery.noted(session)


def problems(town: Town) -> set[Problem]:
    return {finding.problem for finding in found(town)}


def test_what_was_withdrawn_after_the_backup_stays_withdrawn_and_the_restore_is_noticed(
    town: Town, backup: Callable[[], Backup]
) -> None:
    entry = town.issued()
    code, position = town.shared(entry), place(town, entry)
    last_night = backup()
    town.clock.forward(hours=9)
    withdraw(town, entry)
    assert verdict(town, code) is Verdict.WITHDRAWN
    last_night.restore()
    town.clock.forward(minutes=1)
    start(town)
    assert verdict(town, code) is Verdict.WITHDRAWN
    assert published(town).bit(position)
    assert problems(town) == {Problem.LIST_NEWER, Problem.LIST_SAYS_MORE}
    assert Finding(Problem.LIST_SAYS_MORE, SUSPENSION) not in found(town), "the withdrawal explains its bit"
    town.clock.forward(minutes=20)
    job_queue.publish_due(town.runtime)
    assert published(town).valid_from == town.clock(), "what is renewed keeps every bit"
    assert published(town).bit(position)
    assert published(town, SUSPENSION).bit(position)
    with town.transaction() as session:
        assert audit.broken_at(session) is None


def test_while_a_recovery_is_open_nothing_is_issued_and_nothing_is_shared(
    town: Town, backup: Callable[[], Backup]
) -> None:
    entry = town.issued()
    due, waiting = town.sent(), town.sent()
    town.endorsed(due)
    last_night = backup()
    town.clock.forward(hours=1)
    job_queue.publish_all(town.runtime)
    last_night.restore()
    start(town)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        account, at = town.account(session, "amara"), town.clock()
        assert [one.reference for one in lifecycle.mine(session, account)] == [entry]
        share = shares.draft(session, account, [entry], at)
        shares.address_it(session, account, share.reference, "A college", shares.usual_end(at), at)
        with pytest.raises(Refused, match="recovery-open"):
            shares.activate(session, account, share.reference, at)
    with pytest.raises(Refused, match="recovery-open"):
        town.endorsed(waiting)
    with town.transaction() as session, pytest.raises(IssuingClosed):
        issuers.sign_registry(session, town.runtime.keys, "http://localhost:8000", False, town.clock())


def test_a_withdrawal_during_a_recovery_is_published(town: Town, backup: Callable[[], Backup]) -> None:
    first, second = town.issued(), town.issued()
    positions = [place(town, first), place(town, second)]
    last_night = backup()
    town.clock.forward(hours=1)
    withdraw(town, first)
    last_night.restore()
    start(town)
    withdraw(town, second)
    assert [published(town).bit(one) for one in positions] == [True, True]


def test_a_hold_comes_back_unless_its_lift_is_newer_than_the_list(
    town: Town, backup: Callable[[], Backup]
) -> None:
    entry = town.issued()
    code = town.shared(entry)
    hold(town, entry)
    lift(town, entry)
    assert (verdict(town, code), found(town)) == (Verdict.CURRENT, set()), "a recorded lift is no restore"
    lifted = backup()
    town.clock.forward(hours=1)
    hold(town, entry)
    lifted.restore()
    start(town)
    assert verdict(town, code) is Verdict.ON_HOLD
    assert Finding(Problem.LIST_SAYS_MORE, SUSPENSION) in found(town)
    for _renewal in range(2):
        town.clock.forward(minutes=30)
        job_queue.publish_due(town.runtime)
        assert verdict(town, code) is Verdict.ON_HOLD, "nor does it go when the list is renewed"
    with town.transaction() as session:
        holds.hold(session, town.account(session, "casey"), entry, "details", WHY, town.clock())
        holds.lift(session, town.account(session, "casey"), entry, WHY, town.clock())
    job_queue.publish_due(town.runtime)
    assert verdict(town, code) is Verdict.CURRENT, "a lift that is recorded after the list counts"


def hold(town: Town, entry: str) -> None:
    with town.transaction() as session:
        holds.hold(session, town.account(session, "casey"), entry, "details", WHY, town.clock())
    job_queue.publish_due(town.runtime)


def lift(town: Town, entry: str) -> None:
    with town.transaction() as session:
        holds.lift(session, town.account(session, "casey"), entry, WHY, town.clock())
    job_queue.publish_due(town.runtime)


def test_a_row_changed_back_by_hand_does_not_shrink_the_list(town: Town) -> None:
    entry = town.issued()
    position = place(town, entry)
    withdraw(town, entry)
    with town.transaction() as session:
        session.query(Credential).update({"state": "issued"})
        session.query(StatusList).update({"changed_at": town.clock()})
    town.clock.forward(minutes=1)
    job_queue.publish_due(town.runtime)
    assert published(town).bit(position)
    assert found(town) == {Finding(Problem.LIST_SAYS_MORE, REVOCATION)}


def test_a_withdrawal_relabelled_by_hand_stays_a_withdrawal(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    withdraw(town, entry)
    with town.transaction() as session:
        session.query(Credential).update({"state": "replaced"})
    town.clock.forward(minutes=20)
    job_queue.publish_due(town.runtime)
    assert verdict(town, code) is Verdict.WITHDRAWN
    assert found(town) == {Finding(Problem.LIST_SAYS_MORE, REVOCATION)}


def test_what_was_issued_after_the_backup_is_asked_for_later_and_is_no_forgery(
    town: Town, backup: Callable[[], Backup]
) -> None:
    old = town.issued()
    last_night = backup()
    town.clock.forward(minutes=5)
    papers = [handed_in.printed(town, town.shared(town.issued()))]
    file, token = handed_in.document(town), handed_in.document(town, token=True)
    papers.append(handed_in.printed(town, town.shared(old)))
    town.clock.forward(minutes=16)
    job_queue.publish_due(town.runtime)
    last_night.restore()
    start(town)
    for data in (file, token):
        result = handed_in.by_document(town, data)
        assert (result.verdict, result.entries[0].credential) == (Verdict.UNFINISHED, None)
    for paper in papers:
        result = handed_in.by_address(town, paper)
        assert (result.verdict, result.entries[0].credential) == (Verdict.UNFINISHED, None)


def test_an_entry_revoked_in_the_list_and_current_in_the_rows_is_shown_without_name_and_skill(
    town: Town, backup: Callable[[], Backup]
) -> None:
    entry = town.issued()
    code = town.shared(entry)
    file, paper = handed_in.document(town), handed_in.printed(town, code)
    last_night = backup()
    town.clock.forward(minutes=5)
    withdraw(town, entry)
    last_night.restore()
    start(town)
    with town.runtime.database.reading() as session:
        results = [
            checks.by_code(session, town.published(), code, town.clock()),
            checks.by_document(session, town.published(), file, town.clock()),
            checks.by_address(session, town.published(), paper, town.clock()),
        ]
    for result in results:
        [checked] = result.entries
        assert (result.verdict, checked.credential, checked.employer) == (Verdict.WITHDRAWN, None, None)
        assert shown_contents.shown(checked) == shown_contents.Shown()


@pytest.mark.parametrize(
    "forgery", ["all bits set by hand", "unsigned", "foreign key", "other list", "no JSON"]
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_list_that_is_not_ours_is_an_alarm_and_neither_used_nor_signed_over(
    town: Town, forgery: str
) -> None:
    code = town.shared(town.issued())
    forged = _forged(town, forgery)
    town.runtime.public.write(REVOCATION, forged)
    town.clock.forward(minutes=20)
    start(town)
    job_queue.publish_due(town.runtime)
    assert town.runtime.public.read(REVOCATION) == forged
    assert found(town) == {Finding(Problem.LIST_UNUSABLE, REVOCATION)}
    assert verdict(town, code) is Verdict.CURRENT, "the bundle keeps the last list that counted"


def _forged(town: Town, forgery: str) -> bytes:
    content = town.runtime.public.read(REVOCATION) or b""
    document = json.loads(content)
    full = status_list.build(
        document["id"], document["issuer"], "revocation", range(status_list.POSITIONS), town.clock()
    )
    unsigned = {name: member for name, member in full.items() if name != "proof"}
    stranger = generate(Role.STATUS)
    method = f"{document['issuer']}#status-{stranger.kid}"
    forgeries: dict[str, Callable[[], bytes]] = {
        "all bits set by hand": lambda: json.dumps(full | {"proof": document["proof"]}).encode(),
        "unsigned": lambda: json.dumps(unsigned).encode(),
        "foreign key": lambda: json.dumps(
            add_proof(unsigned, proof_options(method, town.clock()), stranger)
        ).encode(),
        "other list": lambda: town.runtime.public.read(SUSPENSION) or b"",
        "no JSON": lambda: content[: len(content) // 2],
    }
    return forgeries[forgery]()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_older_list_of_ours_is_an_alarm(town: Town) -> None:
    entry = town.issued()
    older = town.runtime.public.read(REVOCATION) or b""
    town.clock.forward(minutes=20)
    withdraw(town, entry)
    town.runtime.public.write(REVOCATION, older)
    start(town)
    assert town.runtime.public.read(REVOCATION) == older
    assert found(town) == {Finding(Problem.LIST_OLDER, REVOCATION)}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_of_an_empty_published_folder_nothing_is_signed(town: Town) -> None:
    town.issued()
    shutil.rmtree(town.runtime.public.directory)
    start(town)
    town.clock.forward(minutes=20)
    job_queue.publish_due(town.runtime)
    assert town.runtime.public.read(REVOCATION) is None
    assert problems(town) == {Problem.LIST_MISSING}
    assert not town.runtime.public.folders("status")


def test_a_list_that_the_backup_does_not_know_is_noticed(town: Town, backup: Callable[[], Backup]) -> None:
    before = backup()
    town.issued()
    before.restore()
    start(town)
    assert problems(town) == {Problem.LIST_UNKNOWN}
    bundle = json.loads(town.runtime.public.read("bundle.json") or b"")
    assert f"http://localhost:8000/{REVOCATION}" in bundle["statusLists"], "its entries stay checkable"


def test_a_registry_that_the_backup_does_not_know_is_noticed_and_stays(
    town: Town, backup: Callable[[], Backup]
) -> None:
    before = backup()
    with town.transaction() as session:
        issuers.sign_registry(session, town.runtime.keys, "http://localhost:8000", False, town.clock())
    town.publish_all()
    newer = town.runtime.public.read("registry.json")
    before.restore()
    start(town)
    assert town.runtime.public.read("registry.json") == newer
    assert Problem.REGISTRY_NEWER in problems(town)


@pytest.mark.parametrize("step", ["status/1/revocation", "status/1/refresh", "bundle.json", "recorded"])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_publication_that_was_cut_off_is_finished_and_is_no_restore(
    town: Town, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, other = town.issued(), town.issued()
    positions = [place(town, entry), place(town, other)]
    hold(town, other)
    write = town.runtime.public.write

    class Killed(BaseException):
        """The process is killed."""

    def cut(name: str, content: bytes) -> None:
        write(name, content)
        if name == step:
            raise Killed

    def never(*_anything: object) -> None:
        raise Killed

    for _time in range(2):
        town.clock.forward(minutes=20)
        with town.transaction() as session:
            if _time == 0:
                lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
                holds.lift(session, town.account(session, "casey"), other, WHY, town.clock())
        with monkeypatch.context() as patch:
            patch.setattr(town.runtime.public, "write", cut)
            if step == "recorded":
                patch.setattr("passport.services.trust.publishing.record", never)
            with pytest.raises(Killed):
                job_queue.publish_due(town.runtime)
        assert not job_queue.notice(town.runtime)
    town.clock.forward(seconds=1)
    job_queue.publish_due(town.runtime)
    assert found(town) == set()
    assert [published(town).bit(one) for one in positions] == [True, False]
    assert not published(town, SUSPENSION).bit(positions[1])
    with town.transaction() as session:
        assert session.query(Publication).count() == 0


def test_three_restores_find_the_same_lists(town: Town, backup: Callable[[], Backup]) -> None:
    entries = [town.issued() for _ in range(3)]
    positions, backups = [place(town, entry) for entry in entries], []
    for entry in entries:
        backups.append(backup())
        town.clock.forward(hours=20)
        withdraw(town, entry)
    for restored in (backups[2], backups[0], backups[1]):
        town.clock.forward(minutes=1)
        restored.restore()
        start(town)
        assert all(published(town).bit(position) for position in positions)
        assert Problem.LIST_NEWER in problems(town)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_stray_folder_beside_the_lists_stops_no_publication(town: Town) -> None:
    entry = town.issued()
    position = place(town, entry)
    for name in ("\N{SUPERSCRIPT TWO}", "9" * 30):
        town.runtime.public.write(f"status/{name}/revocation", b"{}")
        town.runtime.public.write(f"registry/{name}.json", b"{}")
    withdraw(town, entry)
    assert published(town).bit(position)
    assert found(town) == set()
