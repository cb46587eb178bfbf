"""Each step goes up, down and up again, with rows in the tables, and ends in what the models say."""

from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from passport.db import Base, Database
from passport.db.core import audit
from passport.db.credentials.records import Credential
from passport.db.migrations import SCRIPTS, empty, upgrade
from passport.jobs import queue as job_queue
from passport.services.core import audit as trail
from tests.fixtures import towns


def configured(connection: Connection | None = None) -> Config:
    """Alembic's settings, for one connection."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def move(database: Database, target: str) -> None:
    """Go to a revision, up or down."""
    with database.migrating() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
        steps = [script.revision for script in ScriptDirectory.from_config(configured()).walk_revisions()]
        is_down = target == "base" or (here in steps and steps.index(target) > steps.index(here))
        (command.downgrade if is_down else command.upgrade)(configured(connection), target)


def tables(database: Database) -> set[str]:
    """The names of the tables that are there."""
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def differences(database: Database) -> list[object]:
    """What the tables and the models do not agree on."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Base.metadata))


def test_every_step_goes_up_and_down_and_up_with_rows_in_it(database: Database, tmp_path: Path) -> None:
    town = towns.build(database, tmp_path / "instance")
    town.shared(town.issued())
    town.sent("kit")
    revisions = [one.revision for one in ScriptDirectory.from_config(configured()).walk_revisions()]
    for target in (*revisions[1:], "base", *reversed(revisions)):
        database.close()
        move(database, target)
        if target == "0026":
            with database.engine.connect() as connection:
                held = connection.execute(text("SELECT held_on FROM activities")).all()
                assert connection.execute(text("SELECT held_on FROM activity_sessions")).all() == held
    assert differences(database) == []
    assert tables(database) == set(Base.metadata.tables)
    with database.reading() as session:
        assert audit.records(session) == []


def test_migrations_end_in_what_the_models_say(empty_database_url: str) -> None:
    with closing(Database(empty_database_url)) as database:
        assert tables(database) == set()
        upgrade(database)
        assert differences(database) == []
        with database.engine.begin() as connection:
            connection.execute(text("DROP INDEX ix_evidence_student_id"))
        assert len(differences(database)) == 1, "the comparison sees a difference"


def test_running_migrations_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    town = towns.build(database, tmp_path / "instance")
    entry = town.issued()
    with database.reading() as session:
        before = session.query(Credential).one().document
    upgrade(database)
    with database.reading() as session:
        kept = session.query(Credential).one()
        assert (kept.reference, kept.document) == (entry, before)
        assert trail.broken_at(session) is None


def test_emptying_leaves_every_table_and_no_row(database: Database, tmp_path: Path) -> None:
    towns.build(database, tmp_path / "instance").issued()
    empty(database)
    assert differences(database) == []
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            assert session.execute(table.select()).first() is None
    (tmp_path / "again").mkdir()
    town = towns.build(database, tmp_path / "again" / "instance")
    town.issued()
    job_queue.run_due(town.runtime)


FORBIDDEN = {
    "two decisions for one version": """
        INSERT INTO endorsements
            (reference, evidence_id, version_id, champion_id, decision, state, decided_at)
        SELECT 'OTHER', evidence_id, version_id, champion_id, decision, 'pending', decided_at
        FROM endorsements""",
    "two entries for one endorsement": """
        UPDATE credentials SET endorsement_id = (SELECT min(endorsement_id) FROM credentials)""",
    "one place for two entries": """
        UPDATE credentials SET position_id = (SELECT min(position_id) FROM credentials)""",
    "one id for the evidence of two entries": """
        UPDATE credentials SET evidence_urn = (SELECT min(evidence_urn) FROM credentials)""",
    "one place given twice": "UPDATE status_positions SET position = 7",
    "a state that does not exist": "UPDATE credentials SET state = 'forged'",
    "a decision that does not exist": "UPDATE endorsements SET decision = 'maybe'",
    "two active keys for one role": """
        UPDATE keys SET role = 'issue', issuer_id = (SELECT min(id) FROM issuers)
        WHERE role IN ('status', 'issue')""",
    "one place for two shares": """
        UPDATE share_credentials SET position_id = (SELECT min(position_id) FROM share_credentials)""",
    "a code in a state that does not exist": "UPDATE share_credentials SET state = 'forged'",
    "a kind of activity that does not exist": "UPDATE activities SET kind = 'party'",
    "an activity that nobody hosts": "UPDATE activities SET employer_id = NULL",
    "an activity without places": "UPDATE activities SET places = 0",
    "a place in no list": "UPDATE status_positions SET list_number = 99",
}


def test_the_tables_themselves_refuse_what_must_never_be(database: Database, tmp_path: Path) -> None:
    town = towns.build(database, tmp_path / "instance")
    town.shared(town.issued())
    town.shared(town.issued())
    for statement in FORBIDDEN.values():
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.execute(text(statement))
