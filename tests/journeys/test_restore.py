"""A backup is restored by the real commands: what was withdrawn after it stays withdrawn."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest
from sqlalchemy import make_url

from passport import demo
from passport.config import Settings
from passport.db.credentials.records import CredentialState
from passport.db.sharing.shares import by_code
from passport.jobs import queue as job_queue
from passport.services.core.runtime import Runtime, open_runtime
from passport.services.credentials import lifecycle
from tests.fixtures.processes import Start, Started, environment, passport

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def copy_of(database_url: str, database_kind: str, request: pytest.FixtureRequest) -> Callable[[], str]:
    """`copy_of()` backs the test's database up; gives the address of the copy."""

    def copy() -> str:
        if database_kind == "sqlite":
            file = Path(database_url.removeprefix("sqlite:///"))
            return f"sqlite:///{shutil.copyfile(file, file.with_name('backup.sqlite3'))}"
        server = request.getfixturevalue("postgresql")
        name = server.create(make_url(database_url).database or "")
        request.addfinalizer(lambda: server.drop(name))
        return str(server.url(name))

    return copy


def opened(started: Started, database_url: str) -> Runtime:
    """The service in this process, while it is not served."""
    settings = Settings(
        instance=started.instance,
        public_url=started.url,
        database_url=database_url,
        status_batch_seconds=0,
    )
    return open_runtime(settings)


def page(address: str) -> str:
    """What a check page says."""
    with urlopen(address, timeout=30) as answer:  # noqa: S310 - our own server
        return str(answer.read().decode())


def test_a_restored_backup_brings_nothing_back(
    start: Start, database_url: str, copy_of: Callable[[], str]
) -> None:
    started = start(PASSPORT_DATABASE_URL=database_url)
    started.stop()
    with closing(opened(started, database_url).database) as database, database.reading() as session:
        code = demo.codes(session)[0].code
    backup = copy_of()
    runtime = opened(started, database_url)
    with runtime.database.transaction() as session:
        share = by_code(session, code)
        assert share is not None
        account, entry = share.student.account, share.credentials[0].reference
        lifecycle.withdraw(session, account, entry, runtime.clock())
    job_queue.publish_due(runtime)
    runtime.database.close()

    restored = start(PASSPORT_DATABASE_URL=backup)
    said = page(f"{restored.url}/c/{code}")
    assert "Genuine, but withdrawn" in said
    assert "Amara Demoson" not in said
    assert "A recovery is open" in restored.stop()

    port = int(started.url.rpartition(":")[2])
    done = passport("recover", env=environment(started.instance, port, PASSPORT_DATABASE_URL=backup))
    assert (done.returncode, "1 withdrawn again" in done.stdout) == (0, True), done.stderr
    runtime = opened(started, backup)
    with runtime.database.transaction() as session:
        share = by_code(session, code)
        assert share is not None
        assert share.credentials[0].state is CredentialState.WITHDRAWN
    assert not job_queue.notice(runtime)
    runtime.database.close()
