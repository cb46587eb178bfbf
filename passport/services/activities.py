"""Activities that a student may have taken part in."""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.accounts import Account
from passport.db.activities import Activity
from passport.services.dates import today


def for_student(session: Session, account: Account, at: datetime) -> list[Activity]:
    """The programme's activities so far, newest first."""
    return db.activities.of_programme(session, account.programme_id, today(at))
