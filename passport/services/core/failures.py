"""Record failures of rows in batch jobs: retry with exponential back-off, give up after `MOST` attempts.

Rows that were given up are retried when the jobs restart, because a newer release may fix the cause.
"""

from __future__ import annotations

import traceback
from datetime import datetime, timedelta
from pathlib import Path

from passport import db
from passport.db import Session
from passport.db.failures import Failure, Job

__all__ = ["MOST", "Failure", "Job", "forget", "forget_given_up", "is_recorded", "reason_of", "record"]

MOST = 5
FIRST_PAUSE = timedelta(minutes=1)


def record(session: Session, job: Job, number: int, reason: str, at: datetime) -> bool:
    """Record a failed attempt on a row and schedule its retry; return whether the row is given up now."""
    found = db.failures.get(session, job, number)
    if found is None:
        found = Failure(job=job, number=number, attempts=0)
        session.add(found)
    found.attempts += 1
    found.reason, found.failed_at = reason, at
    is_given_up = found.attempts >= MOST
    found.next_at = None if is_given_up else at + FIRST_PAUSE * 2 ** (found.attempts - 1)
    session.flush()
    return is_given_up


def is_recorded(session: Session, job: Job, number: int) -> bool:
    """Return whether a failure of a row is recorded."""
    return db.failures.is_recorded(session, job, number)


def forget(session: Session, job: Job, number: int) -> None:
    """Delete the failures of a row that succeeded."""
    db.failures.forget(session, job, number)


def forget_given_up(session: Session) -> int:
    """Allow a retry of all rows that were given up; return how many."""
    return db.failures.forget_given_up(session)


def reason_of(error: BaseException) -> str:
    """Return an error's type and its last line in our code, without its message, which may be personal."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "passport" in Path(frame.filename).parts]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}"
