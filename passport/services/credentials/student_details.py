"""Edit a student of one's own school: plainly, and where their name stands in an entry by a correction.

An entry with the old name is replaced by a newer edition (`corrections`); everything else about a student is
in no entry and is changed in its row. The student is told what was changed, and reads it in their history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Student
from passport.services.core import edit_conflict
from passport.services.credentials import corrections
from passport.services.credentials.corrections import Tools
from passport.services.people import details, students
from passport.services.programmes import cohorts
from passport.services.programmes.managing import named

__all__ = ["Details", "Tools", "edit", "entries_with_name", "said"]


@dataclass(frozen=True)
class Details:
    """What a coordinator may correct. ``born_on`` None leaves the date of birth as it is.

    ``cohort`` is a reference, "" for none; an empty ``email`` is none.
    """

    name: str
    first_name: str
    email: str
    year_group: int
    cohort: str
    born_on: date | None


def said(student: Student) -> edit_conflict.Stored:
    """Return what a form shows of a student, for its stamp."""
    return details.said(student)


def entries_with_name(session: Session, student: Student) -> int:
    """Return how many entries a corrected name would replace: those issued, on hold or being signed."""
    return db.credentials.records.count_live(session, student.account_id)


def edit(
    session: Session,
    tools: Tools,
    actor: Account,
    reference: str,
    wanted: Details,
    reason: str,
    at: datetime,
    shown: str | None = None,
) -> int:
    """Edit a student of the actor's school; return how many entries are replaced.

    Args:
        reason: why a name that stands in entries is corrected; for the school and the programme alone.
        shown: stamp of the values that the form showed.

    Raises Refused as `details.change` and `corrections.correct_name`, EditConflict where the values are no
    longer as shown.
    """
    # before the rows of people, as issuing takes them
    db.programmes.programme.lock_keys_shared(session)
    student = students.find(session, actor, reference, lock=True)
    values = _values(session, actor, wanted)
    edit_conflict.require(shown, said(student), _stamp(values))
    replaced = 0
    account = student.account
    if values["name"] != account.name and entries_with_name(session, student):
        names = values["name"], values["first_name"]
        fields = [name for name in ("name", "first_name") if values[name] != getattr(account, name)]
        replaced = corrections.correct_name_of(session, tools, actor, account, names, reason, at)
        details.note(session, actor, student, {name: [] for name in fields}, at)
    details.change(session, actor, student, values, at)
    return replaced


def _values(session: Session, actor: Account, wanted: Details) -> dict[str, Any]:
    cohort = cohorts.find(session, actor, wanted.cohort) if wanted.cohort else None
    return {
        "name": named("name", wanted.name),
        "first_name": named("name", wanted.first_name),
        "email": db.people.accounts.kept_email(wanted.email) or None,
        "year_group": wanted.year_group,
        "cohort": cohort,
        "born_on": wanted.born_on,
    }


def _stamp(values: dict[str, Any]) -> edit_conflict.Stored:
    cohort = values["cohort"]
    return (
        values["name"],
        values["first_name"],
        values["email"],
        values["year_group"],
        cohort.id if cohort else None,
    )
