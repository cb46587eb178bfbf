import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.proofs import keys, multibase
from passport.proofs.errors import BadProof, KeyProblem
from passport.proofs.keys import Role
from passport.proofs.signing import generate

VECTORS = Path(__file__).parents[1] / "vectors"


def test_the_kid_of_the_published_example() -> None:
    key = bytes.fromhex("17769c40dec3ea849ccf577f52bfdb385f083b9fd9c5fd0912622f87f22ba40e")
    assert keys.kid(key) == "11716b98"


def test_multikey_of_the_1edtech_vector() -> None:
    values = json.loads((VECTORS / "1edtech-openbadges-3.0" / "values.json").read_text())
    public_key = bytes.fromhex(values["publicKeyHex"])
    assert keys.to_multibase(public_key) == values["publicKeyMultibase"]
    assert keys.from_multibase(values["publicKeyMultibase"]) == public_key


@given(st.binary(max_size=80))
def test_base58_goes_there_and_back(data: bytes) -> None:
    assert multibase.from_base58_multibase(multibase.base58_multibase(data)) == data


@given(st.binary(max_size=80))
def test_base64url_goes_there_and_back(data: bytes) -> None:
    assert keys.from_base64url(keys.base64url(data)) == data


@pytest.mark.parametrize("text", ["AB==", "AB", "A", "A+", "A/", "A A", "é", "QQ\n"])
def test_base64url_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 every kind of bad spelling has its own words
        keys.from_base64url(text)


@pytest.mark.parametrize(
    "text", ["", "z", "z6Mk", "u6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi", "z0OIl", "z" * 500]
)
def test_refuses_what_is_no_public_key(text: str) -> None:
    with pytest.raises(KeyProblem):
        keys.from_multibase(text)


def test_refuses_a_key_of_another_kind() -> None:
    p256 = multibase.base58_multibase(b"\x80\x24" + bytes(33))
    with pytest.raises(KeyProblem):
        keys.from_multibase(p256)
    with pytest.raises(KeyProblem):
        keys.to_multibase(bytes(31))


def test_digest_multibase_is_a_sha256_multihash() -> None:
    written = keys.digest_multibase(b"abc")
    assert written.startswith("u")
    assert keys.from_base64url(written[1:]) == b"\x12\x20" + hashlib.sha256(b"abc").digest()


def test_a_signature_holds_for_its_key_and_data_alone() -> None:
    signer, other = generate(Role.ISSUE), generate(Role.ISSUE)
    signature = signer.sign(b"data")
    keys.verify_signature(signer.public_key, signature, b"data")
    for key, sig, data in (
        (other.public_key, signature, b"data"),
        (signer.public_key, signature, b"Data"),
        (signer.public_key, signature[:-1], b"data"),
        (b"short", signature, b"data"),
    ):
        with pytest.raises(BadProof):
            keys.verify_signature(key, sig, data)
