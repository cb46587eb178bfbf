"""The queue only wakes work up: a task lost, repeated or late changes nothing but the time it takes."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from huey import registry
from huey.api import SqliteHuey
from structlog.testing import capture_logs

from passport.db.credentials.records import CredentialState, StatusChange, StatusList
from passport.jobs import queue as job_queue
from passport.jobs.queue import Jobs
from passport.jobs.queue_storage import JsonSerializer, open_queue
from passport.proofs.signing import KeyRing
from passport.services.checking import checks
from passport.services.core import audit
from passport.services.credentials import issuing, lifecycle
from passport.verifier import Verdict
from tests.fixtures.towns import Town


def queue(town_jobs: Jobs) -> Any:
    """The queue itself."""
    return town_jobs._queue


def with_batch(town: Town, seconds: int) -> Jobs:
    """Jobs of a town whose changes wait for a batch."""
    settings = town.runtime.settings.model_copy(update={"status_batch_seconds": seconds})
    return Jobs(replace(town.runtime, settings=settings))


def work_off(town_jobs: Jobs) -> int:
    """Run what stands in the queue now; gives how many tasks it was."""
    done = 0
    while (task := queue(town_jobs).dequeue()) is not None:
        queue(town_jobs).execute(task)
        done += 1
    return done


def entries(town: Town) -> int:
    """How many entries Amara has."""
    with town.transaction() as session:
        return len(lifecycle.mine(session, town.account(session, "amara")))


# huey has no types, and its fields have defaults that only show when it runs
Message: Any = registry.Message
serializer: Any = JsonSerializer()
MESSAGES = [
    Message("id", "issue", None, 3, 5, None, (7,), {}, None, None, None, None),
    Message(
        "id",
        "sweep",
        datetime(2026, 3, 14, 15, 0, 20, 123456),  # noqa: DTZ001 - huey's own times are UTC without a zone
        0,
        0,
        None,
        (),
        {"words": "ä “x”"},
        None,
        None,
        60,
        datetime(2026, 3, 14, 16, 0, tzinfo=UTC),
    ),
]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_comes_out_of_the_queue_as_it_went_in(message: Any) -> None:
    written = serializer.serialize(message)
    assert serializer.deserialize(written) == message
    assert written.startswith(b"{")


@pytest.mark.parametrize("bad", [b"\x80\x04cos\nsystem\n", b"", b"{", b"\xff"])
def test_what_is_no_json_is_refused_and_nothing_of_it_is_run(bad: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        serializer.deserialize(bad)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_waking_issues_what_is_due_and_comes_back_for_the_batch(town: Town) -> None:
    town_jobs = with_batch(town, 20)
    town.endorsed(town.sent())
    town_jobs.wake()
    assert entries(town) == 0
    assert work_off(town_jobs) >= 2
    assert entries(town) == 1
    assert len(queue(town_jobs).scheduled()) == 1
    [later] = queue(town_jobs).scheduled()
    assert later.name == "sweep"
    assert queue(town_jobs).ready_to_run(later, later.eta)


def test_tasks_that_run_twice_or_late_or_never_leave_one_entry(town: Town) -> None:
    town_jobs = with_batch(town, 0)
    town.endorsed(town.sent())
    for _wake in range(3):
        town_jobs.wake()
    work_off(town_jobs)
    town.endorsed(town.sent())
    # this one's wake-up was lost: the sweep of every minute finds it
    [every_minute] = [
        task for task in queue(town_jobs)._registry.periodic_tasks if task.name == "every_minute"
    ]
    queue(town_jobs).execute(every_minute)
    work_off(town_jobs)
    assert entries(town) == 2
    assert job_queue.waiting(town.runtime) == []
    with town.transaction() as session:
        assert session.get_one(StatusList, 1).published_at == town.clock()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_task_that_fails_is_tried_again_and_the_queue_goes_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town_jobs = with_batch(town, 0)
    town.endorsed(town.sent())
    with monkeypatch.context() as patch:
        patch.setattr(issuing, "finish", lambda *_anything: 1 / 0)
        town_jobs.wake()
        assert work_off(town_jobs) == 3  # the sweep, all together, then each by itself
    assert entries(town) == 0
    town_jobs.wake()
    work_off(town_jobs)
    assert entries(town) == 0, "it waits for a minute before it is tried again"
    town.clock.forward(minutes=2)
    town_jobs.wake()
    work_off(town_jobs)
    assert entries(town) == 1


def test_what_is_due_at_once_is_issued_in_one_transaction_for_each_step(town: Town) -> None:
    for _ in range(5):
        town.endorsed(town.sent())
    due = job_queue.waiting(town.runtime)
    assert len(due) == 5
    assert job_queue.issue_together(town.runtime, due) == []
    assert job_queue.issue_together(town.runtime, due) == []
    job_queue.publish_due(town.runtime)
    with town.transaction() as session:
        made = lifecycle.mine(session, town.account(session, "amara"))
        assert len({entry.position.position for entry in made}) == len(made) == 5
        changes = session.query(StatusChange).filter_by(state=CredentialState.ISSUED).count()
        assert (changes, audit.broken_at(session)) == (5, None)
        for entry in made:
            found = checks.check_entry(session, town.published(), entry, town.clock())
            assert found.verdict is Verdict.CURRENT


@pytest.mark.parametrize("step", ["intend", "finish"])
def test_one_that_breaks_keeps_no_other_from_being_issued(
    town: Town, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        town.endorsed(town.sent())
    due = job_queue.waiting(town.runtime)

    def breaks(*_anything: object) -> None:
        raise LookupError("something nobody thought of")

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(issuing, step, breaks)
        assert job_queue.issue_together(town.runtime, due) == due
    assert [line["event"] for line in logs] == ["entries are issued one by one"]
    job_queue.run_due(town.runtime)
    assert entries(town) == 3


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_without_keys_work_waits_with_one_line_and_nothing_is_raised(town: Town) -> None:
    town.endorsed(town.sent())
    closed = replace(town.runtime, keys=KeyRing([]))
    with capture_logs() as logs:
        job_queue.run_due(closed)
    assert [line["event"] for line in logs] == ["issuing is closed"]
    town.clock.forward(minutes=20)
    job_queue.run_due(town.runtime)
    town.clock.forward(minutes=20)
    with capture_logs() as logs:
        job_queue.publish_due(closed)
    assert [line["event"] for line in logs] == ["status lists cannot be signed"]
    assert entries(town) == 1


@pytest.fixture
def running(town: Town) -> Iterator[Jobs]:
    """Jobs that run in threads of this process."""
    town_jobs = with_batch(town, 0)
    town_jobs.start()
    yield town_jobs
    town_jobs.stop()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_consumer_in_this_process_issues_and_publishes_by_itself(
    town: Town, running: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = threading.Event()
    publish = job_queue.publish_due

    def seen(runtime: Any) -> None:
        publish(runtime)
        with runtime.database.reading() as session:
            if session.get(StatusList, 1) is not None:
                published.set()

    monkeypatch.setattr(job_queue, "publish_due", seen)
    town.endorsed(town.sent())
    running.wake()
    assert published.wait(30)
    with town.transaction() as session:
        entry = lifecycle.mine(session, town.account(session, "amara"))[0].reference
    code = town.shared(entry)
    with town.transaction() as session:
        found = checks.by_code(session, town.published(), code, town.clock())
    assert found.verdict is Verdict.CURRENT


def test_the_queue_stands_in_a_file_beside_the_instance_or_in_redis(town: Town) -> None:
    assert isinstance(queue(with_batch(town, 0)), SqliteHuey)
    elsewhere = open_queue("redis://localhost:6399/0")
    assert type(elsewhere).__name__ == "RedisHuey"
