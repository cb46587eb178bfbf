"""What is said of JSON, CBOR and keys that is refused: the kind of error, and its words.

They reach people and programs as reasons.
"""

from functools import partial
from typing import Any

import cbor2
import pytest

from passport.proofs import cose, json_text, keys, multibase, signing
from passport.proofs.errors import BadProof, KeyProblem, NotJson
from passport.proofs.keys import Role
from tests.proofs.refusing import Case, refused

ISSUE = signing.generate(Role.ISSUE)
B64 = keys.base64url


# ------------------------------------------------------------------------- JSON

JSON: dict[str, tuple[bytes, str]] = {
    "long": (b" " * (2**20 + 1), "longer than 1048576 bytes"),
    "broken": (b"{", "not JSON in UTF-8"),
    "latin-1": (b'"\xe9"', "not JSON in UTF-8"),
    "surrogate": (b'"\\ud800"', "not JSON in UTF-8"),
    "brackets": (b"[" * 100_000, "not JSON in UTF-8"),
    "deep": (b"[" * 33 + b"]" * 33, "deeper than 32 levels"),
    "deep objects": (b'{"a":' * 33 + b"1" + b"}" * 33, "deeper than 32 levels"),
    "twice": (b'{"a":1,"a":2}', "a name stands twice in one object"),
    "nan": (b"[NaN]", "NaN is not JSON"),
    "infinity": (b"[-Infinity]", "-Infinity is not JSON"),
    "endless": (b"[1e999]", "a number without end"),
    "digits": (b"1" * 401, "a number with too many digits"),
}


@pytest.mark.parametrize("name", JSON)
def test_json(name: str) -> None:
    data, words = JSON[name]
    refused((lambda: json_text.read(data), NotJson, words))


def test_json_just_within_its_limits() -> None:
    assert json_text.read(b"1" * 400) == int("1" * 400)
    assert json_text.read(b'{"a":' * 32 + b"1" + b"}" * 32)
    assert json_text.read(b" 5", max_bytes=2) == 5
    refused((lambda: json_text.read(b" 5 ", max_bytes=2), NotJson, "longer than 2 bytes"))
    refused((lambda: json_text.read_object(b" {} ", max_bytes=3), NotJson, "longer than 3 bytes"))
    refused((lambda: json_text.read_object(b"[]"), NotJson, "not a JSON object"))
    assert json_text.write({"b": "é", "a": [1.5, None]}) == '{"a":[1.5,null],"b":"é"}'.encode()
    with pytest.raises(ValueError, match="JSON compliant"):
        json_text.write(float("nan"))


# ------------------------------------------------------------------------- keys

NO_JWK, SIZE = "not an Ed25519 JSON Web Key", "an Ed25519 public key has 32 bytes"
NO_MULTIKEY, NO_ED25519 = "not a Multikey value", "not an Ed25519 public key"
JWK = {"kty": "OKP", "crv": "Ed25519", "x": B64(bytes(32))}

