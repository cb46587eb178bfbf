"""Erase a student's rows as the map of personal data says, and what others hold of their entries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, false, func, or_, select, update
from sqlalchemy.orm import Session

from passport.db.base import Base
from passport.db.checking.desk import Group, Row, RowState
from passport.db.credentials.records import Credential
from passport.db.credentials.withdrawals import Withdrawal
from passport.db.endorsements.decisions import Decision, DecisionState
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.evidence.evidence_files import EvidenceFile, FileState
from passport.db.evidence.evidence_holds import EvidenceHold, HoldOutcome
from passport.db.people.accounts import Account, Student
from passport.db.people.imports import ImportRow, StudentImport
from passport.db.privacy.data_map import HELD, mine, table
from passport.db.safeguarding.suspensions import Suspension
from passport.db.sharing.prints import Print, PrintSheet, PrintState
from passport.db.sharing.shares import Share


def lock(session: Session, student_id: int) -> Student:
    """Return a student with a row lock (FOR UPDATE) on their evidence, them and their account.

    In this order, as in every other transaction: decisions lock evidence and then notify the student, and
    every change of a student locks them before their account.
    """
    own = select(Evidence.id).where(Evidence.student_id == student_id).order_by(Evidence.id)
    session.execute(own.with_for_update()).all()
    found = session.get_one(Student, student_id, with_for_update={"of": Student}, populate_existing=True)
    session.get_one(Account, student_id, with_for_update={"of": Account}, populate_existing=True)
    return found


def entries(session: Session, student_id: int) -> list[Credential]:
    """Return every entry of a student with a row lock, whatever its state, begun ones included."""
    query = select(Credential).where(Credential.student_id == student_id).order_by(Credential.id)
    return list(session.scalars(query.with_for_update(of=Credential)).unique())


def shares(session: Session, student_id: int) -> list[Share]:
    """Return every share of a student with a row lock, whatever its state."""
    query = select(Share).where(Share.student_id == student_id).order_by(Share.id)
    return list(session.scalars(query.with_for_update(of=Share)).unique())


def remove_evidence(session: Session, student_id: int, at: datetime) -> None:
    """Mark all evidence as removed of which there is no entry: it leaves every queue."""
    signed = select(Decision.evidence_id).join(Credential, Credential.endorsement_id == Decision.id)
    own = Evidence.student_id == student_id, Evidence.state != EvidenceState.DECLINED
    gone = update(Evidence).where(*own, Evidence.id.not_in(signed))
    session.execute(
        gone.values(state=EvidenceState.REMOVED, removed_at=at, purged_at=at).execution_options(
            synchronize_session=False
        )
    )
    its = select(Evidence.id).where(Evidence.student_id == student_id)
    held = EvidenceHold.evidence_id.in_(its), EvidenceHold.outcome == HoldOutcome.OPEN
    session.execute(update(EvidenceHold).where(*held).values(outcome=HoldOutcome.REMOVED))


def undo_decisions(session: Session, student_id: int) -> list[Decision]:
    """Undo the decisions that are not signed yet, and return every decision about the student's evidence."""
    own = select(Evidence.id).where(Evidence.student_id == student_id)
    found = list(session.scalars(select(Decision).where(Decision.evidence_id.in_(own))).unique())
    for one in found:
        if one.state in {DecisionState.PENDING, DecisionState.SIGNING}:
            one.state = DecisionState.UNDONE
    session.flush()
    return found


def requests(session: Session, student_id: int) -> list[Base]:
    """Return the rows of withdrawals and suspensions, whose texts are erased."""
    own = select(Credential.id).where(Credential.student_id == student_id)
    withdrawals = session.scalars(select(Withdrawal).where(Withdrawal.credential_id.in_(own))).unique()
    suspensions = session.scalars(select(Suspension).where(Suspension.account_id == student_id)).unique()
    return [*withdrawals, *suspensions]


def refuse_files(session: Session, student_id: int) -> None:
    """Mark each file to be deleted from the store at once, as a refused one is."""
    own = select(Evidence.id).where(Evidence.student_id == student_id)
    gone = EvidenceFile.evidence_id.in_(own), EvidenceFile.state != FileState.PURGED
    session.execute(update(EvidenceFile).where(*gone).values(state=FileState.REFUSED, why="erased"))


