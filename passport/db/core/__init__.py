"""Tables and queries: what every subject needs."""

from passport.db.core import (
    audit,
    audit_rows,
    idempotency,
    kept_forms,
    mails,
    notices,
    recoveries,
    waiting,
)

__all__ = [
    "audit",
    "audit_rows",
    "idempotency",
    "kept_forms",
    "mails",
    "notices",
    "recoveries",
    "waiting",
]
