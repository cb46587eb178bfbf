"""Endorsements that mails are made about: each is notified once, even by concurrent workers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from passport.db.endorsements.decisions import Decision, Endorsement


def untold(session: Session, since: datetime, until: datetime) -> list[Endorsement]:
    """Return endorsements of a period that no mail was made about yet, including those undone since."""
    query = (
        select(Endorsement)
        .where(
            Endorsement.decision == Decision.ENDORSED,
            Endorsement.told_at.is_(None),
            Endorsement.decided_at > since,
            Endorsement.decided_at <= until,
        )
        .order_by(Endorsement.id)
    )
    return list(session.scalars(query))


def tell(session: Session, ids: list[int], at: datetime) -> list[int]:
    """Mark endorsements as notified; return the ids of those that no other worker marked first."""
    taken = (
        update(Endorsement)
        .where(Endorsement.id.in_(ids), Endorsement.told_at.is_(None))
        .values(told_at=at)
        .execution_options(synchronize_session=False)
        .returning(Endorsement.id)
    )
    return list(session.scalars(taken))
