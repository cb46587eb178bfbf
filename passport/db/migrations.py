"""Brings a database's tables up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from passport.db.session import Database

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "migrations"


def upgrade(database: Database) -> None:
    """Run every migration that this database has not seen."""
    with database.engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == _newest():
            return
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _newest() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return ScriptDirectory.from_config(config).get_current_head()
