"""Proofs of other people's documents: each suite with the key that it belongs to, and proof sets."""

import contextlib
import copy
import json
from pathlib import Path
from typing import Any

import pytest

from passport.proofs import external_proofs, public_keys
from passport.proofs.canonical import Canonicalizer
from passport.proofs.errors import BadProof, NotCovered, UnknownContext, UnknownProof
from passport.proofs.public_keys import SUITES, Kind, PublicKey
from tests import others

SAMPLES = Path(__file__).parents[1] / "vectors" / "samples"
ED, EC = others.ed25519(), others.p256()
DID = "did:web:a.example"
# in one order, whichever process collects the tests
KEYS = {suite: EC if suite in SUITES[Kind.P256] else ED for suite in sorted(set().union(*SUITES.values()))}


def public(key: others.Private) -> PublicKey:
    return public_keys.from_multikey(others.multikey(key))


def signed(suite: str, **changes: Any) -> dict[str, Any]:
    document = (others.old_badge if suite == "Ed25519Signature2020" else others.badge)(DID)
    return others.with_proof(document, others.proof_options(suite, f"{DID}#key-1", **changes), KEYS[suite])


def only(document: dict[str, Any]) -> external_proofs.Proof:
    (proof,) = external_proofs.read(document)
    return proof


@pytest.mark.parametrize("suite", KEYS)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"created": "2026-03-01T10:00:00.691Z"},
        {"created": "2026-03-01T12:00:00+02:00"},
        {"expires": "2027-03-01T10:00:00Z"},
        {"nonce": "n", "domain": "d", "challenge": "c"},
        {"id": "urn:uuid:2b1f4c1e-9a3e-4f0e-8a51-000000000000"},
    ],
    ids=lambda changes: " ".join(changes) or "plain",
)
def test_a_proof_of_each_suite_holds(suite: str, changes: dict[str, Any]) -> None:
    document = signed(suite, **changes)
    before = copy.deepcopy(document)
    proof = only(document)
    assert (proof.fault, proof.unknown, proof.suite) == ("", "", suite)
    proof.verify(public(KEYS[suite]))
    assert document == before


@pytest.mark.parametrize("suite", KEYS)
def test_any_change_breaks_it(suite: str) -> None:
    document = signed(suite)
    subject = copy.deepcopy(document["credentialSubject"])
    subject["achievement"]["name"] = "Surgery"
    for spoilt in (
        {**document, "id": "urn:uuid:2b1f4c1e-9a3e-4f0e-8a51-000000000000"},
        {**document, "credentialSubject": subject},
        {**document, "proof": {**document["proof"], "created": "2026-03-01T10:00:01Z"}},
        {**document, "proof": {**document["proof"], "verificationMethod": f"{DID}#key-2"}},
    ):
        with pytest.raises(BadProof, match="does not belong to this key"):
            only(spoilt).verify(public(KEYS[suite]))
    with pytest.raises(BadProof):
        only(document).verify(public(others.p256("x") if KEYS[suite] is EC else others.ed25519("x")))


@pytest.mark.parametrize("suite", KEYS)
def test_the_suite_belongs_to_the_kind_of_key(suite: str) -> None:
    for other in (public_keys.from_jwk(others.jwk(key)) for key in (ED, EC, others.rsa_key())):
        if suite not in SUITES[other.kind]:
            with pytest.raises(UnknownProof, match="its key is"):
                only(signed(suite)).verify(other)


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019", "Ed25519Signature2020"])
def test_what_a_signature_does_not_cover_is_named(suite: str) -> None:
    document = {**signed(suite), "gradePointAverage": "4.0"}
    with pytest.raises(NotCovered) as error:
        only(document).verify(public(KEYS[suite]))
    assert error.value.part == "the member 'gradePointAverage'"
    document = signed(suite)
    document["@context"] = [*document["@context"], "https://elsewhere.example/context"]
    with pytest.raises(UnknownContext):
        only(document).verify(public(KEYS[suite]))


def test_a_signature_of_another_curve_is_not_checked() -> None:
    """P-384 is in the same cryptosuite, and its signatures are longer (ECDSA Cryptosuites 1.0, 3.2.6)."""
    longer = {**signed("ecdsa-rdfc-2019")["proof"], "proofValue": "z" + "3" * 131}
    proof = only({**signed("ecdsa-rdfc-2019"), "proof": longer})
    assert (proof.fault, proof.unknown) == ("", "signed with P-384, which we do not check")


# ------------------------------------------------------------------------- eddsa-jcs-2022 and its dialects


def test_jcs_covers_members_that_no_context_defines() -> None:
    options = others.proof_options("eddsa-jcs-2022", f"{DID}#key-1")
    document = others.with_proof({**others.badge(DID), "colour": ["red"]}, options, ED)
    only(document).verify(public(ED))
    with pytest.raises(BadProof, match="does not belong"):
        only({**document, "colour": "red"}).verify(public(ED))


