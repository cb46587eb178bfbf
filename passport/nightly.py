"""What jobs do each night: what was kept for its time goes, what quiet champions let wait
moves on, and what ends soon is told."""

from __future__ import annotations

from functools import partial

import structlog

from passport import clearing, row_jobs
from passport.services import ending, passing_on, retention, transfers
from passport.services.runtime import Runtime

log = structlog.get_logger()


def run(runtime: Runtime) -> None:
    """All of it. A second time the same night finds nothing left to do."""
    steps = (clean, pass_on_quiet, tell_what_ends, lapse_transfers)
    row_jobs.steps(partial(step, runtime) for step in steps)


def clean(runtime: Runtime) -> None:
    """Remove what has been kept for its time."""
    with runtime.database.transaction() as session:
        removed = retention.purge(session, runtime.clock())
    removed["files"] = clearing.purge(runtime)
    log.info("removed", **removed)


def pass_on_quiet(runtime: Runtime) -> None:
    """Give what quiet champions let wait to others."""
    with runtime.database.transaction() as session:
        done = passing_on.pass_on_everywhere(session, runtime.clock())
    log.info("passed on", **done)


def tell_what_ends(runtime: Runtime) -> None:
    """Tell champions, and whoever renews it for them, what ends soon."""
    with runtime.database.transaction() as session:
        ending.tell_everywhere(session, runtime.clock())


def lapse_transfers(runtime: Runtime) -> None:
    """End the offers of students that the other school did not answer in time."""
    with runtime.database.transaction() as session:
        ended = transfers.lapse_due(session, runtime.clock())
    log.info("transfers lapsed", number=ended)
