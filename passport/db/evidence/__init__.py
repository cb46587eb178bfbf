"""Tables and queries: evidence: drafts, files, versions, holds, reading log."""

from passport.db.evidence import (
    drafts,
    evidence_files,
    evidence_holds,
    reading_log,
)

__all__ = [
    "drafts",
    "evidence_files",
    "evidence_holds",
    "reading_log",
]
