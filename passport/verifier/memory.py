"""A memory of signatures that held: a key's signature over given bytes never changes, so it is checked once.

Nothing that can change is kept: not the state of the key, not a status, not a date. Only what held is kept,
so nobody can push it out with rubbish.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Memory:
    """Some thousands of digests of key and bytes, in this process alone; the least used goes first."""

    def __init__(self, size: int) -> None:
        """Keep so many."""
        self._size = size
        self._held: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()
        self._paused = False

    def __len__(self) -> int:
        return len(self._held)

    def recall(self, key: bytes, whole: Callable[[], bytes], check: Callable[[], None]) -> None:
        """Check, unless this very thing has held before. What the check raises goes on, and is forgotten."""
        if self._paused:
            check()
            return
        digest = hashlib.sha256(key + whole()).digest()
        with self._lock:
            if digest in self._held:
                self._held.move_to_end(digest)
                return
        check()
        with self._lock:
            self._held[digest] = None
            if len(self._held) > self._size:
                self._held.popitem(last=False)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Remember nothing and recall nothing for a while: measuring needs the real thing."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()


MEMORY = Memory(10_000)
