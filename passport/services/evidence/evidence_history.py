"""List what happened to a text since it was first sent, for the people in charge of a worry about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.endorsements.decisions import DecisionOutcome, DecisionState
from passport.db.evidence.evidence import Evidence, EvidenceVersion
from passport.db.evidence.evidence_holds import HoldOutcome
from passport.db.people.accounts import Account

__all__ = ["Event", "newest", "of"]


@dataclass(frozen=True)
class Event:
    """One thing that happened. ``what`` is a key that templates put into words; ``name`` may be empty."""

    at: datetime
    what: str
    name: str = ""


def newest(session: Session, evidence: Evidence) -> EvidenceVersion | None:
    """Return what was sent last; None for a draft."""
    return db.evidence.evidence.frozen(session, evidence, evidence.version)


def of(session: Session, evidence: Evidence) -> list[Event]:
    """Return the events, oldest first. An undone endorsement is listed at the time it was given."""
    found = [*_sent(session, evidence), *_held(session, evidence), *_decided(session, evidence)]
    if evidence.removed_at is not None:
        found.append(Event(evidence.removed_at, "removed"))
    return sorted(found, key=lambda event: event.at)


def _sent(session: Session, evidence: Evidence) -> Iterator[Event]:
    for version in db.evidence.evidence.versions(session, evidence.id):
        yield Event(version.submitted_at, "sent" if version.number == 1 else "sent-again")


def _held(session: Session, evidence: Evidence) -> Iterator[Event]:
    for hold in db.evidence.evidence_holds.of_evidence(session, evidence.id):
        if hold.outcome is not HoldOutcome.RETURNED or hold.decided_at != hold.held_at:
            yield Event(hold.held_at, f"held-{hold.cause.value}", _name(hold.held_by))
        if hold.decided_at is not None:
            yield Event(hold.decided_at, f"school-{hold.outcome.value}", _name(hold.decided_by))


def _decided(session: Session, evidence: Evidence) -> Iterator[Event]:
    for one in db.endorsements.decisions.of_evidence(session, evidence.id):
        what = one.decision.value
        if one.decision is DecisionOutcome.ENDORSED and one.confirmed_by is not None:
            what = "confirmed"
        if one.state is DecisionState.UNDONE:
            what += "-undone"
        yield Event(one.decided_at, what, one.person.name)


def _name(account: Account | None) -> str:
    return account.name if account else ""
