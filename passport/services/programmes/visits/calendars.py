"""The calendar: what takes place in a month, and addresses that calendars of phones and offices subscribe to.

A subscribed calendar has titles and times and nothing else: everyone who has its address can read it. Where
something takes place, and who comes, is read after signing in; so a visit has one title there for all.
"""

from __future__ import annotations

import calendar as months
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from passport import db
from passport.adapters.calendars import Entry, ics
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState, Role
from passport.db.people.calendar_feeds import CalendarFeed, FeedKind
from passport.db.programmes.activities.menu import ActivitySession
from passport.db.programmes.activities.sign_ups import SignUpState
from passport.db.programmes.visits.visits import Visit, VisitState
from passport.services.core import audit, tokens
from passport.services.core.dates import HOME, today
from passport.services.core.errors import NotFound
from passport.services.core.rights import Action, How, allows
from passport.services.programmes.managing import require
from passport.services.programmes.visits.planning import moment

__all__ = ["FeedKind", "Item", "Month", "end", "feed", "feeds", "make", "month", "offered"]

WAYS = (How.FULLY, How.PROPOSE, How.SIGN_UP)
# the title of every visit in a subscribed calendar
VISIT = "Visit of a class"
# how far a subscribed calendar reaches
BACK, AHEAD = timedelta(days=100), timedelta(days=400)
# whose calendar goes on; what was logged stays theirs, but nothing new is booked for the others
ENROLLED = frozenset({EnrolmentState.ACTIVE, EnrolmentState.PAUSED, EnrolmentState.INVITED})
STAFF = frozenset({Role.COORDINATOR, Role.LEAD})


@dataclass(frozen=True)
class Item:
    """One session of an activity, or one visit. ``starts`` is None where no time is known.

    ``activity`` or ``visit`` is its reference; the other is empty. ``place`` says where or with whom it is;
    a subscribed calendar leaves it out, and the title of a visit, which says which class goes where.
    """

    uid: str
    title: str
    day: date
    starts: datetime | None
    ends: datetime | None
    place: str
    activity: str = ""
    visit: str = ""


