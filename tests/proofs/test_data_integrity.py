import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passport.proofs import data_integrity, keys, multibase
from passport.proofs.canonical import Canonicalizer
from passport.proofs.errors import BadProof, NotCanonical
from passport.proofs.keys import Role
from passport.proofs.signing import PemSigner
from tests.world import World

VECTORS = Path(__file__).parents[1] / "vectors"
W3C = VECTORS / "vc-di-eddsa"


def text(path: Path) -> str:
    return path.read_text().strip()


def read(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.fixture
def w3c_signer() -> PemSigner:
    pair = read(W3C / "keyPair.json")
    secret = multibase.from_base58_multibase(pair["privateKeyMultibase"])[2:]
    signer = PemSigner(Role.ISSUE, Ed25519PrivateKey.from_private_bytes(secret))
    assert keys.to_multibase(signer.public_key) == pair["publicKeyMultibase"]
    return signer


def test_w3c_vector_byte_for_byte(w3c_signer: PemSigner) -> None:
    folder = W3C / "eddsa-rdfc-2022"
    unsigned = read(W3C / "unsigned.json")
    configuration = read(folder / "proofConfigDataInt.json")
    canonicalizer = Canonicalizer(examples=True)
    assert canonicalizer.canonical(unsigned) == (folder / "canonDocDataInt.txt").read_bytes()
    assert canonicalizer.canonical(configuration) == (folder / "proofCanonDataInt.txt").read_bytes()
    hashed = data_integrity._hash_data(unsigned, configuration, canonicalizer)
    assert hashed.hex() == text(folder / "combinedHashDataInt.txt")
    assert w3c_signer.sign(hashed).hex() == text(folder / "sigHexDataInt.txt")

    created = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
    options = data_integrity.proof_options(configuration["verificationMethod"], created)
    secured = data_integrity.add_proof(unsigned, options, w3c_signer, canonicalizer)
    assert secured == read(folder / "signedDataInt.json")
    assert secured["proof"]["proofValue"] == text(folder / "sigBTC58DataInt.txt")
    data_integrity.verify_proof(secured, w3c_signer.public_key, canonicalizer=canonicalizer)


def test_w3c_employment_vector_from_its_canonical_form(w3c_signer: PemSigner) -> None:
    """Its citizenship context is not among ours, so the canonical texts are where this one begins."""
    folder = W3C / "eddsa-rdfc-2022" / "employ"
    hashes = [
        hashlib.sha256((folder / name).read_bytes()).digest()
        for name in ("proofCanonDataInt.txt", "canonDocDataInt.txt")
    ]
    assert b"".join(hashes).hex() == text(folder / "combinedHashDataInt.txt")
    signature = w3c_signer.sign(b"".join(hashes))
    assert signature.hex() == text(folder / "sigHexDataInt.txt")
    signed = read(folder / "signedDataInt.json")
    assert multibase.base58_multibase(signature) == signed["proof"]["proofValue"]
    with pytest.raises(NotCanonical, match="citizenship"):
        data_integrity.verify_proof(signed, w3c_signer.public_key)


def test_1edtech_vector_byte_for_byte() -> None:
    folder = VECTORS / "1edtech-openbadges-3.0"
    values, signed = read(folder / "values.json"), read(folder / "signed.json")
    private_key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(values["privateKeyHex"]))
    signer = PemSigner(Role.ISSUE, private_key)
    options = {name: member for name, member in signed["proof"].items() if name != "proofValue"}
    document = {name: member for name, member in signed.items() if name != "proof"}
    assert Canonicalizer().canonical(document) == (folder / "document-canon.txt").read_bytes()
    configuration = {"@context": document["@context"], **options}
    assert Canonicalizer().canonical(configuration) == (folder / "proof-canon.txt").read_bytes()
    assert data_integrity._hash_data(document, options, Canonicalizer()).hex() == values["data"]
    assert data_integrity.add_proof(document, options, signer) == signed
    data_integrity.verify_proof(signed, bytes.fromhex(values["publicKeyHex"]))


