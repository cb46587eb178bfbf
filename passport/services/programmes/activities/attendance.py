"""Attendance: by a list that staff tick, or by a code on the wall that students who are there enter.

What staff have recorded stands over a code. Young people without an account, and all under 13, are counted
by school and year group: no name is asked for, and there is no place to store one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.base import REFERENCE_ALPHABET
from passport.db.people.accounts import Account, EnrolmentState, Student
from passport.db.programmes.activities.attendance import Attendance, Headcount
from passport.db.programmes.activities.menu import ActivitySession
from passport.db.programmes.activities.sign_ups import SignUpState
from passport.db.programmes.programme import School
from passport.services.core import audit
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.programmes.activities import menu
from passport.services.programmes.managing import require, school

__all__ = [
    "HEADCOUNT_YEARS",
    "MOST_COUNTED",
    "Attendance",
    "Headcount",
    "Line",
    "Sheet",
    "come",
    "count",
    "headcounts",
    "make_code",
    "mark",
    "schools",
    "sheet",
]

CODE_LETTERS = 6
MOST_LISTED = 200
MOST_COUNTED = 1_000
HEADCOUNT_YEARS = range(3, 15)


@dataclass(frozen=True)
class Line:
    """A student in the list of a session; ``present`` is None where nothing is recorded."""

    student: Student
    present: bool | None
    by_code: bool


@dataclass(frozen=True)
class Sheet:
    """The list of a session, as far as a person may see it.

    Args:
        own_school: the students are those of the person's own school, shown by their full names.
        is_cut: the school has more students whom this could be for than are listed.
    """

    session: ActivitySession
    lines: list[Line]
    own_school: bool
    is_open: bool
    is_cut: bool

    @property
    def present(self) -> int:
        """The number of those who were there."""
        return sum(line.present is True for line in self.lines)


def sheet(session: Session, actor: Account, reference: str, at: datetime) -> Sheet:
    """Return the list of a session.

    A school's staff see its own students who have a place; where no one signs up, those whom the activity is
    for. Others see the students of all schools who have a place or were there.
    """
    found = menu.session_of(session, actor, reference)
    recorded = db.programmes.activities.attendance.of_session(session, found.id)
    students = _expected(session, actor, found) | {
        one.student_id: one.student for one in recorded.values() if _may_see(actor, one.student)
    }
    listed = sorted(students.values(), key=lambda one: (one.school.name, one.account.name.lower()))
    lines = [_line(one, recorded.get(one.account_id)) for one in listed[:MOST_LISTED]]
    is_open = found.held_on <= today(at)
    return Sheet(found, lines, actor.staff is not None, is_open, len(listed) > MOST_LISTED)


def mark(
    session: Session, actor: Account, reference: str, listed: set[str], present: set[str], at: datetime
) -> int:
    """Record who of those listed was at a session; return how many were. Idempotent.

    ``listed`` and ``present`` are references of students; one who is not in the person's list is left out.
    Raises Refused before the session's day and for a cancelled activity.
    """
    found = sheet(session, actor, reference, at)
    _require_held(found.session, at)
    db.programmes.activities.menu.by_reference(
        session, actor.programme_id, found.session.activity.reference, lock=True
    )
    recorded = db.programmes.activities.attendance.of_session(session, found.session.id)
    there = [line.student for line in found.lines if line.student.account.reference in listed]
    for one in there:
        row = recorded.get(one.account_id)
        is_present = one.account.reference in present
        if row is not None and row.present == is_present:
            continue
        if row is None:
            row = Attendance(session_id=found.session.id, student=one)
            session.add(row)
        row.present, row.marked_at, row.marked_by_id = is_present, at, actor.id
    session.flush()
    number = sum(one.account.reference in present for one in there)
    audit.record(session, at, actor.reference, "session.attended", reference, present=number, of=len(there))
    return number


def make_code(session: Session, actor: Account, reference: str, at: datetime) -> ActivitySession:
    """Make a new code for the wall, which replaces the one before. Raises Refused once its day is over."""
    found = menu.session_of(session, actor, reference)
    if found.activity.is_cancelled:
        raise Refused(Reason.ACTIVITY_CANCELLED)
    if found.held_on < today(at):
        raise Refused(Reason.ACTIVITY_OVER)
    found.wall_code = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(CODE_LETTERS))
    session.flush()
    audit.record(session, at, actor.reference, "session.code_made", reference)
    return found


def come(session: Session, account: Account, typed: str, at: datetime) -> ActivitySession:
    """Record that a student is at the session whose code they entered. Idempotent.

    Raises:
        Refused: no session of the student's programme has this code, today is not its day, the activity is
            cancelled, the student has no place, or staff have recorded them as absent.
    """
    require(account, Action.ACTIVITIES, How.SIGN_UP)
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    found = db.programmes.activities.menu.session_by_code(session, account.programme_id, code)
    if found is None or account.student is None:
        raise Refused(Reason.WALL_CODE_UNKNOWN)
    if found.held_on != today(at) or found.activity.is_cancelled:
        raise Refused(Reason.WALL_CODE_CLOSED)
    db.programmes.activities.menu.by_reference(
        session, account.programme_id, found.activity.reference, lock=True
    )
    _require_place(session, found, account.student)
    row = db.programmes.activities.attendance.of_session(session, found.id).get(account.id)
    if row is not None:
        if not row.present:
            raise Refused(Reason.ATTENDANCE_RECORDED)
        return found
    session.add(Attendance(session_id=found.id, student=account.student, present=True, marked_at=at))
    session.flush()
    audit.record(session, at, account.reference, "session.came", found.reference)
    return found


def count(
    session: Session, actor: Account, reference: str, of_school: str, year: int, number: int, at: datetime
) -> None:
    """Store how many of a school's year group were at a session; 0 removes the count. Idempotent.

    A school's staff count for their own school alone. Raises Refused before the session's day and for a year
    group or a number out of range, NotFound for another school.
    """
    found = menu.session_of(session, actor, reference)
    _require_held(found, at)
    if year not in HEADCOUNT_YEARS or not 0 <= number <= MOST_COUNTED:
        raise Refused(Reason.HEADCOUNT_OUT_OF_RANGE, most=MOST_COUNTED)
    whose = next((one for one in schools(session, actor) if one.reference == of_school), None)
    if whose is None:
        raise NotFound
    whose = school(session, actor, whose.reference, lock=True)
    there = db.programmes.activities.attendance.headcount(session, found.id, whose.id, year)
    if (there.number if there else 0) == number:
        return
    if number == 0 and there is not None:
        session.delete(there)
    else:
        row = there or Headcount(session_id=found.id, school_id=whose.id, year_group=year)
        row.number, row.counted_at, row.counted_by_id = number, at, actor.id
        session.add(row)
    session.flush()
    detail = {"school": whose.reference, "year": year, "number": number}
    audit.record(session, at, actor.reference, "session.counted", reference, **detail)


def headcounts(session: Session, actor: Account, reference: str) -> list[Headcount]:
    """Return the headcounts of a session: those of the actor's own school, or of all for a person without."""
    found = menu.session_of(session, actor, reference)
    every = db.programmes.activities.attendance.headcounts(session, found.activity_id)
    own = {one.id for one in schools(session, actor)}
    return [one for one in every if one.session_id == found.id and one.school_id in own]


