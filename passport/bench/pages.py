"""What `bench pages` measures: how many queries a champion's pages need, and how long they take.

A demo of its own in a temporary folder, and one champion for whom five experiences wait, then five thousand.
The number of queries must be the same.
"""

from __future__ import annotations

import re
import secrets
import tempfile
import time
from datetime import timedelta
from html import unescape
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from passport.app import create_app
from passport.bench.issuing import demo_service, sign_in
from passport.cli.bench import Bench
from passport.demo import many
from passport.services.core.runtime import Runtime

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
ROW = re.compile(r'name="decision-([^"]*)"')
VERSION = 1
FEW, LOTS = 5, 5_000
EMAIL = "pat.longqueue@brindlemoor.example.test"
SEEN = 200
FEWEST = 3


def measure(seconds: float) -> Bench:
    """Measure for about `seconds`, not counting the preparation."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = demo_service(Path(folder))
        try:
            return _measure(runtime, seconds)
        finally:
            runtime.database.close()


def _measure(runtime: Runtime, seconds: float) -> Bench:
    password = secrets.token_urlsafe()
    earlier = runtime.clock() - timedelta(days=2)
    with runtime.database.transaction() as session:
        robin = sign_in(session, runtime, "robin")
        crowd = many.gather(session, robin, EMAIL, password, earlier)
    champion = _Champion(runtime, password)
    figures: dict[str, float] = {}
    waiting = 0
    for number in (FEW, LOTS):
        with runtime.database.transaction() as session:
            many.send(session, crowd, range(waiting, number), earlier)
        waiting = number
        pages = {"queue": "/queue", "last_page": f"/queue?page={LOTS}", "review": champion.review()}
        for name, address in pages.items():
            asked, took = champion.looks(address, seconds / len(pages) / 2)
            figures |= {f"{name}_queries_{number}": asked, f"{name}_milliseconds_{number}": took}
    ratios = {
        name: figures[f"{name}_milliseconds_{LOTS}"] / figures[f"{name}_milliseconds_{FEW}"] for name in pages
    }
    return Bench(figures, ratios)


class _Champion:
    """A champion's browser."""

    def __init__(self, runtime: Runtime, password: str) -> None:
        """Sign in."""
        self._database = runtime.database
        self._client: FlaskClient = create_app(runtime).test_client()
        sent = {"csrf_token": self._token("/sign-in"), "email": EMAIL, "password": password}
        self._client.post("/sign-in", data=sent, buffered=True)

    def looks(self, address: str, seconds: float) -> tuple[int, float]:
        """Open a page for about so long; return its queries, a constant number, and its milliseconds."""
        self._open(address)
        end = time.perf_counter() + seconds
        asked: set[int] = set()
        times: list[float] = []
        while time.perf_counter() < end or len(times) < FEWEST:
            with self._database.counting() as statements:
                begin = time.perf_counter()
                self._open(address)
                times.append((time.perf_counter() - begin) * 1000)
            asked.add(len(statements))
        if len(asked) > 1:
            raise RuntimeError(f"{address} asks sometimes more and sometimes less: {asked}")
        return asked.pop(), median(times)

    def review(self) -> str:
        """Return the address of the page before the last click, about everything on the first page."""
        page = self._open("/queue")
        rows = list(dict.fromkeys(ROW.findall(page)))
        row = [f"endorse.{reference}.{VERSION}.1" for reference in rows]
        return "/queue/review?" + "&".join(f"row={one}" for one in row)

    def _open(self, address: str) -> str:
        answer = self._client.get(address, buffered=True)
        if answer.status_code != SEEN:
            raise RuntimeError(f"{address} was not answered: {answer.status_code}")
        return unescape(answer.text)

    def _token(self, address: str) -> str:
        found = TOKEN.search(self._open(address))
        if found is None:
            raise RuntimeError(f"{address} has no form")
        return found[1]
