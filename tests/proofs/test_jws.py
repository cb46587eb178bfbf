import json
from typing import Any

import pytest
from joserfc import jws as joserfc_jws
from joserfc.jwk import OKPKey

from passport.proofs import json_text, jws, keys, signing
from passport.proofs.errors import BadProof
from passport.proofs.keys import Role

PAYLOAD = b'{"version": 1}'


@pytest.fixture(scope="module")
def signers() -> list[signing.PemSigner]:
    return [signing.generate(Role.ROOT) for _ in range(3)]


def trusted(*signers: signing.PemSigner) -> dict[str, bytes]:
    return {signer.kid: signer.public_key for signer in signers}


def test_the_payload_comes_back_if_a_trusted_key_signed_it(signers: list[signing.PemSigner]) -> None:
    first, second, _ = signers
    signed = jws.sign_json(PAYLOAD, [first])
    assert jws.verify_json(signed, trusted(first, second)) == PAYLOAD
    assert jws.sign_json(PAYLOAD, [first]) == signed
    with pytest.raises(BadProof):
        jws.verify_json(signed, trusted(second))
    with pytest.raises(BadProof):
        jws.verify_json(signed, {})


def test_another_library_reads_it(signers: list[signing.PemSigner]) -> None:
    signed = json.loads(jws.sign_json(PAYLOAD, signers[:1]))
    key = OKPKey.import_key(keys.to_jwk(signers[0].public_key))  # type: ignore[arg-type]
    read = joserfc_jws.deserialize_json(signed, key, algorithms=["EdDSA"])
    assert read.payload == PAYLOAD


def test_a_threshold_counts_different_keys(signers: list[signing.PemSigner]) -> None:
    first, second, third = signers
    twice = jws.sign_json(PAYLOAD, [first, first])
    both = jws.sign_json(PAYLOAD, [first, second])
    keys_of_all = trusted(first, second, third)
    assert jws.verify_json(both, keys_of_all, 2) == PAYLOAD
    for signed, threshold in ((twice, 2), (both, 3)):
        with pytest.raises(BadProof):
            jws.verify_json(signed, keys_of_all, threshold)
    assert jws.verify_json(both, trusted(second)) == PAYLOAD
    with pytest.raises(BadProof):
        jws.verify_json(both, {}, 0)


def with_header(signed: bytes, signer: signing.PemSigner, **changes: Any) -> bytes:
    """Sign again under another header, honestly."""
    document = json.loads(signed)
    header = {"alg": "EdDSA", "kid": signer.kid, "typ": jws.REGISTRY, **changes}
    protected = keys.base64url(json_text.write(header))
    value = signer.sign(f"{protected}.{document['payload']}".encode())
    document["signatures"] = [{"protected": protected, "signature": keys.base64url(value)}]
    return json_text.write(document)


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES256"},
        {"alg": ["EdDSA"]},
        {"alg": None},
        {"typ": "vc+jwt"},
        {"kid": 7},
        {"kid": ["x"]},
        {"crit": ["b64"], "b64": False},
        {"jku": "https://attacker.example/keys"},
        {"x5u": "https://attacker.example/cert"},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AA"}},
    ],
    ids=json.dumps,
)
def test_the_header_says_three_things_only(signers: list[signing.PemSigner], changes: dict[str, Any]) -> None:
    signer = signers[0]
    signed = jws.sign_json(PAYLOAD, [signer])
    assert jws.verify_json(with_header(signed, signer, alg="Ed25519"), trusted(signer)) == PAYLOAD
    with pytest.raises(BadProof):
        jws.verify_json(with_header(signed, signer, **changes), trusted(signer))


def test_every_changed_byte_is_refused(signers: list[signing.PemSigner]) -> None:
    signed = jws.sign_json(PAYLOAD, signers[:1])
    for place in range(len(signed)):
        spoilt = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        with pytest.raises(BadProof):
            jws.verify_json(spoilt, trusted(*signers))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"payload": "e30", "signatures": []},
        {"payload": "e30", "signatures": {}},
        {"payload": 1, "signatures": [{}]},
        {"payload": "e30", "signatures": ["x"]},
        {"payload": "e30", "signatures": [{"protected": "e30", "signature": "AA", "header": {}}]},
        {"payload": "e30", "signatures": [{"protected": 1, "signature": 1}]},
        {"payload": "e30", "signatures": [{"protected": "!", "signature": "AA"}]},
        {"payload": "e30", "signatures": [{"protected": "W10", "signature": "AA"}]},
        {"payload": "e30", "signatures": [{"protected": "e30", "signature": "AA"}] * 17},
        [],
    ],
    ids=lambda document: json.dumps(document)[:50],
)
def test_any_other_envelope_is_refused(document: Any) -> None:
    with pytest.raises(BadProof):
        jws.verify_json(json.dumps(document).encode(), {"x": bytes(32)})
