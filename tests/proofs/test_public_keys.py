"""The keys of other people's issuers: the kinds that are checked, and the one algorithm of each."""

import json
from pathlib import Path
from typing import Any

import pytest

from passport.proofs import keys, multibase, public_keys
from passport.proofs.errors import BadProof, KeyProblem
from passport.proofs.public_keys import ALGORITHMS, SUITES, Kind
from tests import others

KEYS: list[others.Private] = [others.ed25519(), others.p256(), others.rsa_key()]
POINT = multibase.from_base58_multibase(others.multikey(others.p256()))


@pytest.mark.parametrize("key", KEYS, ids=list(Kind))
def test_a_key_of_each_kind_verifies_what_it_signed_and_nothing_else(key: others.Private) -> None:
    public, signature = public_keys.from_jwk(others.jwk(key)), others.sign(key, b"data")
    public.verify(signature, b"data")
    for spoilt, data in (
        (signature, b"date"),
        (signature[:-1], b"data"),
        (signature + b"\0", b"data"),
        (b"", b"data"),
        (bytes(len(signature)), b"data"),
        (signature[:-1] + bytes([signature[-1] ^ 1]), b"data"),
    ):
        with pytest.raises(BadProof):
            public.verify(spoilt, data)


def test_one_key_in_two_forms_is_one_key() -> None:
    for key in KEYS[:2]:
        assert public_keys.from_multikey(others.multikey(key)) == public_keys.from_jwk(others.jwk(key))


def test_an_ecdsa_signature_in_der_is_none() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256

    public = public_keys.from_jwk(others.jwk(others.p256()))
    with pytest.raises(BadProof):
        public.verify(others.p256().sign(b"data", ec.ECDSA(SHA256())), b"data")


def test_each_algorithm_and_suite_belongs_to_one_kind_of_key() -> None:
    for table in (ALGORITHMS, SUITES):
        names = [name for kind in Kind for name in table[kind]]
        assert len(names) == len(set(names))
    assert not {"none", "HS256"} & set().union(*ALGORITHMS.values())


P256, RSA, ED = (others.jwk(key) for key in (others.p256(), others.rsa_key(), others.ed25519()))
SHORT, LONG = (others.jwk(others.rsa_key(bits)) for bits in (1024, 2040))
REFUSED: dict[str, Any] = {
    "no object": "key",
    "another curve": {**P256, "crv": "P-384"},
    "curve of Bitcoin": {**P256, "crv": "secp256k1"},
    "no curve": {"kty": "EC", "x": P256["x"], "y": P256["y"]},
    "another kind": {"kty": "oct", "k": "AAAA"},
    "private": {**ED, "d": ED["x"]},
    "for encryption": {**ED, "use": "enc"},
    "for another algorithm": {**P256, "alg": "ES384"},
    "RSA for PSS": {**RSA, "alg": "PS256"},
    "not on the curve": {**P256, "y": P256["x"]},
    "the other y": {**P256, "x": P256["y"], "y": P256["x"]},
    "short coordinate": {**P256, "x": "AAAA"},
    "no coordinate": {"kty": "EC", "crv": "P-256", "x": P256["x"]},
    "padded": {**P256, "x": P256["x"] + "="},
    "short RSA": SHORT,
    "2,040 bits": LONG,
    "RSA of 4,104 bits": {**RSA, "n": keys.base64url(b"\xff" * 513)},
    "exponent 3": {**RSA, "e": "Aw"},
    "exponent 1": {**RSA, "e": "AQ"},
    "no modulus": {"kty": "RSA", "e": "AQAB"},
    "modulus is a number": {**RSA, "n": 5},
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_json_web_keys_are_refused(name: str) -> None:
    with pytest.raises(KeyProblem):
        public_keys.from_jwk(REFUSED[name])


@pytest.mark.parametrize(
    "data",
    [
        POINT[:-1],
        POINT + b"\0",
        b"\x80\x24\x04" + POINT[3:],
        b"\x80\x24\x02" + b"\xff" * 32,
        b"\x81\x24\x02" + bytes(48),
        b"\xed\x01" + bytes(31),
        b"",
    ],
)
def test_other_multikeys_are_refused(data: bytes) -> None:
    with pytest.raises(KeyProblem):
        public_keys.from_multikey(multibase.base58_multibase(data))


def test_keys_of_the_w3c_suite() -> None:
    samples = Path(__file__).parents[1] / "vectors" / "samples" / "vc-jose-cose"
    token = (samples / "credential-jose-minimal.txt").read_bytes().strip()
    signing_input, _, signature = token.rpartition(b".")
    jwk = json.loads(
        '{"kty":"EC","crv":"P-256","alg":"ES256","x":"WfTi93YuhsQxKbD0ftnjOXJndqhnJ5kgDV-ZDGyrhBQ",'
        '"y":"qUd_55EjX0mjKZ6W6mF4UXVYTQ41K6jfdnYFwN5uPyk"}'
    )
    public_keys.from_jwk(jwk).verify(keys.from_base64url(signature.decode()), signing_input)
