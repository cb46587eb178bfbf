"""Sign-in for pupils without an address: a class code for a lesson, and each pupil's own code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, new_reference
from passport.db.people.accounts import Account, Student


class ClassCode(Base):
    """A code that a coordinator shows to a class. It opens nothing without a pupil's own code."""

    __tablename__ = "class_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    code: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)


class PupilCode(Base):
    """A pupil's own code: the handle finds the pupil in their school, the rest is hashed like a password."""

    __tablename__ = "pupil_codes"
    __table_args__ = (UniqueConstraint("school_id", "handle"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    handle: Mapped[str]
    secret_hash: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship(lazy="joined")


def open_ones(session: Session, school_id: int, at: datetime) -> list[ClassCode]:
    """Return a school's codes that can be used now, the newest first."""
    query = select(ClassCode).where(
        ClassCode.school_id == school_id, ClassCode.ended_at.is_(None), ClassCode.ends_at > at
    )
    return list(session.scalars(query.order_by(ClassCode.id.desc())))


def by_code(session: Session, code: str) -> ClassCode | None:
    """Return the class code of these letters with a row lock (FOR UPDATE) on its failure counter."""
    return session.scalar(select(ClassCode).where(ClassCode.code == code).with_for_update())


def count_failure(session: Session, code: str) -> None:
    """Count a failure of the class code of these letters, if there is one: one statement in either case."""
    session.execute(
        update(ClassCode)
        .where(ClassCode.code == code)
        .values(failures=ClassCode.failures + 1)
        .execution_options(synchronize_session=False)
    )


def by_handle(session: Session, school_id: int, handle: str) -> PupilCode | None:
    """Return the pupil's code that begins with these letters, in one school."""
    query = select(PupilCode).where(PupilCode.school_id == school_id, PupilCode.handle == handle)
    return session.scalar(query)


def handles(session: Session, school_id: int) -> set[str]:
    """Return the handles (first parts of pupil codes) in use at a school."""
    return set(session.scalars(select(PupilCode.handle).where(PupilCode.school_id == school_id)))


def pupils(session: Session, school_id: int) -> list[Student]:
    """Return a school's students by name."""
    query = (
        select(Student)
        .join(Account)
        .where(Student.school_id == school_id, Student.erased_at.is_(None))
        .order_by(func.lower(Account.name))
    )
    return list(session.scalars(query))


def with_codes(session: Session, school_id: int) -> dict[int, datetime]:
    """Return since when each pupil of a school who has a code has had it, by account id."""
    query = select(PupilCode.account_id, PupilCode.made_at).where(PupilCode.school_id == school_id)
    return {row.account_id: row.made_at for row in session.execute(query)}


def forget(session: Session, before: datetime) -> None:
    """Delete class codes that expired before a time."""
    session.execute(delete(ClassCode).where(ClassCode.ends_at < before))
