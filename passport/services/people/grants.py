"""Role grants by two managers: one proposes, another confirms; any manager ends it.

A person with an account gets an additional role. For a newcomer the account is made, and the invitation sent,
when the second manager confirms.

No manager takes part in a grant to themselves, and a proposal cannot be confirmed once its proposer is no
longer a manager. The end of a role takes effect with the next request of its holder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import AT_A_SCHOOL, Account, Role
from passport.db.people.grants import GrantState, RoleGrant
from passport.services.core import audit, mailboxes, notices, two_people
from passport.services.core.errors import NotFound, Refused, SharedMailbox
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows
from passport.services.core.text_rules import private_reason
from passport.services.people import accounts, invitations
from passport.services.programmes import managing

__all__ = [
    "AT_A_SCHOOL",
    "GRANTABLE",
    "GrantState",
    "Newcomer",
    "RoleGrant",
    "confirm",
    "end",
    "find",
    "of_programme",
    "propose",
    "propose_newcomer",
]

GRANTABLE = (Role.COORDINATOR, Role.LEAD, Role.MANAGER, Role.AUTHOR, Role.ORGANISER, Role.STEERING)
# AT_A_SCHOOL: these roles answer for a school, so only staff of a school can hold them
# a champion must not also manage the students whom they endorse
NOT_FOR_CHAMPIONS = {Role.MANAGER}
HAVE_NONE = {Role.STUDENT, Role.ADMISSIONS}


@dataclass(frozen=True)
class Newcomer:
    """A person without an account; ``school`` is the reference of the school they work at, or empty."""

    name: str
    email: str
    school: str


def propose(session: Session, actor: Account, email: str, role: Role, reason: str, at: datetime) -> RoleGrant:
    """Propose a role for the account with that address. Idempotent for the same proposer and reason.

    Raises Refused for an unknown person, for the actor, for a role that does not fit, is held or is proposed.
    """
    _require_manager(actor)
    reason = private_reason(reason)
    person = _person(session, actor, email)
    if person.id == actor.id:
        raise Refused(Reason.ROLE_OWN)
    if role not in GRANTABLE or not _fits(person, role):
        raise Refused(Reason.ROLE_DOES_NOT_FIT)
    if role in person.roles:
        raise Refused(Reason.ROLE_HELD)
    grant = RoleGrant(
        programme_id=actor.programme_id,
        account=person,
        role=role,
        state=GrantState.PROPOSED,
        reason=reason,
        proposed_by=actor,
        proposed_at=at,
    )
    if db.people.grants.add_open(session, grant):
        _proposed(session, actor, grant, at)
        return grant
    standing = db.people.grants.open_for(session, person.id, role)
    if standing is None or (standing.proposed_by_id, standing.reason) != (actor.id, reason):
        raise Refused(Reason.ROLE_PROPOSED)
    return standing


def propose_newcomer(
    session: Session, actor: Account, who: Newcomer, role: Role, reason: str, at: datetime
) -> RoleGrant:
    """Propose an account with a role for a newcomer. Idempotent for the same proposer, role and name.

    Raises Refused for an address that is taken, SharedMailbox for one that several people read.
    """
    _require_manager(actor)
    reason, name = private_reason(reason), managing.named("name", who.name)
    email = db.people.accounts.kept_email(who.email)
    if mailboxes.is_shared(email):
        raise SharedMailbox
    accounts.require_free(session, email, actor.reference)
    if role not in GRANTABLE:
        raise Refused(Reason.ROLE_DOES_NOT_FIT)
    if role in AT_A_SCHOOL and not who.school:
        raise Refused(Reason.SCHOOL_MISSING)
    school = managing.school(session, actor, who.school, lock=True) if role in AT_A_SCHOOL else None
    grant = RoleGrant(
        programme_id=actor.programme_id,
        name=name,
        email=email,
        school=school,
        role=role,
        state=GrantState.PROPOSED,
        reason=reason,
        proposed_by=actor,
        proposed_at=at,
    )
    if db.people.grants.add_open(session, grant):
        _proposed(session, actor, grant, at)
        return grant
    standing = db.people.grants.open_for_newcomer(session, email)
    same = standing and (standing.proposed_by_id, standing.role, standing.name) == (actor.id, role, name)
    if standing is None or not same:
        raise Refused(Reason.ROLE_PROPOSED)
    return standing


def confirm(session: Session, actor: Account, reference: str, public_url: str, at: datetime) -> RoleGrant:
    """Grant the role, as the second of two managers. Idempotent for the same manager.

    Raises Refused where it is decided, where the actor proposed it or would get it, and where the proposer
    is suspended or no longer a manager.
    """
    grant = _locked(session, actor, reference)
    if grant.state is GrantState.GRANTED and grant.confirmed_by_id == actor.id:
        return grant
    is_open = grant.state is GrantState.PROPOSED
    two_people.require_second(actor, grant.proposed_by, is_open=is_open, concerned=grant.account_id)
    two_people.require_entitled(grant.proposed_by, Action.ROLES)
    if grant.account is None:
        grant.account = _come(session, actor, grant, public_url, at)
    else:
        notices.tell(session, grant.account, "role-given", at)
    notices.tell(session, grant.proposed_by, "role-confirmed", at, name=grant.person)
    grant.state, grant.confirmed_by, grant.confirmed_at = GrantState.GRANTED, actor, at
    _moved(session, actor, grant, "role.granted", at)
    return grant


def end(session: Session, actor: Account, reference: str, at: datetime) -> RoleGrant:
    """Refuse or take back a proposal, or end an additional role. Idempotent.

    Raises Refused for the account's main role, which ends only with the account.
    """
    grant = _locked(session, actor, reference)
    if grant.state is GrantState.ENDED:
        return grant
    was = grant.state
    if grant.account is not None and grant.account.role is grant.role:
        raise Refused(Reason.ROLE_OF_THE_ACCOUNT)
    grant.state, grant.ended_by, grant.ended_at = GrantState.ENDED, actor, at
    _tell_of_the_end(session, actor, grant, was, at)
    _moved(session, actor, grant, "role.ended" if was is GrantState.GRANTED else "role.refused", at)
    return grant


def of_programme(session: Session, actor: Account) -> Sequence[RoleGrant]:
    """Return the programme's grants: the proposed ones first, then those in force, then the ended ones."""
    _require_manager(actor)
    return db.people.grants.of_programme(session, actor.programme_id)


