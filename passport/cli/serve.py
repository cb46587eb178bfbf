"""`serve`, and the bare command: serve the service, after making the demo if nothing exists yet."""

from __future__ import annotations

import os
import socket
import sys
from argparse import Namespace
from typing import Any, NoReturn

from gunicorn.app.base import BaseApplication

from passport import demo
from passport.app import create_app
from passport.cli import complain, say
from passport.cli.demo import make as make_demo
from passport.cli.instance import CannotStart, prepare, read_passwords, settings
from passport.cli.whole_requests import WholeRequests
from passport.config import Settings
from passport.jobs.queue import EXTENSION, notice
from passport.services import DatabaseUnavailable, Session
from passport.services.core.errors import IssuingClosed, NotReady
from passport.services.core.runtime import Runtime, open_runtime
from passport.services.programmes import creation, issuers
from passport.services.trust import conformance

THREADS = 8
# Each may need two open files while a request arrives; a process often may have 1,024.
CONNECTIONS = 400
GRACE_SECONDS = 10
RECOVER = (
    "A recovery is open: issuing and sharing are closed, checks go on. Read docs/operate.md, then run:"
    " python3 -m passport recover"
)
ALONE = (
    "How often somebody may guess is counted in this process alone. Before you run a second one,"
    " set PASSPORT_QUEUE_URL to a Redis for all of them"
)


def run(options: Namespace) -> int:
    """Serve until stopped. Any problem that prevents the start is printed as one line, with exit code 1."""
    try:
        chosen = settings()
        _check_port(chosen)
        database = prepare(chosen)
        with database.reading() as session:
            missing = not creation.is_made(session)
        if missing and options.make_demo:
            say("Making the demo programme …")
            make_demo(chosen, database)
        database.close()
        if missing and options.make_demo:
            _start_again()
        open_runtime(chosen).database.close()
    except (CannotStart, NotReady, DatabaseUnavailable) as error:
        return complain(str(error))
    Server(chosen).run()
    return 0


def _start_again() -> NoReturn:
    """Replace this process by a fresh one that serves.

    The server forks its worker. Making the demo started the threads of the file store, and a fork copies none
    of them: the worker's first photo would wait for ever. The process id stays the same, so signals and the
    exit code need not be passed on.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "passport", "serve"])  # noqa: S606 - no shell


def _check_port(chosen: Settings) -> None:
    host, _, port = chosen.bind.rpartition(":")
    if not port.isdigit():
        raise CannotStart(f"PASSPORT_LISTEN must look like 127.0.0.1:8000, not {chosen.bind}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except OSError as error:
            raise CannotStart(
                f"Port {port} cannot be used ({error.strerror}). For another one set PASSPORT_PUBLIC_URL,"
                " and PASSPORT_INSTANCE to a folder of its own"
            ) from error


def greet(runtime: Runtime) -> None:
    """Print where the service is, what is wrong with its keys, and how to try a demo.

    The published files are compared with the rows first: after a restored backup a recovery is open.
    """
    if notice(runtime):
        complain(RECOVER)
    with runtime.database.reading() as session:
        for problem in issuers.problems(session, runtime.keys):
            complain(problem)
        if _may_be_several(runtime.settings):
            complain(ALONE)
        codes = demo.codes(session) if runtime.demo else []
        if runtime.settings.conformance:
            _greet_a_suite(session)
    say(f"Skills Passport: {runtime.settings.public_url}")
    if runtime.demo:
        passwords = read_passwords(runtime.settings)
        for person in demo.people():
            say(f"    {person.role.value:<12} {person.email:<50} {passwords.get(person.key, '(unknown)')}")
        say(f"    A code to check: {demo.pretty(codes[0])}")
        say(f"    One code for each verdict: {runtime.settings.public_url}/demo/codes")
    runtime.database.close()


def _may_be_several(chosen: Settings) -> bool:
    """Return whether other processes may share the database while attempts are counted in this one alone."""
    return not chosen.database.startswith("sqlite") and not chosen.queue.startswith("redis")


def _greet_a_suite(session: Session) -> None:
    try:
        say(f"Test mode: /credentials/issue signs what it is sent, as {conformance.issuer(session)}")
    except IssuingClosed as error:
        complain(f"Test mode, but nothing can be signed: {error}")


class Server(BaseApplication):
    """gunicorn with one worker that also runs the jobs."""

    worker_class: type[WholeRequests] = WholeRequests

    def __init__(self, chosen: Settings) -> None:
        """Keep the settings; the application is built in the worker."""
        self._settings = chosen
        super().__init__()

    def load_config(self) -> None:
        """Configure one worker with threads: SQLite has one writer, and checks are short."""
        values = {
            "bind": self._settings.bind,
            "workers": 1,
            "worker_class": self.worker_class,
            "threads": THREADS,
            "worker_connections": CONNECTIONS,
            "sendfile": False,  # it would wait for a slow client without a limit
            "graceful_timeout": GRACE_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": self._greet,
            "post_worker_init": _start_jobs,
            "worker_exit": _stop_jobs,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def _greet(self, _server: Any) -> None:
        greet(open_runtime(self._settings))

    def load(self) -> Any:
        """Return the application, in the worker."""
        return create_app(open_runtime(self._settings))


def _start_jobs(worker: Any) -> None:
    worker.app.callable.extensions[EXTENSION].start()


def _stop_jobs(_server: Any, worker: Any) -> None:
    worker.app.callable.extensions[EXTENSION].stop()
