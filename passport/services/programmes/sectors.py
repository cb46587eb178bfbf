"""Sectors: areas of work, as data. A used sector is retired; one that was never used may be deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.programme import Sector
from passport.services.core import audit, edit_conflict
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.programmes.managing import named, require

__all__ = ["Line", "Sector", "add", "find", "listed", "offered", "rename", "retire", "revive", "said"]


@dataclass(frozen=True)
class Line:
    """A sector, and the number of employers, students and schools that it has or had."""

    sector: Sector
    employers: int
    students: int
    schools: int

    @property
    def is_used(self) -> bool:
        """Whether anything refers to the sector."""
        return bool(self.employers or self.students or self.schools)


def listed(session: Session, actor: Account) -> list[Line]:
    """Return the programme's sectors by name, retired ones too."""
    require(actor, Action.STRUCTURE)
    used = db.people.staff.sectors_in_use(session, actor.programme_id)
    return [
        Line(one, *(used.get(one.id, {}).get(what, 0) for what in ("employers", "students", "schools")))
        for one in db.programmes.sectors.of_programme(session, actor.programme_id)
    ]


def offered(session: Session, actor: Account) -> list[Sector]:
    """Return the sectors that are not retired, for new rows."""
    return [
        one
        for one in db.programmes.sectors.of_programme(session, actor.programme_id)
        if one.retired_at is None
    ]


def find(session: Session, actor: Account, reference: str) -> Sector:
    """Return a sector of the actor's programme. Raises NotFound for another's."""
    found = db.programmes.sectors.by_reference(session, actor.programme_id, reference)
    if found is None:
        raise NotFound
    return found


def said(sector: Sector) -> edit_conflict.Stored:
    """Return the editable values of a sector, for `edit_conflict`."""
    return (sector.name,)


def add(session: Session, actor: Account, name: str, at: datetime) -> Sector:
    """Add a sector. Idempotent. Raises Refused where a retired or differently spelled one has the name."""
    require(actor, Action.STRUCTURE)
    name = named("sector", name)
    db.programmes.programme.lock(session, actor.programme)
    there = db.programmes.sectors.by_name(session, actor.programme_id, name)
    if there is not None:
        if there.retired_at is not None or there.name != name:
            raise Refused(Reason.NAME_TAKEN)
        return there
    made = Sector(programme_id=actor.programme_id, name=name)
    session.add(made)
    session.flush()
    audit.record(session, at, actor.reference, "sector.added", made.reference)
    return made


def rename(
    session: Session, actor: Account, reference: str, name: str, at: datetime, shown: str | None = None
) -> Sector:
    """Rename a sector. Its name is never signed, so the new name is shown everywhere from now on.

    Raises Refused for a taken name, and EditConflict where the stored name differs from the one shown.
    """
    require(actor, Action.STRUCTURE)
    name = named("sector", name)
    db.programmes.programme.lock(session, actor.programme)
    sector = find(session, actor, reference)
    there = db.programmes.sectors.by_name(session, actor.programme_id, name)
    if there is not None and there.id != sector.id:
        raise Refused(Reason.NAME_TAKEN)
    edit_conflict.require(shown, said(sector), (name,))
    if sector.name != name:
        sector.name = name
        session.flush()
        audit.record(session, at, actor.reference, "sector.renamed", reference)
    return sector


def retire(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Retire a sector: it is not offered for new rows, and rows that use it do not change. Idempotent."""
    require(actor, Action.STRUCTURE)
    sector = find(session, actor, reference)
    if sector.retired_at is None:
        sector.retired_at = at
        session.flush()
        audit.record(session, at, actor.reference, "sector.retired", reference)


def revive(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Offer a retired sector again. Idempotent."""
    require(actor, Action.STRUCTURE)
    sector = find(session, actor, reference)
    if sector.retired_at is not None:
        sector.retired_at = None
        session.flush()
        audit.record(session, at, actor.reference, "sector.revived", reference)
