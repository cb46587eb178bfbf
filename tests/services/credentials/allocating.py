"""Fifty processes take places in a status list at once: run by test_places.py.

One process imports, then forks: each child has its own connections, and none has to import again.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime

from passport.db import Database
from passport.db.programmes.programme import only
from passport.services.credentials import status_positions


def main(url: str, processes: int, rounds: int, each: int) -> int:
    """Give the number of processes that failed."""
    children = [_fork(url, rounds, each) for _ in range(processes)]
    return sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0 for child in children)


def _fork(url: str, rounds: int, each: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        _take(url, rounds, each)
    except BaseException as error:  # noqa: BLE001 - a child must never run on as its parent
        sys.stderr.write(f"{error!r}\n")
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def _take(url: str, rounds: int, each: int) -> None:
    """As `issuing.intend` does it: in a transaction, by the same function."""
    database = Database(url)
    at = datetime.fromisoformat("2026-03-14T15:00:00+00:00")
    for _ in range(rounds):
        with database.transaction() as session:
            programme = only(session)
            if programme is None:
                raise LookupError("no programme")
            for _ in range(each):
                status_positions.for_entry(session, programme, at)
    database.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