def forget_prints(session: Session, student_id: int) -> None:
    """Delete the printed sheets of each batch that the student is on: the school can print it again."""
    own = select(Share.id).where(Share.student_id == student_id)
    batches = select(PrintSheet.print_id).where(PrintSheet.share_id.in_(own))
    session.execute(update(Print).where(Print.id.in_(batches)).values(document=None, state=PrintState.PURGED))


def forget_in_lists(session: Session, codes: Iterable[str], names: Iterable[str]) -> int:
    """Empty the rows of institutions' lists that are about these codes or ids of entries; return how many.

    Codes are compared by their letters and digits alone, as people type them with spaces and hyphens. Of a
    file without a code its answer names the holder: there a whole name counts, and never a part of one.
    """
    wanted = [letters for code in codes if (letters := _letters(code))]
    answered = [json.dumps(name, ensure_ascii=False) for name in names]
    emptied = 0
    query = select(Row.id, Row.cells, Row.name, Row.answer).order_by(Row.id)
    for row in session.execute(query).all():
        text = _letters(" ".join(filter(None, (row.cells, row.name, row.answer))))
        is_about = any(code in text for code in wanted)
        if not is_about and row.cells is None and row.answer:
            is_about = any(name in row.answer for name in answered)
        if is_about:
            _empty(session, row.id, row.cells, row.name)
            emptied += 1
    return emptied


def _empty(session: Session, number: int, cells: str | None, name: str | None) -> None:
    """Empty one row of a list; its place stays, and says that it could not be checked."""
    values = {
        "cells": json.dumps([""] * len(json.loads(cells))) if cells else None,
        "name": "" if name else name,
        "content": None,
        "state": RowState.FAILED,
        "claim": None,
        "shown_in": Group.ATTENTION,
        "answer": json.dumps({"problem": "given up"}),
    }
    session.execute(update(Row).where(Row.id == number).values(**values))


def forget_in_imports(session: Session, account: Account) -> None:
    """Delete the rows of lists of students that name this student: of their own school, or by their email.

    A list that was not worked on yet would make the student again.
    """
    student = account.student
    imports = select(StudentImport.id).where(
        StudentImport.school_id == (student.school_id if student is not None else None)
    )
    is_theirs = ImportRow.student_id == account.id
    is_named = and_(ImportRow.import_id.in_(imports), _in_cells(account.name))
    mailed = _in_cells(account.email) if account.email else false()
    session.execute(delete(ImportRow).where(or_(is_theirs, is_named, mailed)))


def _in_cells(value: str) -> ColumnElement[bool]:
    """Return the condition for rows with this value as a whole cell, or as the name that was read."""
    cell = json.dumps(value, ensure_ascii=False)
    return or_(func.lower(ImportRow.name) == value.lower(), ImportRow.cells.icontains(cell, autoescape=True))


def overwrite(session: Session, student_id: int, at: datetime) -> None:
    """Delete or overwrite the student's rows in every table, as the map says; they count as erased from now.

    Objects that were read before are reloaded when they are used again.
    """
    session.flush()
    rules = {one.table: one for one in HELD}
    for one in reversed(Base.metadata.sorted_tables):
        held = rules.get(one.name)
        if held is None:
            continue
        # computed before: rows that say whose a row is may be gone by then
        if held.erased is None:
            session.execute(delete(one).where(mine(held, student_id)))
        elif held.erased:
            session.execute(update(one).where(mine(held, student_id)).values(**held.erased))
    session.execute(
        update(table("students")).where(table("students").c.account_id == student_id).values(erased_at=at)
    )
    session.expire_all()


def is_any_since(session: Session, since: datetime) -> bool:
    """Return whether a student was erased since a time."""
    return session.scalar(select(Student.account_id).where(Student.erased_at >= since).limit(1)) is not None


def erased_since(session: Session, since: datetime) -> list[Student]:
    """Return the students who were erased since a time."""
    return list(
        session.scalars(select(Student).where(Student.erased_at >= since).order_by(Student.account_id))
    )


def erased_references(session: Session) -> list[str]:
    """Return the reference of each student who was erased."""
    query = select(Account.reference).join(Student).where(Student.erased_at.is_not(None))
    return list(session.scalars(query.order_by(Account.id)))


def _letters(text: str) -> str:
    return "".join(one for one in text.upper() if one.isalnum())
