"""Readiness of the service: named checks, each a small function.

An answer holds names and ages, but no addresses, paths, versions or error messages of libraries, so that it
can be public. To add a check, write a function of `Asked` and add it to `CHECKS`.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from passport import db
from passport.db import DatabaseUnavailable, Session
from passport.openbadges.registry import IssuerKind
from passport.proofs.keys import Role
from passport.services.checking import checks, stored_entries
from passport.services.checking.stored_entries import Published
from passport.services.core import recovery, unexpected
from passport.services.core.runtime import Runtime
from passport.services.programmes import issuers
from passport.verifier.unexpected import Unexpected

log = structlog.get_logger()

LEAST_BYTES = 200 * 1024 * 1024
PROBE = b"\0" * 4096
# a sweep runs every minute
LONGEST_WAIT = timedelta(minutes=15)
# an answer is cached for so long, and a request waits for one for so long: requests cannot cause load
KEPT_SECONDS = 5.0
PATIENCE_SECONDS = 2.0


@dataclass(frozen=True)
class Answer:
    """The result of one check: ``why`` it is not ok, in our own words, and the age of what it checked."""

    ok: bool
    why: str = ""
    age: timedelta | None = None


@dataclass(frozen=True)
class Asked:
    """What a check may use."""

    runtime: Runtime
    session: Session
    at: datetime
    published: Published


@dataclass(frozen=True)
class Readiness:
    """The answers of all checks, by name."""

    answers: Mapping[str, Answer]

    @property
    def is_ready(self) -> bool:
        """Return whether all checks are ok."""
        return all(answer.ok for answer in self.answers.values())


OK = Answer(True)
Check = Callable[[Asked], Answer]
Probe = Callable[[], bool]


def disk(runtime: Runtime, least: int = LEAST_BYTES) -> Answer:
    """Check that the instance folder can be written and has ``least`` bytes left."""
    folder = runtime.settings.instance
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(PROBE)
        free = shutil.disk_usage(folder).free
    except OSError:
        return Answer(False, "the instance folder cannot be written")
    return OK if free >= least else Answer(False, f"less than {least // 1024**2} MB are free")


def keys(asked: Asked) -> Answer:
    """Check that each open programme and employer has its active keys, usable by this process."""
    if issuers.problems(asked.session, asked.runtime.keys):
        return Answer(False, "a signing key is missing or cannot be used")
    for issuer in db.programmes.issuers.all_issuers(asked.session):
        if issuer.until is not None or asked.runtime.demo:
            continue  # a demo shows what becomes of a suspended key
        needed = (Role.ISSUE, Role.STATUS) if issuer.kind == IssuerKind.PROGRAMME.value else (Role.ENDORSE,)
        if any(
            db.programmes.issuers.active_kid(asked.session, issuer, role.value) is None for role in needed
        ):
            return Answer(False, "an issuer has no active key: one is suspended, or none was activated")
    return OK


def published_lists(asked: Asked) -> Answer:
    """Check that what is published can be read, and that every open list is fresh enough for a check."""
    if checks.published_trust(asked.session, asked.published) is None:
        return Answer(False, "the published bundle cannot be read")
    ages = []
    for listed in db.credentials.records.lists(asked.session):
        programme = asked.session.get_one(db.programmes.programme.Programme, listed.programme_id)
        key = db.programmes.issuers.active_kid(asked.session, programme.issuer, Role.STATUS.value)
        if programme.issuer.until is not None or key is None:
            continue  # closed for good; or without a key, which `keys` names
        if listed.published_at is None:
            return Answer(False, "a list was never published", asked.at - listed.opened_at)
        ages.append(asked.at - listed.published_at)
    oldest = max(ages, default=None)
    if oldest is not None and oldest > asked.runtime.settings.status_max_age:
        return Answer(False, "a list is too old for a check", oldest)
    return Answer(True, age=oldest)


def jobs(asked: Asked) -> Answer:
    """Check that no entry, photo, list or print has waited for a job for long."""
    since = db.core.waiting.oldest(asked.session)
    age = max(asked.at - since, timedelta(0)) if since else None
    if age is not None and age > LONGEST_WAIT:
        return Answer(False, "work waits that the jobs should have done", age)
    return Answer(True, age=age)


def no_recovery(asked: Asked) -> Answer:
    """Check that no recovery is open: while one is, nothing is issued or shared."""
    return Answer(False, "a recovery is open") if recovery.is_open(asked.session) else OK


CHECKS: dict[str, Check] = {
    "keys": keys,
    "published lists": published_lists,
    "jobs": jobs,
    "recovery": no_recovery,
}
NO_ANSWER = Answer(False, "it does not answer")
NOT_CHECKED = Answer(False, "not checked without the database")
TOO_SLOW = Readiness({"answer": Answer(False, "the checks have not ended in time")})


def look(runtime: Runtime, probes: Mapping[str, Probe]) -> Readiness:
    """Run every check now.

    Args:
        probes: further checks, by name, that need no database.
    """
    answers = {"database": NO_ANSWER, "disk": disk(runtime)}
    answers |= {name: OK if probe() else NO_ANSWER for name, probe in probes.items()}
    published = stored_entries.look(runtime.public)  # no file is read inside a transaction
    try:
        with runtime.database.reading() as session:
            asked = Asked(runtime, session, runtime.clock(), published)
            answers["database"] = OK
            answers |= {name: _made(name, check, asked) for name, check in CHECKS.items()}
    except DatabaseUnavailable:
        answers |= dict.fromkeys(CHECKS.keys() - answers.keys(), NOT_CHECKED) | {"database": NO_ANSWER}
    return Readiness(answers)


def _made(name: str, check: Check, asked: Asked) -> Answer:
    try:
        return check(asked)
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - a check that breaks must not hide the others
        unexpected.note("unexpected error", Unexpected.of(error), check=name)
        return Answer(False, "the check broke off")


@dataclass
class Watch:
    """Run the checks at most every `KEPT_SECONDS`, one round at a time, and answer within ``patience``."""

    runtime: Runtime
    probes: Mapping[str, Probe]
    patience: float = PATIENCE_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _round: Future[Readiness] | None = None
    _ended: float = 0.0

    def ask(self) -> Readiness:
        """Return what the newest round found; `TOO_SLOW` where it has not ended within ``patience``."""
        with self._lock:
            if self._round is None or (self._round.done() and time.monotonic() >= self._ended + KEPT_SECONDS):
                self._round = Future()
                # a check that hangs blocks neither a server thread nor the shutdown
                threading.Thread(target=self._look, args=(self._round,), daemon=True).start()
            newest = self._round
        try:
            return newest.result(self.patience)
        except TookTooLong:
            return TOO_SLOW

    def _look(self, newest: Future[Readiness]) -> None:
        try:
            found = look(self.runtime, self.probes)
        except Exception as error:  # noqa: BLE001 - waiting requests get an answer, and the next round begins
            unexpected.note("unexpected error", Unexpected.of(error), check="readiness")
            found = TOO_SLOW
        self._ended = time.monotonic()
        newest.set_result(found)
