"""Jobs for lists at the desk: check a few rows at a time, and delete expired lists."""

from __future__ import annotations

from passport.jobs import row_jobs
from passport.services.checking import stored_entries
from passport.services.checking.desk import receiving, working
from passport.services.core import idempotency
from passport.services.core.failures import Job
from passport.services.core.runtime import Runtime


def waiting(runtime: Runtime) -> list[int]:
    """Return the lists with rows to check, after deleting expired lists and answers to machines."""
    with runtime.database.reading() as session:
        over = receiving.is_due(session, runtime.clock()) or idempotency.is_due(session, runtime.clock())
        unfinished = working.unfinished(session, runtime.clock())
    if over:
        with runtime.database.transaction() as session:
            receiving.purge_due(session, runtime.clock())
            idempotency.purge(session, runtime.clock())
    return unfinished


def check_bounded(runtime: Runtime, batch: int) -> bool:
    """Check the next few rows of a list; return whether to go on. A list that keeps failing pauses."""
    more: list[bool] = []
    row_jobs.one(runtime, Job.LIST, batch, lambda number: more.append(check_some(runtime, number)))
    return bool(more and more[0])


def check_some(runtime: Runtime, batch: int) -> bool:
    """Check the next few rows of a list; return whether there were any."""
    settings = runtime.settings
    with runtime.database.transaction() as session:
        claimed = working.claim(session, batch, runtime.clock())
    if claimed is None:
        return False
    with runtime.database.reading() as session:
        contents = working.contents(session, claimed)
    found = {row: working.read(content, settings.public_url) for row, content in contents.items()}
    judge = working.Judge(
        stored_entries.look(runtime.public), settings.public_url, settings.status_max_age, runtime.clock()
    )
    with runtime.database.transaction() as session:
        working.finish(session, judge, claimed, found)
    return True
