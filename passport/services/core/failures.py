"""Count what failed in jobs that work on many rows: pause longer each time, give up after a bound.

What is given up is tried again when the jobs start anew, because a newer release may mend it.
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
    """Record that a row failed; return whether it is given up now."""
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
    """Return whether a row failed before."""
    return db.failures.is_recorded(session, job, number)


def forget(session: Session, job: Job, number: int) -> None:
    """Forget the failures of a row that is done."""
    db.failures.forget(session, job, number)


def forget_given_up(session: Session) -> int:
    """Let what was given up be tried again; return how many rows."""
    return db.failures.forget_given_up(session)


def reason_of(error: BaseException) -> str:
    """Name the kind of an error and the last line of ours that it passed: its words may be personal."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "passport" in Path(frame.filename).parts]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{place}"
