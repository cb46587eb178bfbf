"""Checks in the test mode: what conformance suites send, whose issuers and holders are in no registry.

`verified` is true there for any issuer whose own key signed, if every check that can be made of it
passed (see docs/decisions/0006). Registered issuers are checked as everywhere else. Stricter than elsewhere:
the form of an envelope, and that a proof of a presentation holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from passport.db import Session
from passport.openbadges import data_model, wrappers
from passport.openbadges.errors import MalformedCredential
from passport.openbadges.terms import Document
from passport.proofs import external_proofs, json_text
from passport.proofs.canonical import Canonicalizer
from passport.proofs.data_integrity import AUTHENTICATION
from passport.proofs.errors import NotJson
from passport.proofs.signing import KeyRing
from passport.services.checking import verifications
from passport.services.checking.results import CheckedEntry
from passport.services.checking.stored_entries import Published
from passport.services.checking.verifications import (
    NOTHING_ASKED,
    NOTHING_INSIDE,
    Handed,
    Judge,
    Sent,
    Verified,
)
from passport.services.core.errors import IssuingClosed, NotFound
from passport.services.trust import conformance
from passport.verifier import Check, Outcome, Verdict, external, holder
from passport.verifier.cache import Cache
from passport.verifier.checks import issuer_id
from passport.verifier.holder import Question
from passport.verifier.presentation import SHAPE, shape

# What can be checked of an issuer that is not in the registry
STRANGERS_CHECKS = frozenset({SHAPE, "signature", "withdrawn", "review date"})
# what a document need not have: a check of it that was not made is no fault
NOTHING_NAMED = frozenset({external.NO_LIST, external.NO_END})
NEEDS_HOLDER = "the presenter of a self-asserted credential must be named as its holder"
ENVELOPED_CREDENTIAL = "EnvelopedVerifiableCredential"
ENVELOPED_PRESENTATION = "EnvelopedVerifiablePresentation"


@dataclass(frozen=True)
class SuiteJudge(Judge):
    """A judge for conformance suites, which accepts any issuer's own key."""

    def credential(self, handed: Handed) -> Verified:
        """Check a credential; an envelope around it must have the form of one (section 4.13.1)."""
        found, given = super().credential(handed), handed.given
        outside = _envelope(given, ENVELOPED_CREDENTIAL) if _is_enveloped(given) else None
        if outside is None or outside.outcome is Outcome.PASSED:
            return found
        return self._together(verifications.kept_out((outside,), Sent(given)), (found,))

    def presentation(self, handed: Handed, question: Question = NOTHING_ASKED) -> Verified:
        """Check a presentation, which may hold no credential or name no holder if its own proof holds."""
        sent = Sent(handed.given)
        found = self._credentials(handed, sent)
        made = verifications.kept_out(self._around(handed, question), sent)
        together = self._together(made, found)
        return together if found or together.problems else replace(together, verified=True)

    def _around(self, handed: Handed, question: Question) -> list[Check]:
        """Return the checks of the presentation itself."""
        document: Document = handed.given
        if _is_enveloped(document):
            outside = _envelope(document, ENVELOPED_PRESENTATION)
            proofs = [self._own_proof(each) for each in handed.opened.presentations]
            return [
                outside,
                *map(_must_hold, proofs or [Check(holder.PROOF, Outcome.FAILED, holder.NO_PROOF)]),
            ]
        proof = self._own_proof(wrappers.presentation_bytes(document), unnamed=True)
        if "proof" in document or not handed.opened.credentials:
            proof = _must_hold(proof)
        answer = holder.check(document, question, proof)
        fault = None if handed.fault is NOTHING_INSIDE else handed.fault
        own = _self_asserted(document, handed.opened.credentials)
        return [fault or shape(document), proof, answer, *own]

    def _is_verified(self, credential: bytes, found: CheckedEntry) -> bool:
        """Return whether every check passed, or every one that can be made of an external issuer's."""
        if super()._is_verified(credential, found):
            return True
        made = {check.name: check for check in found.checks}
        return found.verdict is Verdict.UNKNOWN_ISSUER and all(
            _has_passed(made[name], credential) for name in STRANGERS_CHECKS
        )


def judge(
    session: Session,
    keys: KeyRing,
    published: Published,
    public_url: str,
    at: datetime,
    max_age: timedelta,
    method: Mapping[str, Any] | None = None,
) -> SuiteJudge:
    """Return a judge who also has the test mode's status lists, and a key that a suite gives for its issuer.

    `method` is a verification method, which counts for its controller alone. Raises ChecksClosed.
    """
    trust = verifications.published_trust(session, published)
    documents = {} if method is None else _did_document(method)
    try:
        lists = conformance.lists(conformance.test_issuer(session, keys), public_url, at)
    except (
        IssuingClosed,
        NotFound,
    ):  # nothing can be issued then, so that nothing has a status to be checked
        lists = {}
    cache = Cache(0, Canonicalizer(examples=True))  # of its own: nothing here counts in any other check
    return SuiteJudge(session, trust.beside(lists, documents, cache), at, max_age)


def _did_document(method: Mapping[str, Any]) -> dict[str, Document]:
    controller = str(method.get("controller", ""))
    public = {name: member for name, member in method.items() if not name.startswith("secret")}
    return {
        controller: {"id": controller, "verificationMethod": [public], "assertionMethod": [public.get("id")]}
    }


def _has_passed(check: Check, credential: bytes) -> bool:
    if check.outcome is Outcome.PASSED or check.reason in NOTHING_NAMED:
        return True
    return check.name == SHAPE and check.outcome is Outcome.NOT_CHECKED and _is_good_old(credential)


def _is_good_old(credential: bytes) -> bool:
    """Return whether it is shaped as a credential of version 1.1 must be, which is not asked elsewhere."""
    try:
        document = json_text.read_object(credential)
        data_model.check_old_credential(document)
    except (MalformedCredential, NotJson):
        return False
    return True


def _is_enveloped(given: Any) -> bool:
    if not isinstance(given, dict):
        return False
    enveloped = ENVELOPED_PRESENTATION in data_model.several(given.get("type"))
    return enveloped or data_model.is_enveloped(given)


def _envelope(document: Document, kind: str) -> Check:
    try:
        data_model.check_envelope(document, kind)
    except MalformedCredential as error:
        return Check(SHAPE, Outcome.FAILED, str(error))
    return Check(SHAPE, Outcome.PASSED)


def _must_hold(proof: Check) -> Check:
    return proof if proof.outcome is Outcome.PASSED else replace(proof, outcome=Outcome.FAILED)


def _self_asserted(document: Document, credentials: list[bytes]) -> list[Check]:
    """Refuse self-asserted credentials unless the presenter is named as the holder (section 4.13.4)."""
    signers = {proof.method.partition("#")[0] for proof in external_proofs.read(document, AUTHENTICATION)}
    named = document.get("holder")
    others = signers - {named.get("id") if isinstance(named, dict) else named}
    if others.isdisjoint(map(_issuer, credentials)):
        return []
    return [Check(holder.NAME, Outcome.FAILED, NEEDS_HOLDER)]


def _issuer(credential: bytes) -> str:
    try:
        return issuer_id(json_text.read_object(credential))
    except NotJson:
        return ""
