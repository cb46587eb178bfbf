"""What champions and coordinators are told by mail: how many, never who (trust, section 8, row 5).

After each batch the champion and the school's coordinators get a mail, so that somebody sees it soon if an
account was taken over. A few minutes are waited, so that a batch is one mail. Once a week a champion is told
how much waits, unless she does not want that. A mail decides nothing: its link only opens the service.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.services.core import mails
from passport.services.core.dates import HOME, today
from passport.services.endorsements import queue
from passport.services.people import onboarding

PAUSE = timedelta(minutes=2)
# what was decided longer ago than this is no news
NEWS = timedelta(days=2)
MONDAY, HOUR = 0, 7
ENDORSED, CONFIRMED = "endorsed", "confirmed"
# where whoever gave them finds them, and undoes what was not signed yet
PAGES = {ENDORSED: "/decisions", CONFIRMED: "/overview/confirmations"}


def tell_of_batches(session: Session, public_url: str, at: datetime) -> int:
    """Make the mails about what was endorsed and not told yet, one a person; about how many endorsements."""
    found = db.endorsements.endorsement_mails.untold(session, at - NEWS, at - PAUSE)
    taken = (
        set(db.endorsements.endorsement_mails.tell(session, [one.id for one in found], at))
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


def tell_digests(session: Session, public_url: str, at: datetime) -> int:
    """Tell each champion with something waiting how much it is, once a week from Monday morning; how many."""
    here = at.astimezone(HOME)
    if here.weekday() == MONDAY and here.hour < HOUR:
        return 0
    monday = here.date() - timedelta(days=here.weekday())
    told = 0
    for account in db.endorsements.queue.champions(session, today(at)):
        row = db.endorsements.digests.of_champion(session, account.id)
        if not row.wanted or (row.told_on is not None and row.told_on >= monday):
            continue
        number = queue.count(session, account, at)
        if number:
            row.told_on = today(at)
            link = f"{public_url}/queue"
            ends = len(onboarding.own(session, account, at).ending)
            useless_at = at + timedelta(days=5)
            mails.tell(
                session, account, "digest", at, number=number, ends=ends, link=link, useless_at=useless_at
            )
            told += 1
    return told


def wants_digest(session: Session, account: Account) -> bool:
    """Whether a champion is told each week."""
    return db.endorsements.digests.is_wanted(session, account.id)


def set_digest(session: Session, account: Account, wanted: bool) -> None:
    """Be told each week, or not."""
    db.endorsements.digests.of_champion(session, account.id).wanted = wanted
