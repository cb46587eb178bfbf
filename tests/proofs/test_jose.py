import json
from typing import Any

import pytest
from joserfc import jws as joserfc_jws
from joserfc.jwk import OctKey, OKPKey

from passport.proofs import jose, json_text, keys, signing
from passport.proofs.errors import BadProof, UnknownProof
from passport.proofs.keys import Role

SIGNER = signing.generate(Role.ISSUE)
KID = f"did:web:passport.example:programmes:x#issue-{SIGNER.kid}"
CLAIMS = {"@context": ["https://www.w3.org/ns/credentials/v2"], "iss": "did:web:passport.example"}


def token(header: dict[str, Any] | bytes, payload: bytes | None = None) -> bytes:
    """Any token, honestly signed."""
    head = header if isinstance(header, bytes) else json_text.write(header)
    body = json_text.write(CLAIMS) if payload is None else payload
    signing_input = f"{keys.base64url(head)}.{keys.base64url(body)}".encode()
    return signing_input + b"." + keys.base64url(SIGNER.sign(signing_input)).encode()


def header(**changes: Any) -> dict[str, Any]:
    return {"alg": "EdDSA", "kid": KID, "typ": "vc+jwt", **changes}


def test_what_is_signed_comes_back() -> None:
    signed = jose.sign(CLAIMS, KID, SIGNER)
    assert signed == jose.sign(CLAIMS, KID, SIGNER) == token(header())
    read = jose.read(signed)
    assert (read.kid, read.claims) == (KID, CLAIMS)
    jose.verify(read, SIGNER.public_key)
    with pytest.raises(BadProof):
        jose.verify(read, signing.generate(Role.ISSUE).public_key)


def test_another_library_reads_it_and_writes_one_that_we_read() -> None:
    public = OKPKey.import_key(keys.to_jwk(SIGNER.public_key))  # type: ignore[arg-type]
    read = joserfc_jws.deserialize_compact(jose.sign(CLAIMS, KID, SIGNER), public, algorithms=["EdDSA"])
    assert json.loads(read.payload or b"") == CLAIMS
    theirs = OKPKey.generate_key("Ed25519")
    for algorithm in ("EdDSA", "Ed25519"):
        made = joserfc_jws.serialize_compact(
            header(alg=algorithm), json.dumps(CLAIMS), theirs, algorithms=[algorithm]
        )
        raw = keys.from_jwk(theirs.as_dict(private=False))
        jose.verify(jose.read(made.encode()), raw)


@pytest.mark.parametrize(
    "changed",
    [
        header(alg="none"),
        header(alg="None"),
        header(alg="HS256"),
        header(alg="HS512"),
        header(alg="dir"),
        header(alg=None),
        header(alg=["EdDSA"]),
        header(alg="eddsa"),
        header(typ="JWT"),
        header(typ="passport-registry+json"),
        header(typ="vp+jwt"),
        header(typ=None),
        header(cty="vp"),
        header(kid=7),
        header(kid=None),
        header(jwk=keys.to_jwk(SIGNER.public_key)),
        header(jku="https://attacker.example/keys"),
        header(x5u="https://attacker.example/cert"),
        header(x5c=["MIIB"]),
        header(crit=["b64"], b64=False),
        header(crit=[]),
        header(b64=True),
        header(zip="DEF"),
        header(iss="did:web:passport.example"),
        {"alg": "EdDSA", "typ": "vc+jwt"},
        {"kid": KID, "typ": "vc+jwt"},
        {"alg": "EdDSA", "kid": KID},
        {},
        [],
        None,
    ],
    ids=lambda value: json.dumps(value)[:50],
)
def test_the_header_leaves_nothing_open(changed: Any) -> None:
    with pytest.raises(BadProof) as caught:
        jose.read(token(changed))
    assert not isinstance(caught.value, UnknownProof)


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES256", "ES512", "ES256K", "Ed448"])
def test_a_signature_of_another_kind_is_told_apart_from_a_bad_one(algorithm: str) -> None:
    with pytest.raises(UnknownProof) as caught:
        jose.read(token(header(alg=algorithm, jwk={"kty": "RSA"})))
    assert caught.value.claims == CLAIMS


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    key = OctKey.import_key(SIGNER.public_key)
    forged = joserfc_jws.serialize_compact(header(alg="HS256"), b"{}", key, algorithms=["HS256"])
    with pytest.raises(BadProof):
        jose.read(forged.encode())


def test_a_name_that_stands_twice() -> None:
    twice = json_text.write(header())[:-1] + b',"alg":"EdDSA"}'
    for spoilt in (token(twice), token(header(), b'{"iss":"a","iss":"b"}')):
        with pytest.raises(BadProof):
            jose.read(spoilt)


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{", b"\xff", b'{"a":NaN}', b'{"a":"\\ud800"}'])
def test_claims_are_an_object(payload: bytes) -> None:
    with pytest.raises(BadProof):
        jose.read(token(header(), payload))


def test_three_parts_in_their_one_spelling() -> None:
    good = jose.sign(CLAIMS, KID, SIGNER)
    head, body, signature = good.split(b".")
    for spoilt in (
        b"",
        b".",
        b"..",
        b"...",
        head + b"." + body,
        head + b"." + body + b".",
        good + b".",
        b"." + good,
        good + b"=",
        good + b"\n",
        good.replace(b".", b". ", 1),
        head + b"." + body + b"." + signature[:-2],
        head + b"." + body + b"." + signature + b"AAAA",
        head + b"=." + body + b"." + signature,
        good.decode().encode("utf-16"),
    ):
        with pytest.raises(BadProof):
            jose.read(spoilt)


def test_every_changed_sign_is_refused() -> None:
    good = jose.sign(CLAIMS, KID, SIGNER)
    for place in range(len(good)):
        for mask in (1, 2, 32):
            spoilt = good[:place] + bytes([good[place] ^ mask]) + good[place + 1 :]
            with pytest.raises(BadProof):
                jose.verify(jose.read(spoilt), SIGNER.public_key)
