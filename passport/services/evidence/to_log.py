"""What a student has taken part in and not logged yet: their home offers it with one button each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.activities.menu import Activity
from passport.services.core.dates import today
from passport.services.evidence import drafting
from passport.services.people import enrolments
from passport.services.programmes.activities import menu

__all__ = ["Choices", "choices", "waiting"]

RECENT = timedelta(days=60)
MOST = 3


@dataclass(frozen=True)
class Choices:
    """The activities that a student may log: each is in one list, and each list has the newest first.

    Args:
        was_there: those they have taken part in and not logged.
        logged: those they have logged before.
        fitting: the others for their sector and year group.
        others: those for other sectors and year groups, for a student who was there all the same.
    """

    was_there: list[Activity]
    logged: list[Activity]
    fitting: list[Activity]
    others: list[Activity]


def waiting(session: Session, account: Account, at: datetime) -> list[Activity]:
    """Return what the student may want to log now, the newest first; nothing where they may not write."""
    if account.student is None or not enrolments.may_write(session, account):
        return []
    logged = {one.activity_id for one in drafting.mine(session, account)}
    return _took_part(session, account, logged, at)[:MOST]


def choices(session: Session, account: Account, at: datetime) -> Choices:
    """Return every activity that the student may log, in four lists."""
    logged = {one.activity_id for one in drafting.mine(session, account)}
    was_there = _took_part(session, account, logged, at)
    taken = logged | {one.id for one in was_there}
    every = menu.for_student(session, account, at)
    rest = [one for one in every if one.id not in taken]
    student = account.student
    fitting = [one for one in rest if student is not None and menu.is_for(one, student)]
    return Choices(
        was_there,
        [one for one in every if one.id in logged],
        fitting,
        [one for one in rest if one not in fitting],
    )


def _took_part(session: Session, account: Account, logged: set[int], at: datetime) -> list[Activity]:
    since = today(at) - RECENT
    found = db.programmes.activities.attendance.took_part(session, account.id, since, today(at))
    return [one for one in found if one.id not in logged and _is_over(one, at)]


def _is_over(activity: Activity, at: datetime) -> bool:
    """Return whether a session has been held: it has ended, or without an end has begun."""
    return any(
        (one.ends_at or one.starts_at or at) <= at for one in activity.sessions if one.held_on <= today(at)
    )
