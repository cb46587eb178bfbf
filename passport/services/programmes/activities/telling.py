"""Tell students about the activities that they signed up for: a notice, and a mail to those with an address.

The title of an activity was screened for contact details when it was entered. No mail names a child.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Student
from passport.db.programmes.activities.menu import Activity
from passport.services.core import mails, notices
from passport.services.core.dates import day_ends, today
from passport.services.core.rights import Action
from passport.services.programmes.managing import active_staff

__all__ = ["host_left", "school_once", "signed_up", "student"]

# a page of a student's own: the mail leads there
PAGE = "activities/mine"
MAILED = {"activity-changed", "activity-cancelled", "place-free"}


def signed_up(session: Session, activity: Activity, kind: str, at: datetime, **facts: str) -> int:
    """Tell every student who has a place or waits for one, and their schools; return how many students."""
    there = db.programmes.activities.sign_ups.of_activity(session, activity.id)
    for one in there:
        student(session, one.student, activity, kind, at, **facts)
    schools: Iterable[int] = dict.fromkeys(one.student.school_id for one in there)
    for school_id in schools:
        for person in active_staff(session, school_id, Action.BRING_IN_STUDENTS):
            _notice(session, person, activity, kind, at, **facts)
    return len(there)


def host_left(session: Session, employer_id: int, at: datetime) -> None:
    """Tell those who signed up for what an employer was to host, and their schools, that it has left."""
    for activity in db.programmes.activities.menu.hosted(session, employer_id, today(at)):
        signed_up(session, activity, "host-left", at)


def student(
    session: Session, whom: Student, activity: Activity, kind: str, at: datetime, **facts: str
) -> None:
    """Tell one student about an activity, by mail too where it cannot wait until they sign in."""
    _notice(session, whom.account, activity, kind, at, **facts)
    if kind in MAILED and whom.account.suspended_at is None:
        service = db.programmes.programme.service(session)
        link = f"{service.public_url}/{PAGE}" if service else ""
        # no one needs to read of it after the last day
        last = day_ends(activity.last_day)
        words = {"title": activity.title, "day": activity.held_on.isoformat(), "link": link}
        mails.tell(session, whom.account, kind, at, useless_at=last, **words)


def school_once(session: Session, school_id: int, activity: Activity, kind: str, at: datetime) -> None:
    """Tell a school's coordinators, unless they were told of the same activity before."""
    for person in active_staff(session, school_id, Action.BRING_IN_STUDENTS):
        facts = {"activity": activity.reference, "title": activity.title}
        notices.tell_once(session, person, kind, at, **facts)


def _notice(
    session: Session, account: Account, activity: Activity, kind: str, at: datetime, **facts: str
) -> None:
    notices.tell(session, account, kind, at, activity=activity.reference, title=activity.title, **facts)
