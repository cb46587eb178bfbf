"""Enrolment states of students, and their append-only history.

Only active students may write and send evidence. Students in other states may still read, share and withdraw
what is theirs.
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
from passport.services.programmes.activities import sign_ups

__all__ = [
    "ENDED",
    "REASONS",
    "STEPS",
    "EnrolmentChange",
    "EnrolmentState",
    "arrive",
    "history",
    "may_write",
    "move",
    "note",
    "note_all",
    "require_active",
]

LONGEST_NOTE = 500
# keys that templates put into words; the service never evaluates why a student leaves
REASONS = ("left-school", "moved-away", "no-time", "own-wish", "family-wish", "other")
# a student in one of these takes part in nothing to come
ENDED = frozenset({EnrolmentState.COMPLETED, EnrolmentState.WITHDRAWN})
# allowed transitions by a coordinator: target state, and the states it can be reached from
STEPS = {
    EnrolmentState.ACTIVE: {EnrolmentState.PAUSED, EnrolmentState.COMPLETED, EnrolmentState.WITHDRAWN},
    EnrolmentState.PAUSED: {EnrolmentState.INVITED, EnrolmentState.ACTIVE},
    EnrolmentState.COMPLETED: {EnrolmentState.ACTIVE, EnrolmentState.PAUSED},
    EnrolmentState.WITHDRAWN: {EnrolmentState.INVITED, EnrolmentState.ACTIVE, EnrolmentState.PAUSED},
}


def may_write(_session: Session, account: Account) -> bool:
    """Return whether this account is a student who may write and send evidence: the enrolment is active."""
    return account.student is not None and account.student.enrolment is EnrolmentState.ACTIVE


def require_active(session: Session, account: Account) -> None:
    """Raise Refused unless this account may write and send evidence (`may_write`)."""
    if not may_write(session, account):
        raise Refused(Reason.ENROLMENT_NOT_ACTIVE)


def arrive(session: Session, account: Account, at: datetime) -> None:
    """Activate the enrolment of an invited student who has signed in for the first time. Idempotent."""
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
    """Move a student to another state; return False where they are in it already, as after a second click.

    The caller has locked the student's row. Where the enrolment ends, so do sign-ups for what is to come.

    Raises Refused for a transition that is not in `STEPS`, for a withdrawal without one of `REASONS`, and for
    an overlong private note.
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
    if state in ENDED:
        sign_ups.end_all(session, [student.account_id], actor.reference, at)
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
    """Add a row to a student's history, under their current school."""
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


def note_all(
    session: Session, students: Sequence[Student], actor: Account, state: EnrolmentState, at: datetime
) -> None:
    """Add the same row to the history of each of these students."""
    session.add_all(
        EnrolmentChange(
            student_id=one.account_id, state=state, at=at, actor_id=actor.id, school_id=one.school_id
        )
        for one in students
    )
    session.flush()


def history(session: Session, student: Student) -> Sequence[EnrolmentChange]:
    """Return a student's enrolment history, the newest change first."""
    return db.people.enrolments.history(session, student.account_id)
