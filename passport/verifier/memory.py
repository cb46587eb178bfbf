"""A memory of signatures that held: a key's signature over given bytes never changes, so it is checked once.

What such bytes say never changes either, so they are taken apart once. Nothing that can change is kept: not
the state of the key, not a status, not a date. Only what held is kept, so nobody can push it out with
rubbish.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Newest(Generic[Thing]):
    """Things by what they were made of, no more than so many; the least used goes first."""

    def __init__(self, size: int) -> None:
        """Keep so many."""
        self._size = size
        self._held: OrderedDict[Hashable, Thing] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> Thing | None:
        """Give what is kept, or None."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def keep(self, key: Hashable, thing: Thing) -> None:
        """Keep it instead of what was used least."""
        with self._lock:
            self._held[key] = thing
            if len(self._held) > self._size:
                self._held.popitem(last=False)

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()


class Memory:
    """Some thousands of digests of key and bytes, in this process alone; the least used goes first."""

    def __init__(self, size: int) -> None:
        """Keep so many."""
        self._held: Newest[bool] = Newest(size)
        self._paused = False

    def __len__(self) -> int:
        return len(self._held)

    @property
    def is_paused(self) -> bool:
        """Return whether nothing is remembered now."""
        return self._paused

    def recall(self, key: bytes, whole: Callable[[], bytes], check: Callable[[], None]) -> None:
        """Check, unless this very thing has held before. What the check raises goes on, and is forgotten."""
        if self._paused:
            check()
            return
        digest = hashlib.sha256(key + whole()).digest()
        if self._held.get(digest) is None:
            check()
            self._held.keep(digest, True)

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
        self._held.forget()


MEMORY = Memory(10_000)
