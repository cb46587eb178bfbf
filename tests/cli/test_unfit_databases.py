"""A database that this version cannot work with: each command says so in one line, with what to do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from passport.cli import COMMANDS, main
from passport.db import Database
from passport.db.errors import DatabaseUnfit
from passport.db.migrations import upgrade
from tests.fixtures.processes import environment, passport
from tests.fixtures.servers import free_port

TWO = ("--by", "Ann", "--by", "Ben")
# one call of every command that opens the service's database
CALLS = {
    "serve": (),
    "demo": (),
    "init": (
        *("--programme", "Made", "--slug", "made"),
        *("--manager", "Ann A <ann@example.test>", "--manager", "Ben B <ben@example.test>"),
    ),
    "keys": ("list",),
    "import": ("framework", __file__),
    "institution": ("list",),
    "external-issuers": ("add", __file__, "--by", "Ann"),
    "export": ("SP-4F7K-9QXM-2TW9", "somewhere"),
    "close": ("made", *TWO),
    "restore-access": ("ann@example.test", *TWO),
    "hold-champion": ("ann@example.test", "--since", "2026-01-01T00:00:00Z", "--reason", "Somebody took it."),
    "secret-key": ("rotate",),
    "recover": (),
    "work": (),
    "audit": (),
}
# these open none: one checks a file, the other makes databases of its own
WITHOUT = {"verify", "bench"}
NEWER = "UPDATE alembic_version SET version_num = '9999'"
SPOILT = {
    "newer": ((NEWER,), "newer version of this service (migration 9999"),
    "two versions": (("INSERT INTO alembic_version VALUES ('0001')",), "a part of this service's tables"),
    "no version": (("DELETE FROM alembic_version",), "a part of this service's tables"),
    "a table lost": (("DROP TABLE exclusions",), "a part of this service's tables"),
}
FOREIGN = ("CREATE TABLE orders (id integer)",)
OTHER_ALEMBIC = (
    "CREATE TABLE alembic_version (version_num varchar(32))",
    "INSERT INTO alembic_version VALUES ('77aa')",
)


def change(url: str, *statements: str) -> None:
    """Do something to a database behind the service's back."""
    with closing(Database(url)) as database, database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def refusal(url: str) -> str:
    """What keeps the tables from being brought up to date."""
    with closing(Database(url)) as database, pytest.raises(DatabaseUnfit) as caught:
        upgrade(database)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("what", SPOILT)
def test_tables_that_do_not_fit_are_named_and_left_alone(database_url: str, what: str) -> None:
    statements, words = SPOILT[what]
    change(database_url, *statements)
    assert words in refusal(database_url)
    assert words in refusal(database_url), "nothing was repaired or half done"


@pytest.mark.parametrize("statements", [FOREIGN, OTHER_ALEMBIC])
def test_another_programs_database_is_left_alone(
    empty_database_url: str, statements: tuple[str, ...]
) -> None:
    change(empty_database_url, *statements)
    assert "another program's tables" in refusal(empty_database_url)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_user_without_rights_is_told_which(empty_database_url: str) -> None:
    change(empty_database_url, "DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN PASSWORD 'x'")
    try:
        change(empty_database_url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        with closing(Database(empty_database_url)) as owner:
            address = owner.engine.url.set(username="reader", password="x")
        said = refusal(address.render_as_string(hide_password=False))
        assert "The database refuses what this service needs: permission denied" in said
    finally:
        change(empty_database_url, "DROP ROLE reader")


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_every_command_says_it_in_one_line(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert CALLS.keys() | WITHOUT >= set(COMMANDS), "say how the new command is called"
    change(database_url, NEWER)
    monkeypatch.chdir(tmp_path)
    for name, value in environment(
        tmp_path / "instance", free_port(), PASSPORT_DATABASE_URL=database_url
    ).items():
        if name.startswith("PASSPORT_"):
            monkeypatch.setenv(name, value)
    for command in COMMANDS.keys() - WITHOUT:
        code, said = main([command, *CALLS[command]]), capsys.readouterr()
        assert (code, said.err.count("\n")) == (1, 1), (command, said.err)
        assert "newer version" in said.err, command


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("command", ["serve", "work", "audit"])
def test_a_file_that_may_only_be_read_is_said_in_one_line(
    database_url: str, tmp_path: Path, command: str
) -> None:
    file = database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    url = f"sqlite:///file:{file}?mode=ro&uri=true"
    env = environment(tmp_path / "instance", free_port(), PASSPORT_DATABASE_URL=url)
    done = passport(command, *CALLS[command], env=env)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "readonly" in done.stderr
