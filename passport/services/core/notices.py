"""Notices: notifications to an account inside the service. A notice alone sends no mail.

A notice has a kind and a few facts. Its words are in `templates/core/notices/_words.html`, and nowhere else.
A fact is a reference, the title of an activity, the name of a skill or of an adult: never a private reason,
and never the name of a child. A notice is written in the transaction of its event.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.core.notices import Notice
from passport.db.people.accounts import Account
from passport.services.core import paging
from passport.services.core.paging import Page

__all__ = ["KEPT", "KINDS", "ShownNotice", "opened", "purge", "tell", "tell_account", "tell_once", "unread"]

KEPT = timedelta(days=365)
PAGE = 50

_ENTRY = frozenset({"entry", "skill"})
_EVIDENCE = frozenset({"evidence", "activity"})
_WITHDRAWAL = frozenset({"withdrawal"})
_FRAMEWORK = frozenset({"title", "framework", "version"})
_ACTIVITY = frozenset({"activity", "title"})
# every kind, with its facts; a test checks that the template has words for each
KINDS: dict[str, frozenset[str]] = {
    "entry-issued": _ENTRY,
    "entry-stuck": _EVIDENCE,
    "entry-to-mend": frozenset({"stuck"}),
    "entry-corrected": _ENTRY,
    "entry-on-hold": _ENTRY,
    "entry-lifted": _ENTRY,
    "entry-withdrawn": _ENTRY,
    "evidence-endorsed": _EVIDENCE,
    "evidence-confirmed": _EVIDENCE,
    "evidence-returned": _EVIDENCE,
    "evidence-declined": _EVIDENCE,
    "endorsement-undone": _EVIDENCE,
    "evidence-released": _EVIDENCE,
    "evidence-scribed": _EVIDENCE,
    "evidence-returned-by-school": _EVIDENCE,
    "evidence-held": frozenset({"held"}),
    "worry-raised": frozenset({"held"}),
    "worry-handed-up": frozenset({"worry"}),
    "note-held": frozenset(),
    "no-champion": frozenset({"held", "activity"}),
    "passed-on": frozenset({"number"}),
    "champion-held": frozenset({"champion"}),
    "briefing-ends": frozenset({"until"}),
    "identity-ends": frozenset({"until"}),
    "identity-to-renew": frozenset({"name", "renew", "until"}),
    "supervision-ends": frozenset({"school", "until"}),
    "supervision-to-renew": frozenset({"name", "renew", "until"}),
    "attachment-ends": frozenset({"school", "until"}),
    "attachment-to-renew": frozenset({"name", "attached", "school", "until"}),
    "employer-asked": frozenset({"request"}),
    "employer-decided": frozenset({"request"}),
    "attached": frozenset({"school"}),
    "detached": frozenset({"school"}),
    "student-moved-in": frozenset({"student"}),
    "students-claimed": frozenset(),
    "details-changed": frozenset({"what"}),
    "moved-school": frozenset({"school"}),
    "transfer-offered": frozenset({"school"}),
    "transfer-ended": frozenset({"school"}),
    "transfer-waits": frozenset({"transfer", "school"}),
    "transfer-accepted": frozenset({"school"}),
    "transfer-refused": frozenset({"school"}),
    "transfer-lapsed": frozenset({"school"}),
    "privacy-asked": frozenset({"privacy"}),
    "privacy-answered": frozenset({"asked"}),
    "enrolment-active": frozenset(),
    "enrolment-paused": frozenset(),
    "enrolment-completed": frozenset(),
    "enrolment-withdrawn": frozenset(),
    "withdrawal-asked": _WITHDRAWAL,
    "withdrawal-confirmed": _WITHDRAWAL,
    "withdrawal-refused": _WITHDRAWAL,
    "role-proposed": frozenset(),
    "role-confirmed": frozenset({"name"}),
    "role-refused": frozenset({"name"}),
    "role-given": frozenset(),
    "role-ended": frozenset(),
    "invitation-accepted": frozenset({"name", "role"}),
    "framework-in-review": _FRAMEWORK,
    "framework-comment": _FRAMEWORK,
    "framework-signed-off": _FRAMEWORK,
    "framework-sign-off-ended": _FRAMEWORK,
    "framework-published": _FRAMEWORK,
    "activity-changed": _ACTIVITY | {"what"},
    "activity-cancelled": _ACTIVITY | {"why"},
    "host-left": _ACTIVITY,
    "place-free": _ACTIVITY,
    "places-to-approve": _ACTIVITY,
    "sign-up-approved": _ACTIVITY,
    "sign-up-refused": _ACTIVITY,
    "activity-proposed": frozenset(),
    "proposal-accepted": _ACTIVITY,
    "proposal-refused": frozenset({"title", "why"}),
}


@dataclass(frozen=True)
class ShownNotice:
    """One notice as its page shows it."""

    kind: str
    facts: dict[str, str]
    at: datetime
    is_new: bool


@dataclass(frozen=True)
class NoticePage:
    """One page of an account's notices."""

    told: list[ShownNotice]
    page: Page


def tell(session: Session, account: Account, kind: str, at: datetime, **facts: str) -> None:
    """Notify an account. Raises ValueError for a kind, or facts, that the template has no words for."""
    tell_account(session, account.id, kind, at, **facts)


def tell_account(session: Session, account_id: int, kind: str, at: datetime, **facts: str) -> None:
    """Notify an account, given by its row id. Raises ValueError for a kind or facts without words."""
    if KINDS.get(kind) != facts.keys():
        raise ValueError(f"there are no words for {kind} with {sorted(facts)}")
    words = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    session.add(Notice(account_id=account_id, kind=kind, facts=words, at=at))


def tell_once(session: Session, account: Account, kind: str, at: datetime, **facts: str) -> None:
    """Notify an account, unless it has had a notice with the same kind and facts before."""
    words = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    if not db.core.notices.was_told(session, account.id, kind, words):
        tell(session, account, kind, at, **facts)


def unread(session: Session, reference: str) -> int:
    """Return how many notices an account, given by its reference, has not read: the count in the header."""
    return db.core.notices.unread(session, reference)


def opened(session: Session, account: Account, number: int, at: datetime) -> NoticePage:
    """Return a page of an account's own notices, the newest first, and mark those shown as read."""
    found = db.core.notices.of_account(session, account.id, paging.start(number, PAGE), PAGE + 1)
    shown, page = paging.cut(number, found, PAGE)
    told = [ShownNotice(one.kind, json.loads(one.facts), one.at, one.read_at is None) for one in shown]
    db.core.notices.mark_read(session, [one.id for one in shown if one.read_at is None and one.at <= at], at)
    return NoticePage(told, page)


def purge(session: Session, at: datetime) -> int:
    """Delete notices older than `KEPT` (365 days); return how many."""
    return db.core.notices.purge(session, at - KEPT)
