"""Checks that machines ask for: bytes from anywhere against what we publish, answered in their words.

What `verified` means stands in docs/decisions: every check passed, or it is false.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from passport.db import Session
from passport.files import PublicFiles
from passport.openbadges import data_model
from passport.openbadges.terms import CREDENTIALS_V2, Document
from passport.proofs import json_text
from passport.proofs.canonical import knowing_examples
from passport.proofs.keys import from_base64url
from passport.services import checks
from passport.services.errors import ChecksClosed
from passport.services.unexpected import noted
from passport.verifier import Check, NotGenuine, Outcome, Trust, Verdict, holder, problems, verify, worst
from passport.verifier.holder import Question
from passport.verifier.presentation import verify_presentation
from passport.verifier.problems import Problem

# What can be checked of an issuer whom the registry does not know
STRANGERS_CHECKS = frozenset({"shape", "signature", "withdrawn", "review date"})
NOTHING_ASKED = Question()
SHORTEST_ECHO = 6
COMPARED = 40


@dataclass(frozen=True)
class Verified:
    """What became of one credential, or of a presentation with all that is in it."""

    verified: bool
    verdict: Verdict
    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]
    credentials: tuple[Verified, ...] = ()


@dataclass(frozen=True)
class Judge:
    """Whom we believe, as of when. ``strangers`` is the test mode's: whose own key signed will do."""

    trust: Trust
    at: datetime
    max_age: timedelta
    strangers: bool

    def credential(self, document: Document) -> Verified:
        """Check one credential: JSON with a proof inside, or a token in an envelope."""
        if data_model.is_enveloped(document):
            return self._enveloped(document)
        try:
            with self._contexts():
                found = noted(verify(json_text.write(document), self.trust, self.at, max_age=self.max_age))
        except NotGenuine as error:
            return self._sum_up(error.verdict, error.checks, document)
        return self._sum_up(found.verdict, found.checks, document)

    def presentation(self, document: Document, question: Question = NOTHING_ASKED) -> Verified:
        """Check each credential of a presentation, which must have one at least, and who hands it over.

        Where there is a proof of that, or one is asked for (a challenge, a domain), it must hold.
        """
        data = json_text.write(document)
        try:
            with self._contexts():
                given = verify_presentation(data, self.trust, self.at, max_age=self.max_age)
        except NotGenuine as error:
            return self._sum_up(error.verdict, error.checks, document)
        for presented in given:
            if presented.verification is not None:
                noted(presented.verification)
        found = tuple(self._sum_up(one.verdict, one.checks, document) for one in given)
        with self._contexts():
            own_proof = noted(holder.check(document, question, self.at))
        shape = Check("shape", Outcome.PASSED)
        if not found:
            shape = Check("shape", Outcome.FAILED, "there is no credential in it")
        strings = tuple(_strings(document))
        own = (shape, replace(own_proof, reason=_without_echo(own_proof.reason, strings)))
        return Verified(
            all(one.verified for one in found) and all(check.outcome is not Outcome.FAILED for check in own),
            worst([one.verdict for one in found] or [Verdict.V7]),
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

    def _sum_up(self, verdict: Verdict, made: tuple[Check, ...], sent: Document) -> Verified:
        strings = tuple(_strings(sent))
        made = tuple(replace(check, reason=_without_echo(check.reason, strings)) for check in made)
        verified = verdict is Verdict.V1 or (self.strangers and _is_good_stranger(verdict, made))
        return Verified(verified, verdict, made, () if verified else tuple(problems.of_checks(made)))


def judge(
    session: Session, public: PublicFiles, at: datetime, max_age: timedelta, *, strangers: bool
) -> Judge:
    """Open what we publish. Raises ChecksClosed when it cannot be read: then nothing is said at all."""
    trust = checks.published_trust(session, public)
    if trust is None:
        raise ChecksClosed("the published bundle cannot be read")
    return Judge(trust, at, max_age, strangers)


def _is_good_stranger(verdict: Verdict, made: Iterable[Check]) -> bool:
    passed = {check.name for check in made if check.outcome is Outcome.PASSED}
    return verdict is Verdict.V6 and passed >= STRANGERS_CHECKS


def _strings(value: Any) -> Iterator[str]:
    """Every text in what was sent, also inside the tokens of envelopes."""
    if isinstance(value, dict):
        for member in value.values():
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)
    elif isinstance(value, str):
        yield value
        if value.startswith("data:") and value.count(".") == 2:
            yield from _strings(_claims(value))


def _claims(token: str) -> Any:
    try:
        return json.loads(from_base64url(token.split(".")[1]))
    except (ValueError, RecursionError):
        return None


def _without_echo(reason: str, sent: tuple[str, ...]) -> str:
    """A reason without what was sent: answers hold our own words alone."""
    for text in sent:
        if len(text) >= SHORTEST_ECHO and text[:COMPARED] in reason:
            reason = reason.partition(text[:COMPARED])[0].rstrip(" '\":")
    return reason
