"""What anybody may fetch: batched, renewed, whole at any moment, and never ahead of the keys."""

import json
import threading
from datetime import datetime, timedelta

import pytest

from passport.db.credentials.records import Credential, StatusList
from passport.jobs import queue as job_queue
from passport.openbadges import status_list
from passport.proofs.signing import KeyRing
from passport.publisher import Publisher
from passport.services.core.errors import IssuingClosed
from passport.services.credentials import holds, lifecycle, status_positions
from passport.verifier import Trust
from tests.fixtures.towns import Town

URL = "http://localhost:8000"
BATCH = timedelta(seconds=20)
LIST, SUSPENSION = "status/1/revocation", "status/1/suspension"


def publish(town: Town, batch: timedelta = BATCH, keys: KeyRing | None = None) -> bool:
    """Write what is due; True if anything was."""
    runtime = town.runtime
    publisher = Publisher(runtime.database, keys or runtime.keys, runtime.public, URL)
    return publisher.publish_due(batch, town.clock())


def withdraw(town: Town, entry: str) -> None:
    """Amara withdraws."""
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())


def hold(town: Town, entry: str) -> None:
    """Casey puts it on hold."""
    with town.transaction() as session:
        casey = town.account(session, "casey")
        holds.hold(session, casey, entry, "details", "Her mother asks about the level.", town.clock())


def lift(town: Town, entry: str) -> None:
    """Casey lets it go on."""
    with town.transaction() as session:
        holds.lift(
            session, town.account(session, "casey"), entry, "Her mother has her answer now.", town.clock()
        )


def published(town: Town, name: str = LIST) -> status_list.StatusList:
    """A status list as anybody reads it."""
    return status_list.read(json.loads(town.runtime.public.read(name) or b"{}"))


def place(town: Town, entry: str) -> int:
    """An entry's place in its list."""
    with town.transaction() as session:
        return lifecycle.own(session, town.account(session, "amara"), entry).position.position


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_new_list_is_published_at_once_and_then_every_fifteen_minutes(town: Town) -> None:
    town.endorsed(town.sent())
    [number] = job_queue.waiting(town.runtime)
    job_queue.issue_one(town.runtime, number)
    assert publish(town)
    assert not publish(town)
    town.clock.forward(minutes=14, seconds=59)
    assert not publish(town)
    town.clock.forward(seconds=1)
    assert publish(town)
    assert published(town).valid_from == town.clock()
    assert not publish(town)


def test_a_change_waits_for_its_batch_and_the_first_change_sets_the_time(town: Town) -> None:
    entries = [town.issued() for _one in range(3)]
    positions = [place(town, entry) for entry in entries]
    withdraw(town, entries[0])
    for entry in entries[1:]:
        town.clock.forward(seconds=10)
        assert publish(town) is (entry == entries[2])
        withdraw(town, entry)
    # the third came after its batch was written: it waits for the next, and is not lost
    assert [published(town).bit(one) for one in positions] == [True, True, False]
    town.clock.forward(seconds=19)
    assert not publish(town)
    town.clock.forward(seconds=1)
    assert publish(town)
    assert all(published(town).bit(one) for one in positions)
    assert not publish(town)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_changes_that_never_stop_do_not_put_publishing_off(town: Town) -> None:
    first = town.issued()
    others = [town.issued() for _one in range(6)]
    withdraw(town, first)
    for entry in others:
        town.clock.forward(seconds=10)
        withdraw(town, entry)
        publish(town)
    assert published(town).bit(place(town, first))


