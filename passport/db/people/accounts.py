"""Accounts, and what a student or a champion has besides one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ForeignKey, Index, func, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.openbadges import signed_texts

if TYPE_CHECKING:
    from passport.db.people.grants import RoleGrant
    from passport.db.programmes.cohorts import Cohort
    from passport.db.programmes.programme import Employer, Programme, School

NOT_ENDED = text("ended_at IS NULL")
# stored in place of a hash: no password matches it
NO_PASSWORD = ""


class Role(StrEnum):
    """A person's role in the programme; what each may do is in `services.core.rights`."""

    STUDENT = "student"
    CHAMPION = "champion"
    COORDINATOR = "coordinator"
    LEAD = "lead"
    MANAGER = "manager"
    AUTHOR = "author"
    ORGANISER = "organiser"
    STEERING = "steering"
    ADMISSIONS = "admissions"


# The roles that are tied to one school
AT_A_SCHOOL = frozenset({Role.COORDINATOR, Role.LEAD})


class EnrolmentState(StrEnum):
    """A student's enrolment in the programme. Only active students write; the others read and share."""

    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


class Account(Base):
    """A person's account."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    email: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    search_name: Mapped[str]
    first_name: Mapped[str]
    password_hash: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    programme: Mapped[Programme] = relationship(lazy="joined")
    student: Mapped[Student | None] = relationship(back_populates="account", lazy="joined")
    champion: Mapped[Champion | None] = relationship(back_populates="account", lazy="joined")
    staff: Mapped[Staff | None] = relationship(back_populates="account", lazy="joined")
    grants: Mapped[list[RoleGrant]] = relationship(
        primaryjoin="and_(Account.id == RoleGrant.account_id, RoleGrant.state == 'granted')", viewonly=True
    )

    @validates("name")
    def _searchable(self, _key: str, name: str) -> str:
        """Update the form of the name that lists are searched by."""
        self.search_name = signed_texts.search_name(name)
        return name

    @property
    def roles(self) -> frozenset[Role]:
        """Return the role that the account was made for, and those that two people granted in addition."""
        return frozenset({self.role, *(grant.role for grant in self.grants)})


def holds(role: Role) -> ColumnElement[bool]:
    """Return the condition for accounts made for a role or granted it by two people."""
    return or_(Account.role == role, Account.grants.any(role=role))


def holding(session: Session, programme_id: int, *roles: Role) -> list[int]:
    """Return the row ids of a programme's accounts that hold one of these roles and are not suspended."""
    query = select(Account.id).where(
        Account.programme_id == programme_id, Account.suspended_at.is_(None), or_(*map(holds, roles))
    )
    return list(session.scalars(query.order_by(Account.id)))


class Student(Base):
    """A student's place in a school. The date of birth is stored elsewhere, behind an import contract."""

    __tablename__ = "students"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    year_group: Mapped[int]
    enrolment: Mapped[EnrolmentState] = mapped_column(
        choice(EnrolmentState, "enrolment"), default=EnrolmentState.ACTIVE
    )
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), index=True)
    # since when the row is about no person: everything of theirs was erased
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # all of a page's in one extra query: a queue shows the names of fifty students
    account: Mapped[Account] = relationship(back_populates="student", lazy="joined")
    school: Mapped[School] = relationship(lazy="joined")
    cohort: Mapped[Cohort | None] = relationship(lazy="select")

    @property
    def first_name(self) -> str:
        """Return the first name, which champions may see, with the initial."""
        return self.account.first_name

    @property
    def initial(self) -> str:
        """Return the first letter of the last name, or "" for a person with one name.

        Where the last name stands first, it is that of the first word; where they are called by a name that
        is not in the full name, that of its last word.
        """
        name, first_name = self.account.name, self.account.first_name
        if name.startswith(first_name):
            return name.removeprefix(first_name).strip()[:1]
        return name.split()[0 if name.endswith(f" {first_name}") else -1][:1]


class Champion(Base):
    """A senior employer; attachments say at which schools, and when."""

    __tablename__ = "champions"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    job_title: Mapped[str]
    account: Mapped[Account] = relationship(back_populates="champion", lazy="joined")
    employer: Mapped[Employer] = relationship(lazy="joined")


class Staff(Base):
    """A member of staff, and the school that they work at."""

    __tablename__ = "staff"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    account: Mapped[Account] = relationship(back_populates="staff")
    school: Mapped[School] = relationship(lazy="joined")


class Attachment(Base):
    """A champion's time at a school, both days included, unless ended earlier."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index(
            "uq_attachments_one_from_a_day",
            "champion_id",
            "school_id",
            "since",
            unique=True,
            sqlite_where=NOT_ENDED,
            postgresql_where=NOT_ENDED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    champion_id: Mapped[int] = mapped_column(ForeignKey("champions.account_id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    since: Mapped[date]
    until: Mapped[date]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    champion: Mapped[Champion] = relationship(lazy="select")
    school: Mapped[School] = relationship(lazy="joined")


def by_email(session: Session, email: str) -> Account | None:
    """Return the account with that address, compared without case."""
    return session.scalar(select(Account).where(Account.email == kept_email(email)))


def kept_email(email: str) -> str:
    """Return an address in the one spelling in which it is stored."""
    return email.strip().lower()


def set_email(session: Session, account: Account, email: str | None) -> bool:
    """Set the address of an account; False if another transaction gave it to another account first."""
    try:
        with session.begin_nested():
            account.email = email
    except IntegrityError:
        return False
    return True


def by_reference(session: Session, reference: str) -> Account | None:
    """Return the account with that reference."""
    return session.scalar(select(Account).where(Account.reference == reference))


def lock_name(session: Session, account: Account) -> None:
    """Reload a person's name and lock the row of their account until the transaction ends.

    Others may still refer to the account (FOR NO KEY UPDATE): notifying its owner does not wait.
    """
    session.refresh(account, ["name", "first_name"], with_for_update={"key_share": True})


def attached_schools(session: Session, champion: Champion, on: date) -> list[int]:
    """Return the ids of the schools that a champion is attached to on a day."""
    query = select(Attachment.school_id).where(
        Attachment.champion_id == champion.account_id,
        Attachment.since <= on,
        on <= Attachment.until,
        Attachment.ended_at.is_(None),
    )
    return list(session.scalars(query))


def count_students(session: Session, school_ids: list[int]) -> int:
    """Return how many students these schools have."""
    query = (
        select(func.count())
        .select_from(Student)
        .where(Student.school_id.in_(school_ids), Student.erased_at.is_(None))
    )
    return session.scalar(query) or 0
