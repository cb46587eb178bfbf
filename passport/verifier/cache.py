"""What checks may reuse from earlier ones. The caller makes it and hands it in, with the trust.

A key's signature over given bytes never changes, so it is checked once. What such bytes say never changes
either, so they are parsed once. Nothing that can change is cached: not the state of the key, not a status,
not a date. Only valid signatures are cached, so invalid input cannot evict them.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from passport.proofs.cache import LruCache
from passport.proofs.canonical import Canonicalizer
from passport.proofs.public_keys import PublicKey

_KEPT = 256


class Cache:
    """LRU caches of valid signatures and of what signed bytes say, and the canonicalizer. Thread-safe."""

    def __init__(self, size: int = 10_000, canonicalizer: Canonicalizer | None = None) -> None:
        """Remember at most so many signatures, and a tenth as many documents; with 0 none of either."""
        self.canonicalizer = canonicalizer or Canonicalizer()
        self.headers: LruCache[tuple[str, str]] = LruCache(_KEPT)
        """What `jose.read` found in headers of tokens."""
        self.keys: LruCache[PublicKey | None] = LruCache(_KEPT)
        """The keys that a did:key or did:jwk encodes, by it and the name of the key."""
        self._signatures: LruCache[bool] = LruCache(size)
        self._parsed: LruCache[Any] = LruCache(size // 10)
        self._paused = False

    @property
    def signatures(self) -> int:
        """Return how many valid signatures are cached."""
        return self._signatures.filled

    def check_once(self, key: bytes, whole: Callable[[], bytes], check: Callable[[], None]) -> None:
        """Run `check`, unless this key and bytes passed before. What it raises is passed on, not cached."""
        if self._paused:
            check()
            return
        digest = hashlib.sha256(key + whole()).digest()
        if self._signatures.get(digest) is None:
            check()
            self._signatures.put(digest, True)

    def parsed(self, unverified: bytes) -> Any:
        """Return what these bytes say (`forms.Secured`) if that is cached, or None."""
        return None if self._paused else self._parsed.get(hashlib.sha256(unverified).digest())

    def keep_parsed(self, unverified: bytes, parsed: Any) -> None:
        """Cache what these bytes say. The caller has verified the signature."""
        if not self._paused:
            self._parsed.put(hashlib.sha256(unverified).digest(), parsed)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Turn the caches of signatures and documents off for a while: benchmarks need the real work."""
        self._paused = True
        try:
            yield
        finally:
            self._paused = False
