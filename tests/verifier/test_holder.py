"""A presentation's own proof, and who hands it over: a proof for this very question."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passport.proofs import data_integrity, external_proofs, keys, signing
from passport.proofs.errors import BadProof, UnknownProof
from passport.proofs.keys import Role
from passport.verifier import Check, Outcome
from passport.verifier.holder import Question, check, own_proof
from tests.world import CANONICALIZER, NOW, World, to_bytes

KEY, OTHER = signing.generate(Role.ISSUE), signing.generate(Role.ISSUE)
VALUE = keys.to_multibase(KEY.public_key)
DID = f"did:key:{VALUE}"
METHOD = f"{DID}#{VALUE}"
ASKED = Question("4f2c", "college.example")
TOLERANCE, SECOND = timedelta(minutes=5), timedelta(seconds=1)
ENTRY = World().secured_entry()
NOT_SIGNED = "the signature does not belong to this key and these contents"
ANOTHER = "the proof was made for another challenge or domain"
NO_HOLDER = "the proof is not signed with the key of a holder who is a did:key or did:jwk"


def presentation(**more: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": DID,
        "verifiableCredential": [ENTRY],
        **more,
    }


def presented(
    document: dict[str, Any] | None = None,
    *,
    method: str = METHOD,
    at: datetime = NOW,
    by: signing.PemSigner = KEY,
    purpose: str = "authentication",
    **said: str,
) -> dict[str, Any]:
    options = data_integrity.proof_options(method, at, purpose)
    said = said or {"challenge": "4f2c", "domain": "college.example"}
    return data_integrity.add_proof(document or presentation(), {**options, **said}, by)


def proof(document: dict[str, Any]) -> Check:
    found = own_proof(to_bytes(document), NOW, CANONICALIZER)
    assert found.name == "proof"
    return found


def holder(document: dict[str, Any], question: Question = ASKED) -> Check:
    return check(document, question, proof(document))


def failed(document: dict[str, Any], question: Question = ASKED) -> str:
    found = holder(document, question)
    assert (found.name, found.outcome) == ("holder", Outcome.FAILED)
    return found.reason


def untried(document: dict[str, Any]) -> str:
    """Why the proof was not checked; the person who asked for it does not get it."""
    found = proof(document)
    assert found.outcome is Outcome.NOT_CHECKED
    assert failed(document) == found.reason
    assert holder(document, Question()).outcome is Outcome.NOT_CHECKED
    return found.reason


def broken(document: dict[str, Any], question: Question = ASKED) -> str:
    """Why the proof does not hold, whether it was asked for or not."""
    found = proof(document)
    assert found.outcome is Outcome.FAILED
    assert failed(document, question) == found.reason
    return found.reason


@pytest.mark.parametrize("named", [DID, {"id": DID}], ids=["text", "object"])
@pytest.mark.parametrize("method", [METHOD, DID], ids=["with fragment", "without"])
def test_a_holder_answers_the_question(named: Any, method: str) -> None:
    document = presented(presentation(holder=named), method=method)
    assert proof(document) == Check("proof", Outcome.PASSED)
    assert holder(document) == Check("holder", Outcome.PASSED)


def test_a_challenge_alone_is_a_question() -> None:
    document = presented(challenge="4f2c")
    assert holder(document, Question("4f2c")).outcome is Outcome.PASSED
    assert failed(document) == failed(document, Question("4f2d")) == ANOTHER
    assert failed(presented(), Question("4f2c")) == ANOTHER
    assert failed(presented(), Question("4f2c", "other.example")) == ANOTHER


def test_where_nothing_is_asked_a_proof_is_checked_and_says_nothing_of_who_hands_it_over() -> None:
    reason = "nobody is asked to prove who hands it over"
    for document, outcome in ((presentation(), Outcome.NOT_CHECKED), (presented(), Outcome.PASSED)):
        assert holder(document, Question()) == Check("holder", Outcome.NOT_CHECKED, reason)
        assert proof(document).outcome is outcome
    assert proof(presentation()).reason == "it has no proof of its own"


@pytest.mark.parametrize(
    "question", [ASKED, Question("4f2c"), Question(None, "college.example"), Question("")]
)
def test_who_asks_gets_no_answer_without_a_proof(question: Question) -> None:
    assert failed(presentation(), question) == "there is no proof of who hands it over"


def test_a_question_without_a_challenge_is_never_answered() -> None:
    again = "without a challenge anybody could have kept this proof and send it again"
    assert failed(presented(), Question(None, "college.example")) == again


def test_a_proof_that_cannot_be_tried_is_not_checked_and_answers_no_question() -> None:
    other = "its proof was made for another purpose than authentication"
    for given, reason in (
        ({"type": "Ed25519Signature2020"}, other),
        ({"type": "DataIntegrityProof", "cryptosuite": "ecdsa-rdfc-2019"}, other),
        (
            {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023", "proofPurpose": "authentication"},
            "signed with bbs-2023, which we do not check",
        ),
        (None, "it has no proof of its own"),
        ([], "it has no proof of its own"),
    ):
        assert untried(presentation(proof=given)) == reason


def test_of_several_proofs_one_that_holds_is_enough() -> None:
    good = presented()["proof"]
    unknown = {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"}
    assert proof(presentation(proof=[unknown, good])).outcome is Outcome.PASSED
    bad = {**good, "challenge": "4f2d"}
    assert proof(presentation(proof=[unknown, bad])).outcome is Outcome.FAILED


def test_a_proof_for_another_purpose_says_nothing_about_who_hands_it_over() -> None:
    options = data_integrity.proof_options(METHOD, NOW)
    document = data_integrity.add_proof(presentation(), options, KEY)
    assert untried(document) == "its proof was made for another purpose than authentication"
    challenged = presented(purpose="assertionMethod")
    assert untried(challenged) == "its proof was made for another purpose than authentication"
    # and the other way about: what was signed for handing over is no credential
    with pytest.raises(UnknownProof, match="other members"):
        data_integrity.verify_proof(presented(), KEY.public_key)
    bare = data_integrity.add_proof(
        presentation(), data_integrity.proof_options(METHOD, NOW, "authentication"), KEY
    )
    with pytest.raises(BadProof, match="purpose"):
        data_integrity.verify_proof(bare, KEY.public_key)


def test_the_proof_covers_the_whole_presentation_and_the_question() -> None:
    document = presented()
    other = f"did:key:{keys.to_multibase(OTHER.public_key)}"
    assert broken({**document, "verifiableCredential": []})
    assert broken({**document, "id": "urn:x:y"}) == NOT_SIGNED
    assert broken(presented(by=OTHER)) == NOT_SIGNED
    for name, value in (("challenge", "4f2d"), ("domain", "other.example")):
        moved = {**document, "proof": {**document["proof"], name: value}}
        asked = Question(moved["proof"]["challenge"], moved["proof"]["domain"])
        assert broken(moved, asked) == NOT_SIGNED
    assert untried({**document, "holder": other}) == NO_HOLDER
    assert broken({**document, "colour": "red"}) == "the member 'colour' is not covered by it"


@pytest.mark.parametrize(
    "named",
    [None, 5, {"id": 5}, [DID], "did:web:a.example", f"did:key:{keys.to_multibase(OTHER.public_key)}"],
    ids=["none", "number", "odd id", "array", "did:web", "another"],
)
def test_only_a_holder_who_is_the_key_is_known(named: Any) -> None:
    document = presented()
    if named is None:
        del document["holder"]
    else:
        document["holder"] = named
    assert untried(document) == NO_HOLDER


def test_a_did_key_of_another_kind() -> None:
    curve = "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
    assert untried(presented(presentation(holder=curve), method=curve)) == (
        "its key is P-256, and its proof is eddsa-rdfc-2022"
    )


def test_a_proof_is_not_from_the_future() -> None:
    assert holder(presented(at=NOW + TOLERANCE)).outcome is Outcome.PASSED
    assert broken(presented(at=NOW + TOLERANCE + SECOND)) == "it is dated in the future"
    assert holder(presented(at=datetime(2020, 1, 1, tzinfo=UTC))).outcome is Outcome.PASSED


def token(by: signing.PemSigner = KEY, **header: Any) -> bytes:
    """A presentation as a token (Securing VCs using JOSE and COSE, section 3.1.2), of our holder."""
    parts = {"alg": "EdDSA", "typ": "vp+jwt", "kid": METHOD, **header}, presentation()
    signed = ".".join(keys.base64url(json.dumps(part).encode()) for part in parts).encode()
    return signed + b"." + keys.base64url(by.sign(signed)).encode()


def test_the_proof_of_a_token() -> None:
    assert own_proof(token(), NOW, CANONICALIZER) == Check("proof", Outcome.PASSED)
    assert own_proof(token(by=OTHER), NOW, CANONICALIZER) == Check("proof", Outcome.FAILED, NOT_SIGNED)
    assert own_proof(token()[:-1] + b"!", NOW, CANONICALIZER).outcome is Outcome.FAILED
    for other in (token(alg="ES256"), token(alg="none"), token(kid="did:web:a.example#key"), token(kid=5)):
        assert own_proof(other, NOW, CANONICALIZER).outcome is Outcome.NOT_CHECKED


def test_a_surprise_is_never_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def surprise(*_: object) -> None:
        raise ZeroDivisionError

    document = presented()
    monkeypatch.setattr(external_proofs, "read", surprise)
    made = proof(document)
    assert untried(document) == "this check could not be made"
    assert made.unexpected is not None
    assert made.unexpected.kind == "ZeroDivisionError"