@dataclass(frozen=True)
class Month:
    """A month as weeks of days from Monday on; days of its neighbours fill the first and the last week."""

    first: date
    weeks: list[list[date]]
    items: dict[date, list[Item]]

    @property
    def before(self) -> date:
        """Return the first day of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """Return the first day of the month after."""
        return (self.first + timedelta(days=31)).replace(day=1)


def month(session: Session, account: Account, first: date) -> Month:
    """Return what takes place in a month, for this account. The number of queries does not grow with it.

    Students see the published activities for their sector and year group, and those that they are booked for;
    everybody else all published ones; those who run visits, these too.
    """
    require(account, Action.ACTIVITIES, *WAYS)
    weeks = months.Calendar().monthdatescalendar(first.year, first.month)
    since, until = weeks[0][0], weeks[-1][-1]
    found: dict[date, list[Item]] = {}
    for item in sorted(_shown(session, account, since, until), key=_order):
        found.setdefault(item.day, []).append(item)
    return Month(first, weeks, found)


def offered(account: Account) -> list[FeedKind]:
    """Return the kinds of calendar that an account can have an address of."""
    if not allows(account.roles, Action.ACTIVITIES, *WAYS):
        return []
    at_school = account.staff is not None and not STAFF.isdisjoint(account.roles)
    return [FeedKind.OWN, FeedKind.SCHOOL] if at_school else [FeedKind.OWN]


def feeds(session: Session, account: Account) -> list[CalendarFeed]:
    """Return the calendars that an account has an address of."""
    return db.people.calendar_feeds.of_account(session, account.id)


def make(session: Session, account: Account, kind: FeedKind, at: datetime) -> str:
    """Make a new address of a calendar and return its token; the address before it ends.

    Raises NotFound for a kind that the account cannot have.
    """
    if kind not in offered(account):
        raise NotFound
    token = secrets.token_urlsafe(32)
    digest = tokens.digest(token)
    found = _of_kind(session, account, kind)
    if found is None:
        made = CalendarFeed(account_id=account.id, kind=kind, digest=digest, made_at=at)
        if not db.people.calendar_feeds.add(session, made):
            # a second click at the same moment has added one
            found = _of_kind(session, account, kind)
    if found is not None:
        found.digest, found.made_at = digest, at
        session.flush()
    audit.record(session, at, account.reference, "calendar.made", account.reference, kind=kind.value)
    return token


def _of_kind(session: Session, account: Account, kind: FeedKind) -> CalendarFeed | None:
    return next((one for one in feeds(session, account) if one.kind is kind), None)


def end(session: Session, account: Account, kind: FeedKind, at: datetime) -> None:
    """End the address of a calendar. Idempotent."""
    for one in feeds(session, account):
        if one.kind is kind:
            session.delete(one)
            session.flush()
            audit.record(session, at, account.reference, "calendar.ended", account.reference, kind=kind.value)


def feed(session: Session, token: str, public_url: str, at: datetime) -> bytes:
    """Return the calendar at an address as an iCalendar file.

    Raises NotFound for an unknown address, for a suspended account, for a student whose enrolment has ended,
    and for a school's calendar of a person who does not work there any more.
    """
    found = db.people.calendar_feeds.by_digest(session, tokens.digest(token))
    if found is None or found.account.suspended_at is not None or found.kind not in offered(found.account):
        raise NotFound
    account = found.account
    if account.student is not None and account.student.enrolment not in ENROLLED:
        raise NotFound
    day = today(at)
    items = _of_feed(session, account, found.kind, day - BACK, day + AHEAD)
    host = urlsplit(public_url).hostname
    entries = [
        Entry(f"{one.uid}@{host}", VISIT if one.visit else one.title, one.day, one.starts, one.ends)
        for one in items
    ]
    return ics(account.programme.name, entries, at)


def _of_feed(session: Session, account: Account, kind: FeedKind, since: date, until: date) -> list[Item]:
    """Return what is in a calendar that is subscribed to: what concerns its owner, or their school."""
    if kind is FeedKind.SCHOOL and account.staff is not None:
        school = account.staff.school
        ids = db.people.calendar_feeds.booked_by_school(session, school.id)
        visits = [one for one in _visits(session, account, since, until) if one.school == school.name]
        return [*_items(_sessions(session, account, since, until, ids)), *map(_of_visit, visits)]
    if account.student is not None:
        return _items(_sessions(session, account, since, until, _booked(session, account)))
    if account.champion is not None:
        employer = account.champion.employer_id
        everything = _sessions(session, account, since, until, None)
        return _items([one for one in everything if one.activity.employer_id == employer])
    return _shown(session, account, since, until)


def _shown(session: Session, account: Account, since: date, until: date) -> list[Item]:
    """Return what an account sees in a period after signing in."""
    ids = None
    if account.student is not None:
        student = account.student
        theirs = db.programmes.activities.menu.ids_of_coming(
            session, account.programme_id, since, student.sector_id, student.year_group
        )
        ids = theirs | set(_booked(session, account))
    items = _items(_sessions(session, account, since, until, ids))
    if allows(account.roles, Action.VISITS):
        items += map(_of_visit, _visits(session, account, since, until))
    return items


def _booked(session: Session, account: Account) -> list[int]:
    found = db.programmes.activities.sign_ups.of_student(session, account.id)
    return [one.activity_id for one in found if one.state is SignUpState.BOOKED]


def _sessions(
    session: Session, account: Account, since: date, until: date, ids: Iterable[int] | None
) -> list[ActivitySession]:
    return db.programmes.activities.menu.sessions_between(session, account.programme_id, since, until, ids)


def _visits(session: Session, account: Account, since: date, until: date) -> list[Visit]:
    """Return the visits that take place at the host's in a period, both days included."""
    begin, end_ = moment(since, time(0)), moment(until + timedelta(days=1), time(0))
    found = db.programmes.visits.visits.between(session, account.programme_id, begin, end_)
    return [one for one in found if one.state is VisitState.PLANNED]


def _items(sessions: list[ActivitySession]) -> list[Item]:
    return [
        Item(
            uid=f"session-{one.reference}",
            title=one.activity.title,
            day=one.held_on,
            starts=one.starts_at,
            ends=one.ends_at,
            place=one.activity.host_name,
            activity=one.activity.reference,
        )
        for one in sessions
    ]


def _of_visit(visit: Visit) -> Item:
    return Item(
        uid=f"visit-{visit.reference}",
        title=f"{visit.school}: {visit.host}",
        day=visit.starts_at.astimezone(HOME).date(),
        starts=visit.starts_at,
        ends=visit.ends_at,
        place=visit.place,
        visit=visit.reference,
    )


def _order(item: Item) -> tuple[date, bool, datetime, str]:
    """Order by day; on a day, what has no time first."""
    starts = item.starts or moment(item.day, time(0))
    return item.day, item.starts is not None, starts, item.title