def find(session: Session, actor: Account, reference: str) -> RoleGrant:
    """Return a grant of the manager's programme. Raises NotFound for another's."""
    _require_manager(actor)
    found = db.people.grants.by_reference(session, actor.programme_id, reference)
    if found is None:
        raise NotFound
    return found


def _person(session: Session, actor: Account, email: str) -> Account:
    """Return the account with this address: not suspended, an adult who may hold roles, of this programme.

    Raises Refused(PERSON_UNKNOWN) for any other account just as for an address that no account has.
    """
    found = db.people.accounts.by_email(session, email)
    if (
        found is None
        or found.programme_id != actor.programme_id
        or found.role in HAVE_NONE
        or found.suspended_at is not None
    ):
        raise Refused(Reason.PERSON_UNKNOWN)
    return found


def _fits(person: Account, role: Role) -> bool:
    if role in AT_A_SCHOOL and person.staff is None:
        return False
    return not (person.role is Role.CHAMPION and role in NOT_FOR_CHAMPIONS)


def _locked(session: Session, actor: Account, reference: str) -> RoleGrant:
    grant = find(session, actor, reference)
    db.people.grants.lock(session, grant)
    return grant


def _come(session: Session, actor: Account, grant: RoleGrant, public_url: str, at: datetime) -> Account:
    """Make and invite the account of a newcomer. Raises Refused where the address is taken by now."""
    accounts.require_free(session, grant.email, actor.reference)
    made = accounts.make(
        session,
        actor.programme,
        grant.role,
        email=grant.email,
        name=grant.name,
        first_name=grant.name.split()[0],
        password=None,
        at=at,
    )
    if grant.school is not None:
        accounts.make_staff(session, made, grant.school)
    invitations.invite(session, actor, made, public_url, at)
    return made


def _proposed(session: Session, actor: Account, grant: RoleGrant, at: datetime) -> None:
    """Record a proposal and notify all managers except its proposer and the one who would get the role."""
    for manager in db.credentials.entry_search.managers(session, actor.programme_id):
        if manager not in {actor.id, grant.account_id}:
            notices.tell_account(session, manager, "role-proposed", at)
    subject = grant.account.reference if grant.account else grant.reference
    audit.record(session, at, actor.reference, "role.proposed", subject, [grant], role=grant.role.value)


def _tell_of_the_end(
    session: Session, actor: Account, grant: RoleGrant, was: GrantState, at: datetime
) -> None:
    if was is GrantState.GRANTED and grant.account is not None and grant.account_id != actor.id:
        notices.tell(session, grant.account, "role-ended", at)
    if was is GrantState.PROPOSED and grant.proposed_by_id != actor.id:
        notices.tell(session, grant.proposed_by, "role-refused", at, name=grant.person)


def _moved(session: Session, actor: Account, grant: RoleGrant, action: str, at: datetime) -> None:
    """Flush, expire the account's cached grants so that permissions are read again, and record the act."""
    session.flush()
    if grant.account is not None:
        session.expire(grant.account, ["grants"])
    subject = grant.account.reference if grant.account else grant.reference
    audit.record(session, at, actor.reference, action, subject, [grant], role=grant.role.value)


def _require_manager(account: Account) -> None:
    if not allows(account.roles, Action.ROLES, How.TWO_PEOPLE):
        raise NotFound
