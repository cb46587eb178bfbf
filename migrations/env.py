"""Alembic's entry: on the connection it is handed, or on the database of the settings."""

from alembic import context
from sqlalchemy import Connection

from passport.config import read_settings
from passport.db import Base, Database


def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Keep the job queue's tables out of it."""
    return not (kind == "table" and (name or "").startswith("huey_"))


def migrate(connection: Connection) -> None:
    """Run the migrations that were asked for."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        include_object=ours,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed = context.config.attributes.get("connection")
if handed is not None:
    migrate(handed)
else:
    with Database(read_settings().database).engine.connect() as own:
        migrate(own)
        own.commit()
