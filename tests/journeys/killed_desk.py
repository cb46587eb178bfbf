"""Works off a list at the desk, and kills itself with SIGKILL at a given moment: run by test_desk.py."""

from __future__ import annotations

import sys
from pathlib import Path

from passport.config import Settings
from passport.jobs import check_lists
from passport.services.core.runtime import open_runtime
from tests.fixtures.towns import NOW
from tests.journeys.killed_worker import die_at


def main(instance: str, database_url: str, batch: int, moment: int) -> None:
    """Work until nothing is free any more, or until the moment comes."""
    settings = Settings(instance=Path(instance), database_url=database_url, status_batch_seconds=0)
    runtime = open_runtime(settings, clock=lambda: NOW)
    die_at(runtime, moment)
    while check_lists.check_some(runtime, batch):
        pass


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
