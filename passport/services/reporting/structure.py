"""Counts of all that a programme consists of, for the manager's start page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState
from passport.services.core.rights import Action
from passport.services.people import champions, institutions, staff
from passport.services.people.champions import Standing
from passport.services.people.staff import Came
from passport.services.programmes import cohorts, sectors
from passport.services.programmes.frameworks import visibility
from passport.services.programmes.managing import require
from passport.services.safeguarding import claims
from passport.services.trust import employers
from passport.services.trust.employers import RequestState


@dataclass(frozen=True)
class Counts:
    """The counts of a programme, and of what in it waits for an action."""

    sectors: int
    schools: int
    employers: int
    requests: int
    champions: int
    attached: int
    ends_soon: int
    cohorts: int
    students: int
    active: int
    adults: int
    not_come: int
    suspended: int
    institutions: int
    closed_days: int
    activities: int
    frameworks: int
    claims: int


def counts(session: Session, actor: Account, at: datetime) -> Counts:
    """Count all parts of the actor's programme. Raises NotFound unless they may manage its structure."""
    require(actor, Action.STRUCTURE)
    schools = db.programmes.programme.schools(session, actor.programme_id)
    attached = champions.listed(session, actor, at)
    lines = [line for _champion, theirs in attached for line in theirs]
    adults = staff.listed(session, actor, at)
    students = db.people.enrolments.counts(session, [one.id for one in schools])
    return Counts(
        claims=claims.count(session, actor),
        sectors=len(sectors.offered(session, actor)),
        schools=len(schools),
        employers=sum(one.issuer.until is None for one in employers.listed(session, actor)),
        requests=sum(one.state is RequestState.ASKED for one in employers.requests(session, actor)),
        champions=len(attached),
        attached=sum(any(line.standing is Standing.ACTIVE for line in theirs) for _one, theirs in attached),
        ends_soon=sum(line.ends_soon for line in lines),
        cohorts=len(cohorts.offered(session, actor)),
        students=sum(students.values()),
        active=students.get(EnrolmentState.ACTIVE, 0),
        adults=len(adults),
        not_come=sum(one.came in {Came.SENT, Came.OLD} for one in adults),
        suspended=sum(one.account.suspended_at is not None for one in adults),
        institutions=len(institutions.of_programme(session, actor)),
        closed_days=len(db.programmes.closed_days.of_programme(session, actor.programme_id)),
        activities=db.programmes.activities.menu.count(session, actor.programme_id),
        frameworks=len({one.framework_id for one in visibility.listed(session, actor)}),
    )
