"""The adults of a programme: staff of its schools, its champions, and who has accepted an invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from passport.db.base import locking
from passport.db.people.accounts import Account, Attachment, Champion, Role, Staff, Student
from passport.db.people.invitations import Invitation
from passport.db.programmes.programme import Employer, School, Sector
from passport.db.programmes.sectors import SchoolSector

ADULTS = [role for role in Role if role not in {Role.STUDENT, Role.ADMISSIONS}]


@dataclass(frozen=True)
class Invited:
    """An account, and the newest invitation that was sent to it, if any."""

    account: Account
    invitation: Invitation | None


def by_school(session: Session, programme_id: int) -> dict[int, int]:
    """Return how many people who are not suspended work at each school of a programme."""
    query = (
        select(Staff.school_id, func.count().label("number"))
        .join(School, School.id == Staff.school_id)
        .join(Account, Account.id == Staff.account_id)
        .where(School.programme_id == programme_id, Account.suspended_at.is_(None))
        .group_by(Staff.school_id)
    )
    return {row.school_id: row.number for row in session.execute(query)}


def of_school(session: Session, school_id: int) -> list[Account]:
    """Return the accounts of a school's staff, by name."""
    query = select(Account).join(Staff, Staff.account_id == Account.id)
    return list(session.scalars(query.where(Staff.school_id == school_id).order_by(Account.name)))


def adults(session: Session, programme_id: int) -> list[Invited]:
    """Return a programme's adults by name, each with the newest invitation."""
    newest = select(func.max(Invitation.id)).group_by(Invitation.account_id)
    query = (
        select(Account, Invitation)
        .outerjoin(Invitation, (Invitation.account_id == Account.id) & Invitation.id.in_(newest))
        .where(Account.programme_id == programme_id, Account.role.in_(ADULTS))
        .order_by(func.lower(Account.name), Account.id)
    )
    return [Invited(account, invitation) for account, invitation in session.execute(query).unique()]


def person(session: Session, programme_id: int, reference: str, *, lock: bool) -> Account | None:
    """Return a person of a programme; with ``lock``, with a row lock on their account."""
    query = select(Account).where(Account.programme_id == programme_id, Account.reference == reference)
    return session.scalar(locking(query, Account, lock=lock))


def newest_invitation(session: Session, account_id: int) -> Invitation | None:
    """Return the newest invitation sent to an account."""
    query = select(Invitation).where(Invitation.account_id == account_id)
    return session.scalar(query.order_by(Invitation.id.desc()).limit(1))


def champions(session: Session, programme_id: int) -> list[Champion]:
    """Return a programme's champions by name."""
    query = (
        select(Champion)
        .join(Account, Account.id == Champion.account_id)
        .join(Employer, Employer.id == Champion.employer_id)
        .where(Account.programme_id == programme_id)
    )
    return list(session.scalars(query.order_by(func.lower(Account.name), Account.id)))


def champion(session: Session, programme_id: int, reference: str, *, lock: bool) -> Champion | None:
    """Return a programme's champion; with ``lock``, with a row lock that keeps attachments unchanged."""
    query = (
        select(Champion)
        .join(Account, Account.id == Champion.account_id)
        .where(Account.programme_id == programme_id, Account.reference == reference)
    )
    return session.scalar(locking(query, Champion, lock=lock))


def attachments(session: Session, programme_id: int) -> list[Attachment]:
    """Return every attachment in a programme, the one that ends first at the front."""
    query = (
        select(Attachment)
        .join(School, School.id == Attachment.school_id)
        .where(School.programme_id == programme_id)
        .options(joinedload(Attachment.champion).joinedload(Champion.account))
    )
    return list(session.scalars(query.order_by(Attachment.until, Attachment.id)))


def attachment(session: Session, programme_id: int, reference: str, *, lock: bool) -> Attachment | None:
    """Return one of a programme's attachments; with ``lock``, with a row lock."""
    query = (
        select(Attachment)
        .join(School, School.id == Attachment.school_id)
        .where(School.programme_id == programme_id, Attachment.reference == reference)
    )
    return session.scalar(locking(query, Attachment, lock=lock))


def is_attached(session: Session, champion_id: int, school_id: int, on: date) -> bool:
    """Return whether a champion is attached to a school on a day."""
    query = select(Attachment.id).where(
        Attachment.champion_id == champion_id,
        Attachment.school_id == school_id,
        Attachment.since <= on,
        on <= Attachment.until,
        Attachment.ended_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


def sectors_in_use(session: Session, programme_id: int) -> dict[int, dict[str, int]]:
    """Return how many employers, students and schools each sector has or had."""
    found: dict[int, dict[str, int]] = {}
    for what, table in (("employers", Employer), ("students", Student), ("schools", SchoolSector)):
        column = table.sector_id
        query = (
            select(Sector.id, func.count())
            .select_from(table)
            .join(Sector, Sector.id == column)
            .where(Sector.programme_id == programme_id)
            .group_by(Sector.id)
        )
        for sector, number in session.execute(query):
            found.setdefault(sector, {})[what] = number
    return found
