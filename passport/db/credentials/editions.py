"""Editions of an entry: what became of it, what replaced it, and which record it was corrected from."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from passport.db.credentials.records import Credential, CredentialState, StatusChange


def last_change(session: Session, credential_id: int, state: CredentialState) -> StatusChange | None:
    """Return the newest change of an entry into a state."""
    query = select(StatusChange).where(
        StatusChange.credential_id == credential_id, StatusChange.state == state
    )
    return session.scalar(query.order_by(StatusChange.id.desc()).limit(1))


def replacement(session: Session, credential: Credential) -> Credential | None:
    """Return the entry that has replaced, or will replace, this one."""
    return session.get(Credential, credential.replaced_by_id) if credential.replaced_by_id else None


def replaced(session: Session, credential: Credential) -> list[Credential]:
    """Return the entries that this entry replaces."""
    return list(session.scalars(select(Credential).where(Credential.replaced_by_id == credential.id)))


def forget(session: Session, begun: Credential) -> None:
    """Delete an entry that was never signed, with its state changes."""
    session.execute(delete(StatusChange).where(StatusChange.credential_id == begun.id))
    session.delete(begun)
    session.flush()
