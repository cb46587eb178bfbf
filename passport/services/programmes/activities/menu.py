"""Activities that students take part in, added by the people who run a school, visits or the programme.

An activity belongs to the whole programme. Its title and setting are part of every entry that results from
it, so an activity that a student has logged cannot be changed or removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.activities.menu import Activity, ActivityKind, ActivitySession
from passport.db.programmes.programme import Employer
from passport.services.core import audit, paging
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.hours import kept_hours
from passport.services.core.paging import Page
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.programmes import screening
from passport.services.programmes.managing import named, require
from passport.services.programmes.screening import detectors

__all__ = [
    "MOST_HOURS",
    "SETTINGS",
    "Activity",
    "ActivityKind",
    "Listed",
    "New",
    "add",
    "employers",
    "for_student",
    "listed",
    "remove",
]

# keys, which are signed as written here; pages put them into words
SETTINGS = ("workplace", "school", "online", "elsewhere")
MOST_HOURS = Decimal(200)
PAGE = 50


@dataclass(frozen=True)
class New:
    """The data of a new activity."""

    title: str
    kind: str
    employer: str
    setting: str
    held_on: date
    hours: Decimal


@dataclass(frozen=True)
class Listed:
    """A page of the programme's activities; ``unused``: the row ids of those that no student has logged."""

    rows: list[Activity]
    unused: set[int]
    page: Page


def for_student(session: Session, account: Account, at: datetime) -> list[Activity]:
    """Return the programme's activities up to today, and a student's own ones, newest first."""
    programme, day = account.programme_id, today(at)
    if account.student is None:
        return db.programmes.activities.menu.of_programme(session, programme, day)
    return db.programmes.activities.menu.for_student(session, programme, account.id, day)


def listed(session: Session, actor: Account, number: int) -> Listed:
    """Return a page of the programme's activities, including future ones, newest first."""
    require(actor, Action.ACTIVITIES)
    found = db.programmes.activities.menu.page(
        session, actor.programme_id, paging.start(number, PAGE), PAGE + 1
    )
    rows, page = paging.cut(number, found, PAGE)
    ids = [one.id for one in rows]
    return Listed(rows, set(ids) - db.evidence.evidence.logged(session, ids), page)


def employers(session: Session, actor: Account) -> list[Employer]:
    """Return the employers whose part in the programme has not ended, by name."""
    there = db.trust.employers.of_programme(session, actor.programme_id)
    return [one for one in there if one.issuer.until is None]


def add(session: Session, actor: Account, new: New, at: datetime) -> Activity:
    """Add an activity. Idempotent: returns an equal one of that title and day.

    Raises Refused where a different one has that title on that day, for data that are incomplete or out of
    range, for an ended employer, and for a title with a phone number, an email address, a link or a user
    name, because students read it. Raises NotFound for an unknown employer.
    """
    require(actor, Action.ACTIVITIES)
    title, hours = named("activity", new.title), kept_hours(new.hours)
    if new.kind not in set(ActivityKind) or new.setting not in SETTINGS:
        raise Refused(Reason.NOT_COMPLETE)
    if hours is None or not 0 < hours <= MOST_HOURS:
        raise Refused(Reason.HOURS_OUT_OF_RANGE)
    if any(flag.rule in detectors.DETECTORS for flag in screening.flags(session, actor.programme_id, title)):
        raise Refused(Reason.CONTACT_IN_TITLE)
    employer = db.trust.employers.by_slug(session, actor.programme_id, new.employer)
    if employer is None:
        raise NotFound
    db.programmes.programme.lock(session, actor.programme)
    wanted = (employer.id, new.kind, new.setting, hours)
    there = db.programmes.activities.menu.of_day(session, actor.programme_id, title, new.held_on)
    if there is not None:
        if (there.employer_id, there.kind, there.setting, there.hours) != wanted:
            raise Refused(Reason.NAME_TAKEN)
        return there
    if employer.issuer.until is not None:
        raise Refused(Reason.EMPLOYER_ENDED)
    made = Activity(
        programme_id=actor.programme_id,
        employer=employer,
        title=title,
        kind=ActivityKind(new.kind),
        setting=new.setting,
        held_on=new.held_on,
        hours=hours,
        sessions=[ActivitySession(held_on=new.held_on)],
    )
    session.add(made)
    session.flush()
    audit.record(session, at, actor.reference, "activity.added", made.reference)
    return made


def remove(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Delete an activity that no student has logged.

    Raises NotFound for another programme's, and Refused for one that a student has logged.
    """
    require(actor, Action.ACTIVITIES)
    found = db.programmes.activities.menu.by_reference(session, actor.programme_id, reference, lock=True)
    if found is None:
        raise NotFound
    if db.evidence.evidence.logged(session, [found.id]):
        raise Refused(Reason.ACTIVITY_USED)
    session.delete(found)
    session.flush()
    audit.record(session, at, actor.reference, "activity.removed", reference)
