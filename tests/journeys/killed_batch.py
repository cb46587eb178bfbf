"""Issues what is due at once, and kills itself with SIGKILL at a given moment: run by test_killed.py."""

from __future__ import annotations

import sys
from pathlib import Path

from passport.config import Settings
from passport.jobs import queue as job_queue
from passport.services.core.runtime import open_runtime
from tests.fixtures.towns import NOW
from tests.journeys.killed_worker import acknowledge, die_at


def main(instance: str, database_url: str, acknowledged: str, moment: int) -> None:
    """Work until everything is done, or until the moment comes."""
    settings = Settings(instance=Path(instance), database_url=database_url, status_batch_seconds=0)
    runtime = open_runtime(settings, clock=lambda: NOW)
    waiting = job_queue.waiting(runtime)
    die_at(runtime, moment)
    left = job_queue.issue_together(runtime, waiting)
    assert not left, "nothing was wrong with any of them"
    with Path(acknowledged).open("a", buffering=1) as file:
        for number in waiting:
            acknowledge(runtime, number, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
