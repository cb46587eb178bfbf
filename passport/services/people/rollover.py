"""The year rollover: in September years move up and leavers are completed; it can be undone for 14 days.

Nothing that is signed changes: a year group stands in no entry. Leavers keep their passport; those who were
invited and never came are withdrawn. A chosen student stays, and moves up like the others.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState
from passport.db.people.rollovers import Place, Rollover, RolloverStep
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.people import enrolments
from passport.services.people.students import YEARS
from passport.services.programmes.activities import sign_ups
from passport.services.programmes.managing import own_school

__all__ = ["LAST_YEARS", "Plan", "Rollover", "latest", "plan", "roll_over", "undo", "usual_last_year"]

UNDO = timedelta(days=14)
# a second one in the same school year would be a mistake
APART = timedelta(days=180)
# the year groups that can be a school's last
LAST_YEARS = range(11, 15)
LEFT = "left-school"
LONGEST_YEAR = YEARS[-1]


@dataclass(frozen=True)
class Move:
    """What happens to one student."""

    place: Place
    year_after: int
    state_after: EnrolmentState

    @property
    def is_leaver(self) -> bool:
        """Whether they leave."""
        return self.state_after is not self.place.enrolment


@dataclass(frozen=True)
class Plan:
    """A dry run: what happens to each student. ``could_leave`` are those of the last year, leaving or not."""

    moves: list[Move]
    could_leave: list[Place]

    @property
    def leavers(self) -> list[Move]:
        """Those who leave."""
        return [one for one in self.moves if one.is_leaver]

    @property
    def years(self) -> dict[tuple[int, int], int]:
        """How many go on from a year group to another one."""
        going = [one for one in self.moves if not one.is_leaver]
        return dict(sorted(Counter((one.place.year_group, one.year_after) for one in going).items()))


def usual_last_year(session: Session, actor: Account) -> int:
    """Return a school's last year group as its students suggest: 13 with a sixth form, else 11."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    found = {one.year_group for one in db.people.rollovers.places(session, school.id)}
    return 13 if any(year > LAST_YEARS[0] for year in found) else LAST_YEARS[0]


def plan(session: Session, actor: Account, last_year: int, staying: Collection[str]) -> Plan:
    """Return what a rollover would do. Changes nothing.

    Args:
        last_year: the school's last year group, one of `LAST_YEARS`; who is in it or above leaves.
        staying: references of students who do not leave.
    """
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    if last_year not in LAST_YEARS:
        raise Refused(Reason.YEAR_UNKNOWN)
    places = db.people.rollovers.places(session, school.id)
    could_leave = [one for one in places if one.year_group >= last_year]
    leaving = {one.id for one in could_leave if one.reference not in set(staying)}
    return Plan([_move(one, one.id in leaving) for one in places], could_leave)


def _move(place: Place, leaves: bool) -> Move:
    if not leaves:
        return Move(place, min(place.year_group + 1, LONGEST_YEAR), place.enrolment)
    never_came = place.enrolment is EnrolmentState.INVITED
    return Move(place, place.year_group, EnrolmentState.WITHDRAWN if never_came else EnrolmentState.COMPLETED)


def latest(session: Session, actor: Account) -> Rollover | None:
    """Return the school's latest rollover that was not undone, or None."""
    return db.people.rollovers.latest(session, own_school(actor, Action.BRING_IN_STUDENTS).id)


def roll_over(
    session: Session, actor: Account, last_year: int, staying: Collection[str], at: datetime
) -> Rollover:
    """Move years up and complete leavers. Raises Refused for a second time in a school year."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    db.programmes.sectors.school(session, actor.programme_id, school.reference, lock=True)
    before = db.people.rollovers.latest(session, school.id)
    if before is not None and before.made_at > at - APART:
        raise Refused(Reason.ROLLED_OVER)
    # a withdrawal or an erasure that is committed meanwhile is not undone
    db.people.rollovers.lock_students(session, school.id)
    planned = plan(session, actor, last_year, staying)
    made = Rollover(school_id=school.id, made_by_id=actor.id, made_at=at, undo_until=at + UNDO)
    session.add(made)
    session.flush()
    steps = [
        {
            "rollover_id": made.id,
            "student_id": one.place.id,
            "year_before": one.place.year_group,
            "year_after": one.year_after,
            "state_before": one.place.enrolment,
            "state_after": one.state_after,
        }
        for one in planned.moves
    ]
    db.people.rollovers.add_steps(session, steps)
    _apply(session, actor, [RolloverStep(**one) for one in steps], at)
    leavers = [one.place.reference for one in planned.leavers]
    moved = len(planned.moves) - len(leavers)
    audit.record(
        session, at, actor.reference, "years.moved-up", made.reference, moved=moved, left=len(leavers)
    )
    return made


def undo(session: Session, actor: Account, reference: str, at: datetime) -> int:
    """Undo a rollover; return how many students were changed since and stay as they are. Idempotent.

    Raises Refused after 14 days.
    """
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    made = db.people.rollovers.by_reference(session, school.id, reference)
    if made is None:
        raise NotFound
    if made.undone_at is not None:
        return 0
    if at >= made.undo_until:
        raise Refused(Reason.ROLLOVER_STANDS)
    db.people.rollovers.lock_students(session, school.id)
    now = db.people.rollovers.current(session, school.id)
    steps = db.people.rollovers.steps(session, made)
    same = [one for one in steps if now.get(one.student_id) == (one.year_after, one.state_after)]
    back = [
        RolloverStep(
            student_id=one.student_id,
            year_before=one.year_after,
            year_after=one.year_before,
            state_before=one.state_after,
            state_after=one.state_before,
        )
        for one in same
    ]
    _apply(session, actor, back, at)
    made.undone_at = at
    session.flush()
    audit.record(session, at, actor.reference, "years.moved-back", reference, moved=len(back))
    return len(steps) - len(same)


def _apply(session: Session, actor: Account, steps: Sequence[RolloverStep], at: datetime) -> None:
    """Set years and enrolments with a line in each history, and tell those whose enrolment changes."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    common = {"at": at, "actor_id": actor.id, "school_id": school.id}
    db.people.rollovers.set_places(
        session,
        [
            {"account_id": one.student_id, "year_group": one.year_after, "enrolment": one.state_after}
            for one in steps
        ],
    )
    changes: list[dict[str, Any]] = [
        {
            "student_id": one.student_id,
            "fields": json.dumps({"year_group": [one.year_before, one.year_after]}),
            **common,
        }
        for one in steps
        if one.year_before != one.year_after
    ]
    moved = [one for one in steps if one.state_before is not one.state_after]
    states = [
        {
            "student_id": one.student_id,
            "state": one.state_after,
            "reason": LEFT if one.state_after is EnrolmentState.WITHDRAWN else "",
            "note": "",
            **common,
        }
        for one in moved
    ]
    db.people.rollovers.add_history(session, changes, states)
    ended = [one.student_id for one in moved if one.state_after in enrolments.ENDED]
    sign_ups.end_all(session, ended, actor.reference, at)
    for one in moved:
        if one.state_after is not EnrolmentState.INVITED:
            notices.tell_account(session, one.student_id, f"enrolment-{one.state_after}", at)
    session.expire_all()
