"""Imports of a school's list of students: each row a unit of work. Cells are deleted with the row's work."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, and_, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db import failures
from passport.db.base import Base, UtcDateTime, choice, new_reference
from passport.db.failures import Job
from passport.db.people.accounts import Account, EnrolmentState, Student
from passport.db.programmes.programme import School

# parameters of one statement, well below what SQLite and PostgreSQL accept
AT_ONCE = 500
GOING_ON = (EnrolmentState.INVITED, EnrolmentState.ACTIVE, EnrolmentState.PAUSED)


class ImportState(StrEnum):
    """How far an import is. A failed one was given up by the jobs; a purged one has no rows any more."""

    RECEIVED = "received"
    COMPARED = "compared"
    CONFIRMED = "confirmed"
    DONE = "done"
    FAILED = "failed"
    PURGED = "purged"


class Outcome(StrEnum):
    """What a row is, or became: in the dry run what it would become."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    CLAIMED = "claimed"
    REFUSED = "refused"
    LEFT_OUT = "left-out"


class Decision(StrEnum):
    """A coordinator's decision on a possible duplicate."""

    SAME = "same"
    OTHER = "other"
    OUT = "out"


class StudentImport(Base):
    """One file. ``layout`` is JSON: how it was read and what was chosen for it."""

    __tablename__ = "student_imports"
    __table_args__ = (Index("ix_student_imports_state_purge_at", "state", "purge_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    file_name: Mapped[str]
    state: Mapped[ImportState] = mapped_column(choice(ImportState, "student_import_state"))
    layout: Mapped[str]
    total: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purge_at: Mapped[datetime] = mapped_column(UtcDateTime)
    school: Mapped[School] = relationship(lazy="joined")
    made_by: Mapped[Account] = relationship(lazy="joined")


class ImportRow(Base):
    """A row: its number in the file, its cells (JSON) until its work is done, and what became of it.

    ``changes`` is JSON: the stored and the new value of each field; of a date of birth only that it changes.
    ``student_id`` is the student that the row is, might be, or has become.
    """

    __tablename__ = "student_import_rows"
    __table_args__ = (
        UniqueConstraint("import_id", "number"),
        Index("ix_student_import_rows_import_id_outcome", "import_id", "outcome"),
        Index("ix_student_import_rows_import_id_done", "import_id", "done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("student_imports.id"))
    number: Mapped[int]
    cells: Mapped[str | None]
    name: Mapped[str] = mapped_column(default="")
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome, "student_import_outcome"))
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[str] = mapped_column(default="{}")
    changes: Mapped[str] = mapped_column(default="{}")
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.account_id"))
    decision: Mapped[Decision | None] = mapped_column(choice(Decision, "student_import_decision"))
    done: Mapped[bool] = mapped_column(default=False)
    student: Mapped[Student | None] = relationship(lazy="select")


class ImportColumn(Base):
    """What a column of a school's files means, by its heading in comparable form."""

    __tablename__ = "student_import_columns"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    heading: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str]


@dataclass(frozen=True)
class Known:
    """A student as far as an import compares: everything but the date of birth."""

    id: int
    reference: str
    name: str
    search_name: str
    first_name: str
    email: str | None
    year_group: int
    school_id: int


def by_reference(session: Session, school_id: int, reference: str, *, lock: bool) -> StudentImport | None:
    """Return a school's import; with ``lock``, with a row lock (FOR UPDATE)."""
    query = select(StudentImport).where(
        StudentImport.school_id == school_id, StudentImport.reference == reference
    )
    if lock:
        query = query.with_for_update(of=StudentImport).execution_options(populate_existing=True)
    return session.scalar(query)


def lock(session: Session, number: int) -> StudentImport | None:
    """Return an import, by its row id, with a row lock (FOR UPDATE)."""
    query = select(StudentImport).where(StudentImport.id == number).with_for_update(of=StudentImport)
    return session.scalar(query.execution_options(populate_existing=True))


def of_school(session: Session, school_id: int, limit: int = 10) -> list[StudentImport]:
    """Return a school's imports, the newest first."""
    query = select(StudentImport).where(StudentImport.school_id == school_id)
    return list(session.scalars(query.order_by(StudentImport.id.desc()).limit(limit)))


def add_rows(session: Session, import_id: int, rows: Iterable[tuple[int, str]]) -> None:
    """Add rows: each its number in the file and its cells as JSON."""
    made = [
        {"import_id": import_id, "number": number, "cells": cells, "done": False} for number, cells in rows
    ]
    if made:
        session.execute(insert(ImportRow), made)


def rows(
    session: Session, import_id: int, outcome: Outcome | None = None, start: int = 0, limit: int | None = None
) -> list[ImportRow]:
    """Return rows in the file's own order, of one outcome or of all."""
    query = select(ImportRow).where(ImportRow.import_id == import_id)
    if outcome is not None:
        query = query.where(ImportRow.outcome == outcome)
    query = query.order_by(ImportRow.number).offset(start)
    return list(session.scalars(query.limit(limit)))


def cells(session: Session, import_id: int, limit: int | None = None) -> list[tuple[int, int, str]]:
    """Return id, number and cells of the rows that still have cells, in the file's own order."""
    query = (
        select(ImportRow.id, ImportRow.number, ImportRow.cells)
        .where(ImportRow.import_id == import_id, ImportRow.cells.is_not(None))
        .order_by(ImportRow.number)
    )
    return [(one, number, text or "") for one, number, text in session.execute(query.limit(limit))]


def set_outcomes(session: Session, values: list[dict[str, Any]]) -> None:
    """Store what the dry run says of rows, each given by its ``id``."""
    if values:
        session.execute(update(ImportRow), values)


def counts(session: Session, import_id: int) -> dict[Outcome, int]:
    """Return how many rows there are of each outcome."""
    query = select(ImportRow.outcome, func.count()).where(ImportRow.import_id == import_id)
    return {
        outcome: number for outcome, number in session.execute(query.group_by(ImportRow.outcome)) if outcome
    }


def count_done(session: Session, import_id: int) -> int:
    """Return how many rows are done."""
    query = select(func.count()).where(ImportRow.import_id == import_id, ImportRow.done.is_(True))
    return session.scalar(query) or 0


def undone(session: Session, import_id: int, limit: int) -> list[ImportRow]:
    """Return the next rows to work on."""
    query = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.done.is_(False))
    return list(session.scalars(query.order_by(ImportRow.number).limit(limit)))


