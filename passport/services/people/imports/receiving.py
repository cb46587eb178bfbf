"""Receive a school's list of students, and say what its columns mean.

Reading a file is apart from storing it: a workbook is read by another process, outside of transactions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.people.imports import ImportState, Outcome, StudentImport
from passport.services.core import audit, tables
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.core.tables import MAX_WORKBOOK_BYTES, Row, plain
from passport.services.people.imports import columns, oneroster, row_reading
from passport.services.people.imports.columns import Field
from passport.services.people.imports.row_reading import Layout
from passport.services.people.students import YEARS
from passport.services.programmes import cohorts, sectors
from passport.services.programmes.managing import own_school

__all__ = [
    "MAX_BYTES",
    "Choice",
    "ImportState",
    "Listing",
    "Outcome",
    "StudentImport",
    "delete",
    "find",
    "layout_of",
    "listed",
    "match",
    "preview",
    "purge_due",
    "read",
    "receive",
]

MAX_BYTES = MAX_WORKBOOK_BYTES
MOST_ROWS = 10_000
KEPT = timedelta(days=7)
LONGEST_FILE_NAME = 100
# a learner's number: a check letter, twelve digits, or eleven and a letter for a temporary one
UPN = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]", re.IGNORECASE)
PREVIEWED = 3


@dataclass(frozen=True)
class Listing:
    """A file as it was read: headings, rows without learners' numbers, and the reader's remarks."""

    heading: list[str]
    rows: list[Row]
    remarks: dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """What a coordinator chose for a file. ``columns`` are places by field; see `Layout` for the others."""

    columns: dict[str, int]
    sector: str
    cohort: str = ""
    year: int | None = None
    years: Sequence[int] = ()


@dataclass(frozen=True)
class Column:
    """A column as the matching page shows it: place, heading, first cells, and its field ("" for none)."""

    place: int
    heading: str
    cells: list[str]
    field: str


def read(data: bytes, school: str) -> Listing:
    """Read a file: CSV, XLSX, ODS or a OneRoster bundle (ZIP) with the students of a school, by its name.

    Raises Refused with a reason that says what to do. Not for use inside a transaction.
    """
    if len(data) > MAX_BYTES:
        raise Refused(Reason.STUDENTS_TOO_LARGE, megabytes=MAX_BYTES // (1024 * 1024))
    if data.startswith(tables.ZIP) and oneroster.is_bundle(data):
        heading, rows = oneroster.read(data, school)
        return _judged(Listing(heading, rows, {"oneroster": True}))
    table = tables.read(data, columns.rank, most_bytes=MAX_BYTES)
    heading, rows = columns.headings_of(table)
    if not heading:
        raise Refused(Reason.STUDENTS_NO_HEADING)
    said = {name: value for name, value in asdict(table.remarks).items() if value}
    return _judged(Listing(heading, _without_numbers(heading, rows), said))


def _judged(listing: Listing) -> Listing:
    if not listing.rows:
        raise Refused(Reason.STUDENTS_EMPTY)
    if len(listing.rows) > MOST_ROWS:
        raise Refused(Reason.STUDENTS_TOO_MANY, count=len(listing.rows), most=MOST_ROWS)
    return listing


def _without_numbers(heading: list[str], rows: list[Row]) -> list[Row]:
    """Drop learners' numbers: columns that are headed so, and cells that look like a UPN in any column."""
    gone = set(columns.numbers(heading))
    return [
        Row(
            row.line,
            [
                "" if place in gone or UPN.fullmatch(cell.strip()) else cell
                for place, cell in enumerate(row.cells)
            ],
        )
        for row in rows
    ]


