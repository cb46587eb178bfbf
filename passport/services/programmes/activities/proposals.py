"""Proposals: a student names an activity that is missing, such as their work experience or a Saturday job.

The school accepts it in one step. It is then offered to that student alone: where a child works is nothing
for other students to read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState, Student
from passport.db.programmes.activities.menu import Activity, ActivityKind, ActivitySession
from passport.db.programmes.activities.proposals import Proposal, ProposalState
from passport.services.core import audit, notices
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.hours import kept_hours
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.programmes.activities import menu, planning
from passport.services.programmes.managing import active_staff, named, own_school, require

__all__ = [
    "KINDS",
    "REFUSED_BECAUSE",
    "Proposal",
    "ProposalState",
    "Proposed",
    "accept",
    "find",
    "mine",
    "propose",
    "refuse",
    "waiting",
]

# mentoring of one student alone is nothing that a school can accept
KINDS = (
    ActivityKind.WORK_EXPERIENCE,
    ActivityKind.JOB,
    ActivityKind.PROJECT,
    ActivityKind.EVENT,
    ActivityKind.TASTER,
    ActivityKind.TOUR,
)
# keys that templates put into words
REFUSED_BECAUSE = ("in-the-menu", "not-known", "not-fitting", "ask-me")
MOST_OPEN = 10
OLDEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Proposed:
    """What a student says about the activity: ``held_on`` is its day, or the first one of several."""

    kind: str
    title: str
    host: str
    setting: str
    held_on: date
    hours: Decimal


def propose(session: Session, account: Account, proposed: Proposed, at: datetime) -> Proposal:
    """Ask the student's school for an activity. Idempotent while the same one waits.

    Raises Refused where the enrolment is not active, too many wait, a value is missing or out of range, or a
    text has contact details.
    """
    require(account, Action.ACTIVITIES, How.SIGN_UP)
    student = account.student
    if student is None or student.enrolment is not EnrolmentState.ACTIVE:
        raise Refused(Reason.ENROLMENT_NOT_ACTIVE)
    made = _judged(session, student, proposed, at)
    made.proposed_at = at
    if db.people.enrolments.student(session, student.school_id, account.reference, lock=True) is None:
        raise NotFound
    there = db.programmes.activities.proposals.of_student(session, account.id)
    waiting = [one for one in there if one.state is ProposalState.ASKED]
    same = next((one for one in waiting if _says(one) == _says(made)), None)
    if same is not None:
        return same
    if len(waiting) >= MOST_OPEN:
        raise Refused(Reason.TOO_MANY_PROPOSALS, most=MOST_OPEN)
    session.add(made)
    session.flush()
    for person in active_staff(session, student.school_id, Action.BRING_IN_STUDENTS):
        notices.tell(session, person, "activity-proposed", at)
    audit.record(session, at, account.reference, "activity.proposed", made.reference)
    return made


def mine(session: Session, account: Account) -> list[Proposal]:
    """Return a student's proposals, the newest first."""
    require(account, Action.ACTIVITIES, How.SIGN_UP)
    return db.programmes.activities.proposals.of_student(session, account.id)


def waiting(session: Session, actor: Account) -> list[Proposal]:
    """Return the proposals that wait for the actor's school, the oldest first."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    return db.programmes.activities.proposals.asked_at_school(session, school.id)


def find(session: Session, actor: Account, reference: str) -> Proposal:
    """Return a proposal of a student of the actor's school. Raises NotFound for another school's."""
    return _of_school(session, actor, reference, lock=False)


def accept(session: Session, actor: Account, reference: str, at: datetime) -> Activity:
    """Accept a proposal: the student can log it at once, and no other person. Idempotent.

    Raises NotFound for another school's, Refused for one that was refused.
    """
    found = _of_school(session, actor, reference)
    if found.state is ProposalState.ACCEPTED and found.activity is not None:
        return found.activity
    if found.state is not ProposalState.ASKED:
        raise Refused(Reason.CHANGED_MEANWHILE)
    employer = _employer(session, actor.programme_id, found.host)
    made = Activity(
        programme_id=actor.programme_id,
        employer_id=employer,
        host="" if employer else found.host,
        own_of_id=found.student_id,
        title=found.title,
        kind=found.kind,
        setting=found.setting,
        held_on=found.held_on,
        hours=found.hours,
        sessions=[ActivitySession(held_on=found.held_on)],
    )
    session.add(made)
    found.activity, found.state = made, ProposalState.ACCEPTED
    found.decided_at, found.decided_by_id = at, actor.id
    session.flush()
    facts = {"activity": made.reference, "title": made.title}
    notices.tell(session, found.student.account, "proposal-accepted", at, **facts)
    audit.record(session, at, actor.reference, "activity.proposal_accepted", reference)
    return made


def refuse(session: Session, actor: Account, reference: str, why: str, at: datetime) -> Proposal:
    """Refuse a proposal with a fixed reason. Idempotent. Raises Refused for one that was accepted."""
    if why not in REFUSED_BECAUSE:
        raise Refused(Reason.REASON_UNKNOWN)
    found = _of_school(session, actor, reference)
    if found.state is ProposalState.REFUSED:
        return found
    if found.state is not ProposalState.ASKED:
        raise Refused(Reason.CHANGED_MEANWHILE)
    found.state, found.reason = ProposalState.REFUSED, why
    found.decided_at, found.decided_by_id = at, actor.id
    notices.tell(session, found.student.account, "proposal-refused", at, title=found.title, why=why)
    audit.record(session, at, actor.reference, "activity.proposal_refused", reference, why=why)
    return found


def _judged(session: Session, student: Student, proposed: Proposed, at: datetime) -> Proposal:
    title, host = named("activity", proposed.title), named("host", proposed.host)
    hours = kept_hours(proposed.hours)
    if proposed.kind not in KINDS or proposed.setting not in menu.SETTINGS:
        raise Refused(Reason.NOT_COMPLETE)
    if hours is None or not 0 < hours <= planning.MOST_HOURS:
        raise Refused(Reason.HOURS_OUT_OF_RANGE)
    if not today(at) - OLDEST <= proposed.held_on <= today(at):
        raise Refused(Reason.PROPOSED_DAY)
    programme = student.account.programme_id
    planning.require_free_of_contact(session, programme, title, Reason.CONTACT_IN_TITLE)
    planning.require_free_of_contact(session, programme, host, Reason.CONTACT_IN_HOST)
    return Proposal(
        student_id=student.account_id,
        state=ProposalState.ASKED,
        kind=ActivityKind(proposed.kind),
        title=title,
        host=host,
        setting=proposed.setting,
        held_on=proposed.held_on,
        hours=hours,
    )


def _says(one: Proposal) -> tuple[object, ...]:
    return one.kind, one.title, one.host, one.setting, one.held_on, one.hours


def _employer(session: Session, programme_id: int, host: str) -> int | None:
    """Return the id of the programme's employer with the name that a student wrote; None without one.

    An employer whose part has ended hosts nothing any more.
    """
    found = db.trust.employers.of_programme(session, programme_id)
    there = [one for one in found if one.issuer.until is None]
    return next((one.id for one in there if one.name.lower() == host.lower()), None)


def _of_school(session: Session, actor: Account, reference: str, *, lock: bool = True) -> Proposal:
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    found = db.programmes.activities.proposals.at_school(session, school.id, reference, lock=lock)
    if found is None:
        raise NotFound
    return found