def finish_others(session: Session, import_id: int, to_do: Collection[Outcome]) -> None:
    """Mark all rows as done that need no work: their outcome is none of ``to_do``. Their cells go."""
    session.execute(
        update(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.outcome.not_in(list(to_do)))
        .values(done=True, cells=None)
    )


def students_of(session: Session, import_id: int) -> set[int]:
    """Return the students that rows are, or have become; not those that a row only might be."""
    query = select(ImportRow.student_id).where(
        ImportRow.import_id == import_id,
        ImportRow.student_id.is_not(None),
        ImportRow.outcome.in_([Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED]),
    )
    return {one for one in session.scalars(query) if one is not None}


def left(
    session: Session, made: StudentImport, years: Collection[int], start: int, limit: int
) -> tuple[list[Student], int]:
    """Return a page of the school's students of these years that no row is, by name, and how many there are.

    Students whom a row might be count as found: whether they are is not decided.
    """
    found = select(ImportRow.student_id).where(
        ImportRow.import_id == made.id, ImportRow.student_id.is_not(None)
    )
    missing = (
        Student.school_id == made.school_id,
        Student.year_group.in_(list(years)),
        Student.enrolment.in_(GOING_ON),
        Student.account_id.not_in(found),
    )
    page = select(Student).join(Account, Account.id == Student.account_id).where(*missing)
    ordered = page.order_by(func.lower(Account.name), Account.id).offset(start).limit(limit)
    number = session.scalar(select(func.count()).select_from(Student).where(*missing)) or 0
    return list(session.scalars(ordered)), number


def columns(session: Session, school_id: int) -> dict[str, str]:
    """Return what a school's columns meant last time, by heading."""
    query = select(ImportColumn).where(ImportColumn.school_id == school_id)
    return {one.heading: one.field for one in session.scalars(query)}


def remember(session: Session, school_id: int, meanings: dict[str, str]) -> None:
    """Remember what columns of a school's files mean."""
    for heading, field in meanings.items():
        session.merge(ImportColumn(school_id=school_id, heading=heading, field=field))
    session.flush()


def unfinished(session: Session, at: datetime, limit: int = 100) -> list[int]:
    """Return the ids of confirmed imports with work left, the oldest first."""
    rests = failures.resting(Job.IMPORT, at)
    query = select(StudentImport.id).where(
        StudentImport.state == ImportState.CONFIRMED, StudentImport.id.not_in(rests)
    )
    return list(session.scalars(query.order_by(StudentImport.id).limit(limit)))


def over(session: Session, at: datetime) -> list[StudentImport]:
    """Return the imports whose rows are to be deleted now; not those that are being worked on."""
    kept = (ImportState.PURGED, ImportState.CONFIRMED)
    query = select(StudentImport).where(StudentImport.state.not_in(kept), StudentImport.purge_at <= at)
    return list(session.scalars(query))


def purge(session: Session, made: StudentImport) -> None:
    """Delete an import's rows, and what its file said."""
    session.execute(delete(ImportRow).where(ImportRow.import_id == made.id))
    made.state, made.layout, made.file_name = ImportState.PURGED, "{}", ""
    session.flush()


# ---------------------------------------------------------------------------------------------- who is known


def of_a_school(session: Session, school_id: int) -> list[Known]:
    """Return all students of a school."""
    return [Known(*row) for row in session.execute(_known().where(Student.school_id == school_id))]


def elsewhere(
    session: Session, programme_id: int, school_id: int, names: Collection[str], emails: Collection[str]
) -> list[Known]:
    """Return students of the programme's other schools with one of these search names or addresses."""
    others = _known().where(Account.programme_id == programme_id, Student.school_id != school_id)
    found: dict[int, Known] = {}
    for column, values in ((Account.search_name, names), (Account.email, emails)):
        for some in _parts(values):
            found |= {row.id: Known(*row) for row in session.execute(others.where(column.in_(some)))}
    return list(found.values())


def taken(session: Session, emails: Collection[str]) -> dict[str, int]:
    """Return the account of each of these addresses that has one, in any programme and role."""
    found: dict[str, int] = {}
    for some in _parts(emails):
        rows = session.execute(select(Account.email, Account.id).where(Account.email.in_(some)))
        found |= {email: one for email, one in rows if email}
    return found


def _known() -> Any:
    return select(
        Account.id,
        Account.reference,
        Account.name,
        Account.search_name,
        Account.first_name,
        Account.email,
        Student.year_group,
        Student.school_id,
    ).join(Student, and_(Student.account_id == Account.id, Student.erased_at.is_(None)))


def _parts(values: Collection[str]) -> Iterable[list[str]]:
    listed = sorted(values)
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
