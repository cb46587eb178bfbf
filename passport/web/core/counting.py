"""Expiring counters, in this process or in Redis, and the alert when a limit is used up."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from limits.errors import StorageError
from limits.storage import storage_from_string

from passport.limits import Limit

log = structlog.get_logger()
MOST_COUNTED = 10_000
# The operator is alerted of a limit at most once in this time, however short its window is.
QUIET = timedelta(minutes=10)


class Store(Protocol):
    """Counts by key, each with an expiry."""

    def add(self, key: str, amount: int, seconds: int) -> int:
        """Add to a count, or start one that expires after `seconds`; return the new count."""

    def count(self, key: str) -> int:
        """Return a count."""

    def left(self, key: str) -> float:
        """Return the seconds until a count expires."""


class InProcess:
    """Counts in this process, by the given clock."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Start without counts."""
        self._clock = clock
        self._counts: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()
        self._tidy_at = MOST_COUNTED

    def add(self, key: str, amount: int, seconds: int) -> int:
        """Add to a count. Drop the expired ones when twice as many are kept as after the last time."""
        with self._lock:
            now = self._clock().timestamp()
            if len(self._counts) > self._tidy_at:
                self._counts = {one: kept for one, kept in self._counts.items() if kept[1] > now}
                self._tidy_at = max(MOST_COUNTED, 2 * len(self._counts))
            so_far, ends = self._counts.get(key, (0, 0.0))
            if ends <= now:
                so_far, ends = 0, now + seconds
            self._counts[key] = so_far + amount, ends
            return so_far + amount

    def count(self, key: str) -> int:
        """Return a count; 0 if it has expired."""
        so_far, ends = self._counts.get(key, (0, 0.0))
        return so_far if ends > self._clock().timestamp() else 0

    def left(self, key: str) -> float:
        """Return the seconds until a count expires."""
        return max(0.0, self._counts.get(key, (0, 0.0))[1] - self._clock().timestamp())


class InRedis:
    """Counts shared by all processes."""

    def __init__(self, storage: Any) -> None:
        """Take the library's storage, which raises StorageError when the server cannot be reached."""
        self._storage = storage

    def add(self, key: str, amount: int, seconds: int) -> int:
        """Add to a count and return the new count."""
        return int(self._storage.incr(key, seconds, amount=amount))

    def count(self, key: str) -> int:
        """Return a count."""
        return int(self._storage.get(key))

    def left(self, key: str) -> float:
        """Return the seconds until a count expires."""
        return max(0.0, float(self._storage.get_expiry(key)) - time.time())


class Counter:
    """Counts in Redis; in this process if no Redis is configured or while it cannot be reached."""

    def __init__(self, address: str, clock: Callable[[], datetime]) -> None:
        """Use the server of the job queue, if that is Redis."""
        redis = storage_from_string(address, wrap_exceptions=True) if address.startswith("redis") else None
        self._own = InProcess(clock)
        self._shared: Store = InRedis(redis) if redis else self._own

    def taken(self, limit: Limit, who: str) -> int:
        """Return how much of a limit is used."""
        return int(self._ask(lambda store: store.count(_key(limit, who))))

    def seconds(self, limit: Limit, who: str) -> int:
        """Return the seconds until the count restarts, at least 1."""
        left = math.ceil(self._ask(lambda store: store.left(_key(limit, who))))
        return min(max(1, left), _seconds(limit))

    def take(self, limit: Limit, who: str, amount: int = 1) -> None:
        """Count against a limit; alert the operator when that uses it up and the limit asks for an alert."""
        after = self._ask(lambda store: store.add(_key(limit, who), amount, _seconds(limit)))
        if limit.alerts and after - amount < limit.most <= after:
            self.tell_operator(limit, who)

    def tell_operator(self, limit: Limit, who: str) -> None:
        """Log that a limit is used up, once per window or QUIET, whichever is longer; log no identity."""
        said = replace(limit, what=f"alert: {limit.what}", within=max(limit.within, QUIET))
        if self._ask(lambda store: store.add(_key(said, who), 1, _seconds(said))) == 1:
            alert(limit)

    def _ask(self, question: Callable[[Store], float]) -> float:
        try:
            return question(self._shared)
        except StorageError as error:
            log.warning("requests are counted in this process alone", reason=str(error))
            return question(self._own)


def alert(limit: Limit) -> None:
    """Log a security alert for the operator: a limit that honest use does not reach. It logs no identity."""
    log.error(
        "security alert", limit=limit.what, per=limit.per.value, most=limit.most, seconds=_seconds(limit)
    )


def _key(limit: Limit, who: str) -> str:
    return f"passport-limits/{limit.what}/{_seconds(limit)}/{who}"


def _seconds(limit: Limit) -> int:
    return max(1, int(limit.within.total_seconds()))
