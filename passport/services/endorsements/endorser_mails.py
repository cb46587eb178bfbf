"""Mails to champions and coordinators: counts, never names of students (trust, section 8, row 5).

After each batch the champion and the school's coordinators get a mail, so that an account that was taken
over is noticed soon. It is delayed by `PAUSE`, so that a batch is one mail. Once a week a champion gets a
digest of how much waits, unless they opted out. A mail decides nothing: its link only opens the service.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.services.core import mails
from passport.services.core.dates import HOME, today
from passport.services.endorsements import queue
from passport.services.people import onboarding

PAUSE = timedelta(minutes=2)
# decisions older than this are not mailed
NEWS = timedelta(days=2)
MONDAY, HOUR = 0, 7
ENDORSED, CONFIRMED = "endorsed", "confirmed"
# where the person who decided finds the decisions, and can undo those that are not signed yet
PAGES = {ENDORSED: "/decisions", CONFIRMED: "/overview/confirmations"}


def notify_of_decisions(session: Session, public_url: str, at: datetime) -> int:
    """Create the mails about endorsements that were not mailed yet, one per person and kind.

    Returns the number of endorsements.
    """
    found = db.endorsements.decision_mails.unnotified(session, at - NEWS, at - PAUSE)
    taken = (
        set(db.endorsements.decision_mails.mark_notified(session, [one.id for one in found], at))
        if found
        else set()
    )
    given: Counter[tuple[Account, str]] = Counter()
    seen: Counter[tuple[Account, str, str]] = Counter()
    for one in found:
        if one.id not in taken:
            continue
        kind = ENDORSED if one.champion is not None else CONFIRMED
        given[one.person, kind] += 1
        for coordinator in db.endorsements.queue.coordinators(session, [one.evidence.student.school_id]):
            if coordinator is not one.person:
                seen[coordinator, one.person.name, kind] += 1
    for (account, kind), number in given.items():
        mails.tell(session, account, kind, at, number=number, link=public_url + PAGES[kind])
    for (account, name, kind), number in seen.items():
        link = f"{public_url}/overview/entries"
        mails.tell(session, account, f"{kind}-at-school", at, number=number, name=name, link=link)
    return len(taken)


def digests_due(session: Session, at: datetime) -> list[int]:
    """Return the account ids of the champions to whom this week's digest was not written yet. Locks nothing.

    The week begins on Monday at 7:00, `HOME` time.
    """
    monday = _this_week(at)
    if monday is None:
        return []
    found = db.endorsements.queue.champions(session, today(at))
    done = db.endorsements.digests.done(session, monday)
    rests = db.endorsements.digests.resting(session, at)
    return [one.id for one in found if one.id not in done | rests]


def queue_digest(session: Session, champion_id: int, public_url: str, at: datetime) -> bool:
    """Mail a champion once a week how much waits for them, if anything; return whether it was written."""
    monday, account = _this_week(at), session.get_one(Account, champion_id)
    row = db.endorsements.digests.of_champion(session, champion_id)
    if monday is None or not row.wanted or (row.told_on is not None and row.told_on >= monday):
        return False
    number = queue.count(session, account, at)
    if not number:
        return False
    row.told_on = today(at)
    link = f"{public_url}/queue"
    ends = len(onboarding.own(session, account, at).ending)
    useless_at = at + timedelta(days=5)
    mails.tell(session, account, "digest", at, number=number, ends=ends, link=link, useless_at=useless_at)
    return True


def _this_week(at: datetime) -> date | None:
    """Return this week's Monday, or None before the hour at which the week's digests begin."""
    here = at.astimezone(HOME)
    if here.weekday() == MONDAY and here.hour < HOUR:
        return None
    return here.date() - timedelta(days=here.weekday())


def wants_digest(session: Session, account: Account) -> bool:
    """Return whether a champion gets the weekly digest."""
    return db.endorsements.digests.is_wanted(session, account.id)


def set_digest(session: Session, account: Account, wanted: bool) -> None:
    """Turn a champion's weekly digest on or off."""
    db.endorsements.digests.of_champion(session, account.id).wanted = wanted
