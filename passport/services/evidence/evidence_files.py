"""Photos and PDFs of a piece of evidence: handed in, cleared by a job, frozen with a version, taken away.

A file is known by its content, never by its name, and nobody but the student knows of it before it is clean.
What each version was sent with stands in the version, with the digest of the bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from passport import db
from passport.adapters.files import PrivateFiles
from passport.db import Session
from passport.db.evidence.drafts import Evidence, EvidenceVersion
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
    "Opened",
    "Stored",
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
# stricter than readers of PDFs are: what begins with something else is that, too
PDF = b"%PDF-"
STALE = timedelta(minutes=3)
MOST_ATTEMPTS = 3
BEING_SCANNED = {FileState.WAITING, FileState.CLAIMED}
BROKEN = "broken"


@dataclass(frozen=True)
class Stored:
    """The bytes of a file that stand in the store: under which name, of what kind and how many."""

    name: str
    kind: FileKind
    size: int


@dataclass(frozen=True)
class Opened:
    """A file to send: its kind, its number among those of its version, and its name in the store."""

    kind: FileKind
    number: int
    name: str


@dataclass(frozen=True)
class Claim:
    """A file that a job looks into."""

    id: int
    claimed_at: datetime
    kind: FileKind
    name: str
    is_last_try: bool


def kind_of(data: bytes) -> FileKind:
    """What a file is, by its first bytes. Raises Refused, with what is wrong as a key."""
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
    """The files of a piece of evidence as its student sees them: those being checked and refused, too."""
    return db.evidence.evidence_files.of_evidence(session, item.id)


def store(files: PrivateFiles, data: bytes) -> Stored:
    """Write a file into the store, before the transaction that adds it.

    The nightly purge deletes bytes that no row names. Raises Refused for what is neither a photo nor a PDF,
    and StoreUnavailable.
    """
    kind = kind_of(data)
    return Stored(files.add(data), kind, len(data))


def require_room(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Check that a student may add one more file, before its bytes are stored. Locks nothing.

    Raises Refused for too many files and for evidence that was sent, NotFound for another student's.
    """
    item = drafting.own(session, account, reference)
    drafting.require_editable(session, account, item)
    _require_room(session, account, item, at)


def add(session: Session, account: Account, reference: str, file: Stored, at: datetime) -> EvidenceFile:
    """Add a stored file to evidence; a job scans it. Raises as `require_room`."""
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
    """Take a file away from what can still be changed; what was sent with it before keeps it."""
    item = drafting.editable(session, account, reference)
    for one in db.evidence.evidence_files.by_references(session, [file_reference]):
        if one.evidence_id == item.id:
            one.removed_at = one.removed_at or at
            item.updated_at = at
            return
    raise NotFound


def of_version(session: Session, version: EvidenceVersion) -> list[EvidenceFile]:
    """The files that a version was sent with, as far as they are still kept."""
    references = [one["reference"] for one in json.loads(version.files or "[]")]
    found = db.evidence.evidence_files.by_references(session, references)
    return [one for one in found if one.state is FileState.CLEAN]


def opened(session: Session, account: Account, file_reference: str, at: datetime) -> Opened:
    """Return where the bytes of a file stand, for its student or an adult who may read what was sent with it.

    An adult's look is recorded: commit before the bytes are read. Raises NotFound for everybody else, and for
    a file that is not clean.
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
    return Opened(row.kind, number, row.name)


def _shown(session: Session, account: Account, row: EvidenceFile, at: datetime) -> list[EvidenceFile]:
    """The files that somebody may see where this one belongs."""
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
    """The files that a job has to look into."""
    return db.evidence.evidence_files.waiting(session, at, at - STALE)


def claim(session: Session, file_id: int, at: datetime) -> Claim | None:
    """Begin to look into a file; None where somebody else does."""
    row = db.evidence.evidence_files.claim(session, file_id, at, at - STALE)
    if row is None:
        return None
    return Claim(row.id, at, row.kind, row.name, row.attempts >= MOST_ATTEMPTS)


def clear(session: Session, taken: Claim, name: str, content: bytes, text: str) -> bool:
    """It is clean: these bytes are kept of it under that name. False where the claim is not ours any more."""
    row = db.evidence.evidence_files.claimed(session, taken.id, taken.claimed_at)
    if row is None:
        return False
    row.state, row.name, row.size = FileState.CLEAN, name, len(content)
    row.digest = hashlib.sha256(content).hexdigest()
    if screening.flags(session, row.evidence.student.account.programme_id, text):
        row.why = drafting.FLAGGED_FILE
    return True


def refuse(session: Session, taken: Claim, why: str, at: datetime) -> None:
    """It cannot be kept; the student is told why."""
    row = db.evidence.evidence_files.claimed(session, taken.id, taken.claimed_at)
    if row is None:
        return
    row.state, row.why = FileState.REFUSED, why
    student = row.evidence.student.account.reference
    audit.record(session, at, student, "evidence.file-refused", row.evidence.reference, why=why)


def give_up(session: Session, file_id: int, at: datetime) -> None:
    """Refuse a file that could not be scanned in all attempts; the student is told to add it again."""
    row = db.evidence.evidence_files.locked(session, file_id)
    if row is None or row.state not in BEING_SCANNED:
        return
    row.state, row.why = FileState.REFUSED, BROKEN
    student = row.evidence.student.account.reference
    audit.record(session, at, student, "evidence.file-refused", row.evidence.reference, why=BROKEN)


def names(session: Session) -> set[str]:
    """The names of all that is kept."""
    return db.evidence.evidence_files.names(session)


def purged(session: Session, ids: list[int]) -> None:
    """The bytes of these are gone."""
    db.evidence.evidence_files.set_purged(session, ids)
