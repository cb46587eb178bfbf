"""The queue only triggers work. The work itself is in rows, and a sweep finds what was missed.

huey loses a task whose worker is killed. So a task is only the number of a row and is idempotent,
and once a minute the sweep queues every row that still waits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from flask import current_app
from huey.api import crontab
from huey.consumer import Consumer
from redis import RedisError

from passport.jobs import (
    check_lists,
    erasures,
    import_students,
    nightly,
    print_batches,
    row_jobs,
    scan_files,
    send_mail,
)
from passport.jobs.queue_storage import EmbeddedConsumer, open_queue
from passport.publisher import Publisher
from passport.services import Session
from passport.services.core import failures, unexpected
from passport.services.core.errors import IssuingClosed
from passport.services.core.failures import Job
from passport.services.core.runtime import Runtime
from passport.services.credentials import compacts, issuing
from passport.verifier.unexpected import Unexpected

log = structlog.get_logger()

EXTENSION = "passport.jobs"
LONGEST_NAP_SECONDS = 0.5
# Entries issued in one transaction. It holds the audit trail's lock, so all other writers wait for it.
TOGETHER = 25


class Jobs:
    """The tasks, bound to one runtime and its queue."""

    def __init__(self, runtime: Runtime) -> None:
        """Open the queue; no task runs before `start`."""
        self._runtime = runtime
        self._queue = open_queue(runtime.settings.queue)
        self._issue = self._queue.task(name="issue", retries=3, retry_delay=5)(self._issue_one)
        self._issue_several = self._queue.task(name="issue_several")(self._issue_together)
        self._print = self._queue.task(name="print", retries=1, retry_delay=150)(self._print_one)
        self._check = self._queue.task(name="check", retries=3, retry_delay=5)(self._check_some)
        self._import = self._queue.task(name="import", retries=3, retry_delay=5)(self._import_some)
        self._clear = self._queue.task(name="clear")(self._clear_one)
        self._sweep = self._queue.task(name="sweep")(self._sweep_now)
        self._post = self._queue.task(name="post")(self._post_now)
        self._queue.periodic_task(crontab(minute="*"), name="every_minute")(self._sweep_now)
        self._queue.periodic_task(crontab(hour="3", minute="40"), name="every_day")(self._each_night)
        self._queue.periodic_task(crontab(minute="7"), name="every_hour")(self._each_hour)
        self._consumer: Any = None

    def wake(self) -> None:
        """Sweep now, as a commit has made work. A lost call loses no work, only a minute."""
        batch = self._runtime.settings.status_batch_seconds
        try:
            self._sweep()
            if batch:
                self._sweep.schedule(delay=batch)
        except (sqlite3.Error, RedisError) as error:
            # the request is committed: the caller must not get an error
            log.error("the queue cannot be woken", reason=str(error))

    def start(self) -> None:
        """Run tasks in threads of this process, after publishing what the last stop left unpublished."""
        try_again(self._runtime)
        erase_again(self._runtime)
        publish_all(self._runtime)
        options = {"workers": 2, "worker_type": "thread", "check_worker_health": False}
        nap = {"initial_delay": 0.05, "max_delay": LONGEST_NAP_SECONDS}
        self._consumer = EmbeddedConsumer(self._queue, **options, **nap)
        self._consumer.start()

    def stop(self) -> None:
        """Let running tasks finish, and start no new one."""
        if self._consumer is not None:
            self._consumer.stop(graceful=True)

    def run(self) -> None:
        """Run tasks until the process gets a signal to stop (the command `work`)."""
        try_again(self._runtime)
        erase_again(self._runtime)
        publish_all(self._runtime)
        Consumer(self._queue, workers=2, worker_type="thread").run()

    def _issue_one(self, endorsement: int) -> None:
        issue_bounded(self._runtime, endorsement)
        publish_due(self._runtime)

    def _issue_together(self, endorsements: list[int]) -> None:
        for endorsement in issue_together(self._runtime, endorsements):
            self._issue(endorsement)
        publish_due(self._runtime)

    def _check_some(self, batch: int) -> None:
        # a few rows at a time, then to the end of the queue: a long list does not block others
        if check_lists.check_bounded(self._runtime, batch):
            self._check(batch)

    def _import_some(self, number: int) -> None:
        # a few rows at a time, then to the end of the queue, as `_check_some` does
        if import_students.work_bounded(self._runtime, number):
            self._import(number)

    def _clear_one(self, file: int) -> None:
        scan_files.clear_bounded(self._runtime, file)

    def _each_night(self) -> None:
        nightly.run(self._runtime)

    def _print_one(self, batch: int) -> None:
        print_batches.print_bounded(self._runtime, batch)

    def _sweep_now(self) -> None:
        runtime = self._runtime
        row_jobs.steps(
            [
                self._sweep_issuing,
                self._sweep_files,
                partial(make_codes, runtime),
                partial(publish_due, runtime),
                partial(erasures.finish_recent, runtime),
                partial(send_mail.notify_of_decisions, runtime),
                self._sweep_mail,
            ]
        )

    def _sweep_issuing(self) -> None:
        try:
            notice(self._runtime)
            begun, due = _waiting(self._runtime)
        except OSError as error:
            # issue nothing without a comparison with what was published; the other work continues
            log.error("the published files cannot be read", reason=str(error))
            begun, due = [], []
        for endorsement in begun:
            self._issue(endorsement)
        for several in _batches(due):
            self._issue_several(several)

    def _sweep_files(self) -> None:
        for file in scan_files.waiting(self._runtime):
            self._clear(file)
        for listed in check_lists.waiting(self._runtime):
            self._check(listed)
        for made in import_students.waiting(self._runtime):
            self._import(made)
        for printed in print_batches.waiting(self._runtime):
            self._print(printed)

    def _sweep_mail(self) -> None:
        if send_mail.waits(self._runtime):
            self._post()

    def _post_now(self) -> None:
        send_mail.post_due(self._runtime)

    def _each_hour(self) -> None:
        row_jobs.steps(
            [partial(send_mail.tidy, self._runtime), partial(send_mail.tell_digests, self._runtime)]
        )


def try_again(runtime: Runtime) -> None:
    """Retry what was given up: the release that starts now may fix it."""
    with runtime.database.transaction() as session:
        number = failures.forget_given_up(session)
    if number:
        log.info("what was given up is tried again", number=number)


def erase_again(runtime: Runtime) -> None:
    """Erase again whom a restored backup brought back, before anything is published."""
    again = erasures.repeat(runtime)
    if again:
        log.warning("erased again after a restore", number=again)


def waiting(runtime: Runtime) -> list[int]:
    """Return the endorsements whose entry is due, or begun and not finished."""
    begun, due = _waiting(runtime)
    return begun + due


def _waiting(runtime: Runtime) -> tuple[list[int], list[int]]:
    with runtime.database.reading() as session:
        return issuing.unfinished(session, runtime.clock()), issuing.due(session, runtime.clock())


def _batches(due: list[int]) -> list[list[int]]:
    return [due[start : start + TOGETHER] for start in range(0, len(due), TOGETHER)]


def issue_together(runtime: Runtime, endorsements: list[int]) -> list[int]:
    """Issue several entries in two transactions; return those that must be issued one by one instead.

    These are all of them if any failed: issued separately, a failing entry shows itself and stops no other.
    """
    try:
        _issue(runtime, endorsements)
    except IssuingClosed:
        return endorsements
    except Exception as error:  # noqa: BLE001 - an error in one must not stop the others
        unexpected.note("entries are issued one by one", Unexpected.of(error))
        return endorsements
    return []


def issue_bounded(runtime: Runtime, endorsement: int) -> None:
    """Issue one entry; if it keeps failing, notify the student and the managers that it is stuck."""

    def give_up(session: Session, number: int) -> None:
        issuing.give_up(session, number, runtime.clock())

    row_jobs.one(runtime, Job.ISSUE, endorsement, partial(issue_one, runtime), give_up)


def issue_one(runtime: Runtime, endorsement: int) -> None:
    """Issue one entry in two transactions. An entry that cannot be signed now waits for a later sweep."""
    try:
        _issue(runtime, [endorsement])
    except IssuingClosed as error:
        log.error("issuing is closed", reason=str(error))


def _issue(runtime: Runtime, endorsements: list[int]) -> None:
    with runtime.database.transaction() as session:
        issuing.intend(session, runtime.keys, runtime.settings.public_url, endorsements, runtime.clock())
    with runtime.database.transaction() as session:
        issuing.finish(session, runtime.keys, endorsements, runtime.clock())


def make_codes(runtime: Runtime) -> None:
    """Make the compact forms that shares still wait for."""
    with runtime.database.reading() as session:
        waiting_shares = compacts.waiting(session, runtime.clock())
    row_jobs.each(runtime, Job.CODES, waiting_shares, partial(make_codes_of, runtime))


def make_codes_of(runtime: Runtime, share: int) -> None:
    """Make the compact forms of one share in two transactions, if they can be signed now."""
    try:
        with runtime.database.transaction() as session:
            compacts.intend(session, runtime.keys, runtime.settings.public_url, share, runtime.clock())
        with runtime.database.transaction() as session:
            compacts.finish(session, runtime.keys, share)
    except IssuingClosed as error:
        log.error("codes with an entry inside cannot be signed", reason=str(error))


def publish_due(runtime: Runtime) -> None:
    """Write the status lists that are due."""
    batch = timedelta(seconds=runtime.settings.status_batch_seconds)
    with _logging_closed():
        publisher(runtime).publish_due(batch, runtime.clock())


def publish_all(runtime: Runtime) -> None:
    """Write every published file: what an older release left may be stale or missing."""
    with _logging_closed():
        publisher(runtime).publish_all(runtime.clock())


def notice(runtime: Runtime) -> bool:
    """Compare the published files with the rows; log and return whether a recovery is open."""
    is_open = publisher(runtime).notice(runtime.clock())
    if is_open:
        log.error("a recovery is open, issuing and sharing are closed", run="python3 -m passport recover")
    return is_open


def publisher(runtime: Runtime) -> Publisher:
    """Return the publisher of a runtime."""
    return Publisher(runtime.database, runtime.keys, runtime.public, runtime.settings.public_url)


@contextmanager
def _logging_closed() -> Iterator[None]:
    try:
        yield
    except IssuingClosed as error:
        log.error("status lists cannot be signed", reason=str(error))


def run_due(runtime: Runtime) -> None:
    """Run at once, in this thread, what a sweep would queue."""
    begun, due = _waiting(runtime)
    for several in _batches(due):
        begun += issue_together(runtime, several)
    for endorsement in begun:
        issue_bounded(runtime, endorsement)
    make_codes(runtime)
    publish_due(runtime)
    for file in scan_files.waiting(runtime):
        scan_files.clear_bounded(runtime, file)
    for batch in check_lists.waiting(runtime):
        while check_lists.check_bounded(runtime, batch):
            pass
    for made in import_students.waiting(runtime):
        while import_students.work_bounded(runtime, made):
            pass
    for batch in print_batches.waiting(runtime):
        print_batches.print_bounded(runtime, batch)
    send_mail.notify_of_decisions(runtime)
    send_mail.post_due(runtime)


def wake() -> None:
    """Wake the jobs of the app that serves this request. Call it after the commit."""
    current_app.extensions[EXTENSION].wake()
