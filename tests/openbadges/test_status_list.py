import gzip
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passport.openbadges import status_list
from passport.openbadges.errors import MalformedStatusList
from passport.openbadges.status_list import POSITIONS
from passport.proofs import keys

AT = datetime(2026, 6, 1, tzinfo=UTC)
URL = "https://passport.example/status/1/revocation"


def a_list(bits: Any = ()) -> dict[str, Any]:
    return status_list.build(URL, "did:web:passport.example", "revocation", bits, AT)


@settings(max_examples=20)
@given(st.sets(st.integers(0, POSITIONS - 1), max_size=50))
def test_the_bits_set_and_no_others(bits: set[int]) -> None:
    status = status_list.read(a_list(bits))
    assert {index for index in range(POSITIONS) if status.bit(index)} == bits


def test_index_0_is_the_left_most_bit() -> None:
    encoded = a_list([0, 9])["credentialSubject"]["encodedList"]
    bits = gzip.decompress(keys.from_base64url(encoded[1:]))
    assert len(bits) == 16_384
    assert bits[:3] == bytes([0b1000_0000, 0b0100_0000, 0])


def test_what_a_list_says() -> None:
    status = status_list.read(a_list())
    assert (status.url, status.purpose, status.issuer) == (URL, "revocation", "did:web:passport.example")
    assert status.valid_from == AT
    assert status.valid_until == AT + timedelta(days=7)
    assert status.ttl == timedelta(minutes=15)
    assert a_list()["credentialSubject"]["ttl"] == 900_000


def test_an_empty_list_is_short_and_always_the_same() -> None:
    assert len(a_list()["credentialSubject"]["encodedList"]) < 100
    assert a_list() == a_list()


@pytest.mark.parametrize("index", [-1, POSITIONS, 10**9])
def test_there_are_no_other_places(index: int) -> None:
    with pytest.raises(MalformedStatusList):
        a_list([index])
    with pytest.raises(MalformedStatusList):
        status_list.read(a_list()).bit(index)


def packed(data: bytes) -> str:
    return "u" + keys.base64url(data)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "u",
        "x",
        "z6Mk",
        "uAAAA",
        packed(gzip.compress(bytes(16_384)))[1:],
        packed(gzip.compress(bytes(16_383))),
        packed(gzip.compress(bytes(16_384))[:-9]),
        packed(gzip.compress(bytes(16_384)) + b"more"),
        packed(gzip.compress(bytes(16_384)) * 2),
        packed(bytes(16_384)),
        packed(gzip.compress(bytes(16_384))) + "=",
        7,
        None,
    ],
    ids=range(14),
)
def test_any_other_encoding_is_refused(encoded: Any) -> None:
    document = a_list()
    document["credentialSubject"]["encodedList"] = encoded
    with pytest.raises(MalformedStatusList):
        status_list.read(document)


def test_a_bomb_is_not_unpacked() -> None:
    document = a_list()
    document["credentialSubject"]["encodedList"] = packed(gzip.compress(bytes(100 * 1024 * 1024)))
    tracemalloc.start()
    with pytest.raises(MalformedStatusList):
        status_list.read(document)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * 1024 * 1024


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"type": ["VerifiableCredential"]},
        {"issuer": {"id": "did:web:passport.example"}},
        {"validFrom": "yesterday"},
        {"validUntil": None},
        {"credentialSubject": {}},
        {"credentialSubject": []},
        {"@context": []},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_any_other_document_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedStatusList):
        status_list.read({**a_list(), **changes})


@pytest.mark.parametrize(
    "changes",
    [{"ttl": True}, {"ttl": 900000.0}, {"ttl": "900000"}, {"statusPurpose": "message"}, {"more": 1}],
)
def test_any_other_subject_is_refused(changes: dict[str, Any]) -> None:
    document = a_list()
    document["credentialSubject"].update(changes)
    with pytest.raises(MalformedStatusList):
        status_list.read(document)
