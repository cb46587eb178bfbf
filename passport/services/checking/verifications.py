"""Checks for machines: documents of any origin, checked as on the page and answered in their vocabulary.

`verified` (see docs/decisions) is true only if every check passed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from passport.db import Session
from passport.openbadges import wrappers
from passport.openbadges.errors import WrappedTooOften
from passport.openbadges.terms import Document
from passport.openbadges.wrappers import Unwrapped
from passport.proofs.keys import from_base64url
from passport.services.checking import checks
from passport.services.checking.results import CheckedEntry
from passport.services.checking.stored_entries import Published
from passport.services.core.errors import ChecksClosed
from passport.services.core.unexpected import noted
from passport.verifier import (
    SEVERITY,
    Check,
    Kind,
    NotACredential,
    Outcome,
    Trust,
    Verdict,
    holder,
    problems,
    worst,
)
from passport.verifier.holder import Question
from passport.verifier.presentation import SHAPE, shape
from passport.verifier.problems import Problem

NOT_A_CREDENTIAL = "not a credential we can check"
NOTHING_ASKED = Question()
NOTHING_INSIDE = Check("shape", Outcome.FAILED, "there is no credential in it")
SHORTEST_ECHO = 6
COMPARED = 40
# Our own texts are shorter; a longer reason quotes the request.
LONGEST_REASON = 300
# The reasons beside what is genuine: they hold nothing of a request.
OUR_REASONS = ("", holder.NOT_ASKED, holder.NO_PROOF)


@dataclass(frozen=True)
class Verified:
    """The result for one credential, or for a presentation with all its credentials.

    Without a verdict it is no credential that can be checked here: `kind` is then what it seems to be.
    """

    verified: bool
    verdict: Verdict | None
    checks: tuple[Check, ...]
    problems: tuple[Problem, ...]
    credentials: tuple[Verified, ...] = ()
    kind: Kind | None = None


@dataclass(frozen=True)
class Handed:
    """What a request hands in, opened once: ``fault`` says why there is no credential in it."""

    given: Any
    opened: Unwrapped
    fault: Check | None = None

    @classmethod
    def of(cls, given: Any) -> Handed:
        """Open a value that was read from JSON."""
        try:
            opened = wrappers.opened_value(given)
        except WrappedTooOften as error:
            return cls(given, Unwrapped(), Check("shape", Outcome.FAILED, str(error)))
        return cls(given, opened, None if opened.credentials else NOTHING_INSIDE)

    @property
    def number(self) -> int:
        """Return how many credentials are to be checked, as rate limits count them: at least one."""
        return max(1, len(self.opened.credentials))


@dataclass(frozen=True)
class Judge:
    """The trust and the record to check with, and the time."""

    session: Session
    trust: Trust
    at: datetime
    max_age: timedelta

    def credential(self, handed: Handed) -> Verified:
        """Check a credential, as JSON or a token, alone or with something around it.

        Of several, all must be verified; the checks shown are those of the worst.
        """
        sent = Sent(handed.given)
        if handed.fault:
            return self._together((handed.fault,), ())
        found, own = self._credentials(handed, sent), self._proofs(handed, sent)
        worst_one = min(found, key=_severity)
        if len(found) == 1 and not own:
            return worst_one
        checks = (*worst_one.checks, *own)
        return replace(self._together(own, found), checks=checks, problems=_problems(checks), credentials=())

    def presentation(self, handed: Handed, question: Question = NOTHING_ASKED) -> Verified:
        """Check the credentials of a presentation, which needs at least one, and its holder's proof.

        Its own proof must not fail. The answer to a challenge or a domain must be valid.
        """
        document: Document = handed.given
        sent = Sent(document)
        found = self._credentials(handed, sent)
        proof = self._own_proof(wrappers.presentation_bytes(document))
        answer = holder.check(document, question, proof)
        outside = handed.fault or shape(document)
        return self._together(kept_out((outside, proof, answer), sent), found)

    def _credentials(self, handed: Handed, sent: Sent) -> tuple[Verified, ...]:
        """Check every credential that was handed in."""
        return tuple(self._checked(credential, sent) for credential in handed.opened.credentials)

    def _own_proof(self, presentation: bytes, *, unnamed: bool = False) -> Check:
        canonicalizer = self.trust.cache.canonicalizer
        return noted(holder.own_proof(presentation, self.at, canonicalizer, unnamed=unnamed))

    def _proofs(self, handed: Handed, sent: Sent) -> tuple[Check, ...]:
        """Check the own proof of every presentation around them."""
        proofs = [self._own_proof(each) for each in handed.opened.presentations]
        return kept_out(proofs, sent)

    def _checked(self, credential: bytes, sent: Sent) -> Verified:
        try:
            found = checks.check_document(self.session, credential, self.trust, self.at, self.max_age)
        except NotACredential as error:
            return _no_verdict(error.kind)
        made = kept_out(found.checks, sent)
        verified = self._is_verified(credential, found)
        return Verified(verified, found.verdict, made, () if verified else _problems(made))

    def _is_verified(self, _: bytes, found: CheckedEntry) -> bool:
        """Return whether a credential is verified: every check passed."""
        return found.verdict is Verdict.CURRENT

    def _together(self, own: tuple[Check, ...], found: tuple[Verified, ...]) -> Verified:
        """Return the answer for several credentials; `own` are the checks of what is around them."""
        verdicts = [one.verdict for one in found if one.verdict is not None]
        return Verified(
            bool(found) and all(one.verified for one in found) and not _problems(own),
            worst(verdicts) if verdicts else None,
            own,
            _problems(own),
            found,
            None if verdicts else Kind.PRESENTATION,
        )


class Sent:
    """The texts of one request, which no answer may repeat: answers hold our own texts alone.

    They are collected once, and each reason is compared once, however many credentials give it.
    """

    def __init__(self, document: Any) -> None:
        """Take a request; its texts are collected for the first reason that is not one of our constants."""
        self._document = document
        self._compared: dict[str, str] = {reason: reason for reason in OUR_REASONS}

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """Return the beginning of each text that is long enough to be recognised."""
        texts = _strings(self._document)
        return frozenset(text[:COMPARED] for text in texts if len(text) >= SHORTEST_ECHO)

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(text) for text in self._beginnings})

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


def judge(session: Session, published: Published, at: datetime, max_age: timedelta) -> Judge:
    """Return a judge with the published trust. Raises ChecksClosed when it cannot be read."""
    return Judge(session, published_trust(session, published), at, max_age)


def published_trust(session: Session, published: Published) -> Trust:
    """Return the published trust. Raises ChecksClosed when it cannot be read."""
    trust = checks.published_trust(session, published)
    if trust is None:
        raise ChecksClosed("the published bundle cannot be read")
    return trust


def kept_out(checks: Iterable[Check], sent: Sent) -> tuple[Check, ...]:
    """Return checks whose reasons repeat nothing of the request."""
    return tuple(replace(check, reason=sent.kept_out_of(check.reason)) for check in checks)


def _problems(checks: Iterable[Check]) -> tuple[Problem, ...]:
    return tuple(problems.of_checks(checks))


def _no_verdict(kind: Kind) -> Verified:
    """Return the result for what is no credential that can be checked here."""
    shape = Check(SHAPE, Outcome.FAILED, f"{NOT_A_CREDENTIAL}: {kind}")
    return Verified(False, None, (shape,), _problems([shape]), kind=kind)


def _severity(found: Verified) -> int:
    """Return the place in the order of severity; what has no verdict comes before any that counts for it."""
    return SEVERITY.index(found.verdict) if found.verdict else SEVERITY.index(Verdict.UNFINISHED)


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
