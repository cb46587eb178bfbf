"""Jobs for files of evidence: each is scanned in a separate process, and re-encoded, kept or refused."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from passport.adapters.files import PrivateFiles
from passport.adapters.pictures import reader_processes
from passport.adapters.pictures.errors import Unreadable
from passport.jobs import row_jobs
from passport.services import Session
from passport.services.core.failures import Job
from passport.services.core.runtime import Runtime
from passport.services.evidence import evidence_files
from passport.services.evidence.evidence_files import Claim, FileKind
from passport.services.privacy import evidence_removal

# a file of this age without a row was left behind by a process that was killed
ORPHANED = timedelta(days=1)


def waiting(runtime: Runtime) -> list[int]:
    """Return the files that no worker scans, or whose worker shows no progress for a while."""
    with runtime.database.reading() as session:
        return evidence_files.waiting(session, runtime.clock())


def clear_bounded(runtime: Runtime, file: int) -> None:
    """Scan a file; one that keeps failing is refused."""

    def give_up(session: Session, number: int) -> None:
        evidence_files.give_up(session, number, runtime.clock())

    row_jobs.one(runtime, Job.SCAN, file, partial(clear_one, runtime), give_up)


def clear_one(runtime: Runtime, file: int) -> None:
    """Scan one file. If the worker dies, the scan is retried; `purge` removes its leftovers at night."""
    with runtime.database.transaction() as session:
        taken = evidence_files.claim(session, file, runtime.clock())
    if taken is None:
        return
    try:
        content, text = _cleaned(runtime.private, taken)
    except Unreadable as error:
        if error.reason == "too slow" and not taken.is_last_try:
            return
        with runtime.database.transaction() as session:
            evidence_files.refuse(session, taken, error.reason, runtime.clock())
        runtime.private.remove(taken.name)
        return
    name = taken.name if taken.kind is FileKind.DOCUMENT else runtime.private.add(content)
    with runtime.database.transaction() as session:
        is_ours = evidence_files.clear(session, taken, name, content, text)
    if is_ours and name != taken.name:
        runtime.private.remove(taken.name)


def _cleaned(files: PrivateFiles, taken: Claim) -> tuple[bytes, str]:
    """Return the content to keep of a file, and the text in it."""
    data = files.read(taken.name)
    if data is None:
        raise Unreadable("broken")
    if taken.kind is FileKind.DOCUMENT:
        return data, reader_processes.document_text(data)
    return reader_processes.kept_photo(data), ""


def purge(runtime: Runtime) -> int:
    """Delete what students removed thirty days ago, and files and partial uploads without a row.

    Return the number of files. A file is deleted before its row is marked: if the process dies in between,
    the deletion is repeated and finds no file.
    """
    at = runtime.clock()
    with runtime.database.transaction() as session:
        evidence_removal.purge(session, at)
    # listed before the rows are read, so that files stored meanwhile are not included
    stored = set(runtime.private.names(at - ORPHANED))
    with runtime.database.reading() as session:
        gone = [(one.id, one.name) for one in evidence_removal.purgeable_files(session, at)]
        orphans = stored - evidence_files.names(session)
    for name in [name for _, name in gone] + sorted(orphans):
        runtime.private.remove(name)
    with runtime.database.transaction() as session:
        evidence_files.purged(session, [number for number, _ in gone])
    return len(gone) + len(orphans) + runtime.private.remove_parts(at - ORPHANED)


def remove_refused(runtime: Runtime) -> int:
    """Delete what was refused, or erased with its student, at once; return the number of files."""
    with runtime.database.reading() as session:
        gone = [(one.id, one.name) for one in evidence_removal.refused_files(session)]
    if not gone:
        return 0
    for _number, name in gone:
        runtime.private.remove(name)
    with runtime.database.transaction() as session:
        evidence_files.purged(session, [number for number, _name in gone])
    return len(gone)
