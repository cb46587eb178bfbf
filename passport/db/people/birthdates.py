"""Dates of birth, behind an import contract: for accounts (write) and checks (match or no match) alone."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base


class Birthdate(Base):
    """A student's date of birth."""

    __tablename__ = "birthdates"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    born_on: Mapped[date]


def is_born_on(session: Session, account_id: int, day: date) -> bool:
    """Return whether a student was born on that day; the date itself is never returned."""
    query = select(Birthdate.account_id).where(Birthdate.account_id == account_id, Birthdate.born_on == day)
    return session.scalar(query) is not None
