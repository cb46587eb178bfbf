"""Schools and colleges of a programme: names, kinds, and the periods in which they work in a sector.

A school's name is part of every entry that is signed while it has that name. Renaming it changes nothing that
was signed: those entries stay genuine and show the name of their time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.programme import School, Sector
from passport.db.programmes.sectors import SchoolSector
from passport.services.core import audit, edit_conflict
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.programmes import managing, sectors
from passport.services.programmes.managing import named, require

__all__ = [
    "KINDS",
    "Line",
    "School",
    "add",
    "change",
    "find",
    "leave",
    "listed",
    "of_school",
    "said",
    "staff_of",
    "work_in",
]

KINDS = ("school", "special school", "college")


@dataclass(frozen=True)
class Line:
    """A school, its sectors today, and how many students and coordinators it has."""

    school: School
    sectors: list[Sector]
    students: int
    coordinators: int


def listed(session: Session, actor: Account, at: datetime) -> list[Line]:
    """Return the programme's schools by name."""
    require(actor, Action.STRUCTURE)
    now = db.programmes.sectors.current(session, actor.programme_id, today(at))
    students = db.people.enrolments.by_school(session, actor.programme_id)
    staff = db.people.staff.by_school(session, actor.programme_id)
    return [
        Line(one, now.get(one.id, []), students.get(one.id, 0), staff.get(one.id, 0))
        for one in db.programmes.programme.schools(session, actor.programme_id)
    ]


def find(session: Session, actor: Account, reference: str, *, lock: bool) -> School:
    """Return a school of the manager's programme; with ``lock``, with a row lock (FOR UPDATE).

    Raises NotFound for another programme's.
    """
    require(actor, Action.STRUCTURE)
    return managing.school(session, actor, reference, lock=lock)


def add(session: Session, actor: Account, name: str, kind: str, at: datetime) -> School:
    """Add a school or college. Idempotent; raises Refused where another kind has its name."""
    require(actor, Action.STRUCTURE)
    name, kind = named("school", name), _kind(kind)
    db.programmes.programme.lock(session, actor.programme)
    there = db.programmes.sectors.school_by_name(session, actor.programme_id, name)
    if there is not None:
        if (there.name, there.kind) != (name, kind):
            raise Refused(Reason.NAME_TAKEN)
        return there
    made = School(programme_id=actor.programme_id, name=name, kind=kind)
    session.add(made)
    session.flush()
    audit.record(session, at, actor.reference, "school.added", made.reference, kind=kind)
    return made


def said(school: School) -> edit_conflict.Stored:
    """Return the editable values of a school, for `edit_conflict`."""
    return school.name, school.kind


def change(
    session: Session,
    actor: Account,
    reference: str,
    name: str,
    kind: str,
    at: datetime,
    shown: str | None = None,
) -> School:
    """Change a school's name or kind, for everything that is signed from now on.

    Raises Refused for a taken name, and EditConflict where the stored values differ from those that ``shown``
    is the stamp of.
    """
    require(actor, Action.STRUCTURE)
    name, kind = named("school", name), _kind(kind)
    db.programmes.programme.lock(session, actor.programme)
    school = find(session, actor, reference, lock=True)
    there = db.programmes.sectors.school_by_name(session, actor.programme_id, name)
    if there is not None and there.id != school.id:
        raise Refused(Reason.NAME_TAKEN)
    edit_conflict.require(shown, said(school), (name, kind))
    if said(school) != (name, kind):
        what = "school.renamed" if school.name != name else "school.changed"
        school.name, school.kind = name, kind
        session.flush()
        audit.record(session, at, actor.reference, what, reference, kind=kind)
    return school


def of_school(session: Session, school: School) -> list[SchoolSector]:
    """Return a school's past, current and future periods in sectors."""
    return db.programmes.sectors.of_school(session, school.id)


def staff_of(session: Session, school: School) -> list[Account]:
    """Return a school's staff, by name."""
    return db.people.staff.of_school(session, school.id)


def work_in(
    session: Session,
    actor: Account,
    reference: str,
    sector: str,
    since: date,
    until: date | None,
    at: datetime,
) -> SchoolSector:
    """Add a period in which a school works in a sector; without ``until`` it is open-ended. Idempotent.

    Raises Refused for an overlap with another period in that sector, an end before the start, and a retired
    sector.
    """
    school = find(session, actor, reference, lock=True)
    chosen = sectors.find(session, actor, sector)
    if until is not None and until < since:
        raise Refused(Reason.ENDS_BEFORE_IT_STARTS)
    for one in of_school(session, school):
        if one.sector_id == chosen.id and (one.since, one.until) == (since, until):
            return one
        if one.sector_id == chosen.id and _overlap(one, since, until):
            raise Refused(Reason.TIMES_OVERLAP)
    if chosen.retired_at is not None:
        raise Refused(Reason.SECTOR_RETIRED)
    made = SchoolSector(school_id=school.id, sector=chosen, since=since, until=until)
    session.add(made)
    session.flush()
    audit.record(session, at, actor.reference, "school.sector", reference, sector=chosen.reference)
    return made


def leave(session: Session, actor: Account, reference: str, time: str, at: datetime) -> None:
    """End a school's period in a sector today; a period that has not begun is deleted. Idempotent."""
    school = find(session, actor, reference, lock=True)
    found = next((one for one in of_school(session, school) if one.reference == time), None)
    if found is None:
        raise NotFound
    on = today(at)
    if found.until is not None and found.until <= on:
        return
    if found.since > on:
        session.delete(found)
    else:
        found.until = on
    session.flush()
    audit.record(
        session, at, actor.reference, "school.sector-ended", reference, sector=found.sector.reference
    )


def _overlap(one: SchoolSector, since: date, until: date | None) -> bool:
    starts_before_it_ends = one.until is None or since <= one.until
    return starts_before_it_ends and (until is None or one.since <= until)


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise Refused(Reason.KIND_UNKNOWN)
    return kind
