import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.openbadges import bundle, registry
from passport.openbadges.errors import MalformedRegistry
from passport.proofs import jws
from passport.proofs.keys import Role
from tests.world import EMPLOYER, PROGRAMME, World

WORLD = World()


def test_what_is_written_is_read_again() -> None:
    assert registry.from_bytes(registry.to_bytes(WORLD.registry)) == WORLD.registry


def test_the_members_of_the_document() -> None:
    document = json.loads(registry.to_bytes(WORLD.registry))
    assert set(document) == {
        "version", "expires", "demo", "origins", "issuers", "keys", "rootKeys", "threshold",
    }  # fmt: skip
    assert set(document["issuers"][0]) == {"did", "name", "kind", "programme", "from", "until"}
    assert set(document["keys"][0]) == {"kid", "role", "publicKey", "issuer", "state", "from", "until", "cut"}


def test_a_key_is_found_by_issuer_role_and_kid_together() -> None:
    signer = WORLD.signers[Role.ISSUE]
    found = WORLD.registry.key(PROGRAMME.did, Role.ISSUE, signer.kid)
    assert found is not None
    assert found.public_key == signer.public_key
    assert WORLD.registry.key(PROGRAMME.did, Role.STATUS, signer.kid) is None
    assert WORLD.registry.key(EMPLOYER.did, Role.ISSUE, signer.kid) is None
    assert WORLD.registry.key(PROGRAMME.did, Role.ISSUE, "00000000") is None
    assert WORLD.registry.issuer("did:web:nobody.example") is None


def test_one_name_means_one_thing() -> None:
    good = WORLD.registry
    for bad in (
        replace(good, issuers=good.issuers * 2),
        replace(good, keys=good.keys * 2),
        replace(good, keys=(replace(good.keys[0], kid="00000000"),)),
        replace(good, root_keys=(good.keys[0].public_key,)),
        replace(good, threshold=0),
        replace(good, threshold=2),
        replace(good, root_keys=()),
        replace(good, version=0),
    ):
        with pytest.raises(MalformedRegistry):
            registry.to_bytes(bad)


def test_a_time_zone_stands_in_the_registry_and_need_not() -> None:
    for zone in (None, "Europe/London", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"):
        written = registry.to_bytes(World(time_zone=zone).registry)
        assert registry.from_bytes(written).issuers[0].time_zone == zone
        assert (b"timeZone" in written) is (zone is not None)


@pytest.mark.parametrize(
    "zone", ["", "a b", "../x", "/Europe/London", "a/b/c/d", "x" * 31, 1, None, {}, "Europe/London\n"]
)
def test_any_other_time_zone_is_refused(zone: Any) -> None:
    document = json.loads(registry.to_bytes(WORLD.registry))
    document["issuers"][0]["timeZone"] = zone
    with pytest.raises(MalformedRegistry):
        registry.from_bytes(json.dumps(document).encode())


@pytest.mark.parametrize(
    "changes",
    [
        {"more": 1},
        {"version": "1"},
        {"version": True},
        {"demo": 0},
        {"demo": "false"},
        {"expires": "never"},
        {"origins": None},
        {"issuers": {}},
        {"issuers": [{}]},
        {"issuers": ["did:web:x"]},
        {"keys": [{}]},
        {"rootKeys": ["z6Mk"]},
        {"threshold": 1.0},
    ],
    ids=json.dumps,
)
def test_any_other_shape_is_refused(changes: dict[str, Any]) -> None:
    document = {**json.loads(registry.to_bytes(WORLD.registry)), **changes}
    with pytest.raises(MalformedRegistry):
        registry.from_bytes(json.dumps(document).encode())


@given(st.binary(max_size=100))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedRegistry):
        registry.from_bytes(data)


def test_a_bundle_is_read_as_it_was_written() -> None:
    signed = jws.sign_json(registry.to_bytes(WORLD.registry), [WORLD.signers[Role.ROOT]])
    parts = bundle.Bundle(signed, {"https://a.example/1": {"a": 1}}, {"did:web:a.example": {"id": "x"}})
    assert bundle.read(bundle.write(parts)) == parts


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"registry": {}, "statusLists": {}},
        {"registry": {}, "statusLists": {}, "didDocuments": {}, "more": {}},
        {"registry": {}, "statusLists": [], "didDocuments": {}},
        {"registry": {}, "statusLists": {"x": "y"}, "didDocuments": {}},
        {"registry": {}, "statusLists": {}, "didDocuments": {"x": None}},
        [],
    ],
    ids=json.dumps,
)
def test_any_other_bundle_is_refused(document: Any) -> None:
    with pytest.raises(MalformedRegistry):
        bundle.read(json.dumps(document).encode())


def test_a_bundle_is_bounded() -> None:
    with pytest.raises(MalformedRegistry):
        bundle.read(b" " * (bundle.MAX_BYTES + 1))
    with pytest.raises(MalformedRegistry):
        bundle.write(bundle.Bundle(b"{}", {"x": {"y": "z" * bundle.MAX_BYTES}}))
    with pytest.raises(MalformedRegistry):
        bundle.write(bundle.Bundle(b"not json"))
