"""Permissions: the matrix of roles and actions, as data.

Routes name an action of this table and get their roles from it; services check it again before they change
anything; a test tries every route with every role against the same table; the help page prints it. Actions
without a page yet are listed too. A permission alone is never enough: every query also filters for the
account's own rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Columns of the matrix: the roles of accounts, and ANYONE for requests without one."""

    STUDENT = "student"
    CHAMPION = "champion"
    COORDINATOR = "coordinator"
    LEAD = "lead"
    MANAGER = "manager"
    AUTHOR = "author"
    ORGANISER = "organiser"
    STEERING = "steering"
    ADMISSIONS = "admissions"
    ANYONE = "anyone"


class Action(StrEnum):
    """Rows of the matrix: one action each."""

    WRITE_EVIDENCE = "write evidence"
    READ_EVIDENCE = "read evidence"
    DECIDE = "decide"
    RELEASE = "release"
    HOLD = "hold"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    SHARE = "share"
    CHECK = "check"
    CHECK_MANY = "check many"
    BRING_IN_STUDENTS = "bring in students"
    ONBOARD_CHAMPION = "onboard champion"
    ATTACH_CHAMPION = "attach champion"
    ACTIVITIES = "activities"
    VISITS = "visits"
    PLACES = "places"
    FRAMEWORK = "framework"
    EQUALITY = "equality"
    PACKS = "packs"
    WORRIES = "worries"
    SUBJECT_ACCESS = "subject access"
    SUSPEND = "suspend"
    KEYS = "keys"
    STRUCTURE = "structure"
    ROLES = "roles"
    OVERVIEW = "overview"
    OWN_RECORD = "own record"
    OWN_ACCOUNT = "own account"


class How(StrEnum):
    """How far a permission goes; anything but FULLY limits it to one part of the action."""

    FULLY = "fully"
    COUNTS = "counts"
    WITH_REASON = "with a reason"
    AS_SCRIBE = "as scribe"
    CONFIRM = "confirm"
    OWN = "own"
    TWO_PEOPLE = "two people"
    BATCH_PRINT = "batch print"
    FIFTY_ROWS = "fifty rows"
    SCHOOL_CHECKS = "school checks"
    IDENTITY = "identity"
    SIGN_UP = "sign up"
    PROPOSE = "propose"
    APPLY = "apply"
    BLIND_PANEL = "blind panel"
    COMMENT_AND_SIGN = "comment and sign"
    PUBLISH = "publish"
    DRAFT = "draft"
    READ = "read"
    OWN_SCHOOL_COUNTS = "own school counts"
    RAISE = "raise"
    ASK = "ask"
    PREPARE = "prepare"
    APPROVE = "approve"
    OWN_SCHOOL = "own school"


@dataclass(frozen=True)
class Grant:
    """One cell of the matrix: a role, and how far its permission goes."""

    who: Who
    how: How = How.FULLY


def _all(*people: Who, how: How = How.FULLY) -> tuple[Grant, ...]:
    return tuple(Grant(who, how) for who in people)


ACCOUNTS = tuple(who for who in Who if who is not Who.ANYONE)

