"""Plan activities: add, change, publish, cancel and remove them and their sessions.

The title, kind, host and setting of an activity are part of every entry that results from it, so they cannot
be changed once a student has logged it. Students who signed up are told of what changes for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.activities.menu import Activity, ActivityKind, ActivitySession, ActivityState
from passport.db.programmes.frameworks.versions import Skill
from passport.db.programmes.programme import Employer, Sector
from passport.services.core import audit, edit_conflict
from passport.services.core.dates import HOME, today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.hours import kept_hours
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.core.text_rules import readable
from passport.services.programmes import screening
from passport.services.programmes.activities import menu, sign_ups, telling
from passport.services.programmes.managing import named, require
from passport.services.programmes.screening import detectors

__all__ = [
    "CANCELLED_BECAUSE",
    "LONGEST_TEXT",
    "MOST_HOURS",
    "MOST_PLACES",
    "SMALLEST_GROUP",
    "Plan",
    "When",
    "add",
    "add_session",
    "cancel",
    "change",
    "change_session",
    "publish",
    "remove",
    "remove_session",
    "require_free_of_contact",
    "said",
    "said_of_session",
    "times_of",
]

MOST_HOURS = Decimal(200)
MOST_PLACES = 2_000
MOST_SESSIONS = 60
LONGEST_TEXT = 1_000
# no mentoring of one child alone
SMALLEST_GROUP = 3
# a day further away is a slip of the pen
FURTHEST = timedelta(days=3 * 366)
# keys that templates put into words: no free text of an adult reaches a child this way
CANCELLED_BECAUSE = ("host", "school", "weather", "too-few", "illness", "other")


@dataclass(frozen=True)
class When:
    """A session's day, and when it begins and ends there; without times the whole day."""

    held_on: date
    starts: time | None = None
    ends: time | None = None


@dataclass(frozen=True)
class Plan:
    """The data of an activity, and its first session.

    ``sectors`` are references, none means all; ``skills`` are numbers of the current framework. ``places`` is
    None where no one signs up.
    """

    title: str
    kind: str
    employer: str
    setting: str
    when: When
    hours: Decimal
    about: str = ""
    route: str = ""
    captions: bool = False
    sectors: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    places: int | None = None
    skills: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Judged:
    """A plan whose values were checked and looked up."""

    title: str
    kind: ActivityKind
    employer: Employer
    setting: str
    hours: Decimal
    about: str
    route: str
    captions: bool
    sectors: list[Sector]
    years: tuple[int | None, int | None]
    places: int | None
    skills: list[Skill]

    @property
    def signed(self) -> tuple[object, ...]:
        """The values that entries show."""
        return self.title, self.kind, self.employer.id, self.setting

    @property
    def stored(self) -> edit_conflict.Stored:
        """All values, in the order of `said`."""
        sectors = tuple(sorted(one.id for one in self.sectors))
        skills = tuple(sorted(one.name for one in self.skills))
        said = self.hours, self.about, self.route, self.captions
        return *self.signed, *said, sectors, *self.years, self.places, skills


def add(session: Session, actor: Account, plan: Plan, at: datetime, *, draft: bool = False) -> Activity:
    """Add an activity with one session. Idempotent: returns an equal one of that title and day.

    Raises:
        Refused: a different activity has that title on that day, a value is missing or out of range, the
            employer has left, an online activity has no captions, mentoring is not for a group, or a text
            that students read has a phone number, an email address, a link or a user name.
        NotFound: an unknown employer or sector.
    """
    require(actor, Action.ACTIVITIES)
    judged = _judged(session, actor, plan)
    starts_at, ends_at = _times(plan.when, at)
    db.programmes.programme.lock(session, actor.programme)
    there = db.programmes.activities.menu.of_day(session, actor.programme_id, judged.title, plan.when.held_on)
    if there is not None:
        if said(there) != judged.stored:
            raise Refused(Reason.NAME_TAKEN)
        return there
    _require_there(judged.employer)
    made = Activity(
        programme_id=actor.programme_id,
        state=ActivityState.DRAFT if draft else ActivityState.PUBLISHED,
        held_on=plan.when.held_on,
        sessions=[ActivitySession(held_on=plan.when.held_on, starts_at=starts_at, ends_at=ends_at)],
    )
    _write(made, judged)
    session.add(made)
    session.flush()
    audit.record(session, at, actor.reference, "activity.added", made.reference)
    return made


def said(activity: Activity) -> edit_conflict.Stored:
    """Return the editable values of an activity, without its sessions, for `edit_conflict`."""
    sectors = tuple(sorted(one.id for one in activity.sectors))
    skills = tuple(sorted(one.name for one in activity.skills))
    signed = activity.title, activity.kind, activity.employer_id, activity.setting
    texts = activity.hours, activity.about, activity.route, activity.captions
    return *signed, *texts, sectors, activity.year_from, activity.year_to, activity.places, skills


