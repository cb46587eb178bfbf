"""Tables and their queries, one noun a file. The only room that knows SQL."""

from sqlalchemy.orm import Session

from passport.db import (
    accounts,
    activities,
    answers,
    audit,
    birthdates,
    checking,
    credentials,
    demo,
    desk,
    editions,
    endorsements,
    evidence,
    frameworks,
    institutions,
    issuers,
    looks,
    office,
    programmes,
    receipts,
    shares,
    sign_ins,
    tries,
    withdrawals,
)
from passport.db.base import Base
from passport.db.errors import DatabaseUnavailable
from passport.db.session import Database

__all__ = [
    "Base",
    "Database",
    "DatabaseUnavailable",
    "Session",
    "accounts",
    "activities",
    "answers",
    "audit",
    "birthdates",
    "checking",
    "credentials",
    "demo",
    "desk",
    "editions",
    "endorsements",
    "evidence",
    "frameworks",
    "institutions",
    "issuers",
    "looks",
    "office",
    "programmes",
    "receipts",
    "shares",
    "tries",
    "withdrawals",
    "sign_ins",
]
