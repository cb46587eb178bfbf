"""Roles that two people grant: in addition to an account's own role, or to a person without an account."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, inspect, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice, new_reference
from passport.db.people.accounts import Account, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passport.db.programmes.programme import School

OPEN = text("state IN ('proposed', 'granted')")
NEWCOMER = text("state = 'proposed' AND account_id IS NULL")


class GrantState(StrEnum):
    """State of a grant. Ended: refused or withdrawn before it began, or over since."""

    PROPOSED = "proposed"
    GRANTED = "granted"
    ENDED = "ended"


class RoleGrant(Base):
    """A role proposed by one manager for a person, and confirmed by another, or not yet."""

    __tablename__ = "role_grants"
    __table_args__ = (
        Index(
            "uq_role_grants_one_open",
            "account_id",
            "role",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index(
            "uq_role_grants_one_newcomer",
            "email",
            unique=True,
            sqlite_where=NEWCOMER,
            postgresql_where=NEWCOMER,
        ),
        CheckConstraint(
            "proposed_by_id <> account_id AND (confirmed_by_id IS NULL"
            " OR (confirmed_by_id <> proposed_by_id AND confirmed_by_id <> account_id))",
            name="two_people",
        ),
        CheckConstraint("state <> 'granted' OR confirmed_by_id IS NOT NULL", name="confirmed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    # who it is for while there is no account, and the school that they will work at
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    role: Mapped[Role] = mapped_column(choice(Role, "granted_role"))
    state: Mapped[GrantState] = mapped_column(choice(GrantState, "grant_state"))
    reason: Mapped[str]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
    school: Mapped[School | None] = relationship()
    proposed_by: Mapped[Account] = relationship(foreign_keys=[proposed_by_id])
    confirmed_by: Mapped[Account | None] = relationship(foreign_keys=[confirmed_by_id])
    ended_by: Mapped[Account | None] = relationship(foreign_keys=[ended_by_id])

    @property
    def person(self) -> str:
        """Return the name of the person whom the grant is for."""
        return self.account.name if self.account else self.name


def add_open(session: Session, grant: RoleGrant) -> bool:
    """Add a proposal; False if the person has the role, or it is proposed already."""
    return add_unless_taken(session, grant)


def open_for(session: Session, account_id: int, role: Role) -> RoleGrant | None:
    """Return the grant of a role that an account has, or that waits for a second manager."""
    return session.scalar(
        select(RoleGrant).where(
            RoleGrant.account_id == account_id, RoleGrant.role == role, RoleGrant.state != GrantState.ENDED
        )
    )


def open_for_newcomer(session: Session, email: str) -> RoleGrant | None:
    """Return the open proposal for an address that has no account yet."""
    return session.scalar(
        select(RoleGrant).where(
            RoleGrant.email == email,
            RoleGrant.account_id.is_(None),
            RoleGrant.state == GrantState.PROPOSED,
        )
    )


def by_reference(session: Session, programme_id: int, reference: str) -> RoleGrant | None:
    """Return a grant in a programme."""
    return session.scalar(
        select(RoleGrant).where(RoleGrant.programme_id == programme_id, RoleGrant.reference == reference)
    )


def of_programme(session: Session, programme_id: int, limit: int = 200) -> Sequence[RoleGrant]:
    """Return a programme's grants: waiting ones first, then active ones, then ended ones."""
    query = (
        select(RoleGrant)
        .where(RoleGrant.programme_id == programme_id)
        .order_by(
            RoleGrant.state == GrantState.ENDED,
            RoleGrant.state != GrantState.PROPOSED,
            RoleGrant.id.desc(),
        )
        .limit(limit)
    )
    return session.scalars(query).all()


def lock(session: Session, grant: RoleGrant) -> None:
    """Reload a grant with a row lock (FOR UPDATE)."""
    columns = [attribute.key for attribute in inspect(RoleGrant).column_attrs]
    session.refresh(grant, columns, with_for_update=True)
