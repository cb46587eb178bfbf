"""A process that serves for long: for each line it reads, it signs what is due and says which keys signed.

Run by test_keys_between_processes.py. It opens its runtime once, as a web process does, and says a line.
"""

from __future__ import annotations

import sys
from pathlib import Path

from passport.config import Settings
from passport.db.credentials.records import Credential
from passport.jobs import queue as job_queue
from passport.services.core.runtime import open_runtime

ANSWER = "signed by"  # what the log says stands between


def main(instance: str, database_url: str) -> None:
    """Serve until no one asks any more."""
    settings = Settings(instance=Path(instance), database_url=database_url, status_batch_seconds=0)
    runtime = open_runtime(settings)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _asked in sys.stdin:
        job_queue.run_due(runtime)
        with runtime.database.reading() as session:
            signed = session.query(Credential.kid).where(Credential.document.is_not(None))
            kids = [kid for (kid,) in signed.order_by(Credential.id)]
        sys.stdout.write(f"{ANSWER} {' '.join(kids)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
