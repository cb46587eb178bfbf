"""Dates of birth, behind an import contract: for accounts (write) and checks (match or no match) alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base
from passport.db.people.accounts import Student

# parameters of one statement
AT_ONCE = 500


class Birthdate(Base):
    """A student's date of birth."""

    __tablename__ = "birthdates"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    born_on: Mapped[date]


def is_born_on(session: Session, account_id: int, day: date) -> bool:
    """Return whether a student was born on that day; the date itself is never returned."""
    query = select(Birthdate.account_id).where(Birthdate.account_id == account_id, Birthdate.born_on == day)
    return session.scalar(query) is not None


def born_on(session: Session, school_ids: Collection[int], days: Collection[date]) -> dict[date, set[int]]:
    """Return which students of these schools were born on each of these days; no other date is read."""
    found: defaultdict[date, set[int]] = defaultdict(set)
    for some in _parts(sorted(set(days))):
        query = (
            select(Birthdate.born_on, Birthdate.account_id)
            .join(Student, Student.account_id == Birthdate.account_id)
            .where(Student.school_id.in_(list(school_ids)), Birthdate.born_on.in_(some))
        )
        for day, account_id in session.execute(query):
            found[day].add(account_id)
    return dict(found)


def change(session: Session, account_id: int, day: date) -> None:
    """Replace a student's date of birth."""
    session.execute(update(Birthdate).where(Birthdate.account_id == account_id).values(born_on=day))


def _parts(days: list[date]) -> Iterable[list[date]]:
    return (days[start : start + AT_ONCE] for start in range(0, len(days), AT_ONCE))
