"""Claims: a school lists a student whom another school of the programme has. A manager decides.

Neither school is told the other's name before a decision. The manager reads both, and the student can read
that the manager did.
"""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.people.claims import StudentClaim, Verdict
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.programmes.managing import require
from passport.services.safeguarding import transfers

__all__ = ["StudentClaim", "Verdict", "count", "decide", "find", "listed"]


def listed(session: Session, actor: Account) -> list[StudentClaim]:
    """Return the claims that wait in the actor's programme, the oldest first.

    A claim to a student who has moved to the school since is over.
    """
    require(actor, Action.STRUCTURE)
    waiting = db.people.claims.open_ones(session, actor.programme_id)
    return [one for one in waiting if one.student.school_id != one.school_id]


def count(session: Session, actor: Account) -> int:
    """Return how many claims wait for a decision."""
    return len(listed(session, actor))


def find(session: Session, actor: Account, reference: str, *, lock: bool = False) -> StudentClaim:
    """Return a claim in the actor's programme; with ``lock``, with a row lock. Raises NotFound."""
    require(actor, Action.STRUCTURE)
    found = db.people.claims.by_reference(session, actor.programme_id, reference, lock=lock)
    if found is None:
        raise NotFound
    return found


def decide(session: Session, actor: Account, reference: str, decision: Verdict, at: datetime) -> StudentClaim:
    """Decide where a student belongs. Idempotent for the same decision.

    MOVES moves the student to the school that claims them, STAYS changes nothing, SEPARATE says that they are
    two people: that school's next list brings its own one in. Raises Refused where it was decided otherwise,
    and to move a student who is offered to a school.
    """
    claim = find(session, actor, reference, lock=True)
    if claim.decision is not None:
        if claim.decision is not decision:
            raise Refused(Reason.CLAIM_DECIDED)
        return claim
    if decision is Verdict.MOVES and claim.student.school_id != claim.school_id:
        student = db.people.enrolments.by_id(session, claim.student_id, lock=True)
        if transfers.waiting(session, student.account_id) is not None:
            raise Refused(Reason.TRANSFER_OPEN)
        transfers.move(session, student, claim.school, (actor, claim.made_by), at)
    claim.decision, claim.decided_by_id, claim.decided_at = decision, actor.id, at
    session.flush()
    audit.record(
        session, at, actor.reference, f"claim.{decision}", claim.student.account.reference, claim=reference
    )
    return claim
