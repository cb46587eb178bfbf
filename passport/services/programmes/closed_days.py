"""Periods in which a programme's schools are closed, maintained by its manager."""

from __future__ import annotations

from datetime import date, datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.closed_days import ClosedDays
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.programmes import school_days
from passport.services.programmes.managing import named, require

__all__ = ["ClosedDays", "add", "listed", "remove"]

LONGEST = 100


def listed(session: Session, actor: Account) -> list[ClosedDays]:
    """Return the programme's closed periods, the earliest first."""
    require(actor, Action.STRUCTURE)
    return db.programmes.closed_days.of_programme(session, actor.programme_id)


def add(session: Session, actor: Account, since: date, until: date, why: str, at: datetime) -> ClosedDays:
    """Add a closed period, both days included. Idempotent for the same days.

    Raises Refused for an overlap with another period, for an end before its start, and for more than
    `LONGEST` days.
    """
    why = named("holiday", why)
    if until < since:
        raise Refused(Reason.ENDS_BEFORE_IT_STARTS)
    if (until - since).days > LONGEST:
        raise Refused(Reason.CLOSED_TOO_LONG)
    db.programmes.programme.lock(session, actor.programme)
    for one in listed(session, actor):
        if (one.since, one.until) == (since, until):
            return one
        if one.since <= until and since <= one.until:
            raise Refused(Reason.TIMES_OVERLAP)
    made = school_days.close(session, actor.programme_id, since, until, why)
    audit.record(session, at, actor.reference, "closed-days.added", made.reference)
    return made


def remove(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Delete a closed period, so its days count as school days. Raises NotFound for another programme's."""
    found = next((one for one in listed(session, actor) if one.reference == reference), None)
    if found is None:
        raise NotFound
    session.delete(found)
    session.flush()
    audit.record(session, at, actor.reference, "closed-days.removed", reference)
