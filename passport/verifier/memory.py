"""A cache of valid signatures: a key's signature over given bytes never changes, so it is checked once.

What such bytes say never changes either, so they are parsed once. Nothing that can change is cached: not the
state of the key, not a status, not a date. Only valid signatures are cached, so invalid input cannot evict
them.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Newest(Generic[Thing]):
    """A least-recently-used cache of bounded size, by the digest of what a value was made from."""

    def __init__(self, size: int) -> None:
        """Keep at most so many values."""
        self._size = size
        self._held: OrderedDict[Hashable, Thing] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> Thing | None:
        """Return the cached value, or None."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: Hashable, thing: Thing) -> None:
        """Cache a value; the least recently used one is evicted."""
        with self._lock:
            self._held[key] = thing
            if len(self._held) > self._size:
                self._held.popitem(last=False)

    def forget(self) -> None:
        """Clear the cache."""
        with self._lock:
            self._held.clear()


class Memory:
    """An LRU cache of some thousands of digests of key and bytes, in this process alone."""

    def __init__(self, size: int) -> None:
        """Keep at most so many digests."""
        self._held: Newest[bool] = Newest(size)
        self._paused = False

    def __len__(self) -> int:
        return len(self._held)

    @property
    def is_paused(self) -> bool:
        """Return whether the cache is off now."""
        return self._paused

    def recall(self, key: bytes, whole: Callable[[], bytes], check: Callable[[], None]) -> None:
        """Run `check`, unless this key and bytes passed before. What it raises is passed on, not cached."""
        if self._paused:
            check()
            return
        digest = hashlib.sha256(key + whole()).digest()
        if self._held.get(digest) is None:
            check()
            self._held.keep(digest, True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Turn the cache off for a while: benchmarks need the real work."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False

    def forget(self) -> None:
        """Clear the cache."""
        self._held.forget()


MEMORY = Memory(10_000)
