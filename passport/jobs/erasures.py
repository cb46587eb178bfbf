"""What follows an erasure after its commit: files deleted, the journal cleared, and the erasure kept in mind.

Each step may be repeated. The nightly job repeats them, in case the process died in between.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from passport.jobs import scan_files
from passport.services.core.runtime import Runtime
from passport.services.privacy import erasure

log = structlog.get_logger()
RECENT = timedelta(days=1)


def finish_recent(runtime: Runtime) -> None:
    """Do `finish` where someone was erased within the last day."""
    with runtime.database.reading() as session:
        is_due = erasure.any_since(session, runtime.clock() - RECENT)
    if is_due:
        finish(runtime)


def finish(runtime: Runtime) -> None:
    """Write down who was erased, delete their files, and clear what the database still holds of them."""
    with runtime.database.reading() as session:
        people = erasure.people(session)
    erasure.record_people(runtime.settings.instance, people)
    removed = scan_files.remove_refused(runtime)
    if removed:
        log.info("files deleted", number=removed)
    runtime.database.forget_traces()


def each_night(runtime: Runtime) -> None:
    """Overwrite again what a request that began before an erasure wrote after it, and do `finish`."""
    with runtime.database.transaction() as session:
        erasure.erase_late(session, runtime.clock() - 2 * RECENT)
    finish(runtime)


def repeat(runtime: Runtime) -> int:
    """Erase again whom a restored backup brought back; return how many. Run it before anything is served."""
    again = 0
    for reference in sorted(erasure.erased_before(runtime.settings.instance)):
        with runtime.database.transaction() as session:
            again += erasure.erase_again(session, reference, runtime.clock())
    finish(runtime)
    return again
