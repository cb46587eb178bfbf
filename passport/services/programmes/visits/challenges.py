"""Challenges: a champion writes an employer's brief, an organiser publishes it, any teacher may use it.

Briefs are public, so they are checked for contact details as everything is that students read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.programme import Employer
from passport.db.programmes.visits.challenges import ChallengeClass, ChallengeState, EmployerChallenge
from passport.services.core import audit, edit_conflict
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows
from passport.services.programmes import screening
from passport.services.programmes.managing import named, require
from passport.services.programmes.screening import detectors
from passport.services.programmes.visits import asking

__all__ = [
    "MOST_LESSONS",
    "Brief",
    "ChallengeState",
    "Result",
    "add_class",
    "change",
    "close",
    "employers",
    "find",
    "listed",
    "new",
    "public",
    "publish",
    "published",
    "record",
    "said",
    "said_of_result",
]

MOST_LESSONS = 40


@dataclass(frozen=True)
class Brief:
    """What a class is asked to do, for whom it is, and what it takes."""

    title: str
    brief: str
    needed: str
    lessons: int
    first_year: int
    last_year: int


@dataclass(frozen=True)
class Result:
    """The number of students who worked on it, and what came out, in words."""

    team: int
    outcome: str


def listed(session: Session, actor: Account) -> list[EmployerChallenge]:
    """Return the programme's challenges by title; for a champion, those of their employer."""
    require(actor, Action.ACTIVITIES, How.FULLY, How.PROPOSE)
    found = db.programmes.visits.challenges.of_programme(session, actor.programme_id, *ChallengeState)
    return [one for one in found if _is_theirs(actor, one)]


def employers(session: Session, actor: Account) -> list[Employer]:
    """Return the employers that the actor may write a brief for: a champion's own, or all that take part."""
    require(actor, Action.ACTIVITIES, How.FULLY, How.PROPOSE)
    if _runs_them(actor):
        there = db.trust.employers.of_programme(session, actor.programme_id)
    else:
        there = [actor.champion.employer] if actor.champion else []
    return [one for one in there if one.issuer.until is None]


def find(session: Session, actor: Account, reference: str, *, lock: bool = False) -> EmployerChallenge:
    """Return a challenge of the actor's programme. Raises NotFound for another employer's or programme's."""
    require(actor, Action.ACTIVITIES, How.FULLY, How.PROPOSE)
    found = db.programmes.visits.challenges.by_reference(session, actor.programme_id, reference, lock=lock)
    if found is None or not _is_theirs(actor, found):
        raise NotFound
    return found


def new(session: Session, actor: Account, employer: str, brief: Brief, at: datetime) -> EmployerChallenge:
    """Add a challenge; a champion's waits until an organiser publishes it. Idempotent for the same brief.

    Raises Refused where another one has its title, and for data that are incomplete or out of range.
    """
    made_by = next((one for one in employers(session, actor) if one.issuer.slug == employer), None)
    if made_by is None:
        raise NotFound
    kept = _kept(session, actor, brief)
    db.programmes.programme.lock(session, actor.programme)
    there = db.programmes.visits.challenges.by_title(session, actor.programme_id, kept.title)
    if there is not None:
        if (there.employer_id, said(there)) != (made_by.id, (kept,)):
            raise Refused(Reason.NAME_TAKEN)
        return there
    state = ChallengeState.PUBLISHED if _runs_them(actor) else ChallengeState.PROPOSED
    made = EmployerChallenge(
        programme_id=actor.programme_id, employer=made_by, state=state, made_at=at, **vars(kept)
    )
    session.add(made)
    session.flush()
    audit.record(session, at, actor.reference, f"challenge.{state.value}", made.reference)
    return made


def said(challenge: EmployerChallenge) -> edit_conflict.Stored:
    """Return the editable values of a brief, for `edit_conflict`."""
    texts = challenge.title, challenge.brief, challenge.needed
    return (Brief(*texts, challenge.lessons, challenge.first_year, challenge.last_year),)


def change(
    session: Session, actor: Account, reference: str, brief: Brief, at: datetime, shown: str | None = None
) -> EmployerChallenge:
    """Change a brief. A champion changes one that waits; an organiser any that is not closed. Idempotent.

    Raises Refused for a taken title, EditConflict where the stored brief differs from the one shown.
    """
    kept = _kept(session, actor, brief)
    db.programmes.programme.lock(session, actor.programme)
    challenge = find(session, actor, reference, lock=True)
    may = {ChallengeState.PROPOSED} | ({ChallengeState.PUBLISHED} if _runs_them(actor) else set())
    if challenge.state not in may:
        raise Refused(Reason.CHALLENGE_SETTLED)
    there = db.programmes.visits.challenges.by_title(session, actor.programme_id, kept.title)
    if there is not None and there.id != challenge.id:
        raise Refused(Reason.NAME_TAKEN)
    edit_conflict.require(shown, said(challenge), (kept,))
    if said(challenge) != (kept,):
        for name, value in vars(kept).items():
            setattr(challenge, name, value)
        session.flush()
        audit.record(session, at, actor.reference, "challenge.changed", reference)
    return challenge


