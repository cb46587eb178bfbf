"""Accounts, and what a student or a champion has besides one."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, ForeignKey, Index, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.openbadges import texts

if TYPE_CHECKING:
    from passport.db.people.grants import RoleGrant
    from passport.db.programmes.cohorts import Cohort
    from passport.db.programmes.programme import Employer, Programme, School

NOT_ENDED = text("ended_at IS NULL")
# what stands where a hash would: no password fits it
NO_PASSWORD = ""


class Role(StrEnum):
    """What somebody is in the programme; what each may do stands in `services.core.rights`."""

    STUDENT = "student"
    CHAMPION = "champion"
    COORDINATOR = "coordinator"
    LEAD = "lead"
    MANAGER = "manager"
    AUTHOR = "author"
    ORGANISER = "organiser"
    STEERING = "steering"
    ADMISSIONS = "admissions"


# The roles whose work is one school's
AT_A_SCHOOL = frozenset({Role.COORDINATOR, Role.LEAD})


class EnrolmentState(StrEnum):
    """Where a student stands in the programme. Only who is active writes; the others read and share."""

    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


class Account(Base):
    """Somebody who signs in."""

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
        """Keep the form of the name that lists are searched by."""
        self.search_name = texts.search_name(name)
        return name

    @property
    def roles(self) -> frozenset[Role]:
        """What the account was made for, and what two people granted besides."""
        return frozenset({self.role, *(grant.role for grant in self.grants)})


def holds(role: Role) -> ColumnElement[bool]:
    """Of accounts: those that were made for a role, and those that two people granted it besides."""
    return or_(Account.role == role, Account.grants.any(role=role))


class Student(Base):
    """A student's place in a school. The date of birth stands elsewhere, behind a wall."""

    __tablename__ = "students"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    year_group: Mapped[int]
    enrolment: Mapped[EnrolmentState] = mapped_column(
        choice(EnrolmentState, "enrolment"), default=EnrolmentState.ACTIVE
    )
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id"), index=True)
    # all of a page's in one more question: a queue shows the names of fifty students
    account: Mapped[Account] = relationship(back_populates="student", lazy="joined")
    school: Mapped[School] = relationship(lazy="joined")
    cohort: Mapped[Cohort | None] = relationship(lazy="select")

    @property
    def first_name(self) -> str:
        """What champions may see, with the initial."""
        return self.account.first_name

    @property
    def initial(self) -> str:
        """The first letter of the last name, or nothing for somebody with one name."""
        return self.account.name.removeprefix(self.account.first_name).strip()[:1]


class Champion(Base):
    """A senior employer; attachments say at which schools, and when."""

    __tablename__ = "champions"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    job_title: Mapped[str]
    account: Mapped[Account] = relationship(back_populates="champion", lazy="joined")
    employer: Mapped[Employer] = relationship(lazy="joined")


class Staff(Base):
    """The school that a coordinator works at."""

    __tablename__ = "staff"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    account: Mapped[Account] = relationship(back_populates="staff")
    school: Mapped[School] = relationship(lazy="joined")


class Attachment(Base):
    """A champion's time at a school, both days included, unless it was ended before."""

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
    """The account with that address, in any case."""
    return session.scalar(select(Account).where(Account.email == kept_email(email)))


def kept_email(email: str) -> str:
    """The one spelling that an address is kept in."""
    return email.strip().lower()


def by_reference(session: Session, reference: str) -> Account | None:
    """The account with that reference."""
    return session.scalar(select(Account).where(Account.reference == reference))


def lock_name(session: Session, account: Account) -> None:
    """Read somebody's name again and keep it from changing until the transaction ends.

    Others may still refer to the account: what is told its owner meanwhile does not wait.
    """
    session.refresh(account, ["name", "first_name"], with_for_update={"key_share": True})


def attached_schools(session: Session, champion: Champion, on: date) -> list[int]:
    """The ids of the schools that a champion is attached to on a day."""
    query = select(Attachment.school_id).where(
        Attachment.champion_id == champion.account_id,
        Attachment.since <= on,
        on <= Attachment.until,
        Attachment.ended_at.is_(None),
    )
    return list(session.scalars(query))


def count_students(session: Session, school_ids: list[int]) -> int:
    """How many students these schools have."""
    query = select(func.count()).select_from(Student).where(Student.school_id.in_(school_ids))
    return session.scalar(query) or 0
