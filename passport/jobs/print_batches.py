"""Jobs for print batches: sheet by sheet, so that a page can show progress."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog

from passport.adapters.printing import Sheet
from passport.jobs import row_jobs
from passport.services import DatabaseUnavailable, Session
from passport.services.core import failures
from passport.services.core.failures import Job
from passport.services.core.runtime import Runtime
from passport.services.sharing import prints

log = structlog.get_logger()

SHEETS_AT_ONCE = 5


def waiting(runtime: Runtime) -> list[int]:
    """Return the unfinished batches that no worker holds, after deleting expired batches."""
    with runtime.database.reading() as session:
        unfinished = prints.unfinished(session, runtime.clock())
        is_over = prints.is_over(session, runtime.clock())
    if is_over:
        with runtime.database.transaction() as session:
            prints.purge_due(session, runtime.clock())
    return unfinished


def print_one(runtime: Runtime, batch: int) -> None:
    """Print a batch. If the worker dies, the batch starts again once it shows no progress for a while."""
    public_url = runtime.settings.public_url
    with runtime.database.transaction() as session:
        if not prints.claim(session, batch, runtime.clock()):
            return
        size = prints.size(session, batch)
    sheets: list[Sheet | str] = []
    for start in range(0, size, SHEETS_AT_ONCE):
        with runtime.database.reading() as session:
            places = range(start, min(start + SHEETS_AT_ONCE, size))
            sheets += [_sheet(session, batch, place, public_url, runtime.clock()) for place in places]
        with runtime.database.transaction() as session:
            prints.note_progress(session, batch, len(sheets), runtime.clock())
    with runtime.database.reading() as session:
        how = prints.how(session, batch)
    document, left_out = prints.press(how, sheets, public_url)
    with runtime.database.transaction() as session:
        prints.finish(session, batch, document, left_out, runtime.clock())


def print_bounded(runtime: Runtime, batch: int) -> None:
    """Print a batch; one that keeps failing is given up."""

    def give_up(session: Session, number: int) -> None:
        prints.give_up(session, number, runtime.clock())

    row_jobs.one(runtime, Job.PRINT, batch, partial(print_one, runtime), give_up)


def _sheet(session: Session, batch: int, place: int, public_url: str, at: datetime) -> Sheet | str:
    """Return one sheet or a reason, shown beside the student's name. An error does not stop other sheets."""
    try:
        return prints.sheet(session, batch, place, public_url, at)
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - the other sheets are made
        log.error("a sheet cannot be made", batch=batch, place=place, reason=failures.reason_of(error))
        return prints.DAMAGED
