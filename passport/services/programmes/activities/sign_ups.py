"""Sign-ups: a student takes a place or joins the waiting list, and their school approves.

1. Every change of an activity's sign-ups locks the activity's row first, so no place is given twice and the
   waiting list is in the order in which sign-ups were committed.
2. A place that becomes free goes at once to the first who waits.
3. A place is kept while the school decides; a refusal frees it.
4. No one overtakes the waiting list, even where places are free.
5. Rows of students are locked before those of activities.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState, Student
from passport.db.programmes.activities.menu import Activity, ActivityState
from passport.db.programmes.activities.sign_ups import SignUp, SignUpState
from passport.db.programmes.frameworks.versions import Skill
from passport.services.core import audit
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.programmes.activities import menu, telling
from passport.services.programmes.managing import own_school, require

__all__ = [
    "Offer",
    "SchoolList",
    "SignUp",
    "SignUpState",
    "approve",
    "end_all",
    "fill",
    "leave",
    "mine",
    "offer",
    "offers",
    "refuse",
    "sign_up",
    "to_approve",
    "who_signed_up",
]

MOST_SHOWN = 200


@dataclass(frozen=True)
class Offer:
    """An activity as it is offered to one student.

    ``place`` is their place in the waiting list, counted from 1; 0 where they do not wait. ``skills`` are
    those that it can show; only the page of a single activity has them.
    """

    activity: Activity
    free: int | None
    waiting: int
    sign_up: SignUp | None
    has_begun: bool
    place: int = 0
    skills: tuple[Skill, ...] = ()

    @property
    def can_sign_up(self) -> bool:
        """Whether the student may sign up now, for a place or for the waiting list."""
        takes = self.free is not None and not self.activity.host_left
        return takes and self.sign_up is None and not self.has_begun and not self.activity.is_cancelled


@dataclass(frozen=True)
class SchoolList:
    """The sign-ups for an activity that a person may see, and the numbers of all of them by school."""

    shown: list[SignUp]
    by_school: dict[str, dict[SignUpState, int]]


def offers(session: Session, account: Account, at: datetime) -> list[Offer]:
    """Return what is to come for a student's sector and year, soonest first."""
    student = _student(account)
    coming = db.programmes.activities.menu.coming(
        session, account.programme_id, today(at), student.sector_id, student.year_group
    )
    counts = db.programmes.activities.sign_ups.counts(session, [one.id for one in coming])
    own = {one.activity_id: one for one in db.programmes.activities.sign_ups.of_student(session, account.id)}
    return [_offer(one, counts, own.get(one.id), at) for one in coming]


def mine(session: Session, account: Account) -> list[SignUp]:
    """Return a student's sign-ups that stand, cancelled activities too, the soonest first."""
    _student(account)
    return db.programmes.activities.sign_ups.of_student(session, account.id)


def offer(session: Session, account: Account, reference: str, at: datetime) -> Offer:
    """Return one activity as it is offered to a student.

    Raises NotFound for one of another sector or year, unless the student has signed up for it.
    """
    student = _student(account)
    activity = _of_menu(session, account, reference, lock=False)
    own = db.programmes.activities.sign_ups.standing(session, activity.id, account.id)
    if own is None and not menu.is_for(activity, student):
        raise NotFound
    counts = db.programmes.activities.sign_ups.counts(session, [activity.id])
    waiting = db.programmes.activities.sign_ups.first_waiting(session, activity.id, MOST_SHOWN)
    place = next((number for number, one in enumerate(waiting, 1) if own and one.id == own.id), 0)
    skills = tuple(menu.skills_shown(session, activity))
    found = _offer(activity, counts, own, at)
    return Offer(activity, found.free, found.waiting, own, found.has_begun, place, skills)


