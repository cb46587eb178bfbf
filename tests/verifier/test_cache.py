import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from passport.openbadges.registry import KeyState
from passport.proofs import keys
from passport.proofs.errors import BadProof
from passport.proofs.keys import Role
from passport.verifier import Verdict, verify
from passport.verifier.cache import Cache
from tests.world import NOW, World


def held(cache: Cache, key: bytes, whole: bytes) -> int:
    """Recall it, and count whether it had to be checked."""
    counted: list[int] = []
    cache.check_once(key, lambda: whole, lambda: counted.append(1))
    return len(counted)


def test_what_held_once_is_not_checked_again() -> None:
    cache = Cache(10)
    assert [held(cache, b"key", b"bytes") for _ in range(3)] == [1, 0, 0]
    assert held(cache, b"another", b"bytes") == 1
    assert held(cache, b"key", b"others") == 1


def test_what_failed_is_checked_again() -> None:
    cache = Cache(10)

    def fails() -> None:
        raise BadProof("no")

    for _ in range(2):
        with pytest.raises(BadProof):
            cache.check_once(b"key", lambda: b"bytes", fails)
    assert cache.signatures == 0
    assert held(cache, b"key", b"bytes") == 1


def test_it_is_bounded_and_the_least_used_goes_first() -> None:
    cache = Cache(2)
    for whole in (b"1", b"2", b"1", b"3"):
        held(cache, b"key", whole)
    assert cache.signatures == 2
    assert [held(cache, b"key", whole) for whole in (b"1", b"3", b"2")] == [0, 0, 1]


def test_it_can_be_paused() -> None:
    cache = Cache(10)
    with cache.paused():
        assert [held(cache, b"key", b"bytes") for _ in range(2)] == [1, 1]
    assert [held(cache, b"key", b"bytes") for _ in range(2)] == [1, 0]


def test_with_size_0_nothing_is_remembered() -> None:
    cache = Cache(0)
    assert [held(cache, b"key", b"bytes") for _ in range(2)] == [1, 1]
    cache.keep_parsed(b"bytes", "what they say")
    assert cache.parsed(b"bytes") is None


def test_many_threads_at_once() -> None:
    cache, start = Cache(50), threading.Barrier(8)

    def work(_: int) -> None:
        start.wait()
        for number in range(500):
            held(cache, b"key", bytes([number % 97]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert cache.signatures == 50


def test_a_signature_is_checked_once_but_key_status_and_date_every_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, cache = World(), Cache()
    entry, good = world.entry_bytes(), world.trust(cache)
    assert verify(entry, good, NOW).verdict is Verdict.CURRENT
    counted: list[bytes] = []
    check = keys.verify_signature

    def counting(public_key: bytes, signature: bytes, data: bytes) -> None:
        counted.append(public_key)
        check(public_key, signature, data)

    monkeypatch.setattr(keys, "verify_signature", counting)
    assert verify(entry, good, NOW).verdict is Verdict.CURRENT
    assert counted == []
    world.withdrawn = {world.entry.status.index}
    assert verify(entry, world.trust(cache), NOW).verdict is Verdict.WITHDRAWN
    world.set_state(Role.ISSUE, KeyState.COMPROMISED)
    assert verify(entry, world.trust(cache), NOW).verdict is Verdict.NOT_GENUINE
