"""Batches of decisions: at most as many as a page of the queue holds, each about the version that was read.

What can no longer be decided is left out and counted; the rest is decided. Sending the same batch again is
idempotent: it returns the decisions of the first one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.endorsements.decisions import Decision, DecisionOutcome
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Account
from passport.proofs.signing import KeyRing
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.endorsements import decisions
from passport.services.endorsements.queue import MOST
from passport.services.evidence import evidence_access
from passport.services.people import onboarding

__all__ = ["Answer", "DecisionOutcome", "Outcome", "decide"]


@dataclass(frozen=True)
class Answer:
    """What a champion chose for one item: a basis to endorse it with, or a reason to return or decline it."""

    decision: DecisionOutcome
    reference: str
    version: int
    basis: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """The decisions that were made, and how many items could no longer be decided."""

    decided: list[Decision]
    left_out: int

    def number(self, decision: DecisionOutcome) -> int:
        """Return how many items were decided this way."""
        return sum(one.decision is decision for one in self.decided)


def decide(session: Session, keys: KeyRing, account: Account, answers: list[Answer], at: datetime) -> Outcome:
    """Decide about each item. An endorsement is at the level claimed; a lower level needs a single decision.

    Locks, in this order: keys, then the evidence.

    Raises Refused for no answer, a repeated item or more than a page, and IssuingClosed before anything is
    written.
    """
    if not 0 < len(answers) <= MOST or len({one.reference for one in answers}) < len(answers):
        raise Refused(Reason.BATCH_TOO_LARGE)
    references = [one.reference for one in answers]
    db.programmes.programme.lock_keys_shared(session)  # the first lock of any signing
    db.endorsements.queue.lock(session, references)
    schools = onboarding.open_schools(session, account, at)
    waiting = {
        one.reference: one
        for one, _ in db.endorsements.queue.chosen(session, account.id, schools, references)
    }
    standing = {
        one.evidence.reference: one
        for one in db.endorsements.decisions.standing(session, account.id, references)
    }
    if any(one.decision is DecisionOutcome.ENDORSED and one.reference in waiting for one in answers):
        decisions.require_signers(session, keys, account)
    decided: list[Decision] = []
    for answer in answers:
        evidence = waiting.get(answer.reference)
        try:
            if evidence is None:
                decided.append(_again(standing.get(answer.reference), answer))
            else:
                with session.begin_nested():
                    decided.append(_decide(session, account, evidence, answer, at))
        except (NotFound, Refused):
            continue
    return Outcome(decided, len(answers) - len(decided))


def _decide(session: Session, account: Account, evidence: Evidence, answer: Answer, at: datetime) -> Decision:
    what = (session, account, answer.reference, answer.version)
    if answer.decision is DecisionOutcome.RETURNED:
        return decisions.send_back(*what, answer.reason, at)
    if answer.decision is DecisionOutcome.DECLINED:
        return decisions.decline(*what, answer.reason, at)
    level = evidence_access.sent_version(session, evidence).level
    return decisions.endorse_opened(session, account, evidence, answer.version, answer.basis, level, at)


def _again(standing: Decision | None, answer: Answer) -> Decision:
    """Return this champion's earlier decision if it says the same. Raises Refused for any other decision."""
    if standing is None or standing.version.number != answer.version:
        raise Refused(Reason.ALREADY_DECIDED)
    said = standing.decision, standing.basis or 0, standing.reason or "", standing.level or 0
    level = standing.version.level if answer.decision is DecisionOutcome.ENDORSED else 0
    if said != (answer.decision, answer.basis, answer.reason, level):
        raise Refused(Reason.ALREADY_DECIDED)
    return standing
