"""Photos and PDFs of a piece of evidence: uploaded, scanned by a job, frozen with a version, removed.

The kind of a file comes from its content, never from its name. Only the student sees a file before it is
clean. A version lists the files that it was submitted with, each with the digest of its bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from passport import db
from passport.adapters.files import PrivateFiles
from passport.db import Session
from passport.db.evidence.evidence import Evidence, EvidenceVersion
from passport.db.evidence.evidence_files import EvidenceFile, FileKind, FileState
from passport.db.people.accounts import Account
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, allows
from passport.services.evidence import drafting, evidence_access, evidence_holds, reading_log
from passport.services.programmes import screening

__all__ = [
    "MAX_BYTES",
    "MOST",
    "Claim",
    "EvidenceFile",
    "FileKind",
    "Stored",
    "StoredFile",
    "add",
    "mine",
    "of_version",
    "opened",
    "remove",
    "require_room",
    "store",
]

MAX_BYTES = 12 * 1024 * 1024
MOST, MOST_A_DAY = 3, 30
DAY = timedelta(days=1)
PHOTOS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
# stricter than PDF readers, which also accept files that begin with something else
PDF = b"%PDF-"
STALE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
BEING_SCANNED = {FileState.WAITING, FileState.CLAIMED}
BROKEN = "broken"


@dataclass(frozen=True)
class Stored:
    """A file that was written to the store: its name there, its kind and its size in bytes."""

    name: str
    kind: FileKind
    size: int


@dataclass(frozen=True)
class StoredFile:
    """A file to send: its kind, its number among the files of its version, and its name in the store."""

    kind: FileKind
    number: int
    name: str


@dataclass(frozen=True)
class Claim:
    """A file that a job has claimed for scanning."""

    id: int
    claimed_at: datetime
    kind: FileKind
    name: str
    is_last_try: bool


def kind_of(data: bytes) -> FileKind:
    """Return the kind of a file by its first bytes. Raises Refused for an empty, large or unknown file."""
    if not data:
        raise Refused(Reason.FILE_EMPTY)
    if len(data) > MAX_BYTES:
        raise Refused(Reason.FILE_TOO_LARGE)
    if data.startswith(PHOTOS):
        return FileKind.PHOTO
    if data.startswith(PDF):
        return FileKind.DOCUMENT
    raise Refused(Reason.FILE_KIND)


def mine(session: Session, item: Evidence) -> list[EvidenceFile]:
    """Return the files of evidence as its student sees them, with those being scanned or refused."""
    return db.evidence.evidence_files.of_evidence(session, item.id)


def store(files: PrivateFiles, data: bytes) -> Stored:
    """Write a file to the store, before the transaction that adds its row.

    The nightly purge deletes bytes that no row names. Raises Refused for what is neither a photo nor a PDF,
    and StoreUnavailable.
    """
    kind = kind_of(data)
    return Stored(files.add(data), kind, len(data))


def require_room(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Check that a student may add one more file, before its bytes are stored. Takes no lock.

    Raises Refused for too many files and for submitted evidence, NotFound for another student's.
    """
    item = drafting.own(session, account, reference)
    drafting.require_editable(session, account, item)
    _require_room(session, account, item, at)


def add(session: Session, account: Account, reference: str, file: Stored, at: datetime) -> EvidenceFile:
    """Add a stored file to evidence; a job scans it later. Raises as `require_room`."""
    item = drafting.editable(session, account, reference)
    _require_room(session, account, item, at)
    row = EvidenceFile(evidence=item, kind=file.kind, name=file.name, size=file.size, made_at=at)
    session.add(row)
    item.updated_at = at
    session.flush()
    return row


def _require_room(session: Session, account: Account, item: Evidence, at: datetime) -> None:
    there = [one for one in mine(session, item) if one.state is not FileState.REFUSED]
    if len(there) >= MOST:
        raise Refused(Reason.TOO_MANY_FILES)
    if db.evidence.evidence_files.count_since(session, account.id, at - DAY) >= MOST_A_DAY:
        raise Refused(Reason.TOO_MANY_FILES_TODAY)


def remove(session: Session, account: Account, reference: str, file_reference: str, at: datetime) -> None:
    """Remove a file from evidence that can still be changed; versions that were submitted with it keep it.

    Raises NotFound for a file of other evidence.
    """
    item = drafting.editable(session, account, reference)
    for one in db.evidence.evidence_files.by_references(session, [file_reference]):
        if one.evidence_id == item.id:
            one.removed_at = one.removed_at or at
            item.updated_at = at
            return
    raise NotFound


