"""Checks for machines: documents of any origin against what we publish, answered in their vocabulary.

`verified` (see docs/decisions) is true only if every check passed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from passport.db import Session
from passport.openbadges import data_model
from passport.openbadges.terms import CREDENTIALS_V2, Document
from passport.proofs import json_text
from passport.proofs.canonical import knowing_examples
from passport.proofs.keys import from_base64url
from passport.services.checking import checks
from passport.services.checking.judging import Published
from passport.services.core.errors import ChecksClosed
from passport.services.core.unexpected import noted
from passport.verifier import Check, NotGenuine, Outcome, Trust, Verdict, holder, problems, verify, worst
from passport.verifier.holder import Question
from passport.verifier.presentation import verify_presentation
from passport.verifier.problems import Problem

# What can be checked of an issuer that is not in the registry
STRANGERS_CHECKS = frozenset({"shape", "signature", "withdrawn", "review date"})
NOTHING_ASKED = Question()
SHORTEST_ECHO = 6
COMPARED = 40
# Our own texts are shorter; a longer reason quotes the request.
LONGEST_REASON = 300


@dataclass(frozen=True)
class Verified:
    """The result for one credential, or for a presentation with all its credentials."""

    verified: bool
    verdict: Verdict
    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]
    credentials: tuple[Verified, ...] = ()


@dataclass(frozen=True)
class Judge:
    """The trust to check with, and the time. ``strangers`` (test mode) accepts any issuer's own key."""

    trust: Trust
    at: datetime
    max_age: timedelta
    strangers: bool

    def credential(self, document: Document) -> Verified:
        """Check one credential: JSON with a proof inside, or a token in an envelope."""
        if data_model.is_enveloped(document):
            return self._enveloped(document)
        sent = Sent(document)
        try:
            with self._contexts():
                found = noted(verify(json_text.write(document), self.trust, self.at, max_age=self.max_age))
        except NotGenuine as error:
            return self._sum_up(error.verdict, error.checks, sent)
        return self._sum_up(found.verdict, found.checks, sent)

    def presentation(self, document: Document, question: Question = NOTHING_ASKED) -> Verified:
        """Check the credentials of a presentation, which needs at least one, and its holder's proof.

        A proof that is present or asked for (by a challenge or a domain) must be valid.
        """
        data, sent = json_text.write(document), Sent(document)
        try:
            with self._contexts():
                given = verify_presentation(data, self.trust, self.at, max_age=self.max_age)
        except NotGenuine as error:
            return self._sum_up(error.verdict, error.checks, sent)
        for presented in given:
            if presented.verification is not None:
                noted(presented.verification)
        found = tuple(self._sum_up(one.verdict, one.checks, sent) for one in given)
        with self._contexts():
            own_proof = noted(holder.check(document, question, self.at))
        shape = Check("shape", Outcome.PASSED)
        if not found:
            shape = Check("shape", Outcome.FAILED, "there is no credential in it")
        own = (shape, replace(own_proof, reason=sent.kept_out_of(own_proof.reason)))
        return Verified(
            all(one.verified for one in found) and all(check.outcome is not Outcome.FAILED for check in own),
            worst([one.verdict for one in found] or [Verdict.NOT_GENUINE]),
            own,
            tuple(problems.of_checks(own)),
            found,
        )

    def _contexts(self) -> AbstractContextManager[None]:
        return knowing_examples() if self.strangers else nullcontext()

    def _enveloped(self, document: Document) -> Verified:
        around = {
            "@context": [CREDENTIALS_V2],
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [document],
        }
        whole = self.presentation(around)
        return whole.credentials[0] if whole.credentials else whole

    def _sum_up(self, verdict: Verdict, made: tuple[Check, ...], sent: Sent) -> Verified:
        made = tuple(replace(check, reason=sent.kept_out_of(check.reason)) for check in made)
        verified = verdict is Verdict.CURRENT or (self.strangers and _is_good_stranger(verdict, made))
        return Verified(verified, verdict, made, () if verified else tuple(problems.of_checks(made)))


class Sent:
    """The texts of one request, which no answer may repeat: answers hold our own texts alone.

    They are collected once, and each reason is compared once, however many credentials give it.
    """

    def __init__(self, document: Document) -> None:
        """Collect the beginning of each text that is long enough to be recognised."""
        texts = (text[:COMPARED] for text in _strings(document) if len(text) >= SHORTEST_ECHO)
        self._beginnings = frozenset(texts)
        self._lengths = sorted({len(text) for text in self._beginnings})
        self._compared: dict[str, str] = {"": ""}

    def kept_out_of(self, reason: str) -> str:
        """Return a reason, cut before the first place where it repeats the request."""
        if reason not in self._compared:
            self._compared[reason] = self._cut(reason[:LONGEST_REASON])
        return self._compared[reason]

    def _cut(self, reason: str) -> str:
        for start in range(len(reason)):
            if any(reason[start : start + length] in self._beginnings for length in self._lengths):
                return reason[:start].rstrip(" '\":")
        return reason


def number(presentation: Document) -> int:
    """Return the number of credentials in a presentation."""
    return len(data_model.several(presentation.get("verifiableCredential", [])))


def judge(
    session: Session, published: Published, at: datetime, max_age: timedelta, *, strangers: bool
) -> Judge:
    """Return a judge with the published trust. Raises ChecksClosed when it cannot be read."""
    trust = checks.published_trust(session, published)
    if trust is None:
        raise ChecksClosed("the published bundle cannot be read")
    return Judge(trust, at, max_age, strangers)


def _is_good_stranger(verdict: Verdict, made: Iterable[Check]) -> bool:
    passed = {check.name for check in made if check.outcome is Outcome.PASSED}
    return verdict is Verdict.UNKNOWN_ISSUER and passed >= STRANGERS_CHECKS


def _strings(sent: Any) -> Iterator[str]:
    """Yield every text of a request, including those inside the tokens of envelopes."""
    values = [sent]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            values += value.values()
        elif isinstance(value, list):
            values += value
        elif isinstance(value, str):
            yield value
            if value.startswith("data:") and value.count(".") == 2:
                values.append(_claims(value))


def _claims(token: str) -> Any:
    try:
        return json.loads(from_base64url(token.split(".")[1]))
    except (ValueError, RecursionError):
        return None
