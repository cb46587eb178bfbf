"""Tables and queries: evidence and its versions, files, versions, holds, reading log."""

from passport.db.evidence import (
    evidence,
    evidence_files,
    evidence_holds,
    reading_log,
    row_lock,
)

__all__ = [
    "evidence",
    "evidence_files",
    "evidence_holds",
    "reading_log",
    "row_lock",
]
