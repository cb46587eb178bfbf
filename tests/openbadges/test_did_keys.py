"""The keys of other people's issuers: DID documents as they are published, did:key and did:jwk."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from passport.openbadges.did_keys import Named, find, inside, same_did, usable
from passport.proofs import keys, public_keys
from passport.proofs.errors import KeyProblem
from passport.proofs.public_keys import PublicKey
from tests import others

DID = "did:web:a.example%3A8000:b"
AT = datetime(2026, 6, 1, tzinfo=UTC)
ED, EC, RSA = others.ed25519(), others.p256(), others.rsa_key()


def public(key: others.Private) -> PublicKey:
    return public_keys.from_jwk(others.jwk(key))


def method(key: others.Private = ED, **changes: Any) -> dict[str, Any]:
    value = {"publicKeyJwk": others.jwk(key)} if key is RSA else {"publicKeyMultibase": others.multikey(key)}
    kind = "JsonWebKey" if key is RSA else "Multikey"
    return {"id": f"{DID}#key-1", "type": kind, "controller": DID, **value, **changes}


def document(*methods: Any, asserting: Any = None, **changes: Any) -> dict[str, Any]:
    named = [each["id"] for each in methods] if asserting is None else asserting
    return {"id": DID, "verificationMethod": list(methods), "assertionMethod": named, **changes}


ED_2020 = method(type="Ed25519VerificationKey2020")
JWK_2020 = {**method(type="JsonWebKey2020"), "publicKeyJwk": others.jwk(ED)}
WITH_KID = {**JWK_2020, "publicKeyJwk": {**others.jwk(ED), "kid": "short"}}
FOUND: dict[str, tuple[dict[str, Any], str]] = {
    "as a list": (document(method()), f"{DID}#key-1"),
    "assertionMethod is one text": (document(method(), asserting=f"{DID}#key-1"), f"{DID}#key-1"),
    "verificationMethod is one object": (
        document(method(), verificationMethod=method()),
        f"{DID}#key-1",
    ),
    "embedded": ({"id": DID, "assertionMethod": [method()]}, f"{DID}#key-1"),
    "embedded, alone": ({"id": DID, "assertionMethod": method()}, f"{DID}#key-1"),
    "relative": (document(method(id="#key-1"), asserting=["#key-1"]), f"{DID}#key-1"),
    "relative method": (document(method(id="#key-1"), asserting=[f"{DID}#key-1"]), "#key-1"),
    "Ed25519VerificationKey2020": (document(ED_2020), f"{DID}#key-1"),
    "JsonWebKey2020": (document(JWK_2020), f"{DID}#key-1"),
    "kid of a JSON Web Key": (document(WITH_KID), "short"),
    "fragment as a kid": (document(method()), "key-1"),
    "the DID alone": (document(method()), DID),
    "no name": (document(method()), ""),
    "percent-encoding in lower case": (document(method()), f"{DID}#key-1".replace("%3A", "%3a")),
    "document in lower case": (
        json.loads(json.dumps(document(method())).replace("%3A", "%3a")),
        f"{DID}#key-1",
    ),
    "without a controller": (
        document({name: value for name, value in method().items() if name != "controller"}),
        f"{DID}#key-1",
    ),
    "not expired": (document(method(expires="2027-01-01T00:00:00Z")), f"{DID}#key-1"),
}


@pytest.mark.parametrize("name", FOUND)
def test_documents_as_they_are_published(name: str) -> None:
    said, wanted = FOUND[name]
    before = copy.deepcopy(said)
    assert find(said, DID, Named(wanted), AT) == public(ED)
    assert usable(said, DID, AT) == [public(ED)]
    assert said == before


@pytest.mark.parametrize("key", [EC, RSA], ids=["P-256", "RSA"])
def test_keys_of_other_kinds(key: others.Private) -> None:
    assert find(document(method(key)), DID, Named(f"{DID}#key-1"), AT) == public(key)


NOT_FOUND: dict[str, tuple[dict[str, Any], str]] = {
    "another DID": (document(method(), id="did:web:b.example"), f"{DID}#key-1"),
    "not for assertions": (document(method(), asserting=[]), f"{DID}#key-1"),
    "for authentication": (document(method(), asserting=[], authentication=[method()]), f"{DID}#key-1"),
    "another name": (document(method()), f"{DID}#key-2"),
    "another's method": (document(method()), "did:web:b.example#key-1"),
    "another's controller": (document(method(controller="did:web:b.example")), f"{DID}#key-1"),
    "a type that is not read": (document(method(type="X25519KeyAgreementKey2020")), f"{DID}#key-1"),
    "no value": (document(method(publicKeyMultibase=5)), f"{DID}#key-1"),
    "no methods": ({"id": DID, "assertionMethod": [f"{DID}#key-1", 5, None]}, f"{DID}#key-1"),
    "nothing": ({}, ""),
    "no name of two": (
        document(method(), {**method(others.ed25519("two")), "id": f"{DID}#key-2"}),
        "",
    ),
}


@pytest.mark.parametrize("name", NOT_FOUND)
def test_a_key_counts_only_as_the_issuers_own_and_for_assertions(name: str) -> None:
    said, wanted = NOT_FOUND[name]
    assert find(said, DID, Named(wanted), AT) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"revoked": "2026-05-01T00:00:00Z"},
        {"expires": "2026-06-01T00:00:00Z"},
        {"revoked": "once"},
        {"publicKeyMultibase": "z6Mk"},
        {"type": "Ed25519VerificationKey2020", "publicKeyMultibase": others.multikey(EC)},
        {"type": "JsonWebKey", "publicKeyJwk": {"kty": "oct", "k": "AA"}},
    ],
)
def test_a_key_that_cannot_be_used_is_named_as_such(changes: dict[str, Any]) -> None:
    said = document(method(**changes))
    with pytest.raises(KeyProblem):
        find(said, DID, Named(f"{DID}#key-1"), AT)
    assert usable(said, DID, AT) == []


def test_a_key_in_a_header_is_only_looked_for_among_the_issuers() -> None:
    two = document(method(), {**method(EC), "id": f"{DID}#key-2"})
    assert find(two, DID, Named("", public(EC)), AT) == public(EC)
    assert find(two, DID, Named("nonsense", public(ED)), AT) == public(ED)
    assert find(two, DID, Named(f"{DID}#key-1", public(RSA)), AT) is None


def test_did_documents_of_the_inputs() -> None:
    folder = Path(__file__).parents[1] / "inputs" / "did"
    for name in ("embedded-method", "ed2020", "jwk2020", "assertion-string"):
        said = json.loads((folder / f"{name}.json").read_bytes())
        assert len(usable(said, said["id"], AT)) == 1, name


# ------------------------------------------------------------------------- addresses that are keys


@pytest.mark.parametrize("key", [ED, EC], ids=["Ed25519", "P-256"])
def test_a_did_key_is_its_key(key: others.Private) -> None:
    did = others.did_key(key)
    for name in (did, others.method_of(did), ""):
        assert inside(did, Named(name)) == public(key)
    assert inside(did, Named("", public(key))) == public(key)
    assert inside(did, Named("", public(RSA))) is None
    assert inside(did, Named(f"{did}#0")) is None
    assert inside(did, Named(others.did_key(others.ed25519("another")))) is None


@pytest.mark.parametrize("key", [ED, EC, RSA], ids=["Ed25519", "P-256", "RSA"])
def test_a_did_jwk_is_its_key(key: others.Private) -> None:
    did = others.did_jwk(key)
    for name in (did, f"{did}#0", ""):
        assert inside(did, Named(name)) == public(key)
    assert inside(did, Named(f"{did}#1")) is None


def test_other_addresses_are_no_keys() -> None:
    for did in ("did:web:a.example", "did:ion:x", "https://a.example", ""):
        assert inside(did, Named(did)) is None
    private = keys.base64url(json.dumps({**others.jwk(ED), "d": others.jwk(ED)["x"]}).encode())
    for did in ("did:key:z6Mk", "did:key:", "did:jwk:!", "did:jwk:e30", f"did:jwk:{private}", "did:jwk:W10"):
        with pytest.raises(KeyProblem):
            inside(did, Named(did))


def test_percent_encoding_alone_is_compared_freely() -> None:
    assert same_did("did:web:a%3a1", "did:web:a%3A1")
    assert not same_did("did:web:A", "did:web:a")
