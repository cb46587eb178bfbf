"""Data that is kept for a limited time (product, section 6, P11). A daily job reports what it deleted."""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.limits import BIRTHDATES
from passport.services.checking import receipts
from passport.services.core import notices
from passport.services.people.imports import receiving
from passport.services.programmes.frameworks import uploads
from passport.services.programmes.visits import planning


def purge(session: Session, at: datetime) -> dict[str, int]:
    """Delete what has passed its retention time; return the number of rows of each kind."""
    return {
        **planning.purge(session, at),
        "receipts": receipts.purge(session, at),
        "notices": notices.purge(session, at),
        "framework_files": uploads.purge(session, at),
        "student_imports": receiving.purge_due(session, at),
        "birthdate_tries": db.checking.birthdate_attempts.purge(session, at - BIRTHDATES.within),
    }
