"""A presentation's own proof, and who presents (VC Data Model 2.0, section 4.13).

Two questions. Did the key of the holder whom it names sign it (`proof`)? Was that done now, for this asker's
challenge (`holder`)? Neither says anything of the credentials in it, nor that the holder is the student: an
entry names the student and their school, and no key of theirs. Only holders who are their own key (did:key)
can be checked; no registry lists the keys of holders.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from passport.openbadges import data_model, did_keys, wrappers
from passport.openbadges.did_keys import Named
from passport.openbadges.terms import CONTEXTS
from passport.proofs import data_integrity, json_text, keys
from passport.proofs.data_integrity import AUTHENTICATION, Proof
from passport.proofs.errors import KeyProblem, NotCanonical, NotJson, ProofError
from passport.proofs.public_keys import Kind

from .checks import FUTURE, TOLERANCE
from .findings import NOT_MADE
from .unexpected import Unexpected
from .verdicts import Check, Outcome

Document = dict[str, Any]

NAME, PROOF = "holder", "proof"
NOT_ASKED = "nobody is asked to prove who hands it over"
NO_PROOF = "it has no proof of its own"
UNKNOWN_KEY = "the proof is not signed with the key of a holder who is a did:key"
_ALGORITHMS = ("EdDSA", "Ed25519")


@dataclass(frozen=True)
class Question:
    """The asker's fresh challenge and domain (Data Integrity 1.0, 2.1), which the proof must repeat."""

    challenge: str | None = None
    domain: str | None = None


class _NotShown(Exception):
    """The holder is not proven; the message says why."""


class _NotChecked(Exception):
    """The proof cannot be checked; the message says why."""


def own_proof(presentation: bytes, at: datetime) -> Check:
    """Check the proof that a presentation has of its own: JSON with a proof inside, or a token.

    It fails only where a signature was tried and does not hold, or is dated in the future.
    """
    try:
        data = presentation.strip()
        if data.startswith(b"{"):
            _check_document(json_text.read_object(data), at)
        else:
            _check_token(data.decode("ascii", "replace"))
    except (_NotChecked, NotJson, KeyProblem) as error:
        return Check(PROOF, Outcome.NOT_CHECKED, str(error))
    except (_NotShown, ProofError) as error:
        return Check(PROOF, Outcome.FAILED, str(error))
    except Exception as error:  # noqa: BLE001 - an unforeseen error must never look like a pass
        return Check(PROOF, Outcome.NOT_CHECKED, NOT_MADE, Unexpected.of(error))
    return Check(PROOF, Outcome.PASSED)


def check(document: Document, question: Question, proof: Check) -> Check:
    """Check who hands a presentation over; `proof` is the outcome of `own_proof`.

    Unasked, nothing is checked. Who asks needs a proof that holds, for authentication, and that repeats their
    own challenge and domain.
    """
    if question == Question():
        return Check(NAME, Outcome.NOT_CHECKED, NOT_ASKED)
    try:
        _check_answer(document, question, proof)
    except (_NotShown, ProofError) as error:
        return Check(NAME, Outcome.FAILED, str(error))
    return replace(proof, name=NAME)


def _check_answer(document: Document, question: Question, proof: Check) -> None:
    if "proof" not in document:
        raise _NotShown("there is no proof of who hands it over")
    if proof.outcome is not Outcome.PASSED:
        raise _NotShown(proof.reason)
    answer = data_integrity.read_proof(document, AUTHENTICATION)
    if question.challenge is None:
        raise _NotShown("without a challenge anybody could have kept this proof and send it again")
    if (answer.challenge, answer.domain) != (question.challenge, question.domain):
        raise _NotShown("the proof was made for another challenge or domain")


def _check_document(document: Document, at: datetime) -> None:
    if "proof" not in document:
        raise _NotChecked(NO_PROOF)
    try:
        proof = data_integrity.read_proof(document, AUTHENTICATION)
    except ProofError as error:  # of another kind, or for another purpose
        raise _NotChecked(str(error)) from error
    key = _key(document.get("holder"), proof.verification_method)
    try:
        data_integrity.verify_proof(document, key, AUTHENTICATION)
    except NotCanonical as error:
        if all(context in CONTEXTS for context in data_model.several(document.get("@context"))):
            raise
        raise _NotChecked(str(error)) from error
    _refuse_future(proof, at)


def _refuse_future(proof: Proof, at: datetime) -> None:
    if proof.created > at + TOLERANCE:
        raise _NotShown(FUTURE)


def _check_token(token: str) -> None:
    header, claims = wrappers.header_of(token), wrappers.claims_of(token)
    if header.get("alg") not in _ALGORITHMS:
        raise _NotChecked("a proof that is not signed with Ed25519, which we do not check")
    holder = claims.get("iss", claims.get("holder"))
    method = header.get("kid", holder)
    if not isinstance(method, str):
        raise _NotChecked(UNKNOWN_KEY)
    key = _key(holder, method)
    signing_input, _, signature = token.rpartition(".")
    try:
        signed = keys.from_base64url(signature)
    except ValueError as error:
        raise _NotShown("the signature is not base64url") from error
    keys.verify_signature(key, signed, signing_input.encode())


def _key(named: Any, method: str) -> bytes:
    """Return the Ed25519 key of a holder who is a did:key. Raises KeyProblem for one that cannot be used."""
    holder = named.get("id") if isinstance(named, dict) else named
    key = None
    if isinstance(holder, str) and holder.startswith("did:key:") and method:
        key = did_keys.inside(holder, Named(method))
    if key is None:
        raise _NotChecked(UNKNOWN_KEY)
    if key.kind is not Kind.ED25519:
        raise _NotChecked("not an Ed25519 public key")
    return key.material
