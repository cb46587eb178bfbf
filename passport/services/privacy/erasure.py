"""Erase a student: their account, texts, files and entries' contents (UK GDPR, article 17).

What stays is a row without a person: that there was an entry at a position of a status list, and by which
key it was signed, so that the position is never given again and a copy of the entry reads as withdrawn
elsewhere. Here its code is unknown. What a safeguarding lead must keep stays with them.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from passport import db
from passport.adapters.files import write_whole
from passport.db import Session
from passport.db.base import Base
from passport.db.credentials.records import CredentialState
from passport.db.people.accounts import Account
from passport.db.sharing.shares import ShareState
from passport.services.core import audit
from passport.services.core.errors import NotFound, NotReady
from passport.services.credentials import lifecycle
from passport.services.programmes.activities import sign_ups
from passport.services.safeguarding import worries

__all__ = [
    "FILE",
    "any_since",
    "erase",
    "erase_again",
    "erase_late",
    "erased_before",
    "people",
    "record_people",
]

FILE = "erased-people.txt"
WHY = "erased"
RECOVERY = "recovery"


def erase(session: Session, student: Account, actor: str, at: datetime) -> None:
    """Erase a student in this transaction. Idempotent. Files are deleted after it, by a job.

    Raises NotFound for an account that is no student's.
    """
    if student.student is None:
        raise NotFound
    # before the row of the account: a notice to a student who gets a place refers to theirs
    if db.people.enrolments.by_id(session, student.id, lock=True).erased_at is not None:
        return
    sign_ups.end_all(session, [student.id], actor, at)
    db.privacy.erasing.lock(session, student.id)
    entries = db.privacy.erasing.entries(session, student.id)
    shares = db.privacy.erasing.shares(session, student.id)
    worries.keep_for_the_lead(session, student.student)
    codes = {share.code for share in shares if share.code} | {entry.urn for entry in entries}
    names = {student.name, *(entry.holder_name for entry in entries if entry.holder_name)}
    db.privacy.erasing.forget_in_lists(session, codes, names)
    db.privacy.erasing.forget_in_imports(session, student)
    db.privacy.erasing.forget_prints(session, student.id)
    db.privacy.erasing.refuse_files(session, student.id)
    decisions = db.privacy.erasing.undo_decisions(session, student.id)
    db.privacy.erasing.remove_evidence(session, student.id, at)
    lists = set()
    for share in shares:
        if share.state is ShareState.ACTIVE:
            share.state, share.ended_at = ShareState.ENDED, at
        lists |= {one.position.list_number for one in share.entries if one.position}
    # lists are locked lowest first, as everywhere
    for entry in sorted(entries, key=lambda one: (one.position.list_number, one.id)):
        lists.add(entry.position.list_number)
    for number in sorted(lists):
        lifecycle.mark_changed(session, number, at)
    for entry in entries:
        db.core.recoveries.forget_contents(session, entry)
        if entry.state is not CredentialState.ERASED:
            lifecycle.move(session, entry, CredentialState.ERASED, actor, WHY, at)
    changed: list[Base] = [*decisions, *db.privacy.erasing.requests(session, student.id)]
    reference = student.reference
    db.privacy.erasing.overwrite(session, student.id, at)
    for row in changed:
        session.refresh(row)
    audit.record(session, at, actor, "student.erased", reference, changed)


def erase_again(session: Session, reference: str, at: datetime) -> bool:
    """Erase a student whom a restored backup brought back; return whether there was one to erase."""
    account = db.people.accounts.by_reference(session, reference)
    if account is None or account.student is None or account.student.erased_at is not None:
        return False
    erase(session, account, RECOVERY, at)
    return True


def people(session: Session) -> list[str]:
    """Return the reference of each student who was erased."""
    return db.privacy.erasing.erased_references(session)


def erase_late(session: Session, since: datetime) -> None:
    """Overwrite again what a request that began before an erasure wrote after it."""
    for student in db.privacy.erasing.erased_since(session, since):
        if student.erased_at is not None:
            db.privacy.erasing.overwrite(session, student.account_id, student.erased_at)


def any_since(session: Session, since: datetime) -> bool:
    """Return whether a student was erased since a time."""
    return db.privacy.erasing.is_any_since(session, since)


def erased_before(instance: Path) -> set[str]:
    """Return the references in the file of erased people. Raises NotReady for a malformed line."""
    file = instance / FILE
    if not file.exists():
        return set()
    lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    bad = next((line for line in lines if not line.isalnum()), None)
    if bad is not None:
        raise NotReady(f"{file.name} has a line that is no reference: {bad!r}")
    return set(lines)


def record_people(instance: Path, references: list[str]) -> None:
    """Add erased people to the file beside the database, durably; a restored backup erases them again.

    A reference is random and says nothing of a person. Nothing is ever removed.
    """
    known = erased_before(instance)
    if not set(references) <= known:
        lines = "".join(f"{one}\n" for one in sorted(known | set(references)))
        write_whole(instance / FILE, lines.encode("ascii"))
