"""What is said of a signature and what it stands in that is refused: the kind of error, and its words.

They reach people and programs as reasons.
"""

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from passport.proofs import data_integrity, jose, json_text, jws, keys, signing
from passport.proofs.errors import BadProof, NotCanonical, UnknownProof
from passport.proofs.keys import Role
from tests.proofs.refusing import refused
from tests.world import World

ISSUE = signing.generate(Role.ISSUE)
B64 = keys.base64url
ENDORSEMENT = World().secured_endorsement()
PROOF = ENDORSEMENT["proof"]
UNSIGNED = {name: member for name, member in ENDORSEMENT.items() if name != "proof"}
OPTIONS = data_integrity.proof_options("did:web:a.example#issue-1", datetime(2026, 1, 1, tzinfo=UTC))


# ------------------------------------------------------------------------- registry's envelope

ENVELOPE = "the envelope must have a payload and signatures"
FEW, MEMBERS = (
    "the envelope must have a few signatures",
    "a signature must have a protected header and a value",
)
TEXT = "a signature must be written as text"
HEADER = "a header must have alg, kid and typ, and nothing else"
OTHER = "a header names another algorithm or another kind of document"
GOOD = json.loads(jws.sign_json(b"{}", [ISSUE]))
ONE = GOOD["signatures"][0]
ROOTS = {ISSUE.kid: ISSUE.public_key}


def envelope(**changes: Any) -> bytes:
    return json_text.write({**GOOD, **changes})


def headed(**changes: Any) -> bytes:
    header = {"alg": "EdDSA", "kid": ISSUE.kid, "typ": jws.REGISTRY, **changes}
    return envelope(signatures=[{**ONE, "protected": B64(json_text.write(header))}])


ENVELOPES: dict[str, tuple[bytes, str]] = {
    "broken": (b"{", "the envelope cannot be read"),
    "a list": (b"[]", "the envelope cannot be read"),
    "empty": (b"{}", ENVELOPE),
    "more": (envelope(more=1), ENVELOPE),
    "payload no text": (envelope(payload=5), ENVELOPE),
    "no signatures": (envelope(signatures=[]), FEW),
    "one alone": (envelope(signatures=ONE), FEW),
    "a text of signatures": (envelope(signatures="x"), FEW),
    "17 signatures": (envelope(signatures=[ONE] * 17), FEW),
    "signature no object": (envelope(signatures=["x"]), MEMBERS),
    "signature with header": (envelope(signatures=[{**ONE, "header": {}}]), MEMBERS),
    "signature no text": (
        envelope(signatures=[{**ONE, "signature": 5}]),
        TEXT,
    ),
    "header no text": (envelope(signatures=[{**ONE, "protected": 5}]), TEXT),
    "header no base64": (envelope(signatures=[{**ONE, "protected": "!"}]), "not base64url"),
    "header no object": (envelope(signatures=[{**ONE, "protected": "W10"}]), "a header cannot be read"),
    "header with more": (headed(crit=[]), HEADER),
    "header no texts": (headed(kid=5), HEADER),
    "another algorithm": (headed(alg="ES256"), OTHER),
    "another document": (headed(typ="vc+jwt"), OTHER),
    "signature no base64": (envelope(signatures=[{**ONE, "signature": "!"}]), "not base64url"),
    "signature of nothing": (
        envelope(signatures=[{**ONE, "signature": ""}]),
        "the signature does not belong to this key and these contents",
    ),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_envelopes(name: str) -> None:
    data, words = ENVELOPES[name]
    refused((lambda: jws.verify_json(data, ROOTS), BadProof, words))


def test_envelopes_just_within_their_limits() -> None:
    few = "not signed by enough of the keys that we trust"
    assert jws.verify_json(envelope(signatures=[ONE] * 16), ROOTS) == b"{}"
    assert jws.verify_json(envelope(), ROOTS, 1) == b"{}"
    for threshold in (0, 1, -1):
        refused((partial(jws.verify_json, envelope(), {}, threshold), BadProof, few))
    refused((lambda: jws.verify_json(envelope(), ROOTS, 2), BadProof, few))
    assert jws.unverified_payload(envelope()) == b"{}"
    assert json_text.read_object(keys.from_base64url(ONE["protected"])) == {
        "alg": "EdDSA",
        "kid": ISSUE.kid,
        "typ": "passport-registry+json",
    }


# ------------------------------------------------------------------------- tokens

PARTS = "not three parts with a dot between them"
NO_OBJECT = "a part of the token cannot be read: not a JSON object"
HEADS = "the header must have alg, kid and typ, and nothing else"
KID = f"did:web:a.example#issue-{ISSUE.kid}"
TOKEN = jose.sign({"iss": "did:web:a.example"}, KID, ISSUE)
HEAD, BODY, SIGNATURE = TOKEN.split(b".")


def token(header: Any) -> bytes:
    return b".".join((B64(json_text.write(header)).encode(), BODY, SIGNATURE))


def head(**changes: Any) -> dict[str, Any]:
    return {"alg": "EdDSA", "kid": KID, "typ": "vc+jwt", **changes}


def long_head(length: int) -> dict[str, Any]:
    """A header that takes so many signs of base64url."""
    spare = length * 3 // 4 - len(json_text.write(head(kid="")))
    return head(kid="k" * spare)


TOKENS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", PARTS),
    "two parts": (HEAD + b"." + BODY, PARTS),
    "four parts": (TOKEN + b".AA", PARTS),
    "four short parts": (b"e30.e30.e30.AA", PARTS),
    "long header": (token(long_head(4100)), PARTS),
    "no base64": (b"!." + BODY + b"." + SIGNATURE, "not base64url"),
    "no ascii": (b"\xe9." + BODY + b"." + SIGNATURE, "not base64url"),
    "no object": (b"W10." + BODY + b"." + SIGNATURE, NO_OBJECT),
    "claims no object": (
        HEAD + b".W10." + SIGNATURE,
        NO_OBJECT,
    ),
    "none": (token(head(alg="none")), "the header does not name an Ed25519 signature"),
    "another type": (token(head(typ="JWT")), "the header does not say vc+jwt"),
    "more": (token(head(jku="x")), HEADS),
    "kid no text": (token(head(kid=5)), HEADS),
    "another content": (token(head(cty="vp")), HEADS),
    "signature too short": (TOKEN[:-2], "not the length of an Ed25519 signature"),
    "signature no base64": (TOKEN[:-1] + b"!", "not base64url"),
}


