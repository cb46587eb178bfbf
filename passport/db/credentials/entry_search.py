"""Searches for entries of a school or a programme, for the staff who run them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from passport.db.credentials.records import (
    Credential,
    CredentialState,
    StatusChange,
    not_corrected,
    signed,
)
from passport.db.people.accounts import Account, Role, Staff, Student, holds

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Entries:
    """A page of entries, and how many there are in all."""

    rows: list[Credential]
    total: int


def entries(
    session: Session, school_ids: list[int], state: CredentialState | None, start: int, limit: int
) -> Entries:
    """Return a page of the entries of these schools' students, in one state or any, by student name."""
    chosen = _of_schools(select(Credential), school_ids)
    counted = _of_schools(select(func.count()).select_from(Credential), school_ids)
    if state is not None:
        chosen, counted = chosen.where(Credential.state == state), counted.where(Credential.state == state)
    named = chosen.options(joinedload(Credential.student))
    ordered = named.order_by(Account.name, Account.id, Credential.id.desc()).offset(start).limit(limit)
    return Entries(list(session.scalars(ordered)), session.scalar(counted) or 0)


def entry(session: Session, school_ids: list[int], reference: str) -> Credential | None:
    """Return one entry of these schools' students, corrected since or not."""
    return session.scalar(
        select(Credential)
        .join(Student, Student.account_id == Credential.student_id)
        .where(Student.school_id.in_(school_ids), Credential.reference == reference, signed())
    )


def changes(session: Session, endorsement_id: int) -> list[StatusChange]:
    """Return every state change of an entry and of those that it was corrected from, newest first."""
    query = (
        select(StatusChange)
        .join(Credential, Credential.id == StatusChange.credential_id)
        .where(Credential.endorsement_id == endorsement_id)
        .order_by(StatusChange.id.desc())
    )
    return list(session.scalars(query))


def actors(session: Session, references: set[str]) -> dict[str, Account]:
    """Return the accounts behind the references of an audit trail."""
    query = select(Account).where(Account.reference.in_(references))
    return {one.reference: one for one in session.scalars(query)}


def coordinators(session: Session, school_id: int) -> list[str]:
    """Return the names of a school's coordinators who are not suspended."""
    query = (
        select(Account.name)
        .join(Staff, Staff.account_id == Account.id)
        .where(Staff.school_id == school_id, holds(Role.COORDINATOR), Account.suspended_at.is_(None))
    )
    return list(session.scalars(query.order_by(Account.name)))


def managers(session: Session, programme_id: int) -> list[int]:
    """Return the account ids of a programme's managers who are not suspended."""
    query = select(Account.id).where(
        Account.programme_id == programme_id, holds(Role.MANAGER), Account.suspended_at.is_(None)
    )
    return list(session.scalars(query.order_by(Account.id)))


def _of_schools(query: Select[Any], school_ids: list[int]) -> Select[Any]:
    return (
        query.join(Student, Student.account_id == Credential.student_id)
        .join(Account, Account.id == Student.account_id)
        .where(Student.school_id.in_(school_ids), signed(), not_corrected())
    )
