"""Carry an import out: a few rows in each transaction, safe to kill and to repeat; then its report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState, Student
from passport.db.people.claims import StudentClaim
from passport.db.people.imports import Decision, ImportRow, ImportState, Outcome, StudentImport
from passport.services.core import audit, notices, paging
from passport.services.core.errors import Refused
from passport.services.core.paging import Page
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.people import accounts, details, enrolments
from passport.services.people.accounts import NewStudent
from passport.services.people.imports import comparing, receiving
from passport.services.people.imports.comparing import Line, Result
from passport.services.people.imports.row_reading import Layout
from passport.services.programmes import cohorts, sectors
from passport.services.programmes.managing import own_school

__all__ = [
    "PAGE",
    "Decision",
    "Progress",
    "Shown",
    "confirm",
    "decide",
    "give_up",
    "left",
    "progress",
    "shown",
    "unfinished",
    "work",
]

# Rows in one transaction, and on one page
AT_ONCE, PAGE = 200, 25
TO_DO = (Outcome.NEW, Outcome.CHANGED, Outcome.CLAIMED, Outcome.DUPLICATE)


@dataclass(frozen=True)
class Progress:
    """How far an import is: rows of each outcome, rows done, students that are not in the file."""

    counts: dict[Outcome, int]
    done: int
    total: int
    left: int


@dataclass(frozen=True)
class Shown:
    """A row as pages and the report show it. ``student`` is its reference, of whom it is or might be."""

    id: int
    number: int
    name: str
    outcome: Outcome
    reason: str
    details: dict[str, Any]
    changes: dict[str, list[Any]]
    decision: Decision | None
    student: Student | None


def decide(session: Session, actor: Account, reference: str, decisions: dict[int, Decision]) -> None:
    """Store decisions on possible duplicates, by the ids of rows. Raises Refused once it was confirmed."""
    made = receiving.find(session, actor, reference, lock=True)
    receiving.require_open(made)
    for row in db.people.imports.rows(session, made.id, Outcome.DUPLICATE):
        row.decision = decisions.get(row.id, row.decision)
    session.flush()


def confirm(session: Session, actor: Account, reference: str, at: datetime) -> StudentImport:
    """Confirm a dry run: its rows are work from now on. Idempotent.

    Raises Refused where no dry run was made, or its rows were deleted.
    """
    made = receiving.find(session, actor, reference, lock=True)
    if made.state in {ImportState.CONFIRMED, ImportState.DONE}:
        return made
    if made.state not in {ImportState.COMPARED, ImportState.FAILED}:
        raise Refused(Reason.IMPORT_NOT_COMPARED)
    made.state = ImportState.CONFIRMED
    db.people.imports.finish_others(session, made.id, TO_DO)
    session.flush()
    _close(session, made, at)
    audit.record(session, at, actor.reference, "students.confirmed", made.reference)
    return made


def unfinished(session: Session, at: datetime) -> list[int]:
    """Return the row ids of confirmed imports with work left."""
    return db.people.imports.unfinished(session, at)


def work(session: Session, number: int, at: datetime) -> bool:
    """Do the next rows of an import; return whether there may be more. Each row is compared again before."""
    made = db.people.imports.lock(session, number)
    if made is None or made.state is not ImportState.CONFIRMED:
        return False
    rows = db.people.imports.undone(session, made.id, AT_ONCE)
    layout = receiving.layout_of(made)
    lines = [Line(row.id, row.number, json.loads(row.cells or "[]"), row.decision) for row in rows]
    others = db.people.imports.students_of(session, made.id) - {row.student_id for row in rows}
    results = comparing.compare(session, made, layout, lines, at, others)
    _carry_out(session, made, layout, results, at)
    _finish(rows, results)
    session.flush()
    return not _close(session, made, at)


def _carry_out(
    session: Session, made: StudentImport, layout: Layout, results: list[Result], at: datetime
) -> None:
    actor = made.made_by
    _change(session, actor, results, at)
    _claim(session, made, results, at)
    new = [place for place, one in enumerate(results) if one.outcome is Outcome.NEW]
    students = _add(session, made, layout, [results[place] for place in new], at)
    for place, student in zip(new, students, strict=True):
        results[place] = _with_student(results[place], student)
    references = [one.account.reference for one in students]
    audit.record_each(session, at, actor.reference, "student.added", references, [], file=made.reference)


def _with_student(result: Result, student: Student) -> Result:
    return Result(result.line, result.outcome, result.name, student_id=student.account_id)


def _add(
    session: Session, made: StudentImport, layout: Layout, results: Sequence[Result], at: datetime
) -> list[Student]:
    if not results:
        return []
    actor = made.made_by
    sector = sectors.find(session, actor, layout.sector)
    cohort = cohorts.find(session, actor, layout.cohort) if layout.cohort else None
    people = [one.person for one in results if one.person is not None]
    newcomers = [
        NewStudent(one.name, one.first_name, one.born_on, one.year_group, one.email)
        for one in people
        if one.born_on is not None and one.year_group is not None
    ]
    students = accounts.make_students(session, made.school, sector, cohort, newcomers, at)
    enrolments.note_all(session, students, actor, EnrolmentState.INVITED, at)
    return students


def _change(session: Session, actor: Account, results: list[Result], at: datetime) -> None:
    for one in results:
        if one.outcome is not Outcome.CHANGED or one.student_id is None or one.person is None:
            continue
        student = db.people.enrolments.by_id(session, one.student_id, lock=True)
        details.change(session, actor, student, {name: getattr(one.person, name) for name in one.changes}, at)


def _claim(session: Session, made: StudentImport, results: list[Result], at: datetime) -> None:
    """Ask the programme's managers about students whom another school has."""
    wanted = {int(one.details["claim"]) for one in results if one.outcome is Outcome.CLAIMED}
    there = db.people.claims.of_school(session, made.school_id, wanted)
    for student_id in sorted(wanted - there.keys()):
        claim = StudentClaim(
            school_id=made.school_id, student_id=student_id, made_by_id=made.made_by_id, made_at=at
        )
        session.add(claim)
    if wanted - there.keys():
        for manager in db.credentials.entry_search.managers(session, made.school.programme_id):
            notices.tell_account(session, manager, "students-claimed", at)


