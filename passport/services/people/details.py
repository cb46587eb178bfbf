"""Correct a student's details. A name in an entry is corrected by `credentials.student_details`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Student
from passport.db.people.student_changes import StudentChange
from passport.services.core import audit, edit_conflict, notices
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.people import accounts, students
from passport.services.programmes.managing import named

__all__ = ["FIELDS", "Change", "change", "history", "said"]

FIELDS = ("name", "first_name", "email", "year_group", "cohort", "born_on")
# of these both values are kept; old names, addresses and dates of birth are not (product, P13)
KEPT = frozenset({"year_group", "cohort"})


@dataclass(frozen=True)
class Change:
    """One line of the history: fields, with both values where they are kept."""

    at: datetime
    by: str
    fields: dict[str, list[Any]]


def said(student: Student) -> edit_conflict.Stored:
    """Return the stored details of a student, without the date of birth, for the stamp of a form."""
    account = student.account
    return account.name, account.first_name, account.email, student.year_group, student.cohort_id


def change(
    session: Session, actor: Account, student: Student, values: dict[str, Any], at: datetime
) -> list[str]:
    """Change details of a student whose row is locked; return the names of the fields that differed.

    Args:
        values: new values by the names in `FIELDS`: `email` may be None, `cohort` is a Cohort or None.

    The student is told what was changed, and by whom it stands in the history. Raises Refused for a name that
    stands in an entry, an address that is taken, and an age or a year group that no account has.
    """
    # a second click has waited for the row of the student, not for that of the account
    session.refresh(student.account, ["name", "first_name", "email"])
    wanted = _judged(session, actor, student, values, at)
    if not wanted:
        return []
    account, fields = student.account, {name: _both(student, name, wanted) for name in wanted}
    for name in ("name", "first_name"):
        if name in wanted:
            setattr(account, name, wanted[name])
    if "email" in wanted:
        _readdress(session, actor, account, wanted["email"], at)
    if "year_group" in wanted:
        student.year_group = wanted["year_group"]
    if "cohort" in wanted:
        student.cohort = wanted["cohort"]
    if "born_on" in wanted:
        accounts.change_birthdate(session, student, wanted["born_on"])
    note(session, actor, student, fields, at)
    return list(fields)


def note(
    session: Session, actor: Account, student: Student, fields: dict[str, list[Any]], at: datetime
) -> None:
    """Record changed fields in a student's history and in the audit trail, and tell the student."""
    session.add(
        StudentChange(
            student_id=student.account_id,
            at=at,
            actor_id=actor.id,
            school_id=student.school_id,
            fields=json.dumps(fields, ensure_ascii=False),
        )
    )
    notices.tell(session, student.account, "details-changed", at, what=",".join(fields))
    session.flush()
    audit.record(
        session, at, actor.reference, "student.changed", student.account.reference, fields=list(fields)
    )


def history(session: Session, student: Student) -> Sequence[Change]:
    """Return the history of a student's details at their present school, the newest first."""
    found = db.people.student_changes.history(session, student.account_id)
    return [
        Change(one.at, one.actor.name, json.loads(one.fields))
        for one in found
        if one.school_id == student.school_id
    ]


def _judged(
    session: Session, actor: Account, student: Student, values: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Return the values that differ from what is stored. Raises Refused."""
    account = student.account
    stored = {
        "name": account.name,
        "first_name": account.first_name,
        "email": account.email,
        "year_group": student.year_group,
        "cohort": student.cohort,
    }
    wanted = {name: value for name, value in values.items() if name in stored and stored[name] != value}
    for name in ("name", "first_name"):
        if name in wanted:
            named("name", wanted[name])
    born_on: date | None = values.get("born_on")
    if born_on is not None and not accounts.is_born_on(session, student, born_on):
        wanted["born_on"] = born_on
    students.judge(wanted.get("born_on"), wanted.get("year_group"), at)
    if wanted.get("email"):
        accounts.require_free(session, wanted["email"], actor.reference)
    if "name" in wanted and account.id in db.credentials.records.holders(session, student.school_id):
        raise Refused(Reason.NAME_SIGNED)
    return wanted


def _both(student: Student, name: str, wanted: dict[str, Any]) -> list[Any]:
    if name not in KEPT:
        return []
    if name == "cohort":
        return [one.name if one else "" for one in (student.cohort, wanted[name])]
    return [student.year_group, wanted[name]]


def _readdress(session: Session, actor: Account, account: Account, email: str | None, at: datetime) -> None:
    """Change an address. Links and invitations mailed to the older one end: it may be another person's."""
    if not db.people.accounts.set_email(session, account, email):
        raise accounts.taken(actor.reference)
    db.access.links.end(session, account.id, at)
    db.people.invitations.end(session, account.id, at)