def publish(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Publish a proposed challenge, or a closed one again. Idempotent."""
    _move(session, actor, reference, ChallengeState.PUBLISHED, at)


def close(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Close a challenge: no one is offered its brief any more, and its numbers stay. Idempotent."""
    _move(session, actor, reference, ChallengeState.CLOSED, at)


def said_of_result(challenge: EmployerChallenge) -> edit_conflict.Stored:
    """Return the editable values of what came out, for `edit_conflict`."""
    return (Result(challenge.team, challenge.outcome),)


def record(
    session: Session, actor: Account, reference: str, result: Result, at: datetime, shown: str | None = None
) -> EmployerChallenge:
    """Record the size of the team and what came out. Idempotent.

    Raises Refused for a number out of range, a text that is too long or has contact details, and EditConflict
    where the stored result differs from the one shown.
    """
    require(actor, Action.ACTIVITIES)
    challenge = find(session, actor, reference, lock=True)
    if not 0 <= result.team <= asking.MOST_PEOPLE:
        raise Refused(Reason.PEOPLE_OUT_OF_RANGE, most=asking.MOST_PEOPLE)
    kept = Result(result.team, _public(session, actor, result.outcome))
    edit_conflict.require(shown, said_of_result(challenge), (kept,))
    if said_of_result(challenge) != (kept,):
        challenge.team, challenge.outcome = kept.team, kept.outcome
        session.flush()
        audit.record(session, at, actor.reference, "challenge.recorded", reference)
    return challenge


def add_class(
    session: Session,
    actor: Account,
    reference: str,
    held_on: date,
    school: str,
    year_group: int,
    students: int,
    at: datetime,
) -> ChallengeClass:
    """Record a class that the challenge reached; the same day, school and year group replaces the number.

    Raises Refused for a day that has not come and for numbers out of range.
    """
    require(actor, Action.ACTIVITIES)
    challenge = find(session, actor, reference, lock=True)
    name = named("school", school)
    if held_on > today(at):
        raise Refused(Reason.CLASS_IN_THE_FUTURE)
    if year_group not in asking.YEARS or not 1 <= students <= asking.MOST_PEOPLE:
        raise Refused(Reason.PEOPLE_OUT_OF_RANGE, most=asking.MOST_PEOPLE)
    found = next(
        (
            one
            for one in challenge.classes
            if (one.held_on, one.school, one.year_group) == (held_on, name, year_group)
        ),
        None,
    )
    if found is not None and found.students == students:
        return found
    if found is None:
        found = ChallengeClass(held_on=held_on, school=name, year_group=year_group)
        challenge.classes.append(found)
    found.students = students
    session.flush()
    audit.record(session, at, actor.reference, "challenge.class", reference)
    return found


def published(session: Session, slug: str) -> list[EmployerChallenge]:
    """Return the published challenges of a programme, for everyone. Raises NotFound for no open programme."""
    programme = asking.programme(session, slug)
    return db.programmes.visits.challenges.of_programme(session, programme.id, ChallengeState.PUBLISHED)


def public(session: Session, slug: str, reference: str) -> EmployerChallenge:
    """Return a published challenge of a programme, for everyone. Raises NotFound for any other."""
    found = next((one for one in published(session, slug) if one.reference == reference), None)
    if found is None:
        raise NotFound
    return found


def _move(session: Session, actor: Account, reference: str, state: ChallengeState, at: datetime) -> None:
    require(actor, Action.ACTIVITIES)
    challenge = find(session, actor, reference, lock=True)
    if challenge.state is not state:
        challenge.state = state
        session.flush()
        audit.record(session, at, actor.reference, f"challenge.{state.value}", reference)


def _runs_them(actor: Account) -> bool:
    return allows(actor.roles, Action.ACTIVITIES)


def _is_theirs(actor: Account, challenge: EmployerChallenge) -> bool:
    return _runs_them(actor) or (
        actor.champion is not None and actor.champion.employer_id == challenge.employer_id
    )


def _kept(session: Session, actor: Account, brief: Brief) -> Brief:
    """Return a brief as stored. Raises Refused for what is missing, too long, or a contact detail."""
    title = named("challenge", brief.title)
    text, needed = (_public(session, actor, one) for one in (brief.brief, brief.needed))
    _public(session, actor, title)
    years = brief.first_year in asking.YEARS and brief.last_year in asking.YEARS
    if not text or not years or not 1 <= brief.lessons <= MOST_LESSONS:
        raise Refused(Reason.NOT_COMPLETE)
    if brief.last_year < brief.first_year:
        raise Refused(Reason.YEARS_REVERSED)
    return Brief(title, text, needed, brief.lessons, brief.first_year, brief.last_year)


def _public(session: Session, actor: Account, typed: str) -> str:
    """Return a text that everyone may read. Raises Refused for one with a way to reach a person."""
    kept = asking.kept_text(typed)
    if any(flag.rule in detectors.DETECTORS for flag in screening.flags(session, actor.programme_id, kept)):
        raise Refused(Reason.CONTACT_IN_BRIEF)
    return kept
