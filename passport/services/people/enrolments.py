"""Where a student stands in the programme, and how she came there: a history that is only added to.

Only who is active may write and send. Everybody else may read, share and withdraw what is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState, Student
from passport.db.people.enrolments import EnrolmentChange
from passport.services.core import audit, notices
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason

__all__ = [
    "REASONS",
    "STEPS",
    "EnrolmentChange",
    "EnrolmentState",
    "arrive",
    "history",
    "may_write",
    "move",
    "note",
    "require_active",
]

LONGEST_NOTE = 500
# keys: templates put them into words. Why somebody leaves is never judged.
REASONS = ("left-school", "moved-away", "no-time", "own-wish", "family-wish", "other")
# where a coordinator may bring a student, and from where
STEPS = {
    EnrolmentState.ACTIVE: {EnrolmentState.PAUSED, EnrolmentState.COMPLETED, EnrolmentState.WITHDRAWN},
    EnrolmentState.PAUSED: {EnrolmentState.INVITED, EnrolmentState.ACTIVE},
    EnrolmentState.COMPLETED: {EnrolmentState.ACTIVE, EnrolmentState.PAUSED},
    EnrolmentState.WITHDRAWN: {EnrolmentState.INVITED, EnrolmentState.ACTIVE, EnrolmentState.PAUSED},
}


def may_write(_session: Session, account: Account) -> bool:
    """Whether this student may write and send today."""
    return account.student is not None and account.student.enrolment is EnrolmentState.ACTIVE


def require_active(session: Session, account: Account) -> None:
    """Raise Refused for a student who may not write today."""
    if not may_write(session, account):
        raise Refused(Reason.ENROLMENT_NOT_ACTIVE)


def arrive(session: Session, account: Account, at: datetime) -> None:
    """Whoever was invited has signed in for the first time."""
    student = account.student
    if student is not None and student.enrolment is EnrolmentState.INVITED:
        student.enrolment = EnrolmentState.ACTIVE
        note(session, student, account, EnrolmentState.ACTIVE, at)
        audit.record(session, at, account.reference, "enrolment.active", account.reference)


def move(
    session: Session,
    actor: Account,
    student: Student,
    state: EnrolmentState,
    at: datetime,
    reason: str = "",
    private: str = "",
) -> bool:
    """Bring a student into another state; False where she is in it already, as after a second click.

    Raises Refused for a step that there is not, and for a withdrawal without a reason of the list.
    """
    private = private.replace("\r\n", "\n").strip()
    if state is EnrolmentState.WITHDRAWN and reason not in REASONS:
        raise Refused(Reason.WITHDRAWAL_REASON)
    if len(private) > LONGEST_NOTE:
        raise Refused(Reason.NOTE_TOO_LONG)
    if student.enrolment is state:
        return False
    if student.enrolment not in STEPS.get(state, set()):
        raise Refused(Reason.ENROLMENT_STEP)
    student.enrolment = state
    note(session, student, actor, state, at, reason, private)
    notices.tell(session, student.account, f"enrolment-{state}", at)
    audit.record(session, at, actor.reference, f"enrolment.{state}", student.account.reference, reason=reason)
    return True


def note(
    session: Session,
    student: Student,
    actor: Account,
    state: EnrolmentState,
    at: datetime,
    reason: str = "",
    private: str = "",
) -> None:
    """Add a line to her history, in the name of the school that she is at."""
    session.add(
        EnrolmentChange(
            student_id=student.account_id,
            state=state,
            at=at,
            actor_id=actor.id,
            school_id=student.school_id,
            reason=reason,
            note=private,
        )
    )
    session.flush()


def history(session: Session, student: Student) -> Sequence[EnrolmentChange]:
    """Her way through the programme, the newest step first."""
    return db.people.enrolments.history(session, student.account_id)
