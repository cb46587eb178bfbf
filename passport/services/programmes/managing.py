"""Checks shared by the pages of people who run a programme: permissions, own school, names."""

from __future__ import annotations

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.programme import School
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows
from passport.services.core.text_rules import usable

LONGEST_NAME = 120


def require(account: Account, action: Action, *ways: How) -> None:
    """Raise NotFound unless the account's roles allow the action, in one of ``ways``; without ways, fully."""
    if not allows(account.roles, action, *ways):
        raise NotFound


def own_school(account: Account, action: Action, *ways: How) -> School:
    """Return the school that the account works at. Raises NotFound without one or without the permission."""
    require(account, action, *ways)
    if account.staff is None:
        raise NotFound
    return account.staff.school


def active_staff(session: Session, school_id: int, action: Action) -> list[Account]:
    """Return a school's staff who are not suspended and may do an action fully, by name."""
    there = db.people.staff.of_school(session, school_id)
    return [one for one in there if one.suspended_at is None and allows(one.roles, action)]


def school(session: Session, account: Account, reference: str, *, lock: bool) -> School:
    """Return a school of the account's programme; with ``lock``, with a row lock (FOR UPDATE).

    Raises NotFound for another programme's.
    """
    found = db.programmes.sectors.school(session, account.programme_id, reference, lock=lock)
    if found is None:
        raise NotFound
    return found


def named(what: str, typed: str) -> str:
    """Return a name as it is stored, with single spaces between words.

    Raises Refused for an empty or overlong name, UnusableText for one that cannot be signed.
    """
    name = " ".join(typed.split())
    if not name:
        raise Refused(Reason.NAME_MISSING)
    if len(name) > LONGEST_NAME:
        raise Refused(Reason.NAME_TOO_LONG, most=LONGEST_NAME)
    return usable(what, name, quoted=True)
