"""Endorsements that mails are made about: each is notified once, even by concurrent workers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from passport.db.endorsements.decisions import Decision, DecisionOutcome


def unnotified(session: Session, since: datetime, until: datetime) -> list[Decision]:
    """Return endorsements of a period that no mail was made about yet, including those undone since."""
    query = (
        select(Decision)
        .where(
            Decision.decision == DecisionOutcome.ENDORSED,
            Decision.told_at.is_(None),
            Decision.decided_at > since,
            Decision.decided_at <= until,
        )
        .order_by(Decision.id)
    )
    return list(session.scalars(query))


def mark_notified(session: Session, ids: list[int], at: datetime) -> list[int]:
    """Mark endorsements as notified; return the ids of those that no other worker marked first."""
    taken = (
        update(Decision)
        .where(Decision.id.in_(ids), Decision.told_at.is_(None))
        .values(told_at=at)
        .execution_options(synchronize_session=False)
        .returning(Decision.id)
    )
    return list(session.scalars(taken))
