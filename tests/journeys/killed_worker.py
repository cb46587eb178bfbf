"""Endorses and issues, and kills itself with SIGKILL at a given moment: run by test_killed.py.

A moment is a step to the database: a statement about to run, a commit about to happen, a commit that
just happened. What was acknowledged is written to a file first, as a page would tell a champion.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event

from passport.config import Settings
from passport.db.endorsements.decisions import DecisionState
from passport.jobs import queue as job_queue
from passport.services.core.runtime import Runtime, open_runtime
from passport.services.credentials import lifecycle
from passport.services.endorsements import decisions
from passport.services.people import accounts
from tests.fixtures.towns import NOW


def main(instance: str, database_url: str, champion: str, acknowledged: str, moment: int) -> None:
    """Work until everything is done, or until the moment comes."""
    settings = Settings(instance=Path(instance), database_url=database_url, status_batch_seconds=0)
    runtime = open_runtime(settings, clock=lambda: NOW)
    die_at(runtime, moment)
    with Path(acknowledged).open("a", buffering=1) as file:
        _work(runtime, champion, file)


def _work(runtime: Runtime, champion: str, file: Any) -> None:
    while True:
        with runtime.database.transaction() as session:
            account = accounts.get(session, champion)
            assert account is not None
            waiting = decisions.queue(session, account, NOW)[:2]
            for evidence in waiting:
                decisions.endorse(
                    session, runtime.keys, account, evidence.reference, evidence.version, 1, 2, NOW
                )
        for evidence in waiting:
            file.write(f"endorsed {evidence.reference}\n")
        for number in job_queue.waiting(runtime):
            job_queue.issue_one(runtime, number)
            acknowledge(runtime, number, file)
        job_queue.publish_due(runtime)
        if not waiting:
            return


def acknowledge(runtime: Runtime, number: int, file: Any) -> None:
    """Write down that an entry was issued, and what it was."""
    from passport.db.endorsements.decisions import Decision

    with runtime.database.reading() as session:
        endorsement = session.get_one(Decision, number)
        assert endorsement.state is DecisionState.SIGNED
        entry = lifecycle.of_endorsement(session, endorsement)
        digest = hashlib.sha256(entry.document or b"").hexdigest()
        file.write(f"issued {endorsement.evidence.reference} {digest}\n")


def die_at(runtime: Runtime, moment: int) -> None:
    """Let the process kill itself at a step to the database, counted from now on."""
    moments = count(1)

    def step(*_anything: Any) -> None:
        if next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(*_anything: Any) -> None:
        step()

    event.listen(runtime.database.engine, "before_cursor_execute", statement)
    event.listen(runtime.database.engine, "commit", step)
    event.listen(runtime.database.engine, "checkin", step)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
