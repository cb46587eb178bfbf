"""What `bench checks` measures: pages and answers for a code, compared with a bare page of the same server.

A demo of its own in a temporary folder, a thousand codes, one gunicorn with eight threads as `serve` starts
it, and two connections that stay open. The bare page is Flask's smallest, under another path of that server.
Warm: the server's clock is frozen, so that the first check of each code in a minute, which writes a receipt,
comes before anything is measured.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from passport.app import create_app
from passport.bench.issuing import demo_service, sign_in
from passport.cli.bench import Bench
from passport.cli.serve import Server
from passport.config import Settings
from passport.jobs import check_lists
from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from passport.services.checking.desk import receiving, tables
from passport.services.core.runtime import Runtime, open_runtime, utc_now
from passport.services.credentials import lifecycle
from passport.services.people import institutions
from passport.services.programmes import creation
from passport.services.sharing import codes, shares

CODES, CLIENTS, ROUNDS = 1_000, 2, 5
MOST = "100000 per minute"
LONGEST_WARMING, LONGEST_START = 120.0, 30.0
OK = 200
AUDIENCE = "bench"
Asked = tuple[str, str, str | None]


def measure(seconds: float) -> Bench:
    """Measure for about `seconds`, not counting the preparation and the list at the desk."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = demo_service(Path(folder), f"http://localhost:{free_port()}")
        try:
            return _measure(runtime, seconds)
        finally:
            runtime.database.close()


def _measure(runtime: Runtime, seconds: float) -> Bench:
    made = shared(runtime, CODES)
    kinds: dict[str, Callable[[str], Asked]] = {
        "bare_page": lambda _code: ("GET", "/bare/", None),
        "page_by_code": lambda code: ("GET", f"/c/{code}", None),
        "data_by_code": lambda code: ("POST", "/api/checks", json.dumps({"checks": [{"code": code}]})),
    }
    with _served(runtime) as port:
        for kind in kinds.values():
            _rate(port, [kind(code) for code in made], LONGEST_WARMING, CODES)
        kilobytes = _kilobytes(port, kinds["page_by_code"](made[0]))
        rounds = [
            {
                name: _rate(port, [kind(code) for code in made], seconds / ROUNDS / len(kinds))
                for name, kind in kinds.items()
            }
            for _ in range(ROUNDS)
        ]
    figures = {f"{name}_a_second": median(one[name] for one in rounds) for name in kinds}
    ratios = {
        name: median(one[name] / one["bare_page"] for one in rounds) for name in kinds if name != "bare_page"
    }
    figures["page_kilobytes"] = kilobytes
    figures["desk_1000_rows_seconds"] = _desk(runtime, made)
    figures["qr_picture_milliseconds"] = _picture(runtime)
    return Bench(figures, ratios)


def shared(runtime: Runtime, number: int) -> list[str]:
    """Create so many codes, each a share of one entry."""
    made: list[str] = []
    with runtime.database.transaction() as session:
        student, now = sign_in(session, runtime, "amara"), runtime.clock()
        entry = lifecycle.mine(session, student)[0].reference
        for _ in range(number):
            share = shares.draft(session, student, [entry], now)
            shares.address_it(session, student, share.reference, AUDIENCE, shares.usual_end(now), now)
            made.append(share_code.pretty(shares.activate(session, student, share.reference, now).code or ""))
    job_queue.publish_all(runtime)
    return made


def _rate(port: int, asked: list[Asked], seconds: float, most: int | None = None) -> float:
    """Ask over open connections for so many seconds, or so many times. Returns requests per second."""
    numbers, failed = count(), []
    end = time.perf_counter() + seconds

    def ask() -> None:
        with closing(HTTPConnection("localhost", port)) as connection:
            for number in numbers:
                if time.perf_counter() > end or (most is not None and number >= most):
                    return
                method, path, body = asked[number % len(asked)]
                connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
                answer = connection.getresponse()
                answer.read()
                if answer.status != OK:
                    failed.append((path, answer.status))
                    return

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(f"not answered: {failed[0]}")
    return (next(numbers) - CLIENTS) / (time.perf_counter() - begin)


def _kilobytes(port: int, asked: Asked) -> float:
    """Return the size of a page in kilobytes, uncompressed."""
    with closing(HTTPConnection("localhost", port)) as connection:
        connection.request(*asked[:2])
        return len(connection.getresponse().read()) / 1000


@contextmanager
def _served(runtime: Runtime) -> Iterator[int]:
    """Run the service with the bare page beside it in a process of their own; yield the port."""
    settings = runtime.settings.model_copy(update={"api_limit": MOST})
    port = int(settings.bind.rpartition(":")[2])
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(settings,), daemon=True)
    server.start()
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.join()


def _serve(settings: Settings) -> None:
    BenchServer(settings).run()


class BenchServer(Server):
    """The service's own server, without its jobs, with a bare page beside it."""

    def load_config(self) -> None:
        """Configure it as it is served, without output and jobs."""
        super().load_config()
        for name in ("when_ready", "post_worker_init", "worker_exit"):
            self.cfg.set(name, self.cfg.settings[name].default)

    def load(self) -> Any:
        """Return the application, and Flask's smallest, with a frozen clock."""
        bare = Flask("bare")
        bare.add_url_rule("/", view_func=lambda: "bare")
        now = utc_now()
        runtime = replace(open_runtime(self._settings), clock=lambda: now)
        return DispatcherMiddleware(create_app(runtime), {"/bare": bare})


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until a server listens on a port. Raises RuntimeError when none does in time."""
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end:
        try:
            socket.create_connection(("localhost", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server did not start")


def _desk(runtime: Runtime, made: list[str]) -> float:
    """Return how many seconds the jobs take for a list of a thousand codes."""
    table = "code,reference\r\n" + "".join(f"{code},{number}\r\n" for number, code in enumerate(made))
    with runtime.database.transaction() as session:
        programme = creation.only_programme(session, None)
        if programme is None:
            raise RuntimeError("the demo has no programme")
        university = institutions.add(session, programme, "bench", "Bench", runtime.clock())
        receiving.receive_table(session, tables.read(table.encode()), university.id, runtime.clock())
    begin = time.perf_counter()
    for batch in check_lists.waiting(runtime):
        while check_lists.check_some(runtime, batch):
            pass
    return time.perf_counter() - begin


def _picture(runtime: Runtime) -> float:
    """Return the median milliseconds of drawing the picture of an entry's code for the first time."""
    times: list[float] = []
    with runtime.database.reading() as session:
        mine = shares.mine(session, sign_in(session, runtime, "amara"))
        for of, entry in [(share, entry) for share in mine for entry in share.entries]:
            begin = time.perf_counter()
            code = codes.of_entry(of, entry, runtime.settings.public_url)
            if code is not None:
                codes.picture(code, codes.SVG)
                times.append(time.perf_counter() - begin)
    return median(times) * 1000
