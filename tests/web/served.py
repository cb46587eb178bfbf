"""Serves a town with the own server and short limits for slow clients: run by test_slow_clients.py."""

from __future__ import annotations

import sys
from pathlib import Path

from passport.cli.incoming import Limits
from passport.cli.serve import Server
from passport.cli.whole_requests import WholeRequests
from passport.config import Settings

LIMITS = Limits(head_seconds=4, body_seconds=4, closing_seconds=2, largest_body=3_000_000, large_at_once=1)


class Impatient(WholeRequests):
    """The service's worker, with these limits."""

    limits = LIMITS


class ImpatientServer(Server):
    """The service's server, with this worker."""

    worker_class = Impatient


if __name__ == "__main__":
    instance, database_url, listen = sys.argv[1:]
    settings = Settings(
        instance=Path(instance), database_url=database_url, listen=listen, status_batch_seconds=0
    )
    ImpatientServer(settings).run()
