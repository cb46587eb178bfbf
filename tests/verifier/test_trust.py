"""Registries follow one another: none back, none left out, none without the signatures of both versions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from passport.openbadges import registry
from passport.openbadges.bundle import Bundle
from passport.openbadges.errors import MalformedRegistry
from passport.openbadges.registry import Registry
from passport.proofs import jws, signing
from passport.proofs.keys import Role
from passport.proofs.signing import PemSigner
from passport.verifier import Trust, TrustError, Verdict, accept_next, verify
from passport.verifier.errors import Failed
from passport.verifier.trust import key_id
from tests.world import EMPLOYER, LIST_URL, NOW, PROGRAMME, URL, World

OLD, NEW, THIRD = (signing.generate(Role.ROOT) for _ in range(3))
CURRENT = replace(World().registry, root_keys=(OLD.public_key,), version=7)


def signed(following: Registry, *signers: PemSigner) -> bytes:
    return jws.sign_json(registry.to_bytes(following), list(signers))


def following(*roots: PemSigner, threshold: int = 1, version: int = 8) -> Registry:
    keys = tuple(root.public_key for root in roots)
    return replace(CURRENT, version=version, root_keys=keys, threshold=threshold)


@pytest.mark.parametrize(
    ("roots", "threshold", "signers"),
    [
        ([OLD], 1, [OLD]),
        ([OLD, NEW], 1, [OLD]),
        ([OLD, NEW, THIRD], 2, [OLD, NEW]),
        ([NEW], 1, [OLD, NEW]),
        ([NEW, THIRD], 2, [OLD, NEW, THIRD]),
    ],
)
def test_the_next_version_signed_by_the_roots_of_both(
    roots: list[PemSigner], threshold: int, signers: list[PemSigner]
) -> None:
    accepted = accept_next(CURRENT, signed(following(*roots, threshold=threshold), *signers))
    assert accepted == following(*roots, threshold=threshold)


@pytest.mark.parametrize(
    ("roots", "threshold", "signers"),
    [
        ([NEW], 1, [NEW]),
        ([NEW], 1, [OLD]),
        ([OLD, NEW], 2, [OLD]),
        ([OLD, NEW], 2, [OLD, OLD]),
        ([OLD, NEW], 1, [NEW]),
        ([OLD], 1, [THIRD]),
    ],
)
def test_a_signature_too_few(roots: list[PemSigner], threshold: int, signers: list[PemSigner]) -> None:
    with pytest.raises(TrustError):
        accept_next(CURRENT, signed(following(*roots, threshold=threshold), *signers))


def test_the_threshold_of_the_version_that_is_held_counts_too() -> None:
    two = replace(CURRENT, root_keys=(OLD.public_key, NEW.public_key), threshold=2)
    lowered = following(OLD)
    with pytest.raises(TrustError):
        accept_next(two, signed(lowered, OLD))
    assert accept_next(two, signed(lowered, OLD, NEW)) == lowered


@pytest.mark.parametrize("version", [1, 6, 9, 100])
def test_none_back_and_none_left_out(version: int) -> None:
    with pytest.raises(TrustError, match="does not follow"):
        accept_next(CURRENT, signed(following(OLD, version=version), OLD))


def test_the_same_again_but_no_other_of_the_same_version() -> None:
    assert accept_next(CURRENT, signed(CURRENT, OLD)) == CURRENT
    for other in (replace(CURRENT, demo=True), following(OLD, NEW, version=7)):
        with pytest.raises(TrustError, match="two registries"):
            accept_next(CURRENT, signed(other, OLD))


def test_a_key_is_never_left_out_and_never_becomes_anothers() -> None:
    first, *others = CURRENT.keys
    for keys in (tuple(others), (replace(first, role=Role.STATUS), *others)):
        with pytest.raises(TrustError, match=first.kid):
            accept_next(CURRENT, signed(replace(CURRENT, version=8, keys=keys), OLD))


def test_a_registry_held_back_expires() -> None:
    world = World()
    world.registry = replace(world.registry, expires=NOW + timedelta(minutes=1))
    trust = world.trust()
    assert verify(world.entry_bytes(), trust, NOW).verdict is Verdict.CURRENT
    assert verify(world.entry_bytes(), trust, NOW + timedelta(minutes=2)).verdict is Verdict.UNFINISHED


def test_a_trust_renews_itself_with_the_next_bundle_alone() -> None:
    world = World()
    held = world.trust()
    world.withdrawn = {world.entry.status.index}
    newer = held.renewed(world.parts())
    assert verify(world.entry_bytes(), newer, NOW).verdict is Verdict.WITHDRAWN
    assert verify(world.entry_bytes(), held, NOW).verdict is Verdict.CURRENT
    world.registry = replace(world.registry, version=3)
    with pytest.raises(TrustError):
        newer.renewed(world.parts())
    with pytest.raises(TrustError):
        newer.renewed(Bundle(b"{}"))


@pytest.mark.parametrize(
    "change",
    [
        lambda held: replace(held, expires=None),
        lambda held: replace(held, threshold=2),
        lambda held: replace(held, keys=(*held.keys, held.keys[0])),
        lambda held: replace(held, version=0),
    ],
)
def test_what_no_registry_says(change: Callable[[Registry], Registry]) -> None:
    with pytest.raises(MalformedRegistry):
        registry.to_bytes(change(CURRENT))


def test_now_is_never_behind_what_was_signed() -> None:
    world = World()
    trust = world.trust()
    assert trust.now(NOW) == NOW
    assert trust.now(datetime(2001, 1, 1, tzinfo=NOW.tzinfo)) == world.list_made
    assert Trust(world.registry, {}).now(NOW) == NOW


# ------------------------------------------------------------------------- what is said


NO_ENVELOPE = "the envelope must have a payload and signatures"
TOO_FEW = "not signed by enough of the keys that we trust"


@pytest.mark.parametrize(
    ("signed_registry", "words"),
    [
        (signed(following(OLD, version=9), OLD), "version 9 does not follow version 7"),
        (signed(following(OLD, version=6), OLD), "version 6 does not follow version 7"),
        (signed(replace(CURRENT, demo=True), OLD), "there are two registries of version 7"),
        (
            signed(following(NEW), NEW),
            f"the root keys of version 7 have not signed the next: {TOO_FEW}",
        ),
        (signed(following(NEW), OLD), f"the registry cannot be believed: {TOO_FEW}"),
        (b"{}", f"the registry cannot be believed: {NO_ENVELOPE}"),
        (
            signed(replace(CURRENT, version=8, keys=CURRENT.keys[1:]), OLD),
            f"the key {CURRENT.keys[0].kid} is missing from version 8",
        ),
    ],
    ids=["skipped", "back", "two of one version", "old roots", "new roots", "no envelope", "lost key"],
)
def test_what_is_said_of_a_registry_that_may_not_follow(signed_registry: bytes, words: str) -> None:
    with pytest.raises(TrustError) as refused:
        accept_next(CURRENT, signed_registry)
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("bundle", "words"),
    [
        (b"{", "the bundle cannot be read: not JSON in UTF-8"),
        (b"{}", "a bundle has a registry, status lists and DID documents, and nothing else"),
        (
            b'{"didDocuments":{},"registry":{},"statusLists":{}}',
            f"the registry cannot be believed: {NO_ENVELOPE}",
        ),
    ],
)
def test_what_is_said_of_a_bundle_that_cannot_be_read(bundle: bytes, words: str) -> None:
    with pytest.raises(TrustError) as refused:
        Trust.from_bundle(bundle)
    assert str(refused.value) == words


def test_a_newer_bundle_brings_its_did_documents() -> None:
    world = World()
    held = world.trust()
    world.did_documents = {"did:web:a.example": {"id": "did:web:a.example"}}
    assert held.did_documents == {}
    assert held.renewed(world.parts()).did_documents == world.did_documents
    assert Trust(world.registry, {}).did_documents == {}


def test_the_newest_of_all_lists_tells_the_time() -> None:
    world = World()
    for number, hours in ((2, 1), (3, 3), (4, 2)):
        url = f"{URL}/status/{number}/revocation"
        world.lists[url] = world.secured_list(url, made=NOW + timedelta(hours=hours))
    world.lists[f"{URL}/status/5/revocation"] = {"issuer": 5}
    trust = world.trust()
    assert trust.now(NOW) == trust.now(NOW - timedelta(days=9)) == NOW + timedelta(hours=3)
    assert trust.now(NOW + timedelta(hours=4)) == NOW + timedelta(hours=4)


def test_a_list_is_given_as_it_came() -> None:
    world = World()
    assert world.trust().given_list(LIST_URL) == world.secured_list()
    assert world.trust().given_list(f"{LIST_URL}/") is None


@pytest.mark.parametrize(
    ("method", "kid"),
    [
        ("did:web:a#issue-1a2b3c4d", "1a2b3c4d"),
        ("did:web:a#issue-", ""),
        ("did:web:a#status-1a2b3c4d", None),
        ("did:web:b#issue-1a2b3c4d", None),
        ("xdid:web:a#issue-1a2b3c4d", None),
    ],
)
def test_the_kid_in_the_name_of_a_key(method: str, kid: str | None) -> None:
    assert key_id(method, "did:web:a", Role.ISSUE) == kid


def test_a_list_that_was_believed_of_one_issuer_is_not_believed_of_another() -> None:
    trust = World().trust()
    for _ in range(2):
        assert trust.status_list(LIST_URL, PROGRAMME.did).purpose == "revocation"
        with pytest.raises(Failed, match=r"^the status list is another issuer's$") as failed:
            trust.status_list(LIST_URL, EMPLOYER.did)
        assert failed.value.verdict is Verdict.UNFINISHED