KEYS: dict[str, Case] = {
    "jwk is a text": (lambda: keys.from_jwk("x"), KeyProblem, NO_JWK),
    "jwk of another type": (
        partial(keys.from_jwk, {**JWK, "kty": "EC"}),
        KeyProblem,
        NO_JWK,
    ),
    "jwk of another curve": (
        partial(keys.from_jwk, {**JWK, "crv": "X25519"}),
        KeyProblem,
        NO_JWK,
    ),
    "jwk with padding": (
        partial(keys.from_jwk, {**JWK, "x": JWK["x"] + "="}),
        KeyProblem,
        "not a JSON Web Key",
    ),
    "jwk without a key": (partial(keys.from_jwk, {**JWK, "x": ""}), KeyProblem, SIZE),
    "jwk too short": (partial(keys.from_jwk, {**JWK, "x": B64(bytes(31))}), KeyProblem, SIZE),
    "short key": (lambda: keys.to_multibase(bytes(31)), KeyProblem, SIZE),
    "long key": (lambda: keys.to_multibase(bytes(33)), KeyProblem, SIZE),
    "no multibase": (lambda: keys.from_multibase("uAAAA"), KeyProblem, NO_MULTIKEY),
    "another codec": (
        lambda: keys.from_multibase(multibase.base58_multibase(b"\xec\x01" + bytes(32))),
        KeyProblem,
        NO_ED25519,
    ),
    "another length": (
        lambda: keys.from_multibase(multibase.base58_multibase(b"\xed\x01" + bytes(33))),
        KeyProblem,
        NO_ED25519,
    ),
    "signature": (
        lambda: keys.verify_signature(ISSUE.public_key, bytes(64), b""),
        BadProof,
        "the signature does not belong to this key and these contents",
    ),
    "padding": (
        lambda: keys.from_base64url("QQ=="),
        ValueError,
        "base64, but not base64url without padding",
    ),
    "plus": (lambda: keys.from_base64url("+A"), ValueError, "base64, but not base64url without padding"),
    "slash": (lambda: keys.from_base64url("/w"), ValueError, "base64, but not base64url without padding"),
    "second spelling": (lambda: keys.from_base64url("QR"), ValueError, "not base64url in its one spelling"),
    "second spelling of two": (
        lambda: keys.from_base64url("QUJDRE9"),
        ValueError,
        "not base64url in its one spelling",
    ),
    "no base58": (
        lambda: multibase.from_base58_multibase("zO"),
        ValueError,
        "not a base58btc multibase value",
    ),
    "no z": (
        lambda: multibase.from_base58_multibase("1"),
        ValueError,
        "not a short base58btc multibase value",
    ),
    "long base58": (
        lambda: multibase.from_base58_multibase("z" + "1" * 128),
        ValueError,
        "not a short base58btc multibase value",
    ),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys(name: str) -> None:
    refused(KEYS[name])


def test_keys_in_their_written_forms() -> None:
    assert keys.from_jwk(keys.to_jwk(ISSUE.public_key)) == ISSUE.public_key
    assert keys.to_jwk(bytes(32)) == {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}
    assert multibase.from_base58_multibase("z" + "1" * 127) == bytes(127)
    assert multibase.base58_multibase(b"\0\0\x01") == "z112"
    assert multibase.from_base58_multibase("z") == b""
    assert keys.from_base64url("") == b""
    with pytest.raises(ValueError, match="base64"):
        keys.from_base64url("QUJ DRA")


# ------------------------------------------------------------------------- COSE

NOT_OURS, NOT_ONE = "this is not a COSE_Sign1 as we write it", "this is not a COSE_Sign1"
NO_BYTES, NO_CBOR = "a part of the COSE_Sign1 is no byte string", "this is not CBOR that we read"
MESSAGE = cose.sign(b"payload", ISSUE)
PROTECTED = cbor2.loads(MESSAGE).value[0]


def sign1(*parts: Any) -> bytes:
    return b"\xd2" + cbor2.dumps(list(parts), canonical=True)


COSES: dict[str, tuple[bytes, str]] = {
    "a number": (b"\x05", NOT_ONE),
    "three parts": (sign1(PROTECTED, {}, b""), NOT_ONE),
    "five parts": (sign1(PROTECTED, {}, b"", bytes(64), b""), NOT_ONE),
    "a text in it": (sign1(PROTECTED, {}, "payload", bytes(64)), NO_BYTES),
    "a header that is a text": (sign1("x" * 9, {}, b"", bytes(64)), NO_BYTES),
    "a signature that is none": (sign1(PROTECTED, {}, b"", None), NO_BYTES),
    "a short signature": (sign1(PROTECTED, {}, b"payload", bytes(63)), NOT_OURS),
    "an unprotected header": (sign1(PROTECTED, {1: -19}, b"payload", bytes(64)), NOT_OURS),
    "no tag": (MESSAGE[1:], NOT_OURS),
    "another tag": (b"\xd1" + MESSAGE[1:], NO_CBOR),
    "cut off": (MESSAGE[:-1], NO_CBOR),
    "more": (MESSAGE + b"\0", NOT_OURS),
    "long": (bytes(561), "longer than 560 bytes"),
}


@pytest.mark.parametrize("name", COSES)
def test_coses(name: str) -> None:
    data, words = COSES[name]
    refused((lambda: cose.read(data), BadProof, words))


def test_a_code_with_another_algorithm_is_taken_apart_and_its_signature_never_holds() -> None:
    message = cose.read(sign1(PROTECTED.replace(b"\x32", b"\x26"), {}, b"", bytes(64)))
    words = "the header is not that of an Ed25519 signature"
    refused((lambda: message.verify(bytes(32)), BadProof, words))


def test_values_in_cbor() -> None:
    assert cose.decode(b"\x81" * 7 + b"\x05") == [[[[[[[5]]]]]]]
    for data, words in (
        (b"\x81" * 9 + b"\x05", NO_CBOR),
        (b"\x9f\xff", NO_CBOR),
        (b"\x18\x05", "this is not deterministic CBOR"),
        (b"\xa2\x02\x00\x01\x00", "this is not deterministic CBOR"),
        (b"\x05\x00", "this is not deterministic CBOR"),
    ):
        refused((partial(cose.decode, data), BadProof, words))
