"""Removal of evidence by its student: hidden at once, its text and files deleted after thirty days.

The row stays, without any text: decisions are counted. Endorsed evidence is not removed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.evidence.evidence import EvidenceState
from passport.db.evidence.evidence_files import EvidenceFile, FileState
from passport.db.evidence.evidence_holds import HoldOutcome
from passport.db.people.accounts import Account
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.evidence import drafting

__all__ = ["KEPT", "REMOVABLE", "deleted_on", "purge", "purgeable_files", "refused_files", "remove"]

KEPT = timedelta(days=30)
REMOVABLE = {EvidenceState.DRAFT, EvidenceState.SUBMITTED, EvidenceState.RETURNED}
SERVICE = "service"


def remove(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Remove evidence that no champion has endorsed or declined and that the school does not hold.

    Raises NotFound where it was removed before, Refused where it is held or was decided.
    """
    item = drafting.own(session, account, reference)
    db.evidence.row_lock.lock(session, item)
    if item.state is EvidenceState.REMOVED:
        raise NotFound
    if item.state not in REMOVABLE:
        is_held = item.state is EvidenceState.HELD
        raise Refused(Reason.BEING_READ if is_held else Reason.ALREADY_DECIDED)
    item.state, item.removed_at, item.updated_at = EvidenceState.REMOVED, at, at
    audit.record(session, at, account.reference, "evidence.removed", item.reference)


def deleted_on(at: datetime) -> datetime:
    """Return when evidence that is removed at `at` will be deleted for good."""
    return at + KEPT


def purge(session: Session, at: datetime) -> int:
    """Delete the text of evidence that was removed thirty days ago, in all its versions; return how many
    pieces.

    A version that an entry was made from keeps its text: its digest is in the entry.
    """
    due = db.privacy.evidence_removal.due(session, at - KEPT)
    for item in due:
        signed = db.privacy.evidence_removal.signed_versions(session, item.id)
        for version in db.evidence.evidence.versions(session, item.id):
            if version.id not in signed:
                version.narrative, version.files = "", ""
        for hold in db.evidence.evidence_holds.of_evidence(session, item.id):
            hold.found = "[]"
            if hold.outcome is HoldOutcome.OPEN:
                hold.outcome = HoldOutcome.REMOVED
        for file in db.evidence.evidence_files.of_evidence(session, item.id):
            file.removed_at = item.removed_at
        item.narrative, item.purged_at = "", at
    session.flush()
    if due:
        audit.record_each(session, at, SERVICE, "evidence.purged", [item.reference for item in due])
    return len(due)


def purgeable_files(session: Session, at: datetime) -> list[EvidenceFile]:
    """Return the files to delete: refused, or removed thirty days ago and in no version that is kept."""
    gone = db.evidence.evidence_files.to_purge(session, at - KEPT)
    return [one for one in gone if one.state is FileState.REFUSED or not _is_in_a_version(session, one)]


def refused_files(session: Session) -> list[EvidenceFile]:
    """Return the files that were refused, or erased with their student, and are still stored."""
    return db.evidence.evidence_files.refused(session)


def _is_in_a_version(session: Session, file: EvidenceFile) -> bool:
    sent = db.evidence.evidence.versions(session, file.evidence_id)
    return any(file.reference in version.files for version in sent)
