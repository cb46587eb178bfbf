"""What `bench load` measures: how many credentials, and files that keep readers busy, slow other requests.

A demo of its own in a temporary folder. Presentations of 1, 50 and 100 different entries are checked with the
cache of signatures off, in processor time of this process. Then 40 clients upload a file again and again to
the service's own server, whose readers work on each for the whole of their time limit and find nothing: no
file is needed that is really so hard to read. Meanwhile another client opens the page of a code.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Any

from passport.adapters.pictures import reader_processes
from passport.app import create_app
from passport.bench import checks, issuing
from passport.bench.issuing import demo_service, sign_in
from passport.cli.bench import Bench
from passport.config import Settings
from passport.jobs import queue as job_queue
from passport.openbadges.terms import CREDENTIALS_V2
from passport.services.checking.stored_entries import CACHE
from passport.services.core.runtime import Runtime
from passport.services.credentials import lifecycle

NUMBERS = (1, 50, 100)
CLIENTS, BYTES = 40, 835_000
OK, BUSY = 200, 503
FEWEST = 3
# Works for nine tenths of its time limit, and gives up as `passport.adapters.pictures.reading` does.
PROGRAM = """
import os, sys, time
os.nice(10)
while sys.stdin.buffer.read(1):
    sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(8), "big"))
    end = time.monotonic() + 0.9 * float(sys.argv[-1])
    while time.monotonic() < end:
        pass
    print('{"unreadable": "too slow"}', flush=True)
"""


def measure(seconds: float) -> Bench:
    """Measure for about `seconds`, not counting the preparation."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = demo_service(Path(folder), f"http://localhost:{checks.free_port()}")
        try:
            figures = _presentations(runtime, seconds) | _uploads(runtime, seconds)
        finally:
            runtime.database.close()
    one, fifty, hundred = (figures[f"presentation_{number}_milliseconds"] for number in NUMBERS)
    return Bench(
        figures,
        {
            "presentation_100_to_50": hundred / fifty,
            "presentation_100_to_1": hundred / one,
            "page_busy_to_idle": figures["page_busy_p95_milliseconds"]
            / figures["page_idle_p95_milliseconds"],
        },
    )


def _presentations(runtime: Runtime, seconds: float) -> dict[str, float]:
    later = replace(
        runtime,
        clock=lambda: runtime.clock() + timedelta(days=2),
        settings=runtime.settings.model_copy(update={"api_limit": checks.MOST}),
    )
    issuing.issue(runtime, max(NUMBERS), job_queue.run_due)
    with runtime.database.reading() as session:
        held = lifecycle.mine(session, sign_in(session, runtime, "amara"))
        documents = [json.loads(entry.document or b"{}") for entry in held[: max(NUMBERS)]]
    client = create_app(later).test_client()
    times: dict[int, list[float]] = {number: [] for number in NUMBERS}
    end = time.perf_counter() + seconds / 2
    with CACHE.paused():
        while time.perf_counter() < end or len(times[1]) < FEWEST:
            for number in NUMBERS:
                begin = time.thread_time()
                answer = client.post("/presentations/verify", json=_presented(documents[:number]))
                times[number].append((time.thread_time() - begin) * 1000)
                if answer.status_code != OK:
                    raise RuntimeError(f"not verified: {answer.text[:300]}")
    return {f"presentation_{number}_milliseconds": min(each) for number, each in times.items()}


def _presented(documents: list[dict[str, Any]]) -> dict[str, Any]:
    presentation = {"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"]}
    return {"verifiablePresentation": {**presentation, "verifiableCredential": documents}}


def _uploads(runtime: Runtime, seconds: float) -> dict[str, float]:
    [code] = checks.shared(runtime, 1)
    with _served(runtime.settings) as port:
        _times(port, code, 0.5)  # templates are compiled
        idle = _times(port, code, seconds / 4)
        with _uploading(port) as answered:
            busy = _times(port, code, max(seconds / 4, 3.0))
    return {
        "page_idle_p95_milliseconds": quantiles(idle, n=20)[-1],
        "page_busy_p95_milliseconds": quantiles(busy, n=20)[-1],
        "page_busy_longest_milliseconds": max(busy),
        "uploads_refused": answered.count(BUSY),
    }


def _times(port: int, code: str, seconds: float) -> list[float]:
    """Open the page of a code repeatedly, and return how many milliseconds each request took."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < FEWEST:
        begin = time.perf_counter()
        with closing(HTTPConnection("localhost", port)) as connection:
            connection.request("GET", f"/c/{code}")
            answer = connection.getresponse()
            answer.read()
        times.append((time.perf_counter() - begin) * 1000)
        if answer.status != OK:
            raise RuntimeError(f"not answered: {answer.status}")
    return times


@contextmanager
def _uploading(port: int) -> Iterator[list[int]]:
    """Upload files from many clients, each again after a second. Yields the statuses of the answers."""
    over, answered = threading.Event(), []
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n%PDF-1.4\n'
    body = head.encode() + bytes(BYTES) + b"\r\n--x--\r\n"

    def upload() -> None:
        while not over.is_set():
            with closing(
                HTTPConnection("localhost", port, timeout=2 * reader_processes.SECONDS)
            ) as connection:
                try:
                    connection.request(
                        "POST", "/check", body, {"Content-Type": "multipart/form-data; boundary=x"}
                    )
                    answered.append(connection.getresponse().status)
                except OSError:
                    return  # the server has ended
            over.wait(1)

    for _ in range(CLIENTS):
        threading.Thread(target=upload, daemon=True).start()
    try:
        yield answered
    finally:
        over.set()


@contextmanager
def _served(settings: Settings) -> Iterator[int]:
    port = int(settings.bind.rpartition(":")[2])
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(settings,), daemon=True)
    server.start()
    try:
        checks.wait_for(port)
        yield port
    finally:
        server.kill()
        server.join()


def _serve(settings: Settings) -> None:
    OccupiedServer(settings).run()


class OccupiedServer(checks.BenchServer):
    """The service's own server, with readers that work on every file for all of their time limit."""

    def load(self) -> Any:
        """Return the application, in the process that answers."""
        program = (sys.executable, "-c", PROGRAM)
        reader_processes.use(
            reader_processes.Readers(
                [reader_processes.Reader(program=program) for _ in range(reader_processes.PROCESSES)]
            )
        )
        return super().load()
