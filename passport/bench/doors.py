"""What `bench doors` measures: how long each sign-in form takes for existing and for unknown people.

A demo of its own in a temporary folder. Each attempt comes from another network, so that none is delayed. The
counters are cleared before each pair of attempts and never between them. The time is processor time: other
load on the machine is not in it, and a test checks that both ask the same of the database. A ratio of 1
reveals nothing. Beside the forms: an unknown code that is refused after ten, and one that is answered.
"""

from __future__ import annotations

import re
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from passport.app import create_app
from passport.bench.issuing import demo_service, sign_in
from passport.cli.bench import Bench
from passport.demo import people
from passport.limits import UNKNOWN_CODES
from passport.openbadges import share_code
from passport.services.access import class_codes
from passport.services.access.attempts import Attempts
from passport.services.core.runtime import Runtime, read_secrets
from passport.web.access.signing_in import PASSWORD_DOOR

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
FEWEST = 4
PAIRS = 50
ANSWERED = {200, 302}
WRONG = "not the password of anybody"
Fields = dict[str, str]


@dataclass
class Door:
    """A form, its preparation before both attempts, and the fields for an existing and an unknown person."""

    address: str
    prepare: Callable[[], None]
    known_person: Callable[[], Fields]
    unknown_person: Callable[[], Fields]
    # one without a slow hash is quick: it is tried more often
    pairs: int = 4
    known: list[float] = field(default_factory=list)
    unknown: list[float] = field(default_factory=list)


def measure(seconds: float) -> Bench:
    """Measure for about `seconds`, an existing and an unknown person in turn."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = demo_service(Path(folder))
        try:
            return _measure(runtime, seconds)
        finally:
            runtime.database.close()


def _measure(runtime: Runtime, seconds: float) -> Bench:
    doors, asker = _doors(runtime), _Asker(runtime)
    for door in doors.values():  # templates are compiled, and connections opened
        door.prepare()
        asker.time(door.address, door.unknown_person())
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or min(len(door.known) for door in doors.values()) < FEWEST:
        for door in doors.values():
            for _pair in range(door.pairs):
                door.prepare()
                turns = [(door.known_person, door.known), (door.unknown_person, door.unknown)]
                for typed, times in turns if secrets.randbelow(2) else reversed(turns):
                    times.append(asker.time(door.address, typed()))
    figures, ratios = {}, {}
    for name, door in doors.items():
        known, unknown = (median(times) for times in (door.known, door.unknown))
        figures[f"{name}_known_milliseconds"] = known
        figures[f"{name}_unknown_milliseconds"] = unknown
        ratios[name] = known / unknown
    refused, answered = _guesses(runtime, PAIRS)
    figures["unknown_code_refused_milliseconds"] = refused
    figures["unknown_code_answered_milliseconds"] = answered
    ratios["unknown_code"] = refused / answered
    return Bench(figures, ratios)


def _guesses(runtime: Runtime, pairs: int) -> tuple[float, float]:
    """Return the median milliseconds of an unknown code that is refused, and of one that is answered."""
    begin = runtime.clock()
    refused: list[float] = []
    answered: list[float] = []
    moment = begin
    client = create_app(replace(runtime, clock=lambda: moment)).test_client()
    for pair in range(pairs):
        moment = begin + timedelta(seconds=pair)
        ours, other = ({"REMOTE_ADDR": f"10.{pair >> 8}.{pair & 255}.{number}"} for number in (1, 2))
        used_up = {"checks": [{"code": share_code.new()} for _ in range(UNKNOWN_CODES.most)]}
        client.post("/api/checks", json=used_up, environ_overrides=ours)
        for network, times, status in ((ours, refused, 429), (other, answered, 404)):
            start = time.thread_time()
            answer = client.get(f"/c/{share_code.new()}", environ_overrides=network, buffered=True)
            times.append((time.thread_time() - start) * 1000)
            if answer.status_code != status:
                raise RuntimeError(f"an unknown code was answered with {answer.status_code}")
    return median(refused), median(answered)


def _doors(runtime: Runtime) -> dict[str, Door]:
    email = next(person.email for person in people() if person.key == "robin")
    board = _Board(runtime)

    def door(address: str, **more: str) -> Door:
        def unknown_person() -> Fields:
            return {"email": f"{secrets.token_hex(8)}@example.test", **more}

        return Door(
            address, lambda: _forget(runtime, email), lambda: {"email": email, **more}, unknown_person
        )

    password = door("/sign-in", password=WRONG)
    password.pairs = 1
    return {
        "password": password,
        "link": door("/sign-in/link"),
        "new_password": door("/new-password"),
        "class_code": Door("/sign-in/class", board.prepare, board.known_person, board.unknown_person, 1),
    }


def _forget(runtime: Runtime, name: str) -> None:
    """Clear the failures counted for a name, so that the limit is not reached."""
    attempts = Attempts(read_secrets(runtime.settings.secret_file)[-1])
    with runtime.database.transaction() as session:
        attempts.clear_everywhere(session, PASSWORD_DOOR, name)


class _Board:
    """Class codes: one that is valid now, and unknown ones."""

    def __init__(self, runtime: Runtime) -> None:
        """Begin without a class code."""
        self._runtime, self._code = runtime, ""

    def prepare(self) -> None:
        """Make a class code that is valid now, the only one."""
        at = self._runtime.clock()
        with self._runtime.database.transaction() as session:
            casey = sign_in(session, self._runtime, "casey")
            for lesson in class_codes.open_ones(session, casey, at):
                class_codes.end(session, casey, lesson.reference, at)
            self._code = class_codes.make(session, casey, class_codes.LENGTHS[0], at).code

    def known_person(self) -> Fields:
        """Return the current class code, with a pupil code that does not exist."""
        return {"class_code": self._code, "pupil_code": self.unknown_person()["pupil_code"]}

    def unknown_person(self) -> Fields:
        """Return codes that cannot exist: they have characters that ours never have."""
        return {"class_code": f"0{secrets.token_hex(2)}0", "pupil_code": f"0{secrets.token_hex(4)}"}


class _Asker:
    """A browser that sends a form repeatedly, each time from another network."""

    def __init__(self, runtime: Runtime) -> None:
        """Open the application."""
        self._app = create_app(runtime)
        self._browsers: dict[str, tuple[FlaskClient, str]] = {}
        self._networks = count(1)

    def time(self, address: str, fields: Fields) -> float:
        """Send the form, and return the processor time of the answer in milliseconds."""
        client, token = self._browsers.get(address) or self._open(address)
        number = next(self._networks)
        network = {"REMOTE_ADDR": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        sent = {"csrf_token": token, **fields}
        begin = time.thread_time()
        answer = client.post(address, data=sent, environ_overrides=network, buffered=True)
        took = (time.thread_time() - begin) * 1000
        if answer.status_code not in ANSWERED:
            raise RuntimeError(f"{address} was not answered: {answer.status_code}")
        return took

    def _open(self, address: str) -> tuple[FlaskClient, str]:
        client = self._app.test_client()
        found = TOKEN.search(client.get(address).text)
        if found is None:
            raise RuntimeError(f"{address} has no form")
        self._browsers[address] = client, found[1]
        return self._browsers[address]
