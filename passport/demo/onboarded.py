"""Onboarding of the demo's champions: briefing, identity, and each school's decision."""

from __future__ import annotations

from datetime import date, datetime

from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.programme import School
from passport.demo import cast
from passport.services.people import onboarding


def settle(
    session: Session, people: dict[str, Account], schools: dict[str, School], on: date, at: datetime
) -> None:
    """Record the complete onboarding of every champion as done on a day."""
    for person in cast.CHAMPIONS:
        champion = people[person.key].champion
        if champion is not None:
            attached = [schools[name] for name in cast.ATTACHED[person.key]]
            onboarding.settle(session, champion, attached, people["morgan"], on, at)
