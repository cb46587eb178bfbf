"""Migrations: bring a database's tables up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from passport.db.base import Base
from passport.db.errors import DatabaseUnfit
from passport.db.session import Database, wrapped

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "migrations"
# PostgreSQL's advisory lock of an upgrade: any number that nothing else here takes
UPGRADING = 7_215_017
# huey's, if the queue is in the same file
QUEUE_TABLES = {"kv", "schedule", "task"}
NEWER = (
    "The database was last used by a newer version of this service (migration {found}; this version knows"
    " {newest}). Start that version, or restore a backup that this one made"
)
FOREIGN = (
    "The database holds another program's tables. Name an empty one: PASSPORT_DATABASE_URL, or another"
    " PASSPORT_INSTANCE"
)
INCOMPLETE = (
    "The database holds a part of this service's tables, as after an upgrade or a restore that broke off."
    " Restore a whole backup into an empty database"
)
NO_RIGHTS = (
    "The database refuses what this service needs: {reason}. Give its user the right to read, to write and"
    " to create tables there"
)


def upgrade(database: Database) -> None:
    """Run every migration that this database has not seen, in one transaction.

    Raises DatabaseUnfit for a database of a newer version, of another program, half restored, or whose user
    may not change it, and DatabaseUnavailable where it cannot be reached.
    """
    try:
        if not _is_current(database):
            _migrate(database)
        with database.transaction():
            pass  # a file or a user that may only read is refused here, in one line
    except DatabaseError as error:
        raise DatabaseUnfit(NO_RIGHTS.format(reason=str(error.orig).partition("\n")[0])) from error


def _migrate(database: Database) -> None:
    config = _config()
    with database.migrating() as connection:
        if connection.dialect.name == "postgresql":
            # of two processes that start at once the second waits, and finds nothing to do
            connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADING})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_current(database: Database) -> bool:
    """Return whether every migration has run. Raises DatabaseUnfit where none may run."""
    with wrapped(), database.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
        there = set(inspect(connection).get_table_names())
    scripts, tables = ScriptDirectory.from_config(_config()), set(Base.metadata.tables)
    newest, known = scripts.get_current_head(), {script.revision for script in scripts.walk_revisions()}
    if not heads:
        _require_empty(there, tables)
    elif not there & tables:
        raise DatabaseUnfit(FOREIGN)
    elif not known.issuperset(heads):
        raise DatabaseUnfit(NEWER.format(found=", ".join(sorted(set(heads) - known)), newest=newest))
    elif len(heads) > 1 or (heads == (newest,) and not tables <= there):
        raise DatabaseUnfit(INCOMPLETE)
    return heads == (newest,)


def _require_empty(there: set[str], tables: set[str]) -> None:
    """Raise DatabaseUnfit unless a database without a version holds nothing but the queue's tables."""
    if there & tables:
        raise DatabaseUnfit(INCOMPLETE)
    if any(not name.startswith(("huey_", "alembic_")) and name not in QUEUE_TABLES for name in there):
        raise DatabaseUnfit(FOREIGN)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def empty(database: Database) -> None:
    """Drop every table and rebuild the schema. For the demo alone."""
    Base.metadata.drop_all(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    upgrade(database)
