"""Counts for those who run the programme: never a name."""

from __future__ import annotations

from dataclasses import dataclass

from passport import db
from passport.db import Session
from passport.db.accounts import Account, Role
from passport.services.errors import NotFound


@dataclass(frozen=True)
class Overview:
    """How much there is, in a school or in the whole programme."""

    place: str
    students: int
    waiting: int
    sent_back: int
    entries: int
    on_hold: int
    withdrawn: int
    asked: int


def counts(session: Session, account: Account) -> Overview:
    """A coordinator's own school, or a manager's programme, in counts. Raises NotFound for others."""
    if account.role is Role.COORDINATOR and account.staff is not None:
        schools, place = [account.staff.school_id], account.staff.school.name
    elif account.role is Role.MANAGER:
        schools = [school.id for school in db.programmes.schools(session, account.programme_id)]
        place = account.programme.name
    else:
        raise NotFound
    evidence = db.evidence.counts(session, schools)
    entries = db.credentials.counts(session, schools)
    return Overview(
        place=place,
        students=db.accounts.count_students(session, schools),
        waiting=evidence.get("submitted", 0),
        sent_back=evidence.get("returned", 0),
        entries=entries.get("issued", 0),
        on_hold=entries.get("on_hold", 0),
        withdrawn=entries.get("withdrawn", 0),
        asked=db.withdrawals.waiting(session, account.programme_id),
    )
