"""A bounded cache for callers to hold and to hand in: nothing below keeps one of its own."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")


class LruCache(Generic[Value]):
    """A least-recently-used cache of bounded size. Thread-safe; of size 0 it stores nothing."""

    def __init__(self, size: int) -> None:
        """Store at most so many values."""
        self._values: LRUCache[Hashable, Value] = LRUCache(size)
        self._lock = threading.Lock()

    @property
    def filled(self) -> int:
        """Return how many values are cached."""
        return len(self._values)

    def get(self, key: Hashable) -> Value | None:
        """Return the cached value, or None."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Cache a value; the least recently used one is evicted."""
        if self._values.maxsize:
            with self._lock:
                self._values[key] = value

    def once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the cached value, or make and cache it. What `make` raises is passed on, not cached."""
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value
