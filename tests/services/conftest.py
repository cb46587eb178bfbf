"""A quick town: made once for each kind of database and copied, with passwords hashed cheaply."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from passport.adapters.files import PublicFiles
from passport.config import Settings
from passport.db import Database
from passport.proofs.signing import KeyRing
from passport.services.core.runtime import Runtime, read_passphrase
from tests.fixtures import towns
from tests.fixtures.databases import PostgreSQL
from tests.fixtures.towns import Clock, Town

Made = tuple[Town, str]


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords(cheap_passwords: None) -> None:
    """As in the fixture: test_accounts.py has one test with the real hasher."""


@pytest.fixture(scope="session")
def made_town(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None
) -> Callable[[str], Made]:
    """The town of a kind of database, made when it is asked for first, and the database's name or file."""
    made: dict[str, Made] = {}

    def get(kind: str) -> Made:
        if kind not in made:
            folder = tmp_path_factory.mktemp(f"town-{kind}")
            if kind == "sqlite":
                name = str(folder / "passport.sqlite3")
                shutil.copyfile(request.getfixturevalue("sqlite_template"), name)
                url = f"sqlite:///{name}"
            else:
                server: PostgreSQL = request.getfixturevalue("postgresql")
                name = server.create(request.getfixturevalue("postgresql_template"))
                url = server.url(name)
            with closing(Database(url)) as database:
                made[kind] = towns.build(database, folder / "instance"), name
        return made[kind]

    return get


@pytest.fixture
def town(
    database_kind: str,
    made_town: Callable[[str], Made],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> Iterator[Town]:
    """The programme on a database of its own, SQLite and PostgreSQL."""
    original, name = made_town(database_kind)
    shutil.copytree(original.runtime.settings.instance, tmp_path / "instance")
    if database_kind == "sqlite":
        shutil.copyfile(name, tmp_path / "town.sqlite3")
        with closing(Database(f"sqlite:///{tmp_path / 'town.sqlite3'}")) as database:
            yield _copied(original, database, tmp_path / "instance")
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    copy = server.create(name)
    with closing(Database(server.url(copy))) as database:
        yield _copied(original, database, tmp_path / "instance")
    server.drop(copy)


def _copied(original: Town, database: Database, instance: Path) -> Town:
    clock = Clock()
    settings = Settings(instance=instance, database_url=database.url, status_batch_seconds=0)
    public = PublicFiles(instance / "public")
    keys = KeyRing.load(settings.keys_directory, read_passphrase(settings.passphrase_file))
    runtime = Runtime(settings, database, keys, public, clock, False)
    return replace(original, runtime=runtime, clock=clock, references=dict(original.references))
