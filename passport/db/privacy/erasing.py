"""Erase a student's rows as the map of personal data says, and what others hold of their entries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
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
from passport.db.privacy.data_map import HELD, mine, table
from passport.db.safeguarding.suspensions import Suspension
from passport.db.sharing.prints import Print, PrintSheet, PrintState
from passport.db.sharing.shares import Share

AT_ONCE = 200


def lock(session: Session, student_id: int) -> Student:
    """Return a student with a row lock (FOR UPDATE) on them and their account."""
    session.get_one(Account, student_id, with_for_update={"of": Account}, populate_existing=True)
    return session.get_one(Student, student_id, with_for_update={"of": Student}, populate_existing=True)


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


def forget_in_lists(session: Session, words: Iterable[str]) -> int:
    """Empty the rows of institutions' lists in which one of these words stands; return how many.

    Codes are compared by their letters and digits alone, as people type them with spaces and hyphens.
    """
    wanted = [letters for word in words if (letters := _letters(word))]
    emptied = 0
    query = select(Row.id, Row.cells, Row.name, Row.answer).order_by(Row.id)
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)).all():
        text = _letters(" ".join(filter(None, (row.cells, row.name, row.answer))))
        if any(word in text for word in wanted):
            blank = json.dumps([""] * len(json.loads(row.cells))) if row.cells else None
            values = {
                "cells": blank,
                "name": "" if row.name else row.name,
                "content": None,
                "state": RowState.FAILED,
                "claim": None,
                "shown_in": Group.ATTENTION,
                "answer": json.dumps({"problem": "given up"}),
            }
            session.execute(update(Row).where(Row.id == row.id).values(**values))
            emptied += 1
    return emptied


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


def erased_references(session: Session) -> list[str]:
    """Return the reference of each student who was erased."""
    query = select(Account.reference).join(Student).where(Student.erased_at.is_not(None))
    return list(session.scalars(query.order_by(Account.id)))


def _letters(text: str) -> str:
    return "".join(one for one in text.upper() if one.isalnum())