def test_a_change_while_a_list_is_being_written_is_in_it_or_in_the_next_batch(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = town.issued(), town.issued()
    withdraw(town, first)
    town.clock.forward(seconds=20)
    began, done = threading.Event(), threading.Event()
    write = town.runtime.public.write

    def slow(name: str, content: bytes) -> None:
        began.set()
        write(name, content)
        if name == LIST:
            # give the other thread every chance to slip in between the bits and the commit
            done.wait(0.3)

    monkeypatch.setattr(town.runtime.public, "write", slow)

    def other() -> None:
        began.wait(30)
        withdraw(town, second)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    assert publish(town)
    thread.join()
    assert not published(town).bit(place(town, second))
    town.clock.forward(seconds=20)
    assert publish(town)
    assert published(town).bit(place(town, second))


def test_files_are_whole_at_any_moment_and_the_bundle_has_every_list(town: Town) -> None:
    town.issued()
    done, broken = threading.Event(), []

    def reads() -> None:
        while not done.is_set():
            for name in (LIST, "bundle.json", "registry.json", "programmes/brindlemoor/did.json"):
                try:
                    json.loads(town.runtime.public.read(name) or b"")
                except ValueError as error:
                    broken.append((name, str(error)))

    thread = threading.Thread(target=reads)
    thread.start()
    for _round in range(15):
        town.clock.forward(seconds=1)
        town.publish_all()
    done.set()
    thread.join()
    assert broken == []
    assert not list(town.runtime.public.directory.rglob(".*"))
    trust = Trust.from_bundle(town.runtime.public.read("bundle.json") or b"")
    issuer = trust.registry.issuers[0].did
    assert trust.status_list(f"{URL}/{LIST}", issuer).valid_from == town.clock()


def test_two_publishers_at_once_leave_a_bundle_of_the_newest_lists(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_positions, "ENTRIES_PER_LIST", 1)
    entries = [town.issued(), town.issued()]
    positions = [place(town, entry) for entry in entries]
    withdraw(town, entries[0])
    threads: list[threading.Thread] = []
    write = town.runtime.public.write

    def interrupted(name: str, content: bytes) -> None:
        if name == "bundle.json" and not threads:
            threads.append(threading.Thread(target=second))
            threads[0].start()
            threads[0].join(0.3)
        write(name, content)

    def second() -> None:
        withdraw(town, entries[1])
        publish(town, timedelta(0))

    monkeypatch.setattr(town.runtime.public, "write", interrupted)
    publish(town, timedelta(0))
    threads[0].join()
    trust = Trust.from_bundle(town.runtime.public.read("bundle.json") or b"")
    issuer = trust.registry.issuers[0].did
    for number, position in enumerate(positions, 1):
        assert trust.status_list(f"{URL}/status/{number}/revocation", issuer).bit(position)


def test_the_list_after_a_full_one_is_another_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_positions, "ENTRIES_PER_LIST", 2)
    monkeypatch.setattr(status_positions, "LIST_LENGTH", 3)
    entries = [town.issued() for _one in range(5)]
    with town.transaction() as session:
        taken = session.query(Credential).order_by(Credential.id).all()
        assert [one.position.list_number for one in taken] == [1, 1, 2, 2, 3]
        assert len({(one.position.list_number, one.position.position) for one in taken}) == 5
        assert session.query(StatusList).count() == 3
    withdraw(town, entries[4])
    job_queue.publish_due(town.runtime)
    assert published(town, "status/3/revocation").bit(place(town, entries[4]))
    assert not any(published(town).bit(position) for position in range(3))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_without_the_status_key_nothing_is_published_and_the_change_waits(town: Town) -> None:
    entry = town.issued()
    before = {path: path.read_bytes() for path in town.runtime.public.directory.rglob("*") if path.is_file()}
    withdraw(town, entry)
    town.clock.forward(minutes=1)
    crippled = KeyRing([key for key in town.runtime.keys if key.role != "status"])
    with pytest.raises(IssuingClosed):
        publish(town, keys=crippled)
    assert {path: path.read_bytes() for path in before} == before
    assert publish(town)
    assert published(town).bit(place(town, entry))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_write_that_fails_is_made_up_for_by_the_next_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = town.issued()
    withdraw(town, entry)
    town.clock.forward(minutes=1)

    def full(name: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(town.runtime.public, "write", full)
        with pytest.raises(OSError, match="No space"):
            publish(town)
    assert not published(town).bit(place(town, entry))
    assert publish(town)
    assert published(town).bit(place(town, entry))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_issuers_document_names_each_of_its_keys_and_no_others(town: Town) -> None:
    names = {
        "programmes/brindlemoor/did.json": {"issue", "status"},
        "employers/tinderbeck/did.json": {"endorse"},
    }
    for name, roles in names.items():
        document = json.loads(town.runtime.public.read(name) or b"{}")
        found = {
            method["id"].partition("#")[2].partition("-")[0] for method in document["verificationMethod"]
        }
        assert found == roles
        assert document["id"] == "did:web:localhost%3A8000:" + ":".join(name.split("/")[:2])


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_entry_names_the_list_of_all_that_is_not_current(town: Town) -> None:
    entry = town.issued()
    position = place(town, entry)
    with town.transaction() as session:
        document = lifecycle.own(session, town.account(session, "amara"), entry).document or b""
    named = json.loads(document)["credentialStatus"]
    assert (named["statusPurpose"], named["statusListCredential"]) == ("suspension", f"{URL}/{SUSPENSION}")
    bits = []
    for change in (hold, lift, withdraw):
        change(town, entry)
        town.clock.forward(minutes=1)
        publish(town)
        bits.append([published(town, name).bit(position) for name in (SUSPENSION, LIST)])
    assert bits == [[True, False], [False, False], [True, True]]


def test_a_list_says_nothing_before_its_time(town: Town) -> None:
    town.issued()
    found = published(town)
    assert found.valid_until is not None
    assert found.valid_until - found.valid_from == timedelta(days=7)
    assert isinstance(found.valid_from, datetime)
    assert not any(found.bits)
