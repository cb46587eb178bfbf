"""What is kept for a time and then no more (product, section 6, P11). A daily job says what it removed."""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.limits import BIRTHDATES
from passport.services.checking import receipts
from passport.services.core import notices


def purge(session: Session, at: datetime) -> dict[str, int]:
    """Remove what has had its time; how many rows of each kind."""
    return {
        "receipts": receipts.purge(session, at),
        "notices": notices.purge(session, at),
        "birthdate_tries": db.checking.birthdate_attempts.purge(session, at - BIRTHDATES.within),
    }