def test_a_context_added_under_jcs_is_not_covered() -> None:
    document = signed("eddsa-jcs-2022")
    document["@context"] = [*document["@context"], "https://elsewhere.example/context"]
    with pytest.raises(NotCovered):
        only(document).verify(public(ED))


def test_other_ways_to_write_jcs_are_dialects_and_no_forgeries() -> None:
    document = signed("eddsa-jcs-2022")
    without = copy.deepcopy(document)
    del without["proof"]["@context"]
    elsewhere = copy.deepcopy(document)
    elsewhere["proof"]["@context"] = elsewhere["proof"]["@context"][::-1]
    for dialect in (without, elsewhere):
        with pytest.raises(UnknownProof, match="in different ways"):
            only(dialect).verify(public(ED))


# ------------------------------------------------------------------------- what is no proof, and proof sets


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"type": "JsonWebSignature2020"}, "signed with JsonWebSignature2020"),
        ({"type": "Ed25519Signature2018"}, "signed with Ed25519Signature2018"),
        ({"cryptosuite": "bbs-2023"}, "signed with bbs-2023"),
        ({"cryptosuite": "ecdsa-sd-2023"}, "signed with ecdsa-sd-2023"),
        ({"cryptosuite": "Ed25519Signature2020"}, "signed with DataIntegrityProof"),
        ({"type": "eddsa-rdfc-2022"}, "a proof without a name"),
        ({"type": ["DataIntegrityProof"]}, "a proof without a name"),
        ({"proofPurpose": "authentication"}, "another purpose"),
        ({"proofPurpose": ["assertionMethod"]}, "another purpose"),
        ({"previousProof": "urn:x:y"}, "builds on another"),
    ],
)
def test_proofs_that_are_not_counted(changes: dict[str, Any], words: str) -> None:
    document = signed("eddsa-rdfc-2022")
    proof = only({**document, "proof": {**document["proof"], **changes}})
    assert proof.fault == ""
    assert words in proof.unknown


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"proofValue": "z"}, "proofValue"),
        ({"proofValue": 5}, "proofValue"),
        ({"proofValue": "u" + "A" * 86}, "proofValue"),
        ({"proofValue": "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"}, "length of a signature"),
        ({"verificationMethod": {"id": "x"}}, "verificationMethod"),
        ({"created": "2026-03-01"}, "a time of its proof"),
        ({"created": "2026-02-30T10:00:00Z"}, "a time of its proof"),
        ({"created": 5}, "a time of its proof"),
        ({"expires": "soon"}, "a time of its proof"),
    ],
)
def test_proofs_that_can_be_none(changes: dict[str, Any], words: str) -> None:
    document = signed("eddsa-rdfc-2022")
    proof = only({**document, "proof": {**document["proof"], **changes}})
    assert proof.unknown == ""
    assert words in proof.fault


def test_each_proof_of_a_set_is_over_the_document_without_any() -> None:
    document = signed("eddsa-rdfc-2022")
    options = others.proof_options("ecdsa-rdfc-2019", f"{DID}#key-2")
    both = others.with_proof(document, options, EC)
    first, second = external_proofs.read(both)
    first.verify(public(ED))
    second.verify(public(EC))
    assert [proof.method for proof in (first, second)] == [f"{DID}#key-1", f"{DID}#key-2"]


@pytest.mark.parametrize("member", [{}, {"colour": "red"}], ids=["good", "not covered"])
def test_the_canonical_form_is_computed_once_for_all_proofs_of_a_set(
    member: dict[str, str],
) -> None:
    made: list[dict[str, Any]] = []

    class Counting(Canonicalizer):
        def canonical_external(self, document: dict[str, Any]) -> bytes:
            made.append(document)
            return super().canonical_external(document)

    document = {**signed("eddsa-rdfc-2022"), **member}
    document["proof"] = [document["proof"]] * external_proofs.MAX_PROOFS
    for proof in external_proofs.read(document):
        with contextlib.suppress(NotCovered):
            proof.verify(public(ED), Counting())
    assert len(made) == 1


def test_a_document_without_a_proof_and_one_with_too_many() -> None:
    document = signed("eddsa-rdfc-2022")
    assert external_proofs.read(others.badge(DID)) == ()
    assert external_proofs.read({**document, "proof": []}) == ()
    assert [only({**document, "proof": bad}).unknown for bad in ("x", [5])] == 2 * [
        "its proof is not an object"
    ]
    many = {**document, "proof": [document["proof"]] * (external_proofs.MAX_PROOFS + 1)}
    assert "more than" in only(many).unknown


def test_proofs_of_the_standards() -> None:
    folder = SAMPLES / "openbadges-3.0" / "validator"
    for name, key in (
        ("simple.json", "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"),
        ("simple_v1.json", "z6MknNHHrBzPytzu6CUBP9Lg7fg4KSBjzimc2Frh693YbMiv"),
        ("credential-status-revoked.json", "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"),
    ):
        only(json.loads((folder / name).read_bytes())).verify(public_keys.from_multikey(key))
