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
from tests.world import NOW, World

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
    assert verify(world.entry_bytes(), trust, NOW).verdict is Verdict.V1
    assert verify(world.entry_bytes(), trust, NOW + timedelta(minutes=2)).verdict is Verdict.V8


def test_a_trust_renews_itself_with_the_next_bundle_alone() -> None:
    world = World()
    held = world.trust()
    world.withdrawn = {world.entry.status.index}
    newer = held.renewed(world.parts())
    assert verify(world.entry_bytes(), newer, NOW).verdict is Verdict.V2
    assert verify(world.entry_bytes(), held, NOW).verdict is Verdict.V1
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
