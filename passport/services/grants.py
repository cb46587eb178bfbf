"""Further roles: one manager proposes one for somebody, another manager confirms it; any one ends it.

Nobody takes part in a grant to herself, and what a manager proposed who is none any more cannot be confirmed.
A role that is ended is gone with the next page that its person opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.accounts import Account, Role
from passport.db.grants import GrantState, RoleGrant
from passport.services import audit
from passport.services.errors import NotFound, Refused
from passport.services.holds import private_reason
from passport.services.rights import Action, How, allows

__all__ = ["GRANTABLE", "GrantState", "RoleGrant", "confirm", "end", "find", "of_programme", "propose"]

GRANTABLE = (Role.COORDINATOR, Role.LEAD, Role.MANAGER, Role.AUTHOR, Role.ORGANISER, Role.STEERING)
# these answer for a school, so only somebody who works at one can hold them
AT_A_SCHOOL = {Role.COORDINATOR, Role.LEAD}
# whom a champion endorses, a champion does not manage too
NOT_FOR_CHAMPIONS = {Role.MANAGER}
HAVE_NONE = {Role.STUDENT, Role.ADMISSIONS}


def propose(session: Session, actor: Account, email: str, role: Role, reason: str, at: datetime) -> RoleGrant:
    """Propose a role for the person with that address. A second click finds the first one's proposal."""
    _require_manager(actor)
    reason = private_reason(reason)
    person = _person(session, actor, email)
    if person.id == actor.id:
        raise Refused("role-own")
    if role not in GRANTABLE or not _fits(person, role):
        raise Refused("role-does-not-fit")
    if role in person.roles:
        raise Refused("role-held")
    grant = RoleGrant(
        account=person,
        role=role,
        state=GrantState.PROPOSED,
        reason=reason,
        proposed_by=actor,
        proposed_at=at,
    )
    if db.grants.add_open(session, grant):
        audit.record(session, at, actor.reference, "role.proposed", person.reference, role=role.value)
        return grant
    standing = db.grants.open_for(session, person.id, role)
    if standing is None or (standing.proposed_by_id, standing.reason) != (actor.id, reason):
        raise Refused("role-proposed")
    return standing


def confirm(session: Session, actor: Account, reference: str, at: datetime) -> RoleGrant:
    """Give the role, as the second of two managers. A second click finds it given."""
    grant = _locked(session, actor, reference)
    if grant.state is GrantState.GRANTED and grant.confirmed_by_id == actor.id:
        return grant
    if grant.state is not GrantState.PROPOSED:
        raise Refused("role-decided")
    if actor.id in {grant.proposed_by_id, grant.account_id}:
        raise Refused("role-needs-another")
    if grant.proposed_by.suspended_at is not None or not _is_manager(grant.proposed_by):
        raise Refused("role-proposer-gone")
    grant.state, grant.confirmed_by, grant.confirmed_at = GrantState.GRANTED, actor, at
    session.flush()
    session.expire(grant.account, ["grants"])
    _told(session, actor, grant, "role.granted", at)
    return grant


def end(session: Session, actor: Account, reference: str, at: datetime) -> RoleGrant:
    """Refuse a proposal, take it back, or end a role. A second click finds it ended."""
    grant = _locked(session, actor, reference)
    if grant.state is GrantState.ENDED:
        return grant
    was = grant.state
    grant.state, grant.ended_by, grant.ended_at = GrantState.ENDED, actor, at
    session.flush()
    session.expire(grant.account, ["grants"])
    _told(session, actor, grant, "role.ended" if was is GrantState.GRANTED else "role.refused", at)
    return grant


def of_programme(session: Session, actor: Account) -> Sequence[RoleGrant]:
    """The programme's grants: those that wait first, then those that hold, then those that are over."""
    _require_manager(actor)
    return db.grants.of_programme(session, actor.programme_id)


def find(session: Session, actor: Account, reference: str) -> RoleGrant:
    """A grant of the manager's own programme. Raises NotFound for another's."""
    _require_manager(actor)
    found = db.grants.by_reference(session, actor.programme_id, reference)
    if found is None:
        raise NotFound
    return found


def _person(session: Session, actor: Account, email: str) -> Account:
    """An adult of the actor's programme; anybody else is as unknown as an address that nobody has."""
    found = db.accounts.by_email(session, email)
    if (
        found is None
        or found.programme_id != actor.programme_id
        or found.role in HAVE_NONE
        or found.suspended_at is not None
    ):
        raise Refused("person-unknown")
    return found


def _fits(person: Account, role: Role) -> bool:
    if role in AT_A_SCHOOL and person.staff is None:
        return False
    return not (person.role is Role.CHAMPION and role in NOT_FOR_CHAMPIONS)


def _locked(session: Session, actor: Account, reference: str) -> RoleGrant:
    grant = find(session, actor, reference)
    db.grants.lock(session, grant)
    return grant


def _told(session: Session, actor: Account, grant: RoleGrant, action: str, at: datetime) -> None:
    audit.record(session, at, actor.reference, action, grant.account.reference, role=grant.role.value)


def _is_manager(account: Account) -> bool:
    return allows(account.roles, Action.ROLES, How.TWO_PEOPLE)


def _require_manager(account: Account) -> None:
    if not _is_manager(account):
        raise NotFound
