"""Work row by row: a failing row does not block others and is not retried for ever.

A failure is recorded with its reason, the row is retried after a growing pause, and after a bound it is given
up: then `give_up` notifies the person who waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from passport.adapters.files import StoreUnavailable
from passport.adapters.mail import CannotBeReached
from passport.services import DatabaseUnavailable, Session
from passport.services.core import failures
from passport.services.core.errors import IssuingClosed
from passport.services.core.failures import Job
from passport.services.core.runtime import Runtime

log = structlog.get_logger()
GiveUp = Callable[[Session, int], None]
# the service cannot work now, whatever the row: it counts as no row's failure, all wait for the next sweep
NO_ROWS_FAULT = (DatabaseUnavailable, IssuingClosed, StoreUnavailable, CannotBeReached)


def each(
    runtime: Runtime,
    job: Job,
    numbers: Iterable[int],
    do: Callable[[int], object],
    give_up: GiveUp | None = None,
) -> None:
    """Do a job for each row. Raises only errors that are not caused by a row."""
    for number in numbers:
        one(runtime, job, number, do, give_up)


def one(
    runtime: Runtime, job: Job, number: int, do: Callable[[int], object], give_up: GiveUp | None = None
) -> bool:
    """Do a job for one row; return whether it was done. Raises only errors that the row does not cause."""
    try:
        do(number)
    except NO_ROWS_FAULT:
        raise
    except Exception as error:  # noqa: BLE001 - one row must not stop the others
        _record(runtime, job, number, error, give_up)
        return False
    _forget(runtime, job, number)
    return True


def _record(runtime: Runtime, job: Job, number: int, error: Exception, give_up: GiveUp | None) -> None:
    reason = failures.reason_of(error)
    with runtime.database.transaction() as session:
        is_given_up = failures.record(session, job, number, reason, runtime.clock())
        if is_given_up and give_up is not None:
            give_up(session, number)
    log.error("a row failed", job=job.value, number=number, reason=reason, given_up=is_given_up)


def _forget(runtime: Runtime, job: Job, number: int) -> None:
    with runtime.database.reading() as session:
        if not failures.is_recorded(session, job, number):
            return
    with runtime.database.transaction() as session:
        failures.forget(session, job, number)


def steps(what: Iterable[Callable[[], object]]) -> None:
    """Run steps in order. A step that fails is logged and does not stop later ones."""
    for step in what:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - the next sweep retries it
            log.error("a step failed", reason=failures.reason_of(error))
