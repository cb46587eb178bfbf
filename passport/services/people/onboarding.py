"""Onboarding checks of champions before they may work: identity, supervision, briefing (product, P9).

A manager has checked the champion's identity, each school's coordinator or safeguarding lead has decided
about supervision there, and the champion has read the briefing and made its declarations. Each check is valid
for 12 months. No data of a certificate is stored, not even its number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from passport import db
from passport.db import Session
from passport.db.people.accounts import AT_A_SCHOOL, Account, Champion, Role
from passport.db.people.onboarding import OnboardingStep, Step
from passport.db.programmes.programme import School
from passport.services.core import audit, edit_conflict
from passport.services.core.dates import add_months, today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason

log = structlog.get_logger()

__all__ = ["Check", "Onboarded", "Standing", "Step", "standing"]

MONTHS = 12
SOON = timedelta(days=30)
# keys that the briefing puts into words; all of them are required
DECLARATIONS = ("true", "own-eyes", "only-here", "worries", "family")
DONE, MISSING, EXPIRED, REFUSED = "done", "missing", "expired", "refused"


@dataclass(frozen=True)
class Check:
    """One check and its state: done, missing, expired, or refused by the school."""

    step: Step
    state: str
    done_on: date | None = None
    until: date | None = None
    by: str = ""
    school: School | None = None
    ends_soon: bool = False


@dataclass(frozen=True)
class Standing:
    """All checks of a champion on a day, and the schools that they allow work for."""

    checks: tuple[Check, ...]

    @property
    def missing(self) -> tuple[Check, ...]:
        """The checks that are not done: they close the queue, or one school's part of it."""
        return tuple(check for check in self.checks if check.state != DONE)

    @property
    def open_schools(self) -> list[int]:
        """The row ids of the schools that this champion may work for."""
        if any(check.school is None for check in self.missing):
            return []
        return [check.school.id for check in self.checks if check.school and check.state == DONE]

    @property
    def is_attached(self) -> bool:
        """Whether the champion is attached to any school."""
        return any(check.school for check in self.checks)

    @property
    def ending(self) -> tuple[Check, ...]:
        """The checks that are done and expire soon."""
        return tuple(check for check in self.checks if check.ends_soon)


@dataclass(frozen=True)
class Onboarded:
    """A champion with their onboarding checks."""

    champion: Champion
    standing: Standing


def standing(session: Session, champion: Champion, school_ids: Iterable[int], on: date) -> Standing:
    """Return a champion's checks on a day, for those of ``school_ids`` they are or will be attached to."""
    chosen = set(school_ids)
    schools = [
        school
        for _, school in db.people.onboarding.attached(session, [champion.account_id], on)
        if school.id in chosen
    ]
    return _standing(db.people.onboarding.steps(session, [champion.account_id]), schools, on)


def open_schools(session: Session, account: Account, at: datetime) -> list[int]:
    """Return the row ids of the schools that a champion may work for now.

    They are attached to the school today, not suspended, and all checks are done. Raises NotFound for an
    account that is no champion.
    """
    if account.champion is None:
        raise NotFound
    if account.suspended_at is not None:
        return []
    attached = set(db.people.accounts.attached_schools(session, account.champion, today(at)))
    return [
        number
        for number in standing(session, account.champion, attached, today(at)).open_schools
        if number in attached
    ]


def was_attached(session: Session, account: Account, school_id: int, at: datetime) -> bool:
    """Return whether a champion is or was attached to a school."""
    return db.people.onboarding.was_attached(session, account.id, school_id, today(at))


def own(session: Session, account: Account, at: datetime) -> Standing:
    """Return this champion's checks, for all schools that they are or will be attached to."""
    if account.champion is None:
        raise NotFound
    return _of_each(session, [account.champion], today(at))[0].standing


def listed(session: Session, account: Account, at: datetime) -> list[Onboarded]:
    """Return the champions that an account may see: a manager's whole programme, or those of a school.

    For staff of a school only that school's check of supervision is included.
    """
    if Role.MANAGER in account.roles:
        return everybody(session, account.programme_id, at)
    school = _own_school(account)
    found = db.people.onboarding.champions(session, account.programme_id, [school.id], today(at))
    return _of_each(session, found, today(at), school)


def everybody(session: Session, programme_id: int, at: datetime) -> list[Onboarded]:
    """Return all champions of a programme with their checks."""
    found = db.people.onboarding.champions_of_programme(session, programme_id)
    return _of_each(session, found, today(at))


def one(session: Session, account: Account, reference: str, at: datetime) -> Onboarded:
    """Return one of the champions of `listed`. Raises NotFound, and logs it, for any other."""
    for onboarded in listed(session, account, at):
        if onboarded.champion.account.reference == reference:
            return onboarded
    log.warning("champion refused", actor=account.reference, champion=reference)
    raise NotFound