def of_version(session: Session, version: EvidenceVersion) -> list[EvidenceFile]:
    """Return the files that a version was submitted with, as far as they are still stored and clean."""
    references = [one["reference"] for one in json.loads(version.files or "[]")]
    found = db.evidence.evidence_files.by_references(session, references)
    return [one for one in found if one.state is FileState.CLEAN]


def opened(session: Session, account: Account, file_reference: str, at: datetime) -> StoredFile:
    """Return where the bytes of a file are, for its student or an adult who may read its version.

    An adult's access is recorded: commit before the bytes are read. Raises NotFound for any other person, and
    for a file that is not clean.
    """
    rows = db.evidence.evidence_files.by_references(session, [file_reference])
    if not rows or rows[0].state is not FileState.CLEAN:
        raise NotFound
    row = rows[0]
    shown = _shown(session, account, row, at)
    if row.reference not in [one.reference for one in shown]:
        raise NotFound
    reading_log.record(session, account, row.evidence.student_id, at, evidence=row.evidence)
    number = [one.reference for one in shown].index(row.reference) + 1
    return StoredFile(row.kind, number, row.name)


def _shown(session: Session, account: Account, row: EvidenceFile, at: datetime) -> list[EvidenceFile]:
    """Return the files of this file's version (or draft, for its student) that this person may see."""
    item = row.evidence
    if item.student_id == account.id:
        own = drafting.own(session, account, item.reference)
        of_sent = [one for one in drafting.versions(session, own) if row.reference in one.files]
        return of_version(session, of_sent[0]) if of_sent else mine(session, own)
    if account.champion is not None:
        found = evidence_access.open_evidence(session, account, item.reference, at)
    elif allows(account.roles, Action.READ_EVIDENCE):
        found = evidence_holds.theirs(session, account, item.reference)
    else:
        raise NotFound
    return of_version(session, evidence_access.sent_version(session, found))


def waiting(session: Session, at: datetime) -> list[int]:
    """Return the ids of the files that wait to be scanned."""
    return db.evidence.evidence_files.waiting(session, at, at - STALE)


def claim(session: Session, file_id: int, at: datetime) -> Claim | None:
    """Claim a file for scanning. Returns None where another worker has it or it was scanned."""
    row = db.evidence.evidence_files.claim(session, file_id, at, at - STALE)
    if row is None:
        return None
    return Claim(row.id, at, row.kind, row.name, row.attempts >= MOST_ATTEMPTS)


def clear(session: Session, taken: Claim, name: str, content: bytes, text: str) -> bool:
    """Mark a claimed file as clean and store the name, size and digest of its cleaned bytes.

    Args:
        text: the text in the file; where screening flags it, the evidence will be held when it is submitted.

    Returns False where this claim has expired and another worker took it.
    """
    row = db.evidence.evidence_files.claimed(session, taken.id, taken.claimed_at)
    if row is None:
        return False
    row.state, row.name, row.size = FileState.CLEAN, name, len(content)
    row.digest = hashlib.sha256(content).hexdigest()
    if screening.flags(session, row.evidence.student.account.programme_id, text):
        row.why = drafting.FLAGGED_FILE
    return True


def refuse(session: Session, taken: Claim, why: str, at: datetime) -> None:
    """Refuse a claimed file; the student sees the reason `why`. Does nothing where the claim has expired."""
    row = db.evidence.evidence_files.claimed(session, taken.id, taken.claimed_at)
    if row is None:
        return
    row.state, row.why = FileState.REFUSED, why
    student = row.evidence.student.account.reference
    audit.record(session, at, student, "evidence.file-refused", row.evidence.reference, why=why)


def give_up(session: Session, file_id: int, at: datetime) -> None:
    """Refuse a file that could not be scanned in all attempts; the student is asked to add it again."""
    row = db.evidence.evidence_files.locked(session, file_id)
    if row is None or row.state not in BEING_SCANNED:
        return
    row.state, row.why = FileState.REFUSED, BROKEN
    student = row.evidence.student.account.reference
    audit.record(session, at, student, "evidence.file-refused", row.evidence.reference, why=BROKEN)


def names(session: Session) -> set[str]:
    """Return the store names of all files that rows refer to."""
    return db.evidence.evidence_files.names(session)


def purged(session: Session, ids: list[int]) -> None:
    """Mark files as purged: their bytes are deleted."""
    db.evidence.evidence_files.set_purged(session, ids)
