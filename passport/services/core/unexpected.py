"""Log and count unexpected errors that ended a check without a verdict of its own."""

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
        """The unexpected error, if there was one."""


Found = TypeVar("Found", bound=Outcome)


def noted(found: Found) -> Found:
    """Log and count an unexpected error in an outcome; return the outcome unchanged.

    The log holds types, places in the code and how many of the type this process has met: nothing of the
    document, its holder or the requester.
    """
    if found.unexpected is not None:
        note("unexpected verdict", found.unexpected)
    return found


def note(event: str, error: Unexpected, **more: object) -> None:
    """Log an unexpected error under the name of an event, with how many of its type there were.

    An exception's message is not logged: a database's, for example, names the values of a row.
    """
    with _lock:
        _counted[error.kind] += 1
        times = _counted[error.kind]
    log.error(event, kind=error.kind, causes=error.causes, trace=error.trace, times=times, **more)


def times(kind: str) -> int:
    """Return how often this process has met an error of a type, such as "KeyError"."""
    with _lock:
        return _counted[kind]
