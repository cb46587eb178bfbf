"""Who has looked: each time an adult opens a student's entry it is written down, and she can read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from passport import db
from passport.db import Session
from passport.db.accounts import Account
from passport.db.credentials import Credential
from passport.db.looks import Look
from passport.services.dates import today


@dataclass(frozen=True)
class Looked:
    """What somebody looked at on a day, and how often."""

    day: date
    name: str
    role: str
    skill: str
    times: int


def record(session: Session, account: Account, credential: Credential, at: datetime) -> None:
    """Note that somebody opened the page of an entry."""
    session.add(
        Look(student_id=credential.student_id, actor_id=account.id, credential_id=credential.id, at=at)
    )
    session.flush()


def of_student(session: Session, account: Account) -> list[Looked]:
    """Who looked at the student's entries, newest day first, one line a person, entry and day."""
    counted: dict[tuple[date, str, str, str], int] = {}
    for look in db.looks.of_student(session, account.id):
        line = today(look.at), look.actor.name, look.actor.role.value, look.credential.skill_name
        counted[line] = counted.get(line, 0) + 1
    return [Looked(*line, times=times) for line, times in counted.items()]
