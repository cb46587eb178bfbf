"""The signature around a printed entry: one spelling, one algorithm, nothing that a hostile code can do."""

import itertools
import time
import tracemalloc

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.openbadges import compact
from passport.openbadges.errors import MalformedCredential
from passport.proofs import cose, signing
from passport.proofs.errors import BadProof
from passport.proofs.keys import Role
from tests.vectors.compact.vector import KEY, VECTOR

BOMBS = {
    "an array of 2^64 items": "9bffffffffffffffff",
    "an array of 2^31 items": "9a7fffffff",
    "a map of 2^32 pairs": "baffffffff00",
    "2^62 bytes": "5b3fffffffffffffff",
    "a text of 2^40 bytes": "7b000000ffffffffff",
    "arrays in arrays": "81" * 559 + "00",
    "maps in maps": "a100" * 279 + "00",
    "maps as keys of maps": "a1" * 200 + "00" * 201,
    "tags in tags": "c6" * 559 + "00",
    "indefinite arrays in each other": "9f" * 280 + "ff" * 280,
    "a float with an endless exponent": "c5821b7fffffffffffffff1b7fffffffffffffff",
    "a decimal with an endless exponent": "c4821b7fffffffffffffff1b7fffffffffffffff",
    "a huge integer as an exponent": "c582c25820" + "ff" * 32 + "c25820" + "ff" * 32,
    "a list that holds itself": "d81c81d81d00",
    "shared lists that double": "d81c82" + "d81d00" * 2 + "82d81d00d81d00" * 20,
    "a reference to a text that was never said": "d9010081d81900",
    "a regular expression": "d823" + cbor2.dumps("(?i)" + "[\u0100-\U0010fffe]" * 40).hex(),
    "a fraction by nothing": "d81e820100",
    "a date past the end of time": "c11bffffffffffffffff",
    "a message in MIME": "d82478" + "20" + b"Content-Type: multipart/mixed;  ".hex(),
    "a set of sets": "d90102" * 100 + "80",
    "two hundred wrapped items": "d818" * 200 + "40",
    "the stop code": "ff",
    "a sign of no script": "63eda080",
}


def envelope(payload: bytes) -> bytes:
    return cose.sign(payload, KEY)


@pytest.mark.parametrize("hostile", [bytes.fromhex(bomb) for bomb in BOMBS.values()], ids=list(BOMBS))
def test_a_bomb_is_one_refusal(hostile: bytes) -> None:
    tracemalloc.start()
    start = time.process_time()
    for read in (cose.read, cose.decode):
        with pytest.raises(BadProof):
            read(hostile)
    if len(hostile) < 450:
        with pytest.raises(MalformedCredential):
            compact.read(envelope(hostile))
    assert time.process_time() - start < 0.1
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_the_length_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(cbor2, "loads", never)
    for read in (cose.read, cose.decode):
        with pytest.raises(BadProof, match="longer than 560"):
            read(bytes(561))
        with pytest.raises(BadProof, match="this is not CBOR"):
            read(bytes(560))


def test_what_would_be_too_long_to_be_read_is_not_signed() -> None:
    most = cose.MAX_BYTES - len(envelope(bytes(300))) + 300
    assert cose.read(envelope(bytes(most))).payload == bytes(most)
    with pytest.raises(BadProof, match="longer"):
        envelope(bytes(most + 1))


def test_sign_and_read() -> None:
    signer = signing.generate(Role.ISSUE)
    message = cose.read(cose.sign(b"payload", signer))
    assert (message.kid, message.payload) == (signer.kid, b"payload")
    message.verify(signer.public_key)
    with pytest.raises(BadProof):
        message.verify(KEY.public_key)
    assert cose.sign(b"payload", signer) == cose.sign(b"payload", signer)


@pytest.mark.parametrize("tag", [*range(64), 100, 256, 258, 259, 260, 261, 1004, 43000, 55799, 2**64 - 1])
def test_no_tag_is_followed(tag: int) -> None:
    for value in (0, "2026-03-14", b"\1", [1, 2], {1: 2}):
        with pytest.raises(BadProof):
            cose.decode(cbor2.dumps(cbor2.CBORTag(tag, value), canonical=True))
        with pytest.raises(BadProof):
            cose.decode(cbor2.dumps({1: cbor2.CBORTag(tag, value)}, canonical=True))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (cose.read, cose.decode):
        try:
            read(data)
        except BadProof:
            continue


@given(st.data())
def test_bytes_put_anywhere_into_the_vector_are_refused_or_change_nothing_signed(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(VECTOR)))
    end = data.draw(st.integers(start, len(VECTOR)))
    spoilt = VECTOR[:start] + data.draw(st.binary(max_size=12)) + VECTOR[end:]
    try:
        message = cose.read(spoilt)
        assert message.kid == KEY.kid
        message.verify(KEY.public_key)
    except (BadProof, AssertionError):
        return
    assert spoilt == VECTOR


# ------------------------------------------------------------------------- RFC 8949, section 4.2.1

OURS = [*range(1, 12), -65_537]


@pytest.mark.parametrize("keys", [[1, 4], [4, 6, -65_537], list(range(1, 12)), OURS])
def test_length_first_is_the_order_of_the_standard_for_our_keys(keys: list[int]) -> None:
    """RFC 8949 orders by the bytes of a key alone; cbor2, as RFC 7049, by their number first."""
    bytewise = sorted(keys, key=cbor2.dumps)
    assert sorted(keys, key=lambda key: (len(cbor2.dumps(key)), cbor2.dumps(key))) == bytewise
    for order in itertools.islice(itertools.permutations(keys), 50):
        assert list(cbor2.loads(cose.encode(dict.fromkeys(order, 0)))) == bytewise


def test_the_orders_do_differ_for_other_keys() -> None:
    assert list(cbor2.loads(cose.encode({24: 0, -1: 0}))) == [-1, 24]
    assert sorted([24, -1], key=cbor2.dumps) == [24, -1]


@pytest.mark.parametrize(
    "second",
    [
        "1803",
        "190003",
        "9f03ff",
        "a203000300",
        "a204000300",
        "0300",
        "5f4103ff",
        "7f6161ff",
        "fb3ff0000000000000",
    ],
)
def test_a_second_spelling_is_refused(second: str) -> None:
    with pytest.raises(BadProof):
        cose.decode(bytes.fromhex(second))


@given(
    st.recursive(
        st.integers(-(2**64), 2**64 - 1)
        | st.text(max_size=20)
        | st.binary(max_size=20)
        | st.booleans()
        | st.none(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 1000), inner, max_size=4),
        max_leaves=12,
    )
)
def test_what_is_written_is_read(value: object) -> None:
    assert cose.decode(cose.encode(value)) == value