def receive(
    session: Session, actor: Account, file_name: str, listing: Listing, at: datetime
) -> StudentImport:
    """Store a list for the actor's school, with its columns guessed. It is deleted after seven days."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    remembered = db.people.imports.columns(session, school.id)
    places = columns.guess(listing.heading, remembered)
    layout = Layout(
        heading=[cell.strip() for cell in listing.heading],
        columns={field.value: place for field, place in places.items() if field is not Field.NUMBER},
        remarks=listing.remarks,
    )
    made = StudentImport(
        school=school,
        made_by=actor,
        file_name=" ".join(file_name.split())[-LONGEST_FILE_NAME:],
        state=ImportState.RECEIVED,
        layout=layout.to_json(),
        total=len(listing.rows),
        made_at=at,
        purge_at=at + KEPT,
    )
    session.add(made)
    session.flush()
    cells = ((row.line, json.dumps(row.cells, ensure_ascii=False)) for row in listing.rows)
    db.people.imports.add_rows(session, made.id, cells)
    audit.record(session, at, actor.reference, "students.received", made.reference, rows=made.total)
    return made


def listed(session: Session, actor: Account) -> list[StudentImport]:
    """Return the latest imports of the actor's school, the newest first."""
    return db.people.imports.of_school(session, own_school(actor, Action.BRING_IN_STUDENTS).id)


def find(session: Session, actor: Account, reference: str, *, lock: bool = False) -> StudentImport:
    """Return an import of the actor's school; with ``lock``, with a row lock (FOR UPDATE).

    Raises NotFound for another's.
    """
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    found = db.people.imports.by_reference(session, school.id, reference, lock=lock)
    if found is None:
        raise NotFound
    return found


def layout_of(made: StudentImport) -> Layout:
    """Return how a file is read."""
    return Layout.from_json(made.layout)


def preview(session: Session, made: StudentImport) -> list[Column]:
    """Return the columns of a file with their first cells, for the page that matches them."""
    layout = layout_of(made)
    shown = [json.loads(text) for _id, _number, text in db.people.imports.cells(session, made.id, PREVIEWED)]
    fields = {place: field for field, place in layout.columns.items()}
    gone = set(columns.numbers(layout.heading))
    width = max([len(layout.heading), *map(len, shown)])
    heads = layout.heading + [""] * (width - len(layout.heading))
    return [
        Column(
            place,
            heads[place] or tables.column_name(place + 1),
            [cells[place] for cells in shown if place < len(cells) and cells[place].strip()],
            fields.get(place, ""),
        )
        for place in range(width)
        if place not in gone
    ]


def match(session: Session, actor: Account, reference: str, choice: Choice) -> StudentImport:
    """Store what the columns of a file mean, and remember it for the school's next file.

    Raises Refused where no column holds a name, or neither a column nor a choice gives the year group, and
    once the import was confirmed.
    """
    made = find(session, actor, reference, lock=True)
    require_open(made)
    fields = {Field(one) for one in choice.columns}
    if not columns.has_name(fields):
        raise Refused(Reason.COLUMN_NAME_MISSING)
    if Field.YEAR not in fields and choice.year not in YEARS:
        raise Refused(Reason.COLUMN_YEAR_MISSING)
    sectors.find(session, actor, choice.sector)
    if choice.cohort:
        cohorts.find(session, actor, choice.cohort)
    layout = replace(
        layout_of(made),
        columns=dict(choice.columns),
        sector=choice.sector,
        cohort=choice.cohort,
        year=None if Field.YEAR in fields else choice.year,
        years=sorted(choice.years),
    )
    rows = [json.loads(text) for _id, _number, text in db.people.imports.cells(session, made.id)]
    layout = replace(layout, month_first=row_reading.is_month_first(layout, rows))
    made.layout = layout.to_json()
    if "oneroster" not in layout.remarks:
        meanings = {plain(cell): "" for cell in layout.heading if plain(cell)}
        meanings |= {plain(layout.heading[place]): field for field, place in layout.columns.items()}
        db.people.imports.remember(session, made.school_id, meanings)
    session.flush()
    return made


def require_open(made: StudentImport) -> None:
    """Raise Refused unless an import still can be changed and confirmed."""
    if made.state not in {ImportState.RECEIVED, ImportState.COMPARED}:
        raise Refused(Reason.IMPORT_BEGUN)


def delete(session: Session, actor: Account, reference: str) -> None:
    """Delete an import's rows now. Raises Refused while it is being worked on. Students stay."""
    made = find(session, actor, reference, lock=True)
    if made.state is ImportState.CONFIRMED:
        raise Refused(Reason.IMPORT_BEGUN)
    db.people.imports.purge(session, made)


def purge_due(session: Session, at: datetime) -> int:
    """Delete the rows of imports after seven days; return how many imports."""
    over = db.people.imports.over(session, at)
    for made in over:
        db.people.imports.purge(session, made)
    return len(over)
