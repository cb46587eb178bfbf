"""A town that is served at its own address by a server that can be killed, and its check page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from passport import db
from passport.jobs import queue as job_queue
from passport.openbadges import address
from tests.fixtures.browsers import listen
from tests.fixtures.servers import free_port
from tests.fixtures.towns import Made, Town, build
from tests.web.checking.check_page.doing import Recorder, Visit

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import BrowserContext, Page


@pytest.fixture(scope="module")
def first_town(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None
) -> Made:
    """A town at the address at which it will be served, for that is what stands in its codes.

    Amara has shared an entry there, and its printed code is made.
    """
    folder = tmp_path_factory.mktemp("town")
    shutil.copyfile(sqlite_template, folder / "passport.sqlite3")
    with closing(db.Database(f"sqlite:///{folder / 'passport.sqlite3'}")) as database:
        made = build(database, folder / "instance", f"http://localhost:{free_port()}")
        made.shared(made.issued())
        job_queue.run_due(made.runtime)
    return Made(made, str(folder / "passport.sqlite3"))


@pytest.fixture
def server(app: Flask, town: Town) -> Iterator[Recorder]:
    """The town, served by a person who remembers every request."""
    recorder = Recorder(app, int(town.runtime.settings.public_url.rpartition(":")[2])).start()
    yield recorder
    recorder.kill()


@pytest.fixture
def printed(town: Town) -> str:
    """The text of an entry's printed code, as the service made it."""
    with town.transaction() as session:
        [share] = db.sharing.shares.of_student(session, town.account(session, "amara").id)
        code, [data] = share.code, [entry.compact for entry in share.entries]
    assert code is not None
    assert data is not None
    return address.write(town.runtime.settings.public_url, code, data)


@pytest.fixture
def visit(town: Town, server: Recorder) -> Iterator[Visit]:
    """`visit(context)`: the check page in the town's time, perhaps without the server.

    A page that breaks its content security policy, or whose script fails, fails its test when that ends.
    """
    complaints: list[str] = []

    def visiting(context: BrowserContext, path: str = "/check") -> Page:
        page = context.new_page()
        listen(page, complaints)
        page.clock.set_fixed_time(town.clock())
        page.goto(server.url + path)
        return page

    yield visiting
    assert complaints == []


@pytest.fixture
def installed(visit: Visit) -> Visit:
    """Open the check page, and wait until it can be used without a connection."""

    def installing(context: BrowserContext) -> Page:
        page = visit(context)
        page.get_by_text("Ready to check, also without a connection").wait_for()
        page.evaluate("navigator.serviceWorker.ready")
        return page

    return installing
