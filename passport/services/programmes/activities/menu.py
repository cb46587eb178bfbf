"""The programme's activities as its people see them: the list, what a student may log, what it can show.

An activity belongs to the whole programme, except one that a student proposed: that one is theirs alone,
because it says where a child works.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Student
from passport.db.programmes.activities.menu import Activity, ActivityKind, ActivitySession, ActivityState
from passport.db.programmes.activities.sign_ups import SignUpState
from passport.db.programmes.frameworks.versions import Skill
from passport.db.programmes.programme import Employer
from passport.services.core import paging
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.paging import Page
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.programmes.managing import require

__all__ = [
    "KINDS",
    "SETTINGS",
    "YEARS",
    "Activity",
    "ActivityKind",
    "ActivitySession",
    "ActivityState",
    "Line",
    "Listed",
    "employers",
    "find",
    "for_student",
    "has_begun",
    "is_for",
    "listed",
    "session_of",
    "skills_shown",
    "to_log",
]

# keys, which are signed as written here; pages put them into words
SETTINGS = ("workplace", "school", "online", "elsewhere")
# what people who run a programme plan; a part-time job is always a student's own
KINDS = tuple(kind for kind in ActivityKind if kind is not ActivityKind.JOB)
# year groups that tours and tasters are for; students below year 8 are counted, not named
YEARS = range(5, 15)
PAGE = 50


@dataclass(frozen=True)
class Line:
    """An activity in the list, the numbers of its sign-ups, and whether a student has logged it."""

    activity: Activity
    booked: int
    waiting: int
    is_logged: bool

    @property
    def is_full(self) -> bool:
        """Whether every place is taken."""
        return self.activity.places is not None and self.booked >= self.activity.places


@dataclass(frozen=True)
class Listed:
    """A page of the programme's activities."""

    lines: list[Line]
    page: Page


def listed(session: Session, actor: Account, number: int) -> Listed:
    """Return a page of the programme's activities, including future and cancelled ones, newest first."""
    require(actor, Action.ACTIVITIES)
    start = paging.start(number, PAGE)
    found = db.programmes.activities.menu.page(session, actor.programme_id, start, PAGE + 1)
    rows, page = paging.cut(number, found, PAGE)
    return Listed(lines(session, rows), page)


def lines(session: Session, rows: list[Activity]) -> list[Line]:
    """Return activities with the numbers of their sign-ups: two queries, however many there are."""
    ids = [one.id for one in rows]
    logged = db.evidence.evidence.logged(session, ids)
    counts = db.programmes.activities.sign_ups.counts(session, ids)
    return [
        Line(
            one,
            counts.get((one.id, SignUpState.BOOKED), 0),
            counts.get((one.id, SignUpState.WAITING), 0),
            one.id in logged,
        )
        for one in rows
    ]


def find(session: Session, actor: Account, reference: str, *, lock: bool = False) -> Activity:
    """Return an activity of the menu to a person who runs it; with ``lock``, with a row lock.

    Raises NotFound without the right, for another programme's and for a student's own.
    """
    require(actor, Action.ACTIVITIES)
    found = db.programmes.activities.menu.by_reference(session, actor.programme_id, reference, lock=lock)
    if found is None or found.own_of_id is not None:
        raise NotFound
    return found


def session_of(session: Session, actor: Account, reference: str) -> ActivitySession:
    """Return a session of the menu to a person who runs it. Raises NotFound as `find` does."""
    require(actor, Action.ACTIVITIES)
    found = db.programmes.activities.menu.session_by_reference(session, actor.programme_id, reference)
    if found is None or found.activity.own_of_id is not None:
        raise NotFound
    return found


def employers(session: Session, actor: Account) -> list[Employer]:
    """Return the employers whose part in the programme has not ended, by name."""
    there = db.trust.employers.of_programme(session, actor.programme_id)
    return [one for one in there if one.issuer.until is None]


def for_student(session: Session, account: Account, at: datetime) -> list[Activity]:
    """Return the programme's activities up to today, and a student's own ones, newest first."""
    programme, day = account.programme_id, today(at)
    if account.student is None:
        return db.programmes.activities.menu.of_programme(session, programme, day)
    return db.programmes.activities.menu.for_student(session, programme, account.id, day)


def to_log(session: Session, student: Student, reference: str) -> Activity:
    """Return an activity that a student may log.

    Raises NotFound for another programme's, another student's own and one that is not published yet, Refused
    for a cancelled one.
    """
    programme = student.account.programme_id
    found = db.programmes.activities.menu.by_reference(session, programme, reference, lock=False)
    if found is None or found.own_of_id not in {None, student.account_id}:
        raise NotFound
    if found.state is ActivityState.CANCELLED:
        raise Refused(Reason.ACTIVITY_CANCELLED)
    if found.state is not ActivityState.PUBLISHED:
        raise NotFound
    return found


def is_for(activity: Activity, student: Student) -> bool:
    """Return whether an activity is for a student's sector and year group."""
    sectors = {one.id for one in activity.sectors}
    in_sector = not sectors or student.sector_id in sectors
    first, last = activity.year_from or YEARS.start, activity.year_to or YEARS.stop
    return in_sector and first <= student.year_group <= last


def has_begun(activity: Activity, at: datetime) -> bool:
    """Return whether an activity's first session has begun; without a time, on its day."""
    if not activity.sessions:
        return activity.held_on <= today(at)
    first = activity.sessions[0]
    return first.starts_at <= at if first.starts_at is not None else first.held_on <= today(at)


def skills_shown(session: Session, activity: Activity) -> list[Skill]:
    """Return the skills that an activity can show, as the current framework words them.

    They are found by name: a skill that the current version does not have any more is left out.
    """
    names = {one.name for one in activity.skills}
    version = db.programmes.frameworks.versions.current(session, activity.programme_id) if names else None
    return [one for one in version.skills if one.name in names] if version else []
