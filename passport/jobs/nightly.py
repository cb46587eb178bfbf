"""Nightly jobs: delete expired data, reassign evidence from inactive champions, and notify of what
ends soon."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog

from passport.jobs import erasures, row_jobs, scan_files
from passport.services import Session
from passport.services.core import audit
from passport.services.core.errors import IssuingClosed
from passport.services.core.runtime import Runtime
from passport.services.endorsements import ending_soon, exclusions
from passport.services.privacy import retention
from passport.services.safeguarding import transfers
from passport.services.trust import anchors

log = structlog.get_logger()


def run(runtime: Runtime) -> None:
    """Run all nightly jobs. A second run in the same night finds nothing to do."""
    steps = (anchor, clean, erasures.each_night, pass_on_quiet, tell_what_ends, lapse_transfers)
    row_jobs.steps(partial(step, runtime) for step in steps)


def anchor(runtime: Runtime) -> None:
    """Sign and publish the head of the audit trail, unless the trail does not continue an earlier anchor."""
    at = runtime.clock()
    with runtime.database.transaction() as session:
        taken_in = audit.take_in(session, at)
    published = anchors.files(runtime.public)
    with runtime.database.reading() as session:
        problems = anchors.problems(session, published)
        made = None if problems else _made(runtime, session, at)
    if made is None:
        log.error("audit trail not anchored", problems=problems)
        return
    anchors.write(runtime.public, made)
    with runtime.database.transaction() as session:
        anchors.note(session, made, at)
    log.info("audit trail anchored", number=made.head.number, taken_in=taken_in)


def _made(runtime: Runtime, session: Session, at: datetime) -> anchors.Made | None:
    try:
        return anchors.make(session, runtime.keys, at)
    except IssuingClosed as error:
        log.warning("audit trail not anchored", reason=str(error))
        return None


def clean(runtime: Runtime) -> None:
    """Delete what has reached the end of its retention."""
    with runtime.database.transaction() as session:
        removed = retention.purge(session, runtime.clock())
    removed["files"] = scan_files.purge(runtime)
    log.info("removed", **removed)


def pass_on_quiet(runtime: Runtime) -> None:
    """Reassign what waits with inactive champions to others."""
    with runtime.database.transaction() as session:
        done = exclusions.pass_on_everywhere(session, runtime.clock())
    log.info("passed on", **done)


def tell_what_ends(runtime: Runtime) -> None:
    """Notify champions, and those who can renew it, of what ends soon."""
    with runtime.database.transaction() as session:
        ending_soon.tell_everywhere(session, runtime.clock())


def lapse_transfers(runtime: Runtime) -> None:
    """End the transfer offers that the other school did not answer in time."""
    with runtime.database.transaction() as session:
        ended = transfers.lapse_due(session, runtime.clock())
    log.info("transfers lapsed", number=ended)
