"""Suspensions: an account is closed at once, everywhere, until a person with the right readmits it.

1. A manager may suspend in their programme, a safeguarding lead at their school and the champions attached
   to it, a coordinator the students and staff of their own school.
2. No one may suspend themselves. A lead or a manager is suspended by a manager alone.
3. The reason is one of `REASONS` and is stored in the audit trail; the note is for those who may suspend.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Role
from passport.db.safeguarding.suspensions import Suspension
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.people import accounts
from passport.services.programmes.managing import require

__all__ = ["REASONS", "Suspension", "closed", "find", "history", "readmit", "search", "suspend"]

log = structlog.get_logger()
LONGEST_NOTE = 500
LONGEST_SEARCH = 200
# keys: templates put them into words
REASONS = ("lost-device", "left", "worry", "wrong-use", "other")
STRONG = {Role.LEAD, Role.MANAGER}


def find(session: Session, actor: Account, reference: str, at: datetime, *, lock: bool) -> Account:
    """Return a person whom the actor may suspend; with ``lock``, with a lock on the row of their account.

    Raises NotFound, and logs it, for any other person.
    """
    require(actor, Action.SUSPEND, How.FULLY, How.OWN_SCHOOL)
    found = db.people.staff.person(session, actor.programme_id, reference, lock=lock)
    if found is None or found.id == actor.id or not _may(session, actor, found, at):
        log.warning("suspension refused", actor=actor.reference, person=reference)
        raise NotFound
    return found


def search(session: Session, actor: Account, typed: str, at: datetime) -> list[Account]:
    """Return the people whom the actor may suspend with this whole name or address: there is no directory."""
    require(actor, Action.SUSPEND, How.FULLY, How.OWN_SCHOOL)
    wanted = " ".join(typed.split())[:LONGEST_SEARCH]
    found = db.safeguarding.suspensions.search(session, actor.programme_id, wanted) if wanted else []
    return [one for one in found if one.id != actor.id and _may(session, actor, one, at)]


def closed(session: Session, actor: Account, at: datetime) -> list[Account]:
    """Return the suspended people whom the actor may readmit."""
    require(actor, Action.SUSPEND, How.FULLY, How.OWN_SCHOOL)
    found = db.safeguarding.suspensions.closed(session, actor.programme_id)
    return [one for one in found if one.id != actor.id and _may(session, actor, one, at)]


def suspend(
    session: Session, actor: Account, reference: str, reason: str, note: str, at: datetime
) -> Account:
    """Suspend an account and end all its sessions. Idempotent.

    Raises Refused for a reason that is not in `REASONS` and for a note that is too long.
    """
    note = note.replace("\r\n", "\n").strip()
    if reason not in REASONS:
        raise Refused(Reason.SUSPENSION_REASON)
    if len(note) > LONGEST_NOTE:
        raise Refused(Reason.NOTE_TOO_LONG)
    account = find(session, actor, reference, at, lock=True)
    if account.suspended_at is None:
        row = Suspension(
            account_id=account.id, reason=reason, note=note, suspended_at=at, suspended_by_id=actor.id
        )
        session.add(row)
        session.flush()
        accounts.suspend(session, actor, account, at, reason, [row])
    return account


def readmit(session: Session, actor: Account, reference: str, at: datetime) -> Account:
    """End the suspension of an account. Idempotent."""
    account = find(session, actor, reference, at, lock=True)
    if account.suspended_at is not None:
        ended = db.safeguarding.suspensions.end(session, account.id, actor.id, at)
        accounts.readmit(session, actor, account, at, ended)
    return account


def history(session: Session, account: Account) -> Sequence[Suspension]:
    """Return every suspension of an account, the newest first."""
    return db.safeguarding.suspensions.of_account(session, account.id)


def _may(session: Session, actor: Account, person: Account, at: datetime) -> bool:
    if Role.MANAGER in actor.roles:
        return True
    if person.roles & STRONG or actor.staff is None:
        return False
    school = actor.staff.school_id
    place = person.student or person.staff
    if place is not None and place.school_id == school:
        return True
    is_lead = Role.LEAD in actor.roles
    return is_lead and person.champion is not None and _is_attached(session, person, school, at)


def _is_attached(session: Session, person: Account, school: int, at: datetime) -> bool:
    return db.people.staff.is_attached(session, person.id, school, today(at))
