"""Cohorts: the intakes of a programme, and their students counted by enrolment state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState
from passport.db.programmes.cohorts import Cohort
from passport.services.core import audit, edit_conflict
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.programmes import sectors
from passport.services.programmes.managing import named, require

__all__ = ["Cohort", "Intake", "Line", "add", "change", "find", "listed", "offered", "said"]


@dataclass(frozen=True)
class Intake:
    """The data of a cohort. An empty ``sector`` means all sectors."""

    name: str
    sector: str
    starts: date
    ends: date


@dataclass(frozen=True)
class Line:
    """A cohort and the number of its students in each enrolment state."""

    cohort: Cohort
    counts: dict[EnrolmentState, int]

    @property
    def students(self) -> int:
        """The number of the cohort's students in all states."""
        return sum(self.counts.values())


def listed(session: Session, actor: Account) -> list[Line]:
    """Return the programme's cohorts, the newest first."""
    require(actor, Action.STRUCTURE)
    counts = db.people.enrolments.counts_by_cohort(session, actor.programme_id)
    return [
        Line(one, {state: counts[one.id, state] for state in EnrolmentState if (one.id, state) in counts})
        for one in db.programmes.cohorts.of_programme(session, actor.programme_id)
    ]


def offered(session: Session, actor: Account) -> list[Cohort]:
    """Return the cohorts that a student of the actor's programme may be in."""
    return db.programmes.cohorts.of_programme(session, actor.programme_id)


def find(session: Session, actor: Account, reference: str) -> Cohort:
    """Return a cohort of the actor's programme. Raises NotFound for another's."""
    found = db.programmes.cohorts.by_reference(session, actor.programme_id, reference)
    if found is None:
        raise NotFound
    return found


def add(session: Session, actor: Account, intake: Intake, at: datetime) -> Cohort:
    """Add a cohort. Idempotent for the same data; raises Refused where a different one has its name."""
    require(actor, Action.STRUCTURE)
    name, sector = _judged(session, actor, intake)
    db.programmes.programme.lock(session, actor.programme)
    there = db.programmes.cohorts.by_name(session, actor.programme_id, name)
    if there is not None:
        if (there.sector_id, there.starts, there.ends) != (sector, intake.starts, intake.ends):
            raise Refused(Reason.NAME_TAKEN)
        return there
    made = Cohort(
        programme_id=actor.programme_id, name=name, sector_id=sector, starts=intake.starts, ends=intake.ends
    )
    session.add(made)
    session.flush()
    audit.record(session, at, actor.reference, "cohort.added", made.reference)
    return made


def said(cohort: Cohort) -> edit_conflict.Stored:
    """Return the editable values of a cohort, for `edit_conflict`."""
    return cohort.name, cohort.sector_id, cohort.starts, cohort.ends


def change(
    session: Session, actor: Account, reference: str, intake: Intake, at: datetime, shown: str | None = None
) -> Cohort:
    """Change a cohort's name, sector or dates; Raises Refused for a taken name.

    Raises EditConflict where its stored values differ from those that ``shown`` is the stamp of.
    """
    require(actor, Action.STRUCTURE)
    name, sector = _judged(session, actor, intake)
    db.programmes.programme.lock(session, actor.programme)
    cohort = find(session, actor, reference)
    there = db.programmes.cohorts.by_name(session, actor.programme_id, name)
    if there is not None and there.id != cohort.id:
        raise Refused(Reason.NAME_TAKEN)
    wanted = (name, sector, intake.starts, intake.ends)
    edit_conflict.require(shown, said(cohort), wanted)
    if said(cohort) != wanted:
        cohort.name, cohort.sector_id, cohort.starts, cohort.ends = wanted
        session.flush()
        audit.record(session, at, actor.reference, "cohort.changed", reference)
    return cohort


def _judged(session: Session, actor: Account, intake: Intake) -> tuple[str, int | None]:
    name = named("cohort", intake.name)
    if intake.ends < intake.starts:
        raise Refused(Reason.ENDS_BEFORE_IT_STARTS)
    return name, sectors.find(session, actor, intake.sector).id if intake.sector else None
