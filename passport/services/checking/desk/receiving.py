"""Store a submitted list, whole in one transaction or not at all. The jobs check its contents later."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import IO

from passport import db
from passport.db import Session
from passport.db.checking.desk import Batch, BatchKind, BatchState, Group, Row, RowState
from passport.services.checking.desk import packed, tables
from passport.services.checking.desk.packed import Packed
from passport.services.checking.desk.tables import Table
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason

KEPT = timedelta(days=7)
ROWS, FILES = 1_000, 200
# without an account
FEW_ROWS, FEW_FILES = 50, 50
MEGABYTE = 1024 * 1024
# the size limits of a list, packed and unpacked
MOST_BYTES, FEW_BYTES = 200 * MEGABYTE, 60 * MEGABYTE
REFERENCE_BYTES = 24


def receive_table(session: Session, table: Table, institution: int | None, at: datetime) -> Batch:
    """Store a table that `tables.read` has read. Raises Refused for one with too many rows."""
    total = sum(not tables.is_blank(cells) for cells in table.rows)
    limit = FEW_ROWS if institution is None else ROWS
    if total > limit:
        reason = Reason.TABLE_TOO_LONG_WITHOUT_ACCOUNT if institution is None else Reason.TABLE_TOO_LONG
        raise Refused(reason, count=total, most=limit, parts=-(-total // limit))
    return _add_table(session, table, total, institution, at)


def unpack(file: IO[bytes], institution: int | None) -> list[Packed]:
    """Return the files of a ZIP, before a transaction begins. Raises Refused for one that cannot be used."""
    return list(packed.files(file, most_files(institution), most_bytes(institution)))


def receive_files(session: Session, files: Iterable[Packed], institution: int | None, at: datetime) -> Batch:
    """Store files one by one. Raises Refused for too many."""
    return _add_files(session, files, institution, at)


def most_files(institution: int | None) -> int:
    """Return the largest number of files that is accepted at once."""
    return FEW_FILES if institution is None else FILES


def most_bytes(institution: int | None) -> int:
    """Return the largest total size of files, in bytes."""
    return FEW_BYTES if institution is None else MOST_BYTES


def _add_table(session: Session, table: Table, total: int, institution: int | None, at: datetime) -> Batch:
    batch = _batch(session, BatchKind.TABLE, table.layout.to_json(), total, institution, at)
    session.add_all(
        Row(
            batch_id=batch.id,
            number=number,
            state=RowState.DONE if tables.is_blank(cells) else RowState.WAITING,
            cells=json.dumps(cells, ensure_ascii=False),
        )
        for number, cells in enumerate(table.rows, start=1)
    )
    session.flush()
    return batch


def _add_files(session: Session, files: Iterable[Packed], institution: int | None, at: datetime) -> Batch:
    batch = _batch(session, BatchKind.FILES, "{}", 0, institution, at)
    for number, file in enumerate(files, start=1):
        if number > most_files(institution):
            raise packed.too_many_files(number, most_files(institution))
        row = Row(
            batch_id=batch.id,
            number=number,
            name=file.name,
            state=RowState.DONE if file.problem else RowState.WAITING,
            content=None if file.problem else file.content,
            shown_in=Group.UNREAD if file.problem else None,
            answer=json.dumps({"problem": file.problem}) if file.problem else None,
        )
        session.add(row)
        session.flush()
        session.expunge(row)  # its bytes are stored in the database: free the memory
        batch.total = number
    session.flush()
    return batch


def _batch(
    session: Session, kind: BatchKind, layout: str, total: int, institution: int | None, at: datetime
) -> Batch:
    batch = Batch(
        reference=secrets.token_urlsafe(REFERENCE_BYTES),
        institution_id=institution,
        kind=kind,
        state=BatchState.RECEIVED,
        layout=layout,
        total=total,
        made_at=at,
        purge_at=at + KEPT,
    )
    session.add(batch)
    session.flush()
    return batch


def is_due(session: Session, at: datetime) -> bool:
    """Return whether any list is older than its seven days."""
    return bool(db.checking.desk.stale(session, at))


def purge_due(session: Session, at: datetime) -> int:
    """Delete the contents of lists older than seven days; return the number of lists."""
    stale = db.checking.desk.stale(session, at)
    for batch in stale:
        db.checking.desk.purge(session, batch)
    return len(stale)
