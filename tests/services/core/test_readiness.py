"""`/readyz` says which of the things that the service needs is missing; `/healthz` that the process lives."""

from __future__ import annotations

import shutil
import socket
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from passport.app import create_app
from passport.db.credentials.records import StatusList
from passport.db.programmes.issuers import all_keys
from passport.jobs import queue as job_queue
from passport.openbadges.registry import KeyState
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services.core.runtime import Runtime
from passport.services.reporting import readiness
from passport.services.reporting.readiness import Readiness, Watch
from tests.fixtures.towns import Town

if TYPE_CHECKING:
    pass

QUEUE = {"queue": lambda: True}


def wrong(runtime: Runtime, **more: bool) -> dict[str, str]:
    """What is not ok, and why."""
    found = readiness.look(runtime, {"queue": lambda: more.get("queue", True)})
    assert found.is_ready is all(answer.ok for answer in found.answers.values())
    return {name: answer.why for name, answer in found.answers.items() if not answer.ok}


@pytest.fixture
def ready(town: Town) -> Town:
    """A town in which everything is as it should be."""
    town.shared(town.issued())
    job_queue.publish_all(town.runtime)
    assert wrong(town.runtime) == {}
    return town


def test_a_suspended_status_key(ready: Town) -> None:
    with ready.transaction() as session:
        [key] = [one for one in all_keys(session) if one.role == Role.STATUS and one.state == KeyState.ACTIVE]
        key.state = KeyState.SUSPENDED.value
    assert set(wrong(ready.runtime)) >= {"keys"}


def test_a_key_whose_file_is_gone(ready: Town) -> None:
    bare = replace(ready.runtime, keys=KeyRing.load(ready.runtime.settings.instance / "none", None))
    assert wrong(bare) == {"keys": "a signing key is missing or cannot be used"}


def test_a_list_that_is_too_old_and_one_that_was_never_published(ready: Town) -> None:
    old = ready.runtime.settings.status_max_age + timedelta(seconds=1)
    later = replace(ready.runtime, clock=lambda: ready.clock() + old)
    assert wrong(later) == {"published lists": "a list is too old for a check"}
    answer = readiness.look(later, QUEUE).answers["published lists"]
    assert answer.age is not None
    assert answer.age >= old
    with ready.transaction() as session:
        session.query(StatusList).one().published_at = None
    assert wrong(ready.runtime) == {"published lists": "a list was never published"}


def test_published_files_that_are_gone(ready: Town) -> None:
    shutil.rmtree(ready.runtime.public.directory)
    assert wrong(ready.runtime) == {"published lists": "the published bundle cannot be read"}


def test_work_that_no_job_does(ready: Town) -> None:
    ready.endorsed(ready.sent())
    assert wrong(ready.runtime) == {}
    later = replace(ready.runtime, clock=lambda: ready.clock() + timedelta(hours=1))
    assert wrong(later) == {"jobs": "work waits that the jobs should have done"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_disk_that_is_full_or_cannot_be_written(ready: Town) -> None:
    assert readiness.disk(ready.runtime).ok
    free = shutil.disk_usage(ready.runtime.settings.instance).free
    assert not readiness.disk(ready.runtime, least=free + 1024**3).ok
    shutil.rmtree(ready.runtime.settings.instance)
    assert readiness.disk(ready.runtime).why == "the instance folder cannot be written"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_database_that_cannot_be_used(ready: Town) -> None:
    from passport.db import Database

    gone = replace(ready.runtime, database=Database("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    found = wrong(gone)
    assert found["database"] == "it does not answer"
    assert found["keys"] == found["jobs"] == "not checked without the database"


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("listening", [False, True])
def test_a_redis_that_is_down_or_never_answers(ready: Town, listening: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not listening:
            server.close()
        changed = {"queue_url": f"redis://127.0.0.1:{port}/0"}
        settings = ready.runtime.settings.model_copy(update=changed)
        app = create_app(replace(ready.runtime, settings=settings))
        answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["checks"]["queue"] == {"ok": False, "why": "it does not answer"}
    assert answer.json["checks"]["database"] == {"ok": True}
    assert app.test_client().get("/healthz").json == {"status": "ok"}
    assert app.test_client().get("/health").json == {"status": "ok"}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_many_who_ask_at_once_make_one_round(ready: Town) -> None:
    rounds, go = [], threading.Event()

    def slow() -> bool:
        rounds.append(1)
        return go.wait(20)

    watch = Watch(ready.runtime, {"queue": slow}, patience=0.05)
    assert {watch.ask().is_ready for _ in range(5)} == {False}, "it has not ended in time"
    go.set()
    watch.patience = 20
    found: list[Readiness] = [watch.ask() for _ in range(5)]
    assert all(one.is_ready for one in found)
    assert len(rounds) == 1, "one round for all, and its answer is kept for a while"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_check_that_breaks_hides_no_other(ready: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_asked: readiness.Asked) -> readiness.Answer:
        raise KeyError("Amara Demoson")

    monkeypatch.setitem(readiness.CHECKS, "keys", breaks)
    assert wrong(ready.runtime) == {"keys": "the check broke off"}