def change(
    session: Session, actor: Account, reference: str, plan: Plan, at: datetime, shown: str | None = None
) -> Activity:
    """Change an activity; its sessions are changed one by one. Those who signed up are told what changed.

    Raises EditConflict where its stored values differ from those that ``shown`` is the stamp of. Raises
    Refused for a cancelled one, for other words of one that was logged, for fewer places than are taken, and
    as `add` does.
    """
    require(actor, Action.ACTIVITIES)
    judged = _judged(session, actor, plan)
    db.programmes.programme.lock(session, actor.programme)
    activity = menu.find(session, actor, reference, lock=True)
    before = said(activity)
    edit_conflict.require(shown, before, judged.stored)
    if before == judged.stored:
        return activity
    _require_changeable(session, activity, judged)
    there = db.programmes.activities.menu.of_day(session, actor.programme_id, judged.title, activity.held_on)
    if there is not None and there.id != activity.id:
        raise Refused(Reason.NAME_TAKEN)
    what = _what_changes(activity, judged)
    _write(activity, judged)
    session.flush()
    if what:
        telling.signed_up(session, activity, "activity-changed", at, what=",".join(what))
    given = sign_ups.fill(session, activity, at)
    audit.record(session, at, actor.reference, "activity.changed", reference, **given)
    return activity


def publish(session: Session, actor: Account, reference: str, at: datetime) -> Activity:
    """Show a draft to students. Idempotent. Raises Refused where it is cancelled or its host has left."""
    activity = menu.find(session, actor, reference, lock=True)
    if activity.state is ActivityState.PUBLISHED:
        return activity
    _require_not_cancelled(activity)
    if activity.employer is not None:
        _require_there(activity.employer)
    activity.state = ActivityState.PUBLISHED
    audit.record(session, at, actor.reference, "activity.published", reference)
    return activity


def cancel(session: Session, actor: Account, reference: str, why: str, at: datetime) -> int:
    """Cancel what is left of an activity, and tell those who signed up; return how many. Idempotent.

    Where a session has been held, the sessions to come are removed and the activity stays to be logged. What
    was logged keeps its words, and a session at which a person was counted stays. Raises Refused for one of
    which nothing is left and for an unknown reason.
    """
    if why not in CANCELLED_BECAUSE:
        raise Refused(Reason.REASON_UNKNOWN)
    activity = menu.find(session, actor, reference, lock=True)
    if activity.is_cancelled:
        return 0
    held = [one for one in activity.sessions if one.held_on < today(at) or _is_counted(session, one)]
    if activity.last_day < today(at) or (held and len(held) == len(activity.sessions)):
        raise Refused(Reason.ACTIVITY_OVER)
    if held:
        activity.sessions = held
    else:
        activity.state, activity.cancelled_at = ActivityState.CANCELLED, at
    session.flush()
    told = telling.signed_up(session, activity, "activity-cancelled", at, why=why)
    audit.record(session, at, actor.reference, "activity.cancelled", reference, why=why)
    return told


