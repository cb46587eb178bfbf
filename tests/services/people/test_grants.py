"""A further role takes two managers, neither of them the person; one ends it; all of it is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from passport import db
from passport.db.people.accounts import AT_A_SCHOOL, Role
from passport.db.people.grants import GrantState, RoleGrant
from passport.db.programmes.programme import School
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.credentials import entry_search
from passport.services.people import accounts, grants
from passport.services.people.grants import Newcomer
from tests.fixtures.towns import Town

if TYPE_CHECKING:
    from passport.db import Session

URL = "http://localhost:8000"
WHY = "Casey answers for safeguarding from this term on."
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


def propose(session: Session, town: Town, by: str, who: str = "casey", role: Role = Role.LEAD) -> RoleGrant:
    """A person proposes a role for a person."""
    email = f"{who}@example.test"
    return grants.propose(session, town.account(session, by), email, role, WHY, town.clock())


def test_one_proposes_another_confirms_and_one_ends_it(town: Town) -> None:
    with town.transaction() as session:
        casey, quinn = town.account(session, "casey"), town.account(session, "quinn")
        made = propose(session, town, "morgan")
        assert propose(session, town, "morgan") is made
        assert casey.roles == {Role.COORDINATOR}
        for _twice in range(2):
            grants.confirm(session, quinn, made.reference, URL, town.clock())
        assert casey.roles == {Role.COORDINATOR, Role.LEAD}
        with pytest.raises(Refused, match="role-held"):
            propose(session, town, "quinn")
    with town.transaction() as session:
        casey, quinn = town.account(session, "casey"), town.account(session, "quinn")
        assert casey.roles == {Role.COORDINATOR, Role.LEAD}
        for _twice in range(2):
            grants.end(session, quinn, made.reference, town.clock())
        assert casey.roles == {Role.COORDINATOR}
        assert propose(session, town, "quinn").state is GrantState.PROPOSED
    with town.transaction() as session:
        acts = [
            (one.action, one.actor, json.loads(one.detail))
            for one in db.core.audit.records(session)
            if one.action.startswith("role.")
        ]
        by = town.references
        assert [(action, actor) for action, actor, _detail in acts] == [
            ("role.proposed", by["morgan"]),
            ("role.granted", by["quinn"]),
            ("role.ended", by["quinn"]),
            ("role.proposed", by["quinn"]),
        ]
        assert all(detail["role"] == "lead" for _action, _actor, detail in acts)
        assert audit.broken_at(session) is None


@SQLITE
def test_no_one_takes_part_twice_or_for_herself(town: Town) -> None:
    with town.transaction() as session:
        morgan, quinn = town.account(session, "morgan"), town.account(session, "quinn")
        made = propose(session, town, "morgan")
        with pytest.raises(Refused, match="request-own"):
            grants.confirm(session, morgan, made.reference, URL, town.clock())
        with pytest.raises(Refused, match="role-own"):
            propose(session, town, "morgan", "morgan", Role.AUTHOR)
        own = propose(session, town, "morgan", "quinn", Role.AUTHOR)
        with pytest.raises(Refused, match="request-own"):
            grants.confirm(session, quinn, own.reference, URL, town.clock())
        with pytest.raises(Refused, match="role-proposed"):
            propose(session, town, "quinn")


@SQLITE
def test_what_a_suspended_manager_proposed_cannot_be_confirmed(town: Town) -> None:
    with town.transaction() as session:
        morgan, quinn = town.account(session, "morgan"), town.account(session, "quinn")
        made = propose(session, town, "morgan")
        accounts.suspend(session, quinn, morgan, town.clock())
        with pytest.raises(Refused, match="request-of-the-past"):
            grants.confirm(session, quinn, made.reference, URL, town.clock())
        assert grants.end(session, quinn, made.reference, town.clock()).state is GrantState.ENDED
        with pytest.raises(Refused, match="request-decided"):
            grants.confirm(session, quinn, made.reference, URL, town.clock())


@SQLITE
@pytest.mark.parametrize(
    ("who", "role", "reason"),
    [
        ("nobody", Role.LEAD, "person-unknown"),
        ("amara", Role.AUTHOR, "person-unknown"),
        ("ash", Role.AUTHOR, "person-unknown"),
        ("robin", Role.MANAGER, "role-does-not-fit"),
        ("robin", Role.LEAD, "role-does-not-fit"),
        ("quinn", Role.COORDINATOR, "role-does-not-fit"),
        ("casey", Role.STUDENT, "role-does-not-fit"),
        ("casey", Role.ADMISSIONS, "role-does-not-fit"),
        ("casey", Role.COORDINATOR, "role-held"),
    ],
)
def test_a_role_that_does_not_fit_is_refused(town: Town, who: str, role: Role, reason: str) -> None:
    with town.transaction() as session, pytest.raises(Refused, match=reason):
        propose(session, town, "morgan", who, role)


@SQLITE
def test_only_managers_of_the_persons_own_programme(town: Town) -> None:
    with town.transaction() as session:
        made = propose(session, town, "morgan")
        for who in ("casey", "robin", "amara", "ash"):
            with pytest.raises(NotFound):
                grants.confirm(session, town.account(session, who), made.reference, URL, town.clock())
            with pytest.raises(NotFound):
                grants.of_programme(session, town.account(session, who))


@SQLITE
def test_the_tables_themselves_refuse_one_person_for_two(town: Town) -> None:
    with town.transaction() as session:
        number = propose(session, town, "morgan").id
    for one in ("morgan", "casey"):
        with pytest.raises(IntegrityError):
            _force(town, number, one)
    with pytest.raises(IntegrityError), town.transaction() as session:
        session.get_one(RoleGrant, number).state = GrantState.GRANTED


def come(session: Session, town: Town, role: Role, **other: str) -> RoleGrant:
    """Morgan proposes a new person."""
    school = session.query(School).filter_by(name="Lanternmoor High School").one().reference
    who = Newcomer(**{"name": "Jo Stubfield", "email": "jo@example.test", "school": school} | other)
    return grants.propose_newcomer(session, town.account(session, "morgan"), who, role, WHY, town.clock())


@SQLITE
@pytest.mark.parametrize("role", grants.GRANTABLE)
def test_a_new_person_has_an_account_when_the_second_manager_confirms(town: Town, role: Role) -> None:
    with town.transaction() as session:
        made = come(session, town, role)
        assert come(session, town, role) is made
        assert db.people.accounts.by_email(session, "jo@example.test") is None
        quinn = town.account(session, "quinn")
        for _twice in range(2):
            grants.confirm(session, quinn, made.reference, URL, town.clock())
        account = db.people.accounts.by_email(session, "jo@example.test")
        assert account is not None
        assert account.roles == {role}
        assert (account.staff is not None) == (role in AT_A_SCHOOL)
        assert [one.account_id for one in db.core.mails.newest(session, 10)] == [account.id]
        with pytest.raises(Refused, match="role-of-the-account"):
            grants.end(session, quinn, made.reference, town.clock())
        assert audit.broken_at(session) is None


@SQLITE
def test_a_new_person_is_refused_with_a_taken_or_shared_address_or_no_school(town: Town) -> None:
    wrong = {
        "email-taken": {"email": "amara@example.test"},
        "shared-mailbox": {"email": "office@example.test"},
        "school-missing": {"school": ""},
        "name-missing": {"name": "  "},
    }
    for reason, other in wrong.items():
        with town.transaction() as session, pytest.raises(Refused) as refused:
            come(session, town, Role.LEAD, **other)
        assert refused.value.reason == reason
    with town.transaction() as session, pytest.raises(NotFound):
        come(session, town, Role.LEAD, school="NOSUCHREF")
    with town.transaction() as session:
        made = come(session, town, Role.AUTHOR)
        grants.end(session, town.account(session, "quinn"), made.reference, town.clock())
        assert come(session, town, Role.LEAD).role is Role.LEAD
        with pytest.raises(Refused, match="role-proposed"):
            come(session, town, Role.MANAGER)


def _force(town: Town, number: int, who: str) -> None:
    with town.transaction() as session:
        grant = session.get_one(RoleGrant, number)
        grant.state, grant.confirmed_by = GrantState.GRANTED, town.account(session, who)


@SQLITE
def test_a_manager_by_grant_reaches_the_whole_programme_until_it_ends(town: Town) -> None:
    with town.transaction() as session:
        made = propose(session, town, "morgan", "casey", Role.MANAGER)
        casey, quinn = town.account(session, "casey"), town.account(session, "quinn")
        assert len(entry_search.schools(session, casey)) == 1
        grants.confirm(session, quinn, made.reference, URL, town.clock())
        assert len(entry_search.schools(session, casey)) == 2
        grants.end(session, quinn, made.reference, town.clock())
        assert len(entry_search.schools(session, casey)) == 1
