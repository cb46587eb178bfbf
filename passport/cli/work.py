"""`work`: run the jobs in a process of their own."""

from __future__ import annotations

from argparse import Namespace

from passport.cli import complain
from passport.cli.instance import CannotStart, prepare, settings
from passport.jobs.queue import Jobs
from passport.services import DatabaseUnavailable
from passport.services.core.errors import NotReady
from passport.services.core.runtime import open_runtime


def run(_options: Namespace) -> int:
    """Run jobs until stopped."""
    try:
        chosen = settings()
        prepare(chosen).close()
        Jobs(open_runtime(chosen)).run()
    except (CannotStart, NotReady, DatabaseUnavailable) as error:
        return complain(str(error))
    return 0
