"""Who presents: a proof that was made for this very challenge (VC Data Model 2.0, section 4.13).

It shows that the owner of the key which the presentation names as its holder has signed it now. It does not
show that this is the student: an entry names the student and their school, and no key of theirs. Only
holders who are their own key (did:key) can be checked; no registry lists the keys of holders.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passport.openbadges import did_keys
from passport.openbadges.did_keys import Named
from passport.proofs import data_integrity
from passport.proofs.data_integrity import AUTHENTICATION, Proof
from passport.proofs.errors import ProofError
from passport.proofs.public_keys import Kind

from .checks import FUTURE, TOLERANCE
from .findings import NOT_MADE
from .unexpected import Unexpected
from .verdicts import Check, Outcome

Document = dict[str, Any]

NAME = "holder"
NOT_ASKED = "nobody is asked to prove who hands it over"


@dataclass(frozen=True)
class Question:
    """The asker's fresh challenge and domain (Data Integrity 1.0, 2.1), which the proof must repeat."""

    challenge: str | None = None
    domain: str | None = None


class _NotShown(Exception):
    """The holder is not proven; the message says why."""


def check(document: Document, question: Question, at: datetime) -> Check:
    """Check the proof of a presentation. Without a proof and without a question nothing is checked.

    A proof that is present is never ignored: if it cannot be checked, the check has failed.
    """
    if "proof" not in document and question == Question():
        return Check(NAME, Outcome.NOT_CHECKED, NOT_ASKED)
    try:
        _check(document, question, at)
    except (_NotShown, ProofError) as error:
        return Check(NAME, Outcome.FAILED, str(error))
    except Exception as error:  # noqa: BLE001 - an unforeseen error must never look like a pass
        return Check(NAME, Outcome.FAILED, NOT_MADE, Unexpected.of(error))
    return Check(NAME, Outcome.PASSED)


def _check(document: Document, question: Question, at: datetime) -> None:
    if "proof" not in document:
        raise _NotShown("there is no proof of who hands it over")
    proof = data_integrity.read_proof(document, AUTHENTICATION)
    if question.challenge is None:
        raise _NotShown("without a challenge anybody could have kept this proof and send it again")
    if (proof.challenge, proof.domain) != (question.challenge, question.domain):
        raise _NotShown("the proof was made for another challenge or domain")
    if proof.created > at + TOLERANCE:
        raise _NotShown(FUTURE)
    data_integrity.verify_proof(document, _key(document, proof), AUTHENTICATION)


def _key(document: Document, proof: Proof) -> bytes:
    named = document.get("holder")
    holder = named.get("id") if isinstance(named, dict) else named
    key = None
    if isinstance(holder, str) and holder.startswith("did:key:"):
        key = did_keys.inside(holder, Named(proof.verification_method))
    if key is not None and key.kind is not Kind.ED25519:
        raise _NotShown("not an Ed25519 public key")
    if key is None:
        raise _NotShown("the proof is not signed with the key of a holder who is a did:key")
    return key.material
