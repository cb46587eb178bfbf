"""Tokens of other people's issuers: harmless headers are read, and none chooses a key or an algorithm."""

import json
from typing import Any

import pytest

from passport.proofs import external_tokens, keys, public_keys
from passport.proofs.errors import BadProof, NotJson, UnknownProof
from tests import others

CLAIMS = {"id": "urn:x:y"}
ED, EC, RSA = others.ed25519(), others.p256(), others.rsa_key()
HEADER: dict[str, Any] = {"alg": "EdDSA", "kid": "did:example:x#key-1"}


def read(header: dict[str, Any], key: others.Private = ED) -> external_tokens.Token:
    return external_tokens.read(others.token(CLAIMS, header, key))


def public(key: others.Private) -> public_keys.PublicKey:
    return public_keys.from_jwk(others.jwk(key))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"typ": "JWT"},
        {"typ": "vc+jwt"},
        {"typ": "VC+JWT"},
        {"typ": "application/vc+jwt"},
        {"typ": "Application/VC+JWT"},
        {"typ": "vc+ld+jwt"},
        {"cty": "vc"},
        {"cty": "application/json", "iss": "did:example:x", "x5t#S256": "AAAA", "anything": [1]},
        {"jwk": others.jwk(ED)},
    ],
)
def test_headers_as_they_are_met(more: dict[str, Any]) -> None:
    token = read({**HEADER, **more})
    assert (token.fault, token.unknown, token.claims) == ("", "", CLAIMS)
    token.verify(public(ED))


@pytest.mark.parametrize(
    ("algorithm", "key"), [("EdDSA", ED), ("Ed25519", ED), ("ES256", EC), ("RS256", RSA)]
)
def test_each_algorithm_with_the_key_that_it_belongs_to(algorithm: str, key: others.Private) -> None:
    token = read({"alg": algorithm, "jwk": others.jwk(key)}, key)
    assert token.jwk == public(key)
    token.verify(public(key))
    for other in (ED, EC, RSA):
        if other is not key:
            with pytest.raises(UnknownProof, match="its header says"):
                token.verify(public(other))


def test_another_key_of_the_same_kind_does_not_verify() -> None:
    with pytest.raises(BadProof, match="does not belong to this key"):
        read(HEADER).verify(public(others.ed25519("another")))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"jku": "https://x.example/jwks"}, "has the member jku, which is refused"),
        ({"x5u": "https://x.example/x.pem"}, "has the member x5u, which is refused"),
        ({"x5c": ["AAAA"]}, "has the member x5c, which is refused"),
        ({"crit": ["exp"], "exp": 5}, "has the member crit, which is refused"),
        ({"b64": False}, "has the member b64, which is refused"),
        ({"alg": "none"}, "does not name a signature"),
        ({"alg": "HS256"}, "does not name a signature"),
        ({"alg": "nOnE"}, "does not name a signature"),
        ({"alg": ["EdDSA"]}, "does not name a signature"),
        ({"alg": None}, "does not name a signature"),
        ({"kid": 5}, "names no key"),
    ],
)
def test_what_is_refused(more: dict[str, Any], words: str) -> None:
    assert words in read({**HEADER, **more}).fault


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"alg": "ES384"}, "signed with ES384, which we do not check"),
        ({"alg": "ES256K"}, "signed with ES256K"),
        ({"alg": "PS256"}, "signed with PS256"),
        ({"typ": "dc+sd-jwt"}, "a token of the type 'dc+sd-jwt'"),
        ({"typ": "passport-registry+json"}, "a token of the type"),
        ({"typ": "vp+jwt"}, "a token of the type"),
        ({"typ": 5}, "a token of the type"),
        ({"jwk": {"kty": "oct", "k": "AAAA"}}, "the key in its header cannot be used"),
        ({"jwk": "x"}, "the key in its header cannot be used"),
    ],
)
def test_what_is_not_checked(more: dict[str, Any], words: str) -> None:
    token = read({**HEADER, **more})
    assert token.fault == ""
    assert words in token.unknown
    assert token.claims == CLAIMS


def test_what_is_no_token() -> None:
    good = others.token(CLAIMS, HEADER, ED)
    header, payload, signature = good.split(b".")
    long = keys.base64url(json.dumps({**HEADER, "x": "x" * 20_000}).encode()).encode()
    for bad in (
        b"",
        b".",
        b"..",
        header + b"." + payload,
        good + b".x",
        b"x." + payload + b"." + signature,
        header + b".W10." + signature,
        header + b"=." + payload + b"." + signature,
        "ü.ü.ü".encode(),
        long + b"." + payload + b"." + signature,
    ):
        with pytest.raises(NotJson):
            external_tokens.read(bad)
    assert external_tokens.read(good + b"=").fault == "its signature is not base64url"
    with pytest.raises(BadProof):
        external_tokens.read(header + b"." + payload + b".").verify(public(ED))
