"""Forms sent after the sign-in had ended: kept for their sender alone, sealed, for a short time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime


class KeptForm(Base):
    """What a person typed into the form of one page."""

    __tablename__ = "kept_forms"
    __table_args__ = (UniqueConstraint("account_id", "page"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    page: Mapped[str]
    sealed: Mapped[bytes]
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def of_page(session: Session, account_id: int, page: str) -> KeptForm | None:
    """Return what an account typed into a page's form."""
    return session.scalar(select(KeptForm).where(KeptForm.account_id == account_id, KeptForm.page == page))


def drop(session: Session, account_id: int, page: str) -> None:
    """Delete a kept form."""
    session.execute(delete(KeptForm).where(KeptForm.account_id == account_id, KeptForm.page == page))


def forget(session: Session, before: datetime) -> None:
    """Delete the forms kept before a time."""
    session.execute(delete(KeptForm).where(KeptForm.kept_at < before))
