"""A copy of a student's own data: to read on a page, and as files to keep.

It holds what `db.privacy.data_map` shows, the files that they added, and their entries in every form. What
staff wrote for their work is not in it: the school reads it before it gives it out (UK GDPR, article 15 (4)).
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from passport import db
from passport.adapters.files import PrivateFiles
from passport.db import Session
from passport.db.credentials.records import Credential
from passport.db.evidence.evidence_files import FileKind, FileState
from passport.db.people.accounts import Account
from passport.db.privacy.data_map import Section
from passport.services.core.errors import NotFound
from passport.services.core.tables import harmless
from passport.services.credentials import lifecycle
from passport.services.sharing import downloads
from passport.services.sharing.downloads import Form

__all__ = ["Chapter", "Copy", "Section", "Table", "copy_of", "packed"]

IN_MEMORY = 4 * 1024 * 1024
ENDINGS = {FileKind.PHOTO: "jpg", FileKind.DOCUMENT: "pdf"}


@dataclass(frozen=True)
class Table:
    """The student's rows of one table; ``columns`` are named in the same order in each row."""

    name: str
    columns: tuple[str, ...]
    rows: list[Mapping[str, Any]]


@dataclass(frozen=True)
class Chapter:
    """A section of the copy with its tables, without those that have no row."""

    section: Section
    tables: list[Table]

    @property
    def number(self) -> int:
        """Return the number of its rows."""
        return sum(len(one.rows) for one in self.tables)


@dataclass(frozen=True)
class Copy:
    """A student's data.

    ``entries`` are files by their path; ``stored`` are names in the private store by their path in the copy.
    """

    made_at: datetime
    chapters: list[Chapter]
    entries: dict[str, bytes]
    stored: dict[str, str]

    def files(self, private: PrivateFiles) -> Iterator[tuple[str, bytes]]:
        """Return path and content of each data file. Reads files: call it outside of a transaction.

        A file that is not in the store any more is left out; its row says so.
        """
        yield "data.json", self._json()
        for chapter in self.chapters:
            for table in chapter.tables:
                yield f"tables/{table.name}.csv", _csv(table)
        yield from self.entries.items()
        for path, name in self.stored.items():
            content = private.read(name)
            if content is not None:
                yield path, content

    def _json(self) -> bytes:
        tables = {table.name: table.rows for chapter in self.chapters for table in chapter.tables}
        told = {"made_at": self.made_at, "tables": tables}
        return json.dumps(told, default=_plain, ensure_ascii=False, indent=2).encode()


def copy_of(session: Session, account: Account, at: datetime, *, with_files: bool) -> Copy:
    """Return a copy of a student's own data; without its files it is quick, for a page.

    Raises NotFound for an account that is no student's.
    """
    if account.student is None:
        raise NotFound
    chapters = [
        Chapter(section, [table for table in map(_table_of(session, account), held) if table.rows])
        for section, held in db.privacy.data_map.sections()
    ]
    if not with_files:
        return Copy(at, chapters, {}, {})
    return Copy(at, chapters, dict(_entries(session, account)), dict(_stored(session, account)))


def packed(files: Iterable[tuple[str, bytes]]) -> BinaryIO:
    """Return a ZIP file of files by their path, open at its beginning; a large one is on disk."""
    target = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it when it is sent
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files:
            archive.writestr(path, content)
    target.seek(0)
    return cast("BinaryIO", target)


def _table_of(session: Session, account: Account) -> Any:
    def of(held: db.privacy.data_map.Held) -> Table:
        found = db.privacy.data_map.rows(session, held, account.id)
        return Table(held.table, tuple(found[0]) if found else (), list(found))

    return of


def _entries(session: Session, account: Account) -> Iterator[tuple[str, bytes]]:
    """Return each entry's files, without entries under a name that was corrected: it is not shown again."""
    stems: dict[str, int] = {}
    for credential in lifecycle.mine(session, account):
        if credential.has_old_name or credential.document is None:
            continue
        stem = downloads.file_stem(credential)
        stems[stem] = number = stems.get(stem, 0) + 1
        folder = f"entries/{stem}" if number == 1 else f"entries/{stem} ({number})"
        yield from _forms(session, credential, folder)


def _forms(session: Session, credential: Credential, folder: str) -> Iterator[tuple[str, bytes]]:
    for form in Form:
        yield f"{folder}/entry.{form.value}", downloads.content(session, credential, form)


def _stored(session: Session, account: Account) -> Iterator[tuple[str, str]]:
    for item in db.evidence.evidence.of_student(session, account.id):
        for file in db.evidence.evidence_files.of_evidence(session, item.id):
            if file.state is FileState.CLEAN:
                yield f"files/{item.reference}-{file.reference}.{ENDINGS[file.kind]}", file.name


def _csv(table: Table) -> bytes:
    """Return a table as CSV that a spreadsheet only displays, with a byte order mark for Excel."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([harmless(_cell(value)) for value in row.values()] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) and not isinstance(value, Enum) else str(_plain(value))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bool | int):
        return value
    raise TypeError(f"a copy of data holds a {type(value).__name__}")
