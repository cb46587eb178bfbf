"""Health checks for monitoring: liveness and readiness."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from redis import Redis, RedisError

from passport.services.reporting.readiness import Answer, Watch
from passport.web.core import route_access as who
from passport.web.core.work import reading

blueprint = Blueprint("health", __name__)
EXTENSION = "passport.readiness"


def use(app: Flask) -> None:
    """Set up the readiness checks of this application."""
    runtime = app.extensions["passport"]
    app.extensions[EXTENSION] = Watch(runtime, {"queue": lambda: queue_answers(runtime.settings.queue)})


def queue_answers(address: str) -> bool:
    """Return whether the queue at an address can be reached. Redis is given a second for each step."""
    try:
        if address.startswith("redis"):
            with Redis.from_url(address, socket_connect_timeout=1, socket_timeout=1, retry=None) as redis:
                redis.ping()
        else:
            with closing(sqlite3.connect(address.removeprefix("sqlite:///"), timeout=1)) as file:
                file.execute("PRAGMA schema_version")
    except (sqlite3.Error, RedisError):
        return False
    return True


@blueprint.get("/healthz")
@who.public
def alive() -> ResponseReturnValue:
    """Return that the process answers, and nothing else: restart it if this fails."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@who.public
def ready() -> ResponseReturnValue:
    """Return for each check whether it is ok, or why not; 503 if one is not."""
    watch: Watch = current_app.extensions[EXTENSION]
    found = watch.ask()
    body = {
        "ready": found.is_ready,
        "checks": {name: _said(answer) for name, answer in sorted(found.answers.items())},
    }
    return body, 200 if found.is_ready else 503, {"Cache-Control": "no-store"}


def _said(answer: Answer) -> dict[str, object]:
    said: dict[str, object] = {"ok": answer.ok}
    if answer.why:
        said["why"] = answer.why
    if answer.age is not None:
        said["age_seconds"] = int(answer.age / timedelta(seconds=1))
    return said


@blueprint.get("/health")
@who.public
def health() -> ResponseReturnValue:
    """Return whether the service answers and reaches its database."""
    with reading():
        return {"status": "ok"}
