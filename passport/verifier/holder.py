"""A presentation's own proof, and who presents (VC Data Model 2.0, section 4.13).

Two questions. Did the key of the holder whom it names sign it (`proof`)? Was that done now, for this asker's
challenge (`holder`)? Neither says anything of the credentials in it, nor that the holder is the student: an
entry names the student and their school, and no key of theirs. Only holders who are their own key (did:key,
did:jwk) can be checked; no registry lists the keys of holders.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from passport.openbadges import did_keys, wrappers
from passport.openbadges.did_keys import Named
from passport.proofs import data_integrity, external_proofs, json_text, keys
from passport.proofs.canonical import Canonicalizer
from passport.proofs.data_integrity import AUTHENTICATION
from passport.proofs.errors import (
    BadProof,
    KeyProblem,
    NotCanonical,
    NotCovered,
    NotJson,
    ProofError,
    UnknownProof,
)
from passport.proofs.external_proofs import Proof
from passport.proofs.public_keys import ALGORITHMS, PublicKey

from .checks import FUTURE, TOLERANCE
from .outcomes import NOT_MADE
from .unexpected import Unexpected
from .verdicts import Check, Outcome

Document = dict[str, Any]

NAME, PROOF = "holder", "proof"
NOT_ASKED = "nobody is asked to prove who hands it over"
NO_PROOF = "it has no proof of its own"
UNKNOWN_KEY = "the proof is not signed with the key of a holder who is a did:key or did:jwk"
_HEADER = {"alg", "kid", "typ", "cty"}


@dataclass(frozen=True)
class Question:
    """The asker's fresh challenge and domain (Data Integrity 1.0, 2.1), which the proof must repeat."""

    challenge: str | None = None
    domain: str | None = None


class _NotShown(Exception):
    """The holder is not proven; the message says why."""


class _NotChecked(Exception):
    """The proof cannot be checked; the message says why."""


def own_proof(
    presentation: bytes, at: datetime, canonicalizer: Canonicalizer, *, unnamed: bool = False
) -> Check:
    """Check the proof that a presentation has of its own: JSON with a proof inside, or a token.

    It fails only where a signature was tried and does not hold, or is dated in the future. With `unnamed`
    (test mode) JSON that names no holder is checked with the key that its proof names, which can be anyone's.
    """
    try:
        data = presentation.strip()
        if data.startswith(b"{"):
            _check_document(json_text.read_object(data), at, canonicalizer, unnamed)
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


def _check_document(document: Document, at: datetime, canonicalizer: Canonicalizer, unnamed: bool) -> None:
    """Check a proof inside: of a set, one that holds is enough, and one that does not is worse than none."""
    reasons: list[_NotChecked | _NotShown] = []
    for proof in external_proofs.read(document, AUTHENTICATION):
        try:
            _check_proof(proof, document, at, canonicalizer, unnamed)
        except (_NotChecked, _NotShown) as reason:
            reasons.append(reason)
        else:
            return
    raise max(reasons, key=lambda reason: isinstance(reason, _NotShown), default=_NotChecked(NO_PROOF))


def _check_proof(
    proof: Proof, document: Document, at: datetime, canonicalizer: Canonicalizer, unnamed: bool
) -> None:
    if proof.unknown:
        raise _NotChecked(proof.unknown)
    if proof.fault:
        raise _NotShown(proof.fault)
    unstated = proof.method.partition("#")[0] if unnamed else None
    key = _key(document.get("holder", unstated), proof.method)
    try:
        proof.verify(key, canonicalizer)
    except NotCovered as error:
        raise _NotShown(f"{error.part} is not covered by it") from error
    except (NotCanonical, UnknownProof) as error:
        raise _NotChecked(str(error)) from error
    except BadProof as error:
        raise _NotShown(str(error)) from error
    if proof.created is not None and proof.created > at + TOLERANCE:
        raise _NotShown(FUTURE)
    if proof.expires is not None and proof.expires <= at:
        raise _NotShown("its signature was made for a time that is over")


def _check_token(token: str) -> None:
    """Check a presentation as a token (Securing VCs using JOSE and COSE, section 3.1.2)."""
    header, claims = wrappers.header_of(token), wrappers.claims_of(token)
    holder = claims.get("iss", claims.get("holder"))
    method = header.get("kid", holder)
    if not isinstance(method, str) or not header.keys() <= _HEADER:
        raise _NotChecked("its header is of a kind that we do not check")
    key = _key(holder, method)
    if header.get("alg") not in ALGORITHMS[key.kind]:
        raise _NotChecked(f"its key is {key.kind}, and its header says {header.get('alg')!s:.20}")
    signing_input, _, signature = token.rpartition(".")
    try:
        key.verify(keys.from_base64url(signature), signing_input.encode())
    except (BadProof, ValueError) as error:
        raise _NotShown("the signature does not belong to this key and these contents") from error


def _key(named: Any, method: str) -> PublicKey:
    """Return the key of a holder who is their own key. Raises KeyProblem for one that cannot be used."""
    holder = named.get("id") if isinstance(named, dict) else named
    key = did_keys.inside(holder, Named(method)) if isinstance(holder, str) and method else None
    if key is None:
        raise _NotChecked(UNKNOWN_KEY)
    return key