def sign_up(session: Session, account: Account, reference: str, at: datetime) -> SignUp:
    """Take a place, or join the waiting list where none is free. Idempotent.

    Raises:
        NotFound: the activity is not in the menu of the student's programme.
        Refused: no one signs up for it, it is cancelled, it has begun, its host has left the programme, it is
            for other sectors or years, or the enrolment is not active.
    """
    # locked, so that no enrolment ends meanwhile and leaves this sign-up behind
    student = db.people.enrolments.by_id(session, _student(account).account_id, lock=True)
    if student.enrolment is not EnrolmentState.ACTIVE or student.erased_at is not None:
        raise Refused(Reason.ENROLMENT_NOT_ACTIVE)
    activity = _of_menu(session, account, reference, lock=True)
    there = db.programmes.activities.sign_ups.standing(session, activity.id, account.id)
    if there is not None:
        return there
    _require_open(activity, student, at)
    taken, last = db.programmes.activities.sign_ups.taken(session, activity.id)
    is_free = activity.places is not None and taken < activity.places
    if is_free and db.programmes.activities.sign_ups.first_waiting(session, activity.id, 1):
        is_free = False
    made = SignUp(
        activity=activity,
        student=student,
        number=last + 1,
        state=SignUpState.BOOKED if is_free else SignUpState.WAITING,
        signed_up_at=at,
    )
    session.add(made)
    session.flush()
    if is_free:
        telling.school_once(session, student.school_id, activity, "places-to-approve", at)
    given = fill(session, activity, at)
    state = made.state.value
    audit.record(session, at, account.reference, "activity.signed_up", made.reference, state=state, **given)
    return made


