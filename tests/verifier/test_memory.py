import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from passport.openbadges.registry import KeyState
from passport.proofs import keys
from passport.proofs.errors import BadProof
from passport.proofs.keys import Role
from passport.verifier import Verdict, verify
from passport.verifier.memory import MEMORY, Memory
from tests.world import NOW, World


def held(memory: Memory, key: bytes, whole: bytes) -> int:
    """Recall it, and count whether it had to be checked."""
    counted: list[int] = []
    memory.recall(key, lambda: whole, lambda: counted.append(1))
    return len(counted)


def test_what_held_once_is_not_checked_again() -> None:
    memory = Memory(10)
    assert [held(memory, b"key", b"bytes") for _ in range(3)] == [1, 0, 0]
    assert held(memory, b"another", b"bytes") == 1
    assert held(memory, b"key", b"others") == 1


def test_what_failed_is_checked_again() -> None:
    memory = Memory(10)

    def fails() -> None:
        raise BadProof("no")

    for _ in range(2):
        with pytest.raises(BadProof):
            memory.recall(b"key", lambda: b"bytes", fails)
    assert len(memory) == 0
    assert held(memory, b"key", b"bytes") == 1


def test_it_is_bounded_and_the_least_used_goes_first() -> None:
    memory = Memory(2)
    for whole in (b"1", b"2", b"1", b"3"):
        held(memory, b"key", whole)
    assert len(memory) == 2
    assert [held(memory, b"key", whole) for whole in (b"1", b"3", b"2")] == [0, 0, 1]


def test_it_can_be_paused_and_forgets() -> None:
    memory = Memory(10)
    with memory.paused():
        assert [held(memory, b"key", b"bytes") for _ in range(2)] == [1, 1]
    assert [held(memory, b"key", b"bytes") for _ in range(2)] == [1, 0]
    memory.forget()
    assert held(memory, b"key", b"bytes") == 1


def test_many_threads_at_once() -> None:
    memory, start = Memory(50), threading.Barrier(8)

    def work(_: int) -> None:
        start.wait()
        for number in range(500):
            held(memory, b"key", bytes([number % 97]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(memory) == 50


def test_a_signature_is_checked_once_but_key_status_and_date_every_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    MEMORY.forget()
    world = World()
    entry, good = world.entry_bytes(), world.trust()
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
    assert verify(entry, world.trust(), NOW).verdict is Verdict.WITHDRAWN
    world.set_state(Role.ISSUE, KeyState.COMPROMISED)
    assert verify(entry, world.trust(), NOW).verdict is Verdict.NOT_GENUINE