def _finish(rows: Sequence[ImportRow], results: Sequence[Result]) -> None:
    """Store what became of rows. Their cells go: no one needs them any more."""
    for row, result in zip(rows, results, strict=True):
        row.outcome, row.reason, row.name = result.outcome, result.reason, result.name or row.name
        row.details = json.dumps(result.details, ensure_ascii=False)
        row.changes = json.dumps(result.changes, ensure_ascii=False)
        row.student_id, row.cells, row.done = result.student_id, None, True


def _close(session: Session, made: StudentImport, at: datetime) -> bool:
    """Close an import without work; return whether it is closed."""
    if db.people.imports.undone(session, made.id, 1):
        return False
    made.state, made.done_at = ImportState.DONE, at
    session.flush()
    return True


def give_up(session: Session, number: int) -> None:
    """Mark an import as failed after the last attempt; what was done stays, and it can be confirmed again."""
    made = db.people.imports.lock(session, number)
    if made is not None and made.state is ImportState.CONFIRMED:
        made.state = ImportState.FAILED


# ---------------------------------------------------------------------------------------------- what is shown


def progress(session: Session, made: StudentImport) -> Progress:
    """Return how far an import is."""
    layout = receiving.layout_of(made)
    _rows, number = db.people.imports.left(session, made, _years(layout), 0, 0)
    return Progress(
        db.people.imports.counts(session, made.id),
        db.people.imports.count_done(session, made.id),
        made.total,
        number if made.state is not ImportState.RECEIVED else 0,
    )


def shown(session: Session, made: StudentImport, outcome: Outcome, number: int) -> tuple[list[Shown], Page]:
    """Return a page of the rows of an outcome."""
    total = db.people.imports.counts(session, made.id).get(outcome, 0)
    page = paging.counted(number, total, PAGE)
    found = db.people.imports.rows(session, made.id, outcome, paging.start(page.number, PAGE), PAGE)
    return _shown(session, found), page


def report(session: Session, made: StudentImport) -> list[Shown]:
    """Return all rows, in the file's own order."""
    return _shown(session, db.people.imports.rows(session, made.id))


def left(session: Session, made: StudentImport, number: int) -> tuple[list[Student], Page]:
    """Return a page of the school's students of the file's year groups who are not in the file.

    They are proposed to the coordinator, who decides about each; an import changes nothing for them.
    """
    years = _years(receiving.layout_of(made))
    _none, total = db.people.imports.left(session, made, years, 0, 0)
    page = paging.counted(number, total, PAGE)
    found, _total = db.people.imports.left(session, made, years, paging.start(page.number, PAGE), PAGE)
    return found, page


def export(session: Session, actor: Account) -> list[Student]:
    """Return all students of the actor's school, by name, for a file."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    return db.people.enrolments.all_students(session, school.id)


def _years(layout: Layout) -> list[int]:
    return layout.years or layout.found_years


def _shown(session: Session, rows: Sequence[ImportRow]) -> list[Shown]:
    ids = {row.student_id for row in rows if row.student_id is not None}
    known = db.people.enrolments.by_ids(session, ids)
    return [
        Shown(
            row.id,
            row.number,
            row.name,
            row.outcome or Outcome.REFUSED,
            row.reason,
            json.loads(row.details),
            json.loads(row.changes),
            row.decision,
            known.get(row.student_id or 0),
        )
        for row in rows
    ]
