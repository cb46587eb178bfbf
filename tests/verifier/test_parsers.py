"""Every parser of ours against drawn damage: a typed error or the same thing again, in bounded memory.

2,000 cases each by day, 20,000 by night (TESTS_NIGHT).
"""

import gzip
import json
import os
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passport.openbadges import baking, bundle, registry, share_code, status_list
from passport.openbadges.errors import BadCode, BadPicture, MalformedRegistry, MalformedStatusList
from passport.proofs import data_integrity, jws, keys
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role
from passport.verifier import NotACredential, Trust, TrustError, Verdict, verify
from tests.openbadges.test_baking import PNG, SVG
from tests.world import NOW, World, to_bytes

CASES = 20_000 if os.environ.get("TESTS_NIGHT") else 2_000
MANY = settings(max_examples=CASES)

WORLD = World()
TRUST = WORLD.trust()
ENTRY, TOKEN = WORLD.entry_bytes(), WORLD.token()
LIST = WORLD.secured_list()
REGISTRY, BUNDLE = WORLD.signed_registry(), WORLD.bundle()
BAKED_PNG, BAKED_SVG = baking.bake_png(PNG, TOKEN), baking.bake_svg(SVG, ENTRY)
ROOTS = {keys.kid(WORLD.signers[Role.ROOT].public_key): WORLD.signers[Role.ROOT].public_key}
WORDS = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\u0000", b"\\", b"NaN", b"1e999", b"\xff", b"\0", b"."]
WORDS += [b"<", b">", b"&", b"<!ENTITY a 'b'>", b'"@id":', b'"proof":', b"null", b"-", b"0" * 500, b"]]>"]


def damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with some cut out, doubled, overwritten, or with signs put in that matter to a parser."""
    place = st.integers(0, len(data))
    edits = st.tuples(place, st.integers(0, 40), st.sampled_from(WORDS) | st.binary(max_size=4))

    def apply(drawn: list[tuple[int, int, bytes]]) -> bytes:
        spoilt = data
        for start, length, put in drawn:
            spoilt = spoilt[:start] + put + spoilt[start + length :]
        return spoilt

    return st.lists(edits, min_size=1, max_size=3).map(apply)


def verdict(unverified: bytes) -> Verdict | None:
    try:
        found = verify(unverified, TRUST, NOW)
    except NotACredential:
        return None
    assert found.verdict is Verdict.CURRENT or found.credential is None
    return found.verdict


# What is damaged may be altered (V7), cut off or unreadable (V8), name another issuer (V6), or be no
# credential at all; `verdict` holds that nothing of it is shown.
REFUSED = {Verdict.UNKNOWN_ISSUER, Verdict.NOT_GENUINE, Verdict.UNFINISHED, None}


def says_the_same(data: bytes, good: bytes) -> bool:
    try:
        return bool(json.loads(data) == json.loads(good))
    except ValueError:
        return False


@MANY
@given(damaged(ENTRY))
def test_a_damaged_entry(data: bytes) -> None:
    assert verdict(data) in REFUSED or says_the_same(data, ENTRY)


@MANY
@given(damaged(TOKEN))
def test_a_damaged_token(data: bytes) -> None:
    assert verdict(data) in REFUSED or data.strip() == TOKEN


@MANY
@given(damaged(REGISTRY))
def test_a_damaged_registry(data: bytes) -> None:
    try:
        assert jws.verify_json(data, ROOTS) == registry.to_bytes(WORLD.registry)
    except ProofError:
        return


@MANY
@given(damaged(BUNDLE))
def test_a_damaged_bundle(data: bytes) -> None:
    try:
        assert Trust.from_bundle(data, ROOTS.values()).registry == WORLD.registry
    except TrustError:
        return


@MANY
@given(damaged(to_bytes(LIST)))
def test_a_damaged_status_list(data: bytes) -> None:
    try:
        document = json.loads(data)
    except ValueError:
        return
    try:
        status_list.read(document)
        data_integrity.verify_proof(document, WORLD.signers[Role.STATUS].public_key)
    except (MalformedStatusList, ProofError, AttributeError):
        assert document != LIST
        return
    assert document == LIST


@MANY
@given(damaged(registry.to_bytes(WORLD.registry)))
def test_a_damaged_registry_document(data: bytes) -> None:
    try:
        registry.from_bytes(data)
    except MalformedRegistry:
        return


@MANY
@given(damaged(BAKED_PNG))
def test_a_damaged_png(data: bytes) -> None:
    try:
        assert baking.unbake_png(data) == TOKEN
    except BadPicture:
        return


@MANY
@given(damaged(BAKED_SVG))
def test_a_damaged_svg(data: bytes) -> None:
    try:
        credential = baking.unbake_svg(data)
    except BadPicture:
        return
    assert verdict(credential) is not Verdict.CURRENT or says_the_same(credential, ENTRY)


@MANY
@given(st.text(max_size=30) | damaged(b"SP-4F7K-9QXM-2TW9").map(lambda data: data.decode("latin-1")))
def test_any_typed_code(typed: str) -> None:
    try:
        code = share_code.parse(typed)
    except BadCode:
        return
    assert share_code.parse(share_code.pretty(code)) == code


@MANY
@given(st.binary(max_size=400))
def test_any_bytes_for_any_parser(data: bytes) -> None:
    parsers: list[tuple[Callable[[bytes], Any], type[Exception]]] = [
        (lambda given: verify(given, TRUST, NOW), NotACredential),
        (bundle.read, MalformedRegistry),
        (baking.unbake, BadPicture),
    ]
    for parse, error in parsers:
        with pytest.raises(error):
            parse(data)


# ------------------------------------------------------------------------- bombs


@contextmanager
def bounded(megabytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * 1024 * 1024, peak


def bombs() -> dict[str, bytes]:
    million = 1024 * 1024
    return {
        "deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "brackets": b"[" * million,
        "names": b"{" + b",".join(b'"%d":1' % number for number in range(80_000)) + b"}",
        "one name": b"{" + b",".join([b'"a":1'] * 150_000) + b"}",
        "quotes": b'{"' + b'\\"' * 500_000,
        "digits": b'{"a":' + b"9" * 1_000_000 + b"}",
        "exponent": b'{"a":1e999999999}',
        "huge": b'{"a":"' + b"x" * (3 * million) + b'"}',
        "types": b'{"type":[' + b",".join([b'"VerifiableCredential"'] * 40_000) + b"]}",
        "dots": b"." * million,
        "long token": b"e30." + b"A" * million + b".AA",
        "long header": b"e" * million + b".e30.AA",
        "utf-16": ENTRY.decode().encode("utf-16"),
        "utf-32": ENTRY.decode().encode("utf-32"),
        "latin-1": ENTRY.replace(b"Amara", b"Am\xe1ra"),
        "surrogate": ENTRY.replace(b"Amara", b"\\udfff"),
        "nan": ENTRY.replace(b"false", b"NaN", 1),
        "zero bytes": bytes(million),
        "spaces": b" " * million + ENTRY,
    }


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_one_answer_in_bounded_memory(name: str) -> None:
    data = bombs()[name]
    with bounded(50):
        assert verdict(data) in REFUSED


@pytest.mark.parametrize("level", [1, 9])
def test_a_hundred_megabytes_behind_the_gzip_of_a_list(level: int) -> None:
    packed = gzip.compress(bytes(100 * 1024 * 1024), level)
    document = json.loads(to_bytes(LIST))
    document["credentialSubject"]["encodedList"] = "u" + keys.base64url(packed)
    with bounded(10), pytest.raises(MalformedStatusList):
        status_list.read(document)