def test_signing_twice_gives_the_same_bytes() -> None:
    assert World().entry_bytes() == World().entry_bytes()


def test_the_time_is_written_in_utc() -> None:
    at = datetime(2026, 7, 1, 12, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))
    assert data_integrity.proof_options("did:web:a#b", at)["created"] == "2026-07-01T11:00:00Z"


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"cryptosuite": "none"},
        {"cryptosuite": ["eddsa-rdfc-2022"]},
        {"proofPurpose": "authentication"},
        {"created": "2026-03-15"},
        {"created": "2026-02-30T00:00:00Z"},
        {"created": "2026-03-15T15:00:00+00:00"},
        {"created": 1},
        {"verificationMethod": {"id": "did:web:a.example#issue-00000000"}},
        {"proofValue": ""},
        {"proofValue": "z"},
        {"proofValue": "zzz"},
        {"proofValue": "z" * 100_000},
        {"proofValue": None},
        {"nonce": "n"},
        {"expires": "2030-01-01T00:00:00Z"},
        {"previousProof": "urn:uuid:1"},
        {"@context": ["https://www.w3.org/ns/credentials/v2"]},
        {"publicKeyMultibase": "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"},
    ],
    ids=lambda changes: json.dumps(changes)[:60],
)
def test_a_proof_has_one_shape(changes: dict[str, Any]) -> None:
    world = World()
    secured = world.secured_endorsement()
    secured["proof"] = {**secured["proof"], **changes}
    with pytest.raises(BadProof):
        data_integrity.verify_proof(secured, world.signers[Role.ENDORSE].public_key)


def test_there_is_one_proof_object() -> None:
    world = World()
    secured = world.secured_endorsement()
    proof = secured["proof"]
    spoilt: list[Any] = [[proof], [proof, proof], [], None, "proof", {}]
    for proofs in spoilt:
        with pytest.raises(BadProof):
            data_integrity.verify_proof({**secured, "proof": proofs}, world.signers[Role.ENDORSE].public_key)
    for name in proof:
        rest = {other: member for other, member in proof.items() if other != name}
        with pytest.raises(BadProof):
            data_integrity.verify_proof({**secured, "proof": rest}, world.signers[Role.ENDORSE].public_key)


def test_every_bit_of_the_signature_counts() -> None:
    world = World()
    secured = world.secured_list()
    signature = bytearray(data_integrity.read_proof(secured).signature)
    hashed = data_integrity._hash_data(
        {name: member for name, member in secured.items() if name != "proof"},
        {name: member for name, member in secured["proof"].items() if name != "proofValue"},
        Canonicalizer(),
    )
    public_key = world.signers[Role.STATUS].public_key
    keys.verify_signature(public_key, bytes(signature), hashed)
    for bit in range(len(signature) * 8):
        spoilt = bytearray(signature)
        spoilt[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadProof):
            keys.verify_signature(public_key, bytes(spoilt), hashed)


def test_what_is_signed_already_or_cannot_be_is_not_signed() -> None:
    world = World()
    secured = world.secured_endorsement()
    options = data_integrity.proof_options("did:web:a.example#endorse-1", datetime(2026, 1, 1, tzinfo=UTC))
    signer = world.signers[Role.ENDORSE]
    with pytest.raises(BadProof):
        data_integrity.add_proof(secured, options, signer)
    del secured["proof"]
    with pytest.raises(NotCanonical):
        data_integrity.add_proof({**secured, "colour": "red"}, options, signer)
    del secured["@context"]
    with pytest.raises(NotCanonical):
        data_integrity.add_proof(secured, options, signer)


def test_check_lossless() -> None:
    document = World().secured_entry()
    data_integrity.check_lossless(document)
    with pytest.raises(NotCanonical, match="colour"):
        data_integrity.check_lossless({**document, "colour": "red"})
