"""What `bench credentials` measures of the service itself: from endorsements that are due to signed entries.

On a demo of its own in a temporary folder, with SQLite: both documents, the token, every row, committed.
Warm: some entries are issued before anything is measured.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from passport.cli import demo, instance
from passport.config import Settings
from passport.demo import people
from passport.jobs import queue as job_queue
from passport.services import Session
from passport.services.core.runtime import Runtime, open_runtime, utc_now
from passport.services.endorsements import decisions
from passport.services.evidence import drafting
from passport.services.people import accounts
from passport.services.programmes.activities import menu

_FEWEST, _MOST = 25, 200
_STORY = "I measured the shaft in five places, found one reading over the drawing and told the technician."


def figures(seconds: float) -> dict[str, float]:
    """Return entries a second when many are due at once, and when one is due at a time."""
    number = min(_MOST, max(_FEWEST, int(20 * seconds)))
    with tempfile.TemporaryDirectory() as folder:
        runtime = demo_service(Path(folder))
        try:
            issue(runtime, _FEWEST, job_queue.run_due)
            return {
                "entries_a_second": issue(runtime, number, job_queue.run_due),
                "entries_a_second_one_by_one": issue(runtime, _FEWEST, _issue_each),
            }
        finally:
            runtime.database.close()


def demo_service(folder: Path, public_url: str = "https://passport.example") -> Runtime:
    """Return the runtime of a new demo in a folder, with SQLite."""
    chosen = Settings(
        instance=folder,
        public_url=public_url,
        database_url=f"sqlite:///{folder / 'bench.sqlite3'}",
        queue_url=f"sqlite:///{folder / 'queue.sqlite3'}",
        keys=folder / "keys",
        keys_passphrase_file=folder / "passphrase",
        conformance=False,
    )
    database = instance.prepare(chosen)
    demo.make(chosen, database)
    database.close()
    return open_runtime(chosen)


def sign_in(session: Session, runtime: Runtime, key: str) -> accounts.Account:
    """Return one of the demo's accounts, signed in with the password that the demo made."""
    email = next(person.email for person in people() if person.key == key)
    return accounts.sign_in(session, email, instance.read_passwords(runtime.settings)[key])


def issue(runtime: Runtime, number: int, way: Callable[[Runtime], None]) -> float:
    """Issue so many entries of one student in a way, and return the rate per second."""
    now = utc_now()
    with runtime.database.transaction() as session:
        student, champion = sign_in(session, runtime, "amara"), sign_in(session, runtime, "robin")
        for _ in range(number):
            _endorsed(session, runtime, student, champion, now)
    later = replace(runtime, clock=lambda: now + timedelta(days=2))
    begin = time.perf_counter()
    way(later)
    seconds = time.perf_counter() - begin
    if job_queue.waiting(later):
        raise RuntimeError("not every entry was issued")
    return number / seconds


def _endorsed(
    session: Session, runtime: Runtime, student: accounts.Account, champion: accounts.Account, at: datetime
) -> None:
    activity = menu.for_student(session, student, at)[0]
    reference = drafting.start(session, student, activity.reference, at).reference
    drafting.choose_skill(session, student, reference, 4, at)
    drafting.choose_level(session, student, reference, 3, at)
    drafting.describe(session, student, reference, _STORY, activity.held_on, activity.hours, at)
    sent = drafting.submit(session, student, reference, at)
    decisions.endorse(session, runtime.keys, champion, reference, sent.version, 2, 3, at)


def _issue_each(runtime: Runtime) -> None:
    for endorsement in job_queue.waiting(runtime):
        job_queue.issue_together(runtime, [endorsement])