def leave(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Give a place back, or leave the waiting list. Idempotent. Raises Refused once it has begun."""
    _student(account)
    activity = _of_menu(session, account, reference, lock=True)
    there = db.programmes.activities.sign_ups.standing(session, activity.id, account.id)
    if there is None:
        return
    if menu.has_begun(activity, at) and not activity.is_cancelled:
        raise Refused(Reason.ACTIVITY_BEGUN)
    given = _end(session, there, SignUpState.LEFT, at)
    audit.record(session, at, account.reference, "activity.left", there.reference, **given)


def end_all(session: Session, student_ids: Collection[int], actor: str, at: datetime) -> None:
    """End the sign-ups of students whose enrolment at their school ends; their places go to who waits.

    What is over keeps its sign-ups: they say who took part. The caller has locked the rows of the students.

    Args:
        student_ids: row ids of the students.
        actor: reference of who ends it, for the audit trail.
    """
    for activity_id in db.programmes.activities.sign_ups.activities_of(session, student_ids):
        activity = db.programmes.activities.menu.lock(session, activity_id)
        if activity.last_day < today(at):
            continue
        ended = db.programmes.activities.sign_ups.standing_of(session, activity_id, student_ids)
        for one in ended:
            one.state, one.ended_at = SignUpState.LEFT, at
        session.flush()
        given = fill(session, activity, at)
        for one in ended:
            audit.record(session, at, actor, "activity.left", one.reference, **given)
            given = {}


def approve(session: Session, actor: Account, reference: str, sign_up: str, at: datetime) -> SignUp:
    """Approve a sign-up of the actor's school, for a place or ahead for one who waits. Idempotent.

    Raises NotFound for another school's, Refused for a cancelled activity or a sign-up that has ended.
    """
    found = _of_school(session, actor, reference, sign_up)
    if found.activity.is_cancelled:
        raise Refused(Reason.ACTIVITY_CANCELLED)
    if found.state in {SignUpState.LEFT, SignUpState.REFUSED}:
        raise Refused(Reason.CHANGED_MEANWHILE)
    if found.approved_at is None:
        found.approved_at, found.approved_by_id = at, actor.id
        telling.student(session, found.student, found.activity, "sign-up-approved", at)
        audit.record(session, at, actor.reference, "activity.sign_up_approved", found.reference)
    return found


def refuse(session: Session, actor: Account, reference: str, sign_up: str, at: datetime) -> SignUp:
    """Refuse a sign-up of the actor's school; its place goes to the first who waits. Idempotent.

    The student may sign up again, at the end of the list.
    """
    found = _of_school(session, actor, reference, sign_up)
    if found.state is SignUpState.REFUSED:
        return found
    if found.state is SignUpState.LEFT:
        raise Refused(Reason.CHANGED_MEANWHILE)
    given = _end(session, found, SignUpState.REFUSED, at)
    telling.student(session, found.student, found.activity, "sign-up-refused", at)
    audit.record(session, at, actor.reference, "activity.sign_up_refused", found.reference, **given)
    return found


def fill(session: Session, activity: Activity, at: datetime) -> dict[str, list[str]]:
    """Give free places to those who wait, in order; the caller holds the lock on the activity's row.

    Returns a detail for the audit trail: "given", the references of the sign-ups that got a place, if any.
    """
    if activity.places is None or activity.state is not ActivityState.PUBLISHED:
        return {}
    free = activity.places - db.programmes.activities.sign_ups.booked(session, activity.id)
    if free <= 0 or menu.has_begun(activity, at):
        return {}
    given = db.programmes.activities.sign_ups.first_waiting(session, activity.id, free)
    for one in given:
        one.state = SignUpState.BOOKED
        telling.student(session, one.student, activity, "place-free", at)
        if one.approved_at is None:
            telling.school_once(session, one.student.school_id, activity, "places-to-approve", at)
    session.flush()
    return {"given": [one.reference for one in given]} if given else {}


def who_signed_up(session: Session, actor: Account, activity: Activity) -> SchoolList:
    """Return the sign-ups of the actor's own school by name, and how many each school has.

    A person without a school sees no names here: they see who comes in the list of attendance.
    """
    require(actor, Action.ACTIVITIES)
    every = db.programmes.activities.sign_ups.of_activity(session, activity.id)
    counts: dict[str, dict[SignUpState, int]] = {}
    for one in sorted(every, key=lambda one: one.student.school.name):
        school = counts.setdefault(one.student.school.name, {})
        school[one.state] = school.get(one.state, 0) + 1
    own = actor.staff.school_id if actor.staff is not None else None
    return SchoolList([one for one in every if one.student.school_id == own], counts)


def to_approve(session: Session, actor: Account) -> list[SignUp]:
    """Return the places taken by students of the actor's school that wait for its approval."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    return db.programmes.activities.sign_ups.to_approve(session, school.id, MOST_SHOWN)


def _student(account: Account) -> Student:
    require(account, Action.ACTIVITIES, How.SIGN_UP)
    if account.student is None:
        raise NotFound
    return account.student


def _of_menu(session: Session, account: Account, reference: str, *, lock: bool) -> Activity:
    found = db.programmes.activities.menu.by_reference(session, account.programme_id, reference, lock=lock)
    if found is None or found.own_of_id is not None or found.state is ActivityState.DRAFT:
        raise NotFound
    return found


def _require_open(activity: Activity, student: Student, at: datetime) -> None:
    reasons = (
        (activity.is_cancelled, Reason.ACTIVITY_CANCELLED),
        (activity.places is None, Reason.NO_SIGN_UP),
        (activity.host_left, Reason.HOST_LEFT),
        (menu.has_begun(activity, at), Reason.ACTIVITY_BEGUN),
        (not menu.is_for(activity, student), Reason.ACTIVITY_FOR_OTHERS),
    )
    for is_so, reason in reasons:
        if is_so:
            raise Refused(reason)


def _offer(
    activity: Activity, counts: dict[tuple[int, SignUpState], int], own: SignUp | None, at: datetime
) -> Offer:
    taken = counts.get((activity.id, SignUpState.BOOKED), 0)
    free = None if activity.places is None else max(0, activity.places - taken)
    waiting = counts.get((activity.id, SignUpState.WAITING), 0)
    return Offer(activity, free, waiting, own, menu.has_begun(activity, at))


def _of_school(session: Session, actor: Account, reference: str, sign_up: str) -> SignUp:
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    activity = menu.find(session, actor, reference, lock=True)
    found = db.programmes.activities.sign_ups.by_reference(session, activity.id, sign_up, lock=True)
    if found is None or found.student.school_id != school.id:
        raise NotFound
    return found


def _end(session: Session, sign_up: SignUp, state: SignUpState, at: datetime) -> dict[str, list[str]]:
    sign_up.state, sign_up.ended_at = state, at
    session.flush()
    return fill(session, sign_up.activity, at)
