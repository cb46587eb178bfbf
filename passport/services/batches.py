"""Several decisions at once: at most as many as a page of the queue holds, each about what was read.

What cannot be decided any more is left out and named; the rest is decided. Sending the same batch again finds
what the first one did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.accounts import Account
from passport.db.endorsements import Decision, Endorsement
from passport.proofs.signing import KeyRing
from passport.services import endorsements
from passport.services.errors import NotFound, Refused
from passport.services.queue import MOST

__all__ = ["Answer", "Decision", "Outcome", "decide"]


@dataclass(frozen=True)
class Answer:
    """What a champion chose for one item: a basis to endorse it with, or the reason for the other two."""

    decision: Decision
    reference: str
    version: int
    basis: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What was decided, and how many could not be any more."""

    decided: list[Endorsement]
    left_out: int

    def number(self, decision: Decision) -> int:
        """How many times it was decided so."""
        return sum(one.decision is decision for one in self.decided)


def decide(session: Session, keys: KeyRing, account: Account, answers: list[Answer], at: datetime) -> Outcome:
    """Decide about each. An endorsement is at the level that was claimed; a lower one is given by itself.

    Raises Refused for more than a page, and IssuingClosed before anything is written.
    """
    if not 0 < len(answers) <= MOST or len({one.reference for one in answers}) < len(answers):
        raise Refused("batch-too-large")
    db.queue.lock(session, [one.reference for one in answers])
    decided: list[Endorsement] = []
    for answer in answers:
        try:
            with session.begin_nested():
                decided.append(_decide(session, keys, account, answer, at))
        except (NotFound, Refused):
            continue
    return Outcome(decided, len(answers) - len(decided))


def _decide(session: Session, keys: KeyRing, account: Account, answer: Answer, at: datetime) -> Endorsement:
    what = (session, account, answer.reference, answer.version)
    if answer.decision is Decision.RETURNED:
        return endorsements.send_back(*what, answer.reason, at)
    if answer.decision is Decision.DECLINED:
        return endorsements.decline(*what, answer.reason, at)
    evidence = endorsements.open_evidence(session, account, answer.reference, at)
    level = endorsements.sent_version(session, evidence).level
    return endorsements.endorse(
        session, keys, account, answer.reference, answer.version, answer.basis, level, at
    )