def remove(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Delete an activity that no student has logged or signed up for, and at which no one was counted.

    Raises NotFound for another programme's, and Refused for one that was used: it can be cancelled.
    """
    found = menu.find(session, actor, reference, lock=True)
    if db.evidence.evidence.logged(session, [found.id]):
        raise Refused(Reason.ACTIVITY_USED)
    is_booked = db.programmes.activities.sign_ups.ever(session, found.id)
    if is_booked or db.programmes.activities.attendance.anything(session, found.id):
        raise Refused(Reason.ACTIVITY_BOOKED)
    session.delete(found)
    session.flush()
    audit.record(session, at, actor.reference, "activity.removed", reference)


def add_session(session: Session, actor: Account, reference: str, when: When, at: datetime) -> Activity:
    """Add a session to an activity and tell those who signed up. Idempotent for the same day and times.

    Raises Refused for a cancelled activity, for too many sessions, and for a day or times out of range.
    """
    starts_at, ends_at = _times(when, at)
    activity = _to_reschedule(session, actor, reference)
    if (when.held_on, starts_at, ends_at) in {said_of_session(one) for one in activity.sessions}:
        return activity
    if len(activity.sessions) >= MOST_SESSIONS:
        raise Refused(Reason.TOO_MANY_SESSIONS, most=MOST_SESSIONS)
    activity.sessions.append(ActivitySession(held_on=when.held_on, starts_at=starts_at, ends_at=ends_at))
    _rescheduled(session, actor, activity, "session.added", at)
    return activity


def said_of_session(one: ActivitySession) -> edit_conflict.Stored:
    """Return the editable values of a session, for `edit_conflict`."""
    return one.held_on, one.starts_at, one.ends_at


def change_session(
    session: Session, actor: Account, reference: str, when: When, at: datetime, shown: str | None = None
) -> Activity:
    """Move a session to another day or time and tell those who signed up. Idempotent.

    Raises EditConflict as `change` does, Refused as `add_session` does, for a day on which another activity
    has this title, and for a day to come where a person was counted.
    """
    starts_at, ends_at = _times(when, at)
    found = menu.session_of(session, actor, reference)
    activity = _to_reschedule(session, actor, found.activity.reference)
    wanted = when.held_on, starts_at, ends_at
    edit_conflict.require(shown, said_of_session(found), wanted)
    if said_of_session(found) != wanted:
        if when.held_on > today(at) and _is_counted(session, found):
            raise Refused(Reason.SESSION_HELD)
        found.held_on, found.starts_at, found.ends_at = wanted
        _rescheduled(session, actor, activity, "session.changed", at)
    return activity


def remove_session(session: Session, actor: Account, reference: str, at: datetime) -> Activity:
    """Remove a session and tell those who signed up.

    Raises Refused for the only one, and for one at which a person was counted.
    """
    found = menu.session_of(session, actor, reference)
    activity = _to_reschedule(session, actor, found.activity.reference)
    if len(activity.sessions) == 1:
        raise Refused(Reason.ONLY_SESSION)
    if _is_counted(session, found):
        raise Refused(Reason.SESSION_HELD)
    activity.sessions.remove(found)
    _rescheduled(session, actor, activity, "session.removed", at)
    return activity


def require_free_of_contact(session: Session, programme_id: int, text: str, reason: Reason) -> None:
    """Raise Refused for a text that children read and that has a phone number, address, link or user name."""
    if any(flag.rule in detectors.DETECTORS for flag in screening.flags(session, programme_id, text)):
        raise Refused(reason)


def times_of(one: ActivitySession) -> tuple[time | None, time | None]:
    """Return when a session begins and ends where the programmes are."""
    starts = one.starts_at.astimezone(HOME).time() if one.starts_at else None
    return starts, one.ends_at.astimezone(HOME).time() if one.ends_at else None


def _is_counted(session: Session, one: ActivitySession) -> bool:
    return db.programmes.activities.attendance.anything_at(session, one.id)


def _to_reschedule(session: Session, actor: Account, reference: str) -> Activity:
    db.programmes.programme.lock(session, actor.programme)
    activity = menu.find(session, actor, reference, lock=True)
    _require_not_cancelled(activity)
    return activity


def _rescheduled(session: Session, actor: Account, activity: Activity, act: str, at: datetime) -> None:
    """Store the first day anew, which names the activity with its title, and tell those who signed up."""
    first = min(one.held_on for one in activity.sessions)
    there = db.programmes.activities.menu.of_day(session, activity.programme_id, activity.title, first)
    if there is not None and there.id != activity.id:
        raise Refused(Reason.NAME_TAKEN)
    activity.held_on = first
    session.flush()
    session.refresh(activity, ["sessions"])
    telling.signed_up(session, activity, "activity-changed", at, what="when")
    audit.record(session, at, actor.reference, f"activity.{act}", activity.reference)


def _judged(session: Session, actor: Account, plan: Plan) -> _Judged:
    title, hours = named("activity", plan.title), kept_hours(plan.hours)
    if plan.kind not in menu.KINDS or plan.setting not in menu.SETTINGS:
        raise Refused(Reason.NOT_COMPLETE)
    if hours is None or not 0 < hours <= MOST_HOURS:
        raise Refused(Reason.HOURS_OUT_OF_RANGE)
    require_free_of_contact(session, actor.programme_id, title, Reason.CONTACT_IN_TITLE)
    about = _text(session, actor, plan.about, Reason.CONTACT_IN_ABOUT)
    route = _text(session, actor, plan.route, Reason.CONTACT_IN_ROUTE)
    _require_safe(plan)
    employer = db.trust.employers.by_slug(session, actor.programme_id, plan.employer)
    if employer is None:
        raise NotFound
    return _Judged(
        title=title,
        kind=ActivityKind(plan.kind),
        employer=employer,
        setting=plan.setting,
        hours=hours,
        about=about,
        route=route,
        captions=plan.captions,
        sectors=_sectors(session, actor, plan.sectors),
        years=(plan.year_from, plan.year_to),
        places=plan.places,
        skills=_skills(session, actor, plan.skills),
    )


def _require_safe(plan: Plan) -> None:
    """Raise Refused for mentoring outside a group, a film without captions, or numbers out of range."""
    if plan.places is not None and not 0 < plan.places <= MOST_PLACES:
        raise Refused(Reason.PLACES_OUT_OF_RANGE, most=MOST_PLACES)
    is_group = plan.places is not None and plan.places >= SMALLEST_GROUP
    if plan.kind == ActivityKind.MENTORING and not is_group:
        raise Refused(Reason.MENTORING_ALONE, least=SMALLEST_GROUP)
    if plan.setting == "online" and not plan.captions:
        raise Refused(Reason.CAPTIONS_MISSING)
    years = [year for year in (plan.year_from, plan.year_to) if year is not None]
    if any(year not in menu.YEARS for year in years):
        raise Refused(Reason.YEARS_OUT_OF_RANGE, first=menu.YEARS[0], last=menu.YEARS[-1])
    if years != sorted(years):
        raise Refused(Reason.YEARS_REVERSED)


def _text(session: Session, actor: Account, text: str, reason: Reason) -> str:
    kept = readable(text.replace("\r\n", "\n")).strip()
    if len(kept) > LONGEST_TEXT:
        raise Refused(Reason.TEXT_TOO_LONG, most=LONGEST_TEXT)
    require_free_of_contact(session, actor.programme_id, kept, reason)
    return kept


def _sectors(session: Session, actor: Account, references: tuple[str, ...]) -> list[Sector]:
    found = [
        db.programmes.sectors.by_reference(session, actor.programme_id, reference)
        for reference in dict.fromkeys(references)
    ]
    there = [one for one in found if one is not None]
    if len(there) != len(found):
        raise NotFound
    return there


def _skills(session: Session, actor: Account, numbers: tuple[int, ...]) -> list[Skill]:
    version = db.programmes.frameworks.versions.current(session, actor.programme_id)
    offered = {one.number: one for one in version.skills} if version else {}
    if not offered.keys() >= set(numbers):
        raise Refused(Reason.SKILL_GONE)
    return [offered[number] for number in dict.fromkeys(numbers)]


def _times(when: When, at: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when a session begins and ends, in UTC. Raises Refused for a day or times out of range."""
    if abs(when.held_on - today(at)) > FURTHEST:
        raise Refused(Reason.SESSION_FAR)
    starts, ends = (_time(when.held_on, one) for one in (when.starts, when.ends))
    if ends is not None and (starts is None or ends <= starts):
        raise Refused(Reason.TIMES_REVERSED)
    return starts, ends


def _time(day: date, local: time | None) -> datetime | None:
    return None if local is None else datetime.combine(day, local, HOME).astimezone(UTC)


def _require_there(employer: Employer) -> None:
    if employer.issuer.until is not None:
        raise Refused(Reason.EMPLOYER_ENDED)


def _require_not_cancelled(activity: Activity) -> None:
    if activity.is_cancelled:
        raise Refused(Reason.ACTIVITY_CANCELLED)


def _require_changeable(session: Session, activity: Activity, judged: _Judged) -> None:
    _require_not_cancelled(activity)
    signed = activity.title, activity.kind, activity.employer_id, activity.setting
    if signed != judged.signed and db.evidence.evidence.logged(session, [activity.id]):
        raise Refused(Reason.ACTIVITY_LOGGED)
    if judged.employer.id != activity.employer_id:
        _require_there(judged.employer)
    taken = db.programmes.activities.sign_ups.booked(session, activity.id)
    if taken > (judged.places or 0):
        raise Refused(Reason.PLACES_TAKEN, taken=taken)


def _what_changes(activity: Activity, judged: _Judged) -> list[str]:
    """Return the keys of what changes for those who signed up, as the template of notices words them."""
    changes = {
        "title": (activity.title, judged.title),
        "kind": (activity.kind, judged.kind),
        "host": (activity.employer_id, judged.employer.id),
        "setting": (activity.setting, judged.setting),
        "hours": (activity.hours, judged.hours),
        "about": (activity.about, judged.about),
        "route": (activity.route, judged.route),
    }
    return [what for what, (before, after) in changes.items() if before != after]


def _write(activity: Activity, judged: _Judged) -> None:
    activity.title, activity.kind = judged.title, judged.kind
    activity.employer, activity.setting, activity.hours = judged.employer, judged.setting, judged.hours
    activity.about, activity.route, activity.captions = judged.about, judged.route, judged.captions
    activity.sectors, activity.skills = judged.sectors, judged.skills
    activity.year_from, activity.year_to = judged.years
    activity.places = judged.places
