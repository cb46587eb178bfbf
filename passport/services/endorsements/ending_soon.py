"""Notify champions, and the people who renew it, once of what ends soon: onboarding checks and attachments.

Without it a queue that closes looks like a fault, and what students submitted waits with no champion.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Attachment, Champion
from passport.db.programmes.programme import Programme
from passport.services.core import notices
from passport.services.core.dates import today
from passport.services.people import champions, onboarding
from passport.services.people.champions import Standing
from passport.services.people.onboarding import Check, Step

__all__ = ["tell", "tell_everywhere"]

MOST_PROGRAMMES = 1_000


def tell_everywhere(session: Session, at: datetime) -> None:
    """Notify people in every programme that has not ended. See `tell`."""
    for programme in db.programmes.programme.going_on(session, MOST_PROGRAMMES):
        tell(session, programme, at)


def tell(session: Session, programme: Programme, at: datetime) -> None:
    """Notify people of everything that ends within thirty days. Run nightly; nothing is notified twice."""
    db.programmes.programme.lock(session, programme)
    managers = [
        session.get_one(Account, one) for one in db.credentials.entry_search.managers(session, programme.id)
    ]
    for onboarded in onboarding.everybody(session, programme.id, at):
        if onboarded.champion.account.suspended_at is None and onboarded.standing.is_attached:
            for check in onboarded.standing.ending:
                _tell_check(session, onboarded.champion, check, managers, at)
    for attachment in _last_ones(session, programme.id, at):
        _tell_attachment(session, attachment, managers, at)


def _tell_check(
    session: Session, champion: Champion, check: Check, managers: list[Account], at: datetime
) -> None:
    """Notify the champion of a check that ends, and the school or the managers where they renew it.

    A champion renews the briefing alone.
    """
    until = check.until.isoformat() if check.until else ""
    if check.step is Step.BRIEFING:
        _once(session, [champion.account], "briefing-ends", at, until=until)
        return
    about = {"name": champion.account.name, "renew": champion.account.reference, "until": until}
    if check.step is Step.IDENTITY:
        _once(session, [champion.account], "identity-ends", at, until=until)
        _once(session, managers, "identity-to-renew", at, **about)
    elif check.school is not None:
        _once(session, [champion.account], "supervision-ends", at, school=check.school.name, until=until)
        staff = db.endorsements.queue.coordinators(session, [check.school.id])
        _once(session, staff, "supervision-to-renew", at, **about)


def _tell_attachment(session: Session, one: Attachment, managers: list[Account], at: datetime) -> None:
    account, until = one.champion.account, one.until.isoformat()
    _once(session, [account], "attachment-ends", at, school=one.school.name, until=until)
    about = {"name": account.name, "attached": account.reference, "school": one.school.name, "until": until}
    _once(session, managers, "attachment-to-renew", at, **about)


def _last_ones(session: Session, programme_id: int, at: datetime) -> list[Attachment]:
    """Return the attachments that end soon and have no later one to the same school."""
    found = [
        one
        for one in db.people.staff.attachments(session, programme_id)
        if one.ended_at is None and one.champion.account.suspended_at is None
    ]
    latest = {(one.champion_id, one.school_id): one for one in found}
    return [
        one
        for one in latest.values()
        if champions.standing(one, today(at)) is Standing.ACTIVE and one.until <= today(at) + champions.SOON
    ]


def _once(session: Session, people: Iterable[Account], kind: str, at: datetime, **facts: str) -> None:
    for person in people:
        notices.tell_once(session, person, kind, at, **facts)
