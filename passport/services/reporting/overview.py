"""Counts for the people who run a school or the programme: never a name."""

from __future__ import annotations

from dataclasses import dataclass

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Role
from passport.services.credentials import entry_search


@dataclass(frozen=True)
class Overview:
    """The counts of a school or of the whole programme."""

    place: str
    students: int
    waiting: int
    sent_back: int
    entries: int
    on_hold: int
    withdrawn: int
    asked: int
    held: int = 0


def counts(session: Session, account: Account) -> Overview:
    """Count the person's own school, or a manager's programme. Raises NotFound for other roles."""
    theirs = entry_search.schools(session, account)
    schools = [school.id for school in theirs]
    place = account.programme.name if Role.MANAGER in account.roles else theirs[0].name
    evidence = db.evidence.evidence.counts(session, schools)
    entries = db.credentials.records.counts(session, schools)
    return Overview(
        place=place,
        students=db.people.accounts.count_students(session, schools),
        waiting=evidence.get("submitted", 0),
        sent_back=evidence.get("returned", 0),
        held=evidence.get("held", 0),
        entries=entries.get("issued", 0),
        on_hold=entries.get("on_hold", 0),
        withdrawn=entries.get("withdrawn", 0),
        asked=db.credentials.withdrawals.waiting(session, account.programme_id),
    )
