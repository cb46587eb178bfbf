"""What is to come in the demo: a master class with a waiting list, a video with captions, a student's job."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

from passport.db import Session
from passport.db.people.accounts import Account
from passport.services.programmes.activities import planning, proposals, sign_ups
from passport.services.programmes.activities.planning import Plan, When
from passport.services.programmes.activities.proposals import Proposed

SOON, LATER = timedelta(days=16), timedelta(days=30)
LAST_WEEK = timedelta(days=7)


def settle(session: Session, people: dict[str, Account], now: datetime) -> None:
    """Plan two activities, sign students up for one, and answer one of two proposals."""
    morgan, casey, amara = people["morgan"], people["casey"], people["amara"]
    valves = Plan(
        title="Valve workshop",
        kind="master class",
        employer="tinderbeck",
        setting="workplace",
        when=When((now + SOON).date(), time(9, 30), time(12)),
        hours=Decimal("2.5"),
        about="Take a valve apart, measure its parts and put it together again.",
        route="We walk from the school's main gate at 9am with a teacher, and are back for lunch.",
        places=1,
        skills=(4, 5),
    )
    rounds = Plan(
        title="A day on the ward, by video",
        kind="event",
        employer="skylark",
        setting="online",
        when=When((now + LATER).date(), time(14), time(15)),
        hours=Decimal(1),
        about="A nurse shows the ward and answers questions.",
        captions=True,
    )
    planned = planning.add(session, morgan, valves, now).reference
    planning.add(session, morgan, rounds, now)
    for key in ("amara", "alex"):
        sign_ups.sign_up(session, people[key], planned, now)
    day = (now - LAST_WEEK).date()
    for title, host in (("Serving on Saturdays", "Corner Bakery"), ("Walking dogs", "Pawprint Shelter")):
        said = Proposed("part-time job", title, host, "workplace", day, Decimal(4))
        asked = proposals.propose(session, amara, said, now)
        if title.startswith("Serving"):
            proposals.accept(session, casey, asked.reference, now)
