"""Dates of birth, behind a wall: only accounts (write) and checks (match, no match) may come here."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from passport.db.base import Base


class Birthdate(Base):
    """When a student was born."""

    __tablename__ = "birthdates"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    born_on: Mapped[date]
