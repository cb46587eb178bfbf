"""Job for imports of students: a few rows in each transaction, until all are done."""

from __future__ import annotations

from passport.jobs import row_jobs
from passport.services.core.failures import Job
from passport.services.core.runtime import Runtime
from passport.services.people.imports import working


def waiting(runtime: Runtime) -> list[int]:
    """Return the imports with rows to work on."""
    with runtime.database.reading() as session:
        return working.unfinished(session, runtime.clock())


def work_bounded(runtime: Runtime, number: int) -> bool:
    """Do the next rows of an import; return whether to go on. An import that keeps failing is given up."""
    more: list[bool] = []
    row_jobs.one(
        runtime,
        Job.IMPORT,
        number,
        lambda one: more.append(work_some(runtime, one)),
        working.give_up,
    )
    return bool(more and more[0])


def work_some(runtime: Runtime, number: int) -> bool:
    """Do the next rows of an import in one transaction; return whether there may be more."""
    with runtime.database.transaction() as session:
        return working.work(session, number, runtime.clock())
