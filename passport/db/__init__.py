"""Tables and their queries, one folder for each subject. The only layer that knows SQL."""

from sqlalchemy.orm import Session

from passport.db import (
    access,
    checking,
    core,
    credentials,
    endorsements,
    evidence,
    failures,
    people,
    privacy,
    programmes,
    safeguarding,
    sharing,
    trust,
)
from passport.db.base import Base
from passport.db.errors import DatabaseUnavailable
from passport.db.session import Database, Glance, Reading

__all__ = [
    "Base",
    "Database",
    "DatabaseUnavailable",
    "Glance",
    "Reading",
    "Session",
    "access",
    "checking",
    "core",
    "credentials",
    "endorsements",
    "evidence",
    "failures",
    "people",
    "privacy",
    "programmes",
    "safeguarding",
    "sharing",
    "trust",
]
