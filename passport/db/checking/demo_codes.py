"""The demo programme's table of codes, one for each verdict."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base


class DemoCode(Base):
    """A code that shows a verdict, and why it does."""

    __tablename__ = "demo_codes"

    verdict: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    why: Mapped[str]


def codes(session: Session) -> list[DemoCode]:
    """Return every code in the order of verdicts, V1 first."""
    return sorted(session.scalars(select(DemoCode)), key=lambda row: int(row.verdict.removeprefix("V")))
