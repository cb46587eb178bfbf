"""Keep form input when a sign-in ends: encrypted, for 30 minutes, for the same account only."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.core.kept_forms import KeptForm
from passport.proofs.sealing import CannotOpen, Seal

__all__ = ["drop", "find", "forget_old", "keep"]

PURPOSE = "typed forms"
KEPT = timedelta(minutes=30)
# bytes; more than any of our forms holds. Pictures and lists are not kept
LARGEST = 32 * 1024
NEVER = {"csrf_token", "password", "code", "response"}
Fields = dict[str, list[str]]


def keep(
    session: Session, account_id: int, page: str, fields: Fields, secrets: Sequence[str], at: datetime
) -> bool:
    """Store the input of a page's form, in place of any earlier input; return whether it was stored.

    Empty forms and forms larger than `LARGEST` are not stored, and the fields in `NEVER` never are.
    """
    kept = {name: values for name, values in fields.items() if name not in NEVER}
    words = json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace")
    if not any(map(any, kept.values())) or len(words) > LARGEST:
        return False
    db.core.kept_forms.drop(session, account_id, page)
    sealed = Seal(secrets, PURPOSE).close(words, at)
    session.add(KeptForm(account_id=account_id, page=page, sealed=sealed, kept_at=at))
    session.flush()
    return True


def find(session: Session, account_id: int, page: str, secrets: Sequence[str], at: datetime) -> Fields | None:
    """Return the input of that account in that page's form; None if older than 30 minutes or unreadable."""
    row = db.core.kept_forms.of_page(session, account_id, page)
    if row is None or row.kept_at + KEPT <= at:
        return None
    try:
        found: Fields = json.loads(Seal(secrets, PURPOSE).open(row.sealed))
    except CannotOpen:
        return None
    return found


def drop(session: Session, account_id: int, page: str) -> None:
    """Delete the stored input of a form that was submitted again."""
    db.core.kept_forms.drop(session, account_id, page)


def forget_old(session: Session, at: datetime) -> None:
    """Delete stored input that has expired."""
    db.core.kept_forms.forget(session, at - KEPT)
