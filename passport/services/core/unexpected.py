"""The one place where errors that ended a check without a verdict of its own are logged and counted."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Protocol, TypeVar

import structlog

from passport.verifier.unexpected import Unexpected

log = structlog.get_logger()
_lock = threading.Lock()
_counted: Counter[str] = Counter()


class Outcome(Protocol):
    """A verification of any kind, or one check of it."""

    @property
    def unexpected(self) -> Unexpected | None:
        """The error that nobody foresaw, if there was one."""


Found = TypeVar("Found", bound=Outcome)


def noted(found: Found) -> Found:
    """Return what was found; an unexpected error in it is logged with its traceback, and counted.

    The log holds kinds, places in the code and how many of the kind this process has met: nothing of the
    document, of its holder or of who asked.
    """
    if found.unexpected is not None:
        note("unexpected verdict", found.unexpected)
    return found


def note(event: str, error: Unexpected, **more: object) -> None:
    """Log an unexpected error under the name of an event, with how many of its kind there were.

    An exception's message is not logged: a database's names the values of a row, for example.
    """
    with _lock:
        _counted[error.kind] += 1
        times = _counted[error.kind]
    log.error(event, kind=error.kind, causes=error.causes, trace=error.trace, times=times, **more)


def times(kind: str) -> int:
    """Return how often this process has met an error of a kind, such as "KeyError"."""
    with _lock:
        return _counted[kind]