@pytest.mark.parametrize("name", TOKENS)
def test_tokens(name: str) -> None:
    data, words = TOKENS[name]
    refused((lambda: jose.read(data), BadProof, words))


def test_tokens_just_within_their_limits() -> None:
    assert jose.read(token(head(cty="vc"))).kid == KID
    longest = token(long_head(4096))
    assert len(longest.partition(b".")[0]) == 4096
    assert jose.read(longest).kid.startswith("kkk")
    words = "signed with ES256, which we do not check"
    refused((lambda: jose.read(token({"alg": "ES256"})), UnknownProof, words))


# ------------------------------------------------------------------------- proofs in documents

SHAPE = "there must be one proof with the members of eddsa-rdfc-2022"
SUITE = "a proof that is not of the cryptosuite eddsa-rdfc-2022, which we do not check"
MORE = "a proof with other members than those that we check"
SEVERAL = "several proofs, which we do not check"
NO_SIGNATURE = "the proof's value is not an Ed25519 signature"
NO_TEXT = "every member of the proof must be a text"
TIME = "the proof's time is not a time in UTC"

PROOFS: dict[str, tuple[Any, type[Exception], str]] = {
    "none": (None, BadProof, SHAPE),
    "a text": ("x", BadProof, SHAPE),
    "one in an array": ([PROOF], BadProof, SHAPE),
    "two": ([PROOF, PROOF], UnknownProof, SEVERAL),
    "two of which one is none": ([PROOF, 5], BadProof, SHAPE),
    "empty": ({}, UnknownProof, SUITE),
    "another type": ({**PROOF, "type": "Ed25519Signature2020"}, UnknownProof, SUITE),
    "another suite": ({**PROOF, "cryptosuite": "ecdsa-rdfc-2019"}, UnknownProof, SUITE),
    "a challenge": ({**PROOF, "challenge": "c"}, UnknownProof, MORE),
    "no time": ({name: PROOF[name] for name in PROOF if name != "created"}, UnknownProof, MORE),
    "a member of nobody's": ({**PROOF, "colour": "red"}, BadProof, SHAPE),
    "no value": ({name: PROOF[name] for name in PROOF if name != "proofValue"}, BadProof, SHAPE),
    "a member that is no text": (
        {**PROOF, "proofPurpose": []},
        BadProof,
        "every member of the proof must be a text",
    ),
    "another purpose": (
        {**PROOF, "proofPurpose": "authentication"},
        BadProof,
        "the purpose of the proof is not assertionMethod",
    ),
    "a day": ({**PROOF, "created": "2026-03-15"}, BadProof, TIME),
    "no such day": ({**PROOF, "created": "2026-02-30T00:00:00Z"}, BadProof, TIME),
    "value no base58": ({**PROOF, "proofValue": "z0"}, BadProof, "the proof's value cannot be read"),
    "value no signature": ({**PROOF, "proofValue": "z11"}, BadProof, NO_SIGNATURE),
    "value too long": (
        {**PROOF, "proofValue": "z" + 65 * "1"},
        BadProof,
        NO_SIGNATURE,
    ),
    "another zone": ({**PROOF, "created": "2026-03-15T15:00:00+01:00"}, BadProof, TIME),
}


@pytest.mark.parametrize("name", PROOFS)
def test_proofs(name: str) -> None:
    proof, error, words = PROOFS[name]
    refused((lambda: data_integrity.read_proof({**UNSIGNED, "proof": proof}), error, words))


def test_documents_that_cannot_be_signed() -> None:
    twice = (lambda: data_integrity.add_proof(ENDORSEMENT, OPTIONS, ISSUE), BadProof)
    refused((*twice, "the document has a proof already"))
    bare = {name: member for name, member in UNSIGNED.items() if name != "@context"}
    without = (lambda: data_integrity.add_proof(bare, OPTIONS, ISSUE), NotCanonical)
    refused((*without, "the document has no @context"))
    again = data_integrity.add_proof(UNSIGNED, OPTIONS, ISSUE)
    assert again == {**UNSIGNED, "proof": {**OPTIONS, "proofValue": again["proof"]["proofValue"]}}
    assert data_integrity.proof_options("m", datetime(2026, 1, 1, tzinfo=UTC), "authentication") == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-01-01T00:00:00Z",
        "verificationMethod": "m",
        "proofPurpose": "authentication",
    }
