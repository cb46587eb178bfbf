"""A champion's queue: a page of what waits, in order of waiting, and which items can be answered together.

One answer for several items is only possible within one activity, skill and level, and for items on one
page, each with its text. So a page is as long as a batch may be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from passport import db
from passport.db import Session
from passport.db.evidence.evidence import Evidence, EvidenceVersion
from passport.db.people.accounts import Account
from passport.db.programmes.activities.menu import Activity
from passport.services.core import paging
from passport.services.core.paging import Page
from passport.services.evidence import reading_log
from passport.services.people import onboarding

MOST = 20


@dataclass(frozen=True)
class Item:
    """A piece of evidence that waits, with the version that was submitted."""

    evidence: Evidence
    version: EvidenceVersion

    @property
    def alike(self) -> str:
        """Return a key that items with the same skill and level in the same activity share."""
        return f"{self.evidence.activity.reference}-{self.version.skill_id}-{self.version.level}"


@dataclass(frozen=True)
class Alike:
    """Items of one activity, skill and level: one answer may be given for all of them."""

    key: str
    items: list[Item]


@dataclass(frozen=True)
class Group:
    """The items of one activity."""

    activity: Activity
    alike: list[Alike]


@dataclass(frozen=True)
class Queue:
    """One page of what waits, and how many items wait in all."""

    items: list[Item]
    total: int
    page: Page

    @property
    def groups(self) -> list[Group]:
        """Return the items of this page, grouped by activity, skill and level."""
        return grouped(self.items)


def waiting(session: Session, account: Account, at: datetime, number: int = 1) -> Queue:
    """Return a page of what waits for this champion, the activity with the oldest item first."""
    schools = onboarding.open_schools(session, account, at)
    total = db.endorsements.queue.count(session, account.id, schools)
    page = paging.counted(number, total, MOST)
    sent = db.endorsements.queue.waiting(session, account.id, schools, paging.start(page.number, MOST), MOST)
    return Queue([Item(*one) for one in sent], total, page)


def count(session: Session, account: Account, at: datetime) -> int:
    """Return how many items wait for this champion."""
    return db.endorsements.queue.count(session, account.id, onboarding.open_schools(session, account, at))


def chosen(session: Session, account: Account, references: list[str], at: datetime) -> list[Item]:
    """Return those of some items that wait for this champion, in the order of `references`."""
    schools = onboarding.open_schools(session, account, at)
    found = {
        sent[0].reference: Item(*sent)
        for sent in db.endorsements.queue.chosen(session, account.id, schools, references)
    }
    return [found[reference] for reference in references if reference in found]


def looked_at(session: Session, account: Account, items: Iterable[Item], at: datetime) -> None:
    """Record in the reading log that this champion read these items."""
    reading_log.record_each(session, account, [item.evidence for item in items], at)


def grouped(items: list[Item]) -> list[Group]:
    """Group items by activity, skill and level, in the order in which each occurs first."""
    first: dict[int | str, int] = {}
    for place, item in enumerate(items):
        first.setdefault(item.evidence.activity_id, place)
        first.setdefault(item.alike, place)
    ordered = sorted(items, key=lambda item: (first[item.evidence.activity_id], first[item.alike]))
    return [
        Group(activity, [Alike(key, list(alike)) for key, alike in groupby(its, key=lambda item: item.alike)])
        for activity, its in groupby(ordered, key=lambda item: item.evidence.activity)
    ]
