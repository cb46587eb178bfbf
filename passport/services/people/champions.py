"""Champions of a programme: their accounts, and the periods of their attachment to schools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Attachment, Champion, Role
from passport.services.core import audit, notices
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.people import accounts
from passport.services.programmes import managing
from passport.services.programmes.managing import named, require

__all__ = [
    "SOON",
    "Line",
    "Standing",
    "attach",
    "end",
    "end_all",
    "find",
    "listed",
    "make",
    "of_champion",
    "standing",
]

SOON = timedelta(days=30)
LONGEST = timedelta(days=3 * 366)


class Standing(StrEnum):
    """The state of an attachment on a day."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True)
class Line:
    """An attachment, its state, and whether its last day is near (`SOON`)."""

    attachment: Attachment
    standing: Standing
    ends_soon: bool


def standing(attachment: Attachment, on: date) -> Standing:
    """Return the state of an attachment on a day."""
    if attachment.ended_at is not None:
        return Standing.ENDED
    if on < attachment.since:
        return Standing.PENDING
    return Standing.ACTIVE if on <= attachment.until else Standing.EXPIRED


def listed(session: Session, actor: Account, at: datetime) -> list[tuple[Champion, list[Line]]]:
    """Return the programme's champions by name, each with their attachments, the last to end first."""
    require(actor, Action.ATTACH_CHAMPION)
    lines: dict[int, list[Line]] = {}
    for one in reversed(db.people.staff.attachments(session, actor.programme_id)):
        lines.setdefault(one.champion_id, []).append(_line(one, today(at)))
    return [
        (one, lines.get(one.account_id, [])) for one in db.people.staff.champions(session, actor.programme_id)
    ]


def of_champion(session: Session, champion: Champion, at: datetime) -> list[Line]:
    """Return a champion's attachments, the last to end first."""
    found = db.people.staff.attachments(session, champion.account.programme_id)
    return [_line(one, today(at)) for one in reversed(found) if one.champion_id == champion.account_id]


def _line(one: Attachment, on: date) -> Line:
    stands = standing(one, on)
    return Line(one, stands, stands is Standing.ACTIVE and one.until <= on + SOON)


def find(session: Session, actor: Account, reference: str, *, lock: bool) -> Champion:
    """Return a champion of the manager's programme; with ``lock``, with a row lock (FOR UPDATE).

    Raises NotFound for another programme's.
    """
    require(actor, Action.ATTACH_CHAMPION)
    found = db.people.staff.champion(session, actor.programme_id, reference, lock=lock)
    if found is None:
        raise NotFound
    return found


def make(
    session: Session, actor: Account, employer: str, name: str, email: str, job_title: str, at: datetime
) -> Champion:
    """Make a champion's account, without a password: the champion needs an invitation to sign in.

    Idempotent: returns the existing champion with the same address, name and employer. Raises Refused for an
    address that is taken, and for an employer whose part in the programme has ended.
    """
    require(actor, Action.ATTACH_CHAMPION)
    name, job_title = named("name", name), named("job title", job_title)
    theirs = db.trust.employers.by_slug(session, actor.programme_id, employer)
    if theirs is None:
        raise NotFound
    if theirs.issuer.until is not None:
        raise Refused(Reason.EMPLOYER_ENDED)
    there = db.people.accounts.by_email(session, email)
    known = there.champion if there is not None and there.programme_id == actor.programme_id else None
    if known is not None and (known.employer_id, known.account.name) == (theirs.id, name):
        return known
    accounts.require_free(session, email, actor.reference)
    account = accounts.make(
        session,
        actor.programme,
        Role.CHAMPION,
        email=email,
        name=name,
        first_name=name.split()[0],
        password=None,
        at=at,
    )
    made = accounts.make_champion(session, account, theirs, job_title)
    audit.record(session, at, actor.reference, "champion.added", account.reference, employer=employer)
    return made


def attach(
    session: Session, actor: Account, reference: str, school: str, since: date, until: date, at: datetime
) -> Attachment:
    """Attach a champion to a school from ``since`` to ``until``. Idempotent for the same days.

    Raises Refused for an ended employer, impossible days, and an overlap with another attachment to it.
    """
    champion = find(session, actor, reference, lock=True)
    chosen = managing.school(session, actor, school, lock=True)
    if champion.employer.issuer.until is not None:
        raise Refused(Reason.EMPLOYER_ENDED)
    if until < since:
        raise Refused(Reason.ENDS_BEFORE_IT_STARTS)
    if until < today(at):
        raise Refused(Reason.OVER_ALREADY)
    if until > since + LONGEST:
        raise Refused(Reason.TOO_LONG)
    for line in of_champion(session, champion, at):
        one = line.attachment
        if one.school_id != chosen.id or line.standing is Standing.ENDED:
            continue
        if (one.since, one.until) == (since, until):
            return one
        if one.since <= until and since <= one.until:
            raise Refused(Reason.TIMES_OVERLAP)
    made = Attachment(champion_id=champion.account_id, school=chosen, since=since, until=until)
    session.add(made)
    session.flush()
    notices.tell(session, champion.account, "attached", at, school=chosen.name)
    told = {"school": school, "since": since.isoformat(), "until": until.isoformat()}
    audit.record(session, at, actor.reference, "champion.attached", reference, **told)
    return made


def end(session: Session, actor: Account, reference: str, at: datetime) -> Attachment:
    """End an attachment now. Idempotent. Raises NotFound for another programme's."""
    require(actor, Action.ATTACH_CHAMPION)
    found = db.people.staff.attachment(session, actor.programme_id, reference, lock=True)
    if found is None:
        raise NotFound
    if standing(found, today(at)) in {Standing.PENDING, Standing.ACTIVE}:
        _end(session, actor, found, at)
    return found


def end_all(session: Session, actor: Account, employer_id: int, at: datetime) -> None:
    """End the current and future attachments of an employer's champions; used when its own part ends."""
    for one in db.people.staff.attachments(session, actor.programme_id):
        going_on = standing(one, today(at)) in {Standing.PENDING, Standing.ACTIVE}
        if going_on and one.champion.employer_id == employer_id:
            _end(session, actor, one, at)


def _end(session: Session, actor: Account, attachment: Attachment, at: datetime) -> None:
    attachment.ended_at = at
    session.flush()
    notices.tell(session, attachment.champion.account, "detached", at, school=attachment.school.name)
    whose, school = attachment.champion.account.reference, attachment.school.reference
    audit.record(session, at, actor.reference, "champion.detached", whose, school=school)
