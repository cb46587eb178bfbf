"""Brings a database's tables up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from passport.db.base import Base
from passport.db.session import Database, wrapped

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "migrations"


def upgrade(database: Database) -> None:
    """Run every migration that this database has not seen."""
    with wrapped(), database.engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == _newest():
            return
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.migrating() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _newest() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return ScriptDirectory.from_config(config).get_current_head()


def empty(database: Database) -> None:
    """Throw every table away and make them anew. For the demo alone."""
    Base.metadata.drop_all(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    upgrade(database)
