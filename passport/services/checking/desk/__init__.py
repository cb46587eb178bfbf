"""The desk: a list of codes, or a set of files, checked as a whole.

`receiving` stores a list, `working` checks it row by row in the jobs, and this package shows progress and
results. `tables` and `packed` read and write tables and ZIPs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from passport import db
from passport.db import Session
from passport.db.checking.desk import Batch, BatchKind, BatchState, Group, Row
from passport.services.checking.desk import tables
from passport.services.checking.desk.tables import Layout
from passport.services.checking.desk.working import Answer
from passport.services.core import paging
from passport.services.core.errors import NotFound
from passport.services.people import institutions
from passport.services.people.accounts import Account

__all__ = [
    "PAGE",
    "Batch",
    "BatchKind",
    "BatchState",
    "Group",
    "Layout",
    "Line",
    "Progress",
    "mine",
    "of_account",
    "opened",
    "unknown_codes",
]

PAGE = 100


@dataclass(frozen=True)
class Progress:
    """The progress of a list."""

    total: int
    done: int
    groups: dict[Group, int]


@dataclass(frozen=True)
class Line:
    """One row as it is shown: its number, its name and its result."""

    number: int
    name: str
    cells: list[str]
    group: Group | None
    answer: Answer


def opened(session: Session, reference: str) -> Batch:
    """Return a list handed in without an account. Raises NotFound for any other: those need an account."""
    batch = db.checking.desk.by_reference(session, reference)
    if batch is None or batch.institution_id is not None:
        raise NotFound
    return batch


def of_account(session: Session, account: Account, reference: str) -> Batch:
    """Return a list of the account's institution. Raises NotFound for any other."""
    batch = db.checking.desk.by_reference(session, reference)
    if batch is None or batch.institution_id != institutions.of(session, account).id:
        raise NotFound
    return batch


def mine(session: Session, account: Account) -> list[Batch]:
    """Return the lists of the account's institution, newest first."""
    return db.checking.desk.of_institution(session, institutions.of(session, account).id)


def progress(session: Session, batch: Batch) -> Progress:
    """Return how many rows are done, and how many are in each group."""
    groups = db.checking.desk.groups(session, batch.id)
    return Progress(batch.total, sum(groups.values()), groups)


def lines(session: Session, batch: Batch, group: Group, number: int) -> list[Line]:
    """Return one page of a group's rows, in the list's order."""
    layout = layout_of(batch)
    found = db.checking.desk.rows(session, batch.id, group, paging.start(number, PAGE), PAGE)
    return [_line(row, layout) for row in found]


def all_lines(session: Session, batch: Batch) -> list[Line]:
    """Return every row, including blank ones, in the list's order."""
    layout = layout_of(batch)
    return [_line(row, layout) for row in db.checking.desk.rows(session, batch.id)]


def harmless_cells(session: Session, batch: Batch) -> int:
    """Return how many cells of a table look like formulas and get an apostrophe in the answer."""
    if batch.kind is not BatchKind.TABLE:
        return 0
    return tables.count_harmful(
        json.loads(row.cells or "[]") for row in db.checking.desk.rows(session, batch.id)
    )


def repeated(session: Session, batch: Batch) -> dict[str, list[int]]:
    """Return each code that is in several rows, with the rows' numbers: one may be a copy of another."""
    places: dict[str, list[int]] = {}
    for row in db.checking.desk.rows(session, batch.id):
        code = json.loads(row.answer or "{}").get("code")
        if code:
            places.setdefault(code, []).append(row.number)
    return {code: numbers for code, numbers in places.items() if len(numbers) > 1}


def as_csv(batch: Batch, listed: list[Line], names: list[str], ours: list[list[str]]) -> Iterator[str]:
    """Yield the answer as lines of CSV: the submitted columns in their order, then ours."""
    layout = layout_of(batch) if batch.kind is BatchKind.TABLE else Layout(["File"], {}, ",", 1)
    rows = ((line.cells or [line.name], cells) for line, cells in zip(listed, ours, strict=True))
    return tables.write(layout, rows, names)


def unknown_codes(session: Session, batch: Batch) -> int:
    """Count the rows of a list whose code is well formed and unknown."""
    answers = (
        json.loads(row.answer or "{}") for row in db.checking.desk.rows(session, batch.id, Group.NOT_FOUND)
    )
    return sum(bool(answer.get("code")) for answer in answers)


def delete(session: Session, batch: Batch) -> None:
    """Delete the contents of a list now, before its seven days are over."""
    db.checking.desk.lock(session, batch)
    db.checking.desk.purge(session, batch)
    session.flush()


def layout_of(batch: Batch) -> Layout:
    """Return how a table was read; empty for files."""
    return Layout.from_json(batch.layout) if batch.kind is BatchKind.TABLE else Layout()


def _line(row: Row, layout: Layout) -> Line:
    cells = json.loads(row.cells) if row.cells else []
    name = row.name or layout.cell(cells, "reference") or layout.cell(cells, "last_name")
    return Line(row.number, name, cells, row.shown_in, json.loads(row.answer) if row.answer else {})
