"""What the operator reads when the service starts."""

import dataclasses

import pytest

from passport.cli.serve import ALONE, greet
from tests.fixtures.towns import Town


@pytest.mark.parametrize("queue", ["", "redis://localhost:1/0"])
def test_limits_that_several_processes_would_multiply_are_told(
    town: Town, database_kind: str, queue: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of SQLite is for one process; a PostgreSQL can have many, which know of each other by Redis."""
    settings = town.runtime.settings.model_copy(update={"queue_url": queue})
    greet(dataclasses.replace(town.runtime, settings=settings))
    assert (ALONE in capsys.readouterr().err) == (database_kind == "postgresql" and not queue)