def brief(session: Session, account: Account, declared: Iterable[str], at: datetime) -> None:
    """Record that a champion has read the briefing. Raises Refused unless all `DECLARATIONS` are made."""
    if account.champion is None:
        raise NotFound
    if set(declared) != set(DECLARATIONS):
        raise Refused(Reason.DECLARATION_MISSING)
    _note(session, account.champion, Step.BRIEFING, account, today(at), at)


def check_identity(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Record that a manager has checked a champion's identity. Raises NotFound for other roles."""
    if Role.MANAGER not in account.roles:
        raise NotFound
    champion = one(session, account, reference, at).champion
    _note(session, champion, Step.IDENTITY, account, today(at), at)


def decided(session: Session, account: Account, reference: str, at: datetime) -> Check | None:
    """Return the school's decision about a champion's supervision; None where it has not decided yet."""
    checks = one(session, account, reference, at).standing.checks
    return next((check for check in checks if check.school and check.done_on), None)


def said(check: Check | None) -> edit_conflict.Stored:
    """Return the stored values of a decision about supervision, for `edit_conflict`."""
    return (check.state != REFUSED, check.done_on) if check else ()


def decide_supervision(
    session: Session,
    account: Account,
    reference: str,
    good: bool,
    decided_on: date,
    at: datetime,
    shown: str | None = None,
) -> None:
    """Record a school's decision whether this champion may work with its students. Idempotent.

    Raises Refused for an impossible day, EditConflict where the school's stored decision changed meanwhile.
    """
    champion, school = one(session, account, reference, at).champion, _own_school(account)
    if not is_possible_day(decided_on, at):
        raise Refused(Reason.DAY_OUT_OF_RANGE)
    # row lock: a concurrent decision waits for this transaction
    db.people.staff.champion(session, account.programme_id, reference, lock=True)
    stands = said(decided(session, account, reference, at))
    if stands == (good, decided_on):
        return
    edit_conflict.require(shown, stands, (good, decided_on))
    _note(session, champion, Step.SUPERVISION, account, decided_on, at, school=school, good=good)


def is_possible_day(decided_on: date, at: datetime) -> bool:
    """Return whether a decision of that day is not in the future and has not expired."""
    return decided_on <= today(at) < _until(decided_on)


def settle(
    session: Session, champion: Champion, schools: Iterable[School], by: Account, on: date, at: datetime
) -> None:
    """Record all checks as done, for commands that create a whole programme."""
    _note(session, champion, Step.BRIEFING, champion.account, on, at)
    _note(session, champion, Step.IDENTITY, by, on, at)
    for school in schools:
        _note(session, champion, Step.SUPERVISION, by, on, at, school=school)


def _own_school(account: Account) -> School:
    if account.staff is None or not account.roles & AT_A_SCHOOL:
        raise NotFound
    return account.staff.school


def _note(
    session: Session,
    champion: Champion,
    step: Step,
    by: Account,
    on: date,
    at: datetime,
    *,
    school: School | None = None,
    good: bool = True,
) -> None:
    school_id = school.id if school else None
    row = OnboardingStep(
        champion_id=champion.account_id, step=step, school_id=school_id, by=by, good=good, done_on=on, at=at
    )
    session.add(row)
    session.flush()
    facts = {"good": good, "on": on.isoformat()} | ({"school": school.reference} if school else {})
    audit.record(session, at, by.reference, f"champion.{step.value}", champion.account.reference, **facts)


def _of_each(
    session: Session, champions: list[Champion], on: date, school: School | None = None
) -> list[Onboarded]:
    """Return each champion's checks, in two queries in total; only those of ``school`` if given."""
    ids = [champion.account_id for champion in champions]
    schools: dict[int, list[School]] = {}
    for champion_id, attached in db.people.onboarding.attached(session, ids, on):
        if school is None or attached.id == school.id:
            schools.setdefault(champion_id, []).append(attached)
    steps: dict[int, list[OnboardingStep]] = {}
    for step in db.people.onboarding.steps(session, ids):
        steps.setdefault(step.champion_id, []).append(step)
    return [
        Onboarded(champion, _standing(steps.get(number, []), schools.get(number, []), on))
        for number, champion in zip(ids, champions, strict=True)
    ]


def _standing(steps: list[OnboardingStep], schools: list[School], on: date) -> Standing:
    """Return the checks; for each step and school only the newest row counts."""
    newest = {(row.step, row.school_id): row for row in steps}
    asked: list[tuple[Step, School | None]] = [(Step.BRIEFING, None), (Step.IDENTITY, None)]
    asked += [(Step.SUPERVISION, school) for school in schools]
    return Standing(
        tuple(
            _check(step, school, newest.get((step, school.id if school else None)), on)
            for step, school in asked
        )
    )


def _check(step: Step, school: School | None, row: OnboardingStep | None, on: date) -> Check:
    if row is None:
        return Check(step, MISSING, school=school)
    until = _until(row.done_on)
    state = REFUSED if not row.good else EXPIRED if on >= until else DONE
    ends_soon = state == DONE and until <= on + SOON
    return Check(step, state, row.done_on, until, row.by.name, school, ends_soon)


def _until(done_on: date) -> date:
    return add_months(done_on, MONTHS)
