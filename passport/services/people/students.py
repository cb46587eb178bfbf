"""The students of a coordinator's own school: list, add, invite, change the enrolment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState, Role, Student
from passport.db.people.invitations import Invitation
from passport.db.programmes.programme import School
from passport.services.core import audit, paging
from passport.services.core.dates import add_months, today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.paging import Page
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.people import accounts, enrolments, invitations
from passport.services.programmes import cohorts, sectors
from passport.services.programmes.managing import named, own_school

__all__ = [
    "LONGEST_SEARCH",
    "PAGE",
    "YEARS",
    "Newcomer",
    "Student",
    "StudentPage",
    "add",
    "count_to_invite",
    "enrol",
    "find",
    "invitation",
    "invite",
    "invite_some",
    "judge",
    "listed",
    "other_schools",
]

log = structlog.get_logger()
PAGE = 25
LONGEST_SEARCH = 100
# in one transaction
INVITED_AT_ONCE = 200
YOUNGEST = 13
OLDEST = 25
# year groups of schools and colleges in which a student is at least 13
YEARS = range(8, 15)


@dataclass(frozen=True)
class Newcomer:
    """A school's data about a new student."""

    name: str
    first_name: str
    born_on: date
    year_group: int
    sector: str
    cohort: str
    email: str


@dataclass(frozen=True)
class StudentPage:
    """One page of a school's students."""

    rows: list[Student]
    total: int
    page: Page


def listed(session: Session, actor: Account, name: str, state: str, number: int) -> StudentPage:
    """Return a page of the school's students, filtered by a part of the name and by enrolment state.

    An empty ``name`` or an unknown ``state`` does not filter; ``number`` beyond the end gives the last page.
    """
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    wanted = EnrolmentState(state) if state in set(EnrolmentState) else None
    letters = " ".join(name.split())[:LONGEST_SEARCH]
    found = db.people.enrolments.students(
        session, school.id, letters, wanted, paging.start(number, PAGE), PAGE
    )
    page = paging.counted(number, found.total, PAGE)
    if page.number < paging.bounded(number):
        return listed(session, actor, name, state, page.number)
    return StudentPage(found.rows, found.total, page)


def find(session: Session, actor: Account, reference: str, *, lock: bool) -> Student:
    """Return a student of the actor's school; with ``lock``, with a row lock (FOR UPDATE).

    Raises NotFound, and logs it, for another school's.
    """
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    found = db.people.enrolments.student(session, school.id, reference, lock=lock)
    if found is None:
        log.warning("student refused", actor=actor.reference, student=reference)
        raise NotFound
    return found


def add(session: Session, actor: Account, newcomer: Newcomer, at: datetime) -> Student:
    """Add a student to the actor's school. Idempotent: returns a student with that name and date of birth.

    Raises Refused for a student under 13 or over 25, an address that is taken, or an unknown year group.
    """
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    name, first_name = named("name", newcomer.name), named("name", newcomer.first_name)
    judge(newcomer.born_on, newcomer.year_group, at)
    sector = sectors.find(session, actor, newcomer.sector)
    cohort = cohorts.find(session, actor, newcomer.cohort) if newcomer.cohort else None
    db.programmes.sectors.school(session, actor.programme_id, school.reference, lock=True)
    known = accounts.known_student(session, school, name, newcomer.born_on)
    if known is not None:
        return known
    email = newcomer.email.strip() or None
    if email is not None:
        accounts.require_free(session, email, actor.reference)
    account = accounts.make(
        session,
        actor.programme,
        Role.STUDENT,
        email=email,
        name=name,
        first_name=first_name,
        password=None,
        at=at,
    )
    made = accounts.make_student(session, account, school, sector, newcomer.year_group, newcomer.born_on)
    made.enrolment, made.cohort = EnrolmentState.INVITED, cohort
    enrolments.note(session, made, actor, EnrolmentState.INVITED, at)
    audit.record(session, at, actor.reference, "student.added", account.reference)
    return made


def judge(born_on: date | None, year_group: int | None, at: datetime) -> None:
    """Raise Refused for a student under 13 or over 25, or an unknown year group. None is not judged."""
    day = today(at)
    if born_on is not None and born_on > add_months(day, -12 * YOUNGEST):
        raise Refused(Reason.UNDER_13)
    if born_on is not None and born_on <= add_months(day, -12 * (OLDEST + 1)):
        raise Refused(Reason.TOO_OLD)
    if year_group is not None and year_group not in YEARS:
        raise Refused(Reason.YEAR_UNKNOWN)


def invite(session: Session, actor: Account, reference: str, public_url: str, at: datetime) -> None:
    """Invite a student; an older invitation ends. Raises Refused for a suspended or withdrawn student."""
    student = find(session, actor, reference, lock=True)
    if student.account.suspended_at is not None or student.enrolment is EnrolmentState.WITHDRAWN:
        raise Refused(Reason.NOT_INVITABLE)
    invitations.invite(session, actor, student.account, public_url, at)


def count_to_invite(session: Session, actor: Account, at: datetime) -> int:
    """Return how many of the school's students have an address and no invitation that can be used."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    return db.people.invitations.count_waiting(session, school.id, at)


def invite_some(session: Session, actor: Account, public_url: str, at: datetime) -> int:
    """Invite up to `INVITED_AT_ONCE` of them; return how many were invited. No one is invited twice."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    db.programmes.sectors.school(session, actor.programme_id, school.reference, lock=True)
    found = db.people.invitations.waiting(session, school.id, at, INVITED_AT_ONCE)
    for account in found:
        invitations.invite(session, actor, account, public_url, at)
    return len(found)


def invitation(session: Session, student: Student) -> Invitation | None:
    """Return the newest invitation of a student, or None."""
    return db.people.staff.newest_invitation(session, student.account_id)


def enrol(
    session: Session,
    actor: Account,
    reference: str,
    state: EnrolmentState,
    reason: str,
    private: str,
    at: datetime,
) -> None:
    """Move a student of the actor's school to another state: pause, resume, complete, withdraw."""
    student = find(session, actor, reference, lock=True)
    enrolments.move(session, actor, student, state, at, reason, private)


def other_schools(session: Session, actor: Account) -> list[School]:
    """Return the other schools of the programme."""
    own = own_school(actor, Action.BRING_IN_STUDENTS)
    return [one for one in db.programmes.programme.schools(session, actor.programme_id) if one.id != own.id]