RIGHTS: dict[Action, tuple[Grant, ...]] = {
    Action.WRITE_EVIDENCE: (Grant(Who.STUDENT), Grant(Who.COORDINATOR, How.AS_SCRIBE)),
    Action.READ_EVIDENCE: (
        *_all(Who.STUDENT, Who.CHAMPION, Who.COORDINATOR),
        *_all(Who.LEAD, Who.MANAGER, how=How.WITH_REASON),
    ),
    Action.DECIDE: (Grant(Who.CHAMPION), Grant(Who.COORDINATOR, How.CONFIRM)),
    Action.RELEASE: _all(Who.COORDINATOR, Who.LEAD),
    Action.HOLD: _all(Who.COORDINATOR, Who.LEAD, Who.MANAGER),
    Action.CORRECT: _all(Who.COORDINATOR, Who.MANAGER),
    Action.WITHDRAW: (Grant(Who.STUDENT, How.OWN), Grant(Who.MANAGER, How.TWO_PEOPLE)),
    Action.SHARE: (Grant(Who.STUDENT), Grant(Who.COORDINATOR, How.BATCH_PRINT)),
    Action.CHECK: _all(*Who),
    Action.CHECK_MANY: (Grant(Who.ADMISSIONS), Grant(Who.ANYONE, How.FIFTY_ROWS)),
    Action.BRING_IN_STUDENTS: _all(Who.COORDINATOR),
    Action.ONBOARD_CHAMPION: (
        *_all(Who.COORDINATOR, Who.LEAD, how=How.SCHOOL_CHECKS),
        Grant(Who.MANAGER, How.IDENTITY),
    ),
    Action.ATTACH_CHAMPION: _all(Who.MANAGER),
    Action.ACTIVITIES: (
        Grant(Who.STUDENT, How.SIGN_UP),
        Grant(Who.CHAMPION, How.PROPOSE),
        *_all(Who.COORDINATOR, Who.MANAGER, Who.ORGANISER),
    ),
    Action.VISITS: _all(Who.MANAGER, Who.ORGANISER),
    Action.PLACES: (
        Grant(Who.STUDENT, How.APPLY),
        *_all(Who.CHAMPION, Who.COORDINATOR, how=How.BLIND_PANEL),
        Grant(Who.MANAGER),
    ),
    Action.FRAMEWORK: (
        *_all(Who.CHAMPION, Who.COORDINATOR, how=How.COMMENT_AND_SIGN),
        Grant(Who.MANAGER, How.PUBLISH),
        Grant(Who.AUTHOR, How.DRAFT),
        Grant(Who.ANYONE, How.READ),
    ),
    Action.EQUALITY: (Grant(Who.STUDENT, How.OWN), *_all(Who.MANAGER, Who.STEERING, how=How.COUNTS)),
    Action.PACKS: (
        *_all(Who.CHAMPION, Who.COORDINATOR, how=How.OWN_SCHOOL_COUNTS),
        Grant(Who.MANAGER),
        Grant(Who.STEERING, How.READ),
    ),
    Action.WORRIES: (
        *_all(Who.STUDENT, Who.CHAMPION, Who.COORDINATOR, how=How.RAISE),
        Grant(Who.LEAD),
        Grant(Who.MANAGER, How.WITH_REASON),
    ),
    Action.SUBJECT_ACCESS: (
        *_all(Who.STUDENT, Who.CHAMPION, how=How.ASK),
        Grant(Who.COORDINATOR, How.PREPARE),
        Grant(Who.MANAGER, How.APPROVE),
    ),
    Action.SUSPEND: (Grant(Who.COORDINATOR, How.OWN_SCHOOL), *_all(Who.LEAD, Who.MANAGER)),
    Action.KEYS: (Grant(Who.MANAGER, How.TWO_PEOPLE), Grant(Who.ANYONE, How.READ)),
    Action.STRUCTURE: _all(Who.MANAGER),
    Action.ROLES: _all(Who.MANAGER, how=How.TWO_PEOPLE),
    Action.OVERVIEW: _all(Who.COORDINATOR, Who.LEAD, Who.MANAGER, how=How.COUNTS),
    Action.OWN_RECORD: _all(Who.STUDENT, how=How.OWN),
    Action.OWN_ACCOUNT: _all(*ACCOUNTS),
}


def how(action: Action, who: Who) -> How | None:
    """Return how far a role may do an action; None if it may not."""
    return next((grant.how for grant in RIGHTS[action] if grant.who is who), None)


def who_may(action: Action, *ways: How) -> frozenset[Who]:
    """Return the roles that may do an action in one of ``ways``; without ways, those that may do it fully."""
    return frozenset(grant.who for grant in RIGHTS[action] if grant.how in (ways or (How.FULLY,)))


def of_role(role: str) -> list[tuple[Action, How]]:
    """Return the actions that a role may do, and how far: one column of the matrix."""
    return [(action, way) for action in Action if (way := how(action, Who(role))) is not None]


def allows(roles: Iterable[str], action: Action, *ways: How) -> bool:
    """Return whether one of ``roles`` may do an action in one of ``ways``; without ways, fully."""
    return not who_may(action, *ways).isdisjoint(Who(role) for role in roles)