def schools(session: Session, actor: Account) -> list[School]:
    """Return the schools that a person may count for: their own, or all for a person without one."""
    require(actor, Action.ACTIVITIES)
    if actor.staff is not None:
        return [actor.staff.school]
    return db.programmes.programme.schools(session, actor.programme_id)


def _may_see(actor: Account, student: Student) -> bool:
    return actor.staff is None or student.school_id == actor.staff.school_id


def _expected(session: Session, actor: Account, found: ActivitySession) -> dict[int, Student]:
    activity = found.activity
    if activity.places is not None:
        signed_up = db.programmes.activities.sign_ups.of_activity(session, activity.id)
        booked = [one.student for one in signed_up if one.state is SignUpState.BOOKED]
        return {one.account_id: one for one in booked if _may_see(actor, one)}
    if actor.staff is None:
        return {}
    # one more than are listed shows that there are more
    active = db.people.enrolments.students(
        session, actor.staff.school_id, "", EnrolmentState.ACTIVE, 0, 10 * MOST_LISTED
    )
    fitting = [one for one in active.rows if menu.is_for(activity, one)]
    return {one.account_id: one for one in fitting[: MOST_LISTED + 1]}


def _line(student: Student, row: Attendance | None) -> Line:
    if row is None:
        return Line(student, None, by_code=False)
    return Line(student, row.present, by_code=row.marked_by_id is None)


def _require_held(found: ActivitySession, at: datetime) -> None:
    if found.activity.is_cancelled:
        raise Refused(Reason.ACTIVITY_CANCELLED)
    if found.held_on > today(at):
        raise Refused(Reason.SESSION_NOT_YET)


def _require_place(session: Session, found: ActivitySession, student: Student) -> None:
    if found.activity.places is None:
        return
    own = db.programmes.activities.sign_ups.standing(session, found.activity_id, student.account_id)
    if own is None or own.state is not SignUpState.BOOKED:
        raise Refused(Reason.NO_PLACE)
