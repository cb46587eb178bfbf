"""Raise a worry about a text that a person wrote or reads: hold the text and notify those in charge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.evidence.evidence_holds import HoldCause
from passport.db.people.accounts import Account
from passport.services.core.errors import NotFound
from passport.services.core.rights import Action, How, allows
from passport.services.evidence import drafting, evidence_access, evidence_holds
from passport.services.safeguarding import worries
from passport.services.safeguarding.worries import Worry

__all__ = ["about", "known", "raise_one", "readers"]


def about(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """Return the evidence that this person wrote or reads. Raises NotFound for anyone else's."""
    if not allows(account.roles, Action.WORRIES, How.RAISE, How.FULLY):
        raise NotFound
    if account.student is not None:
        return drafting.own(session, account, reference)
    if account.champion is not None:
        return evidence_access.open_evidence(session, account, reference, at)
    return evidence_holds.theirs(session, account, reference)


def readers(session: Session, account: Account, item: Evidence) -> list[Account]:
    """Return who reads a worry about this, without the person who raises it."""
    found = worries.in_charge(session, item.student.school_id)
    return [person for person in found if person.id != account.id]


def raise_one(
    session: Session,
    account: Account,
    reference: str,
    words: str,
    at: datetime,
    subjects: Iterable[str] = (),
) -> Worry:
    """Store the worry, hold the text if it waits for a champion, and notify those in charge. Idempotent.

    The lock on the evidence excludes every other decision: a text is released or worried about, in one order.
    A student's worry does not hold their own text.
    """
    item = known(session, account, reference, at)
    db.evidence.row_lock.lock(session, item)
    same = worries.raised(session, item, account)
    if same is not None:
        return same
    is_readers = account.id != item.student_id
    if is_readers and db.evidence.row_lock.move(session, item, EvidenceState.SUBMITTED, EvidenceState.HELD):
        evidence_holds.begin(session, item, HoldCause.WORRY, [], at)
    return worries.keep(session, item, account, words, subjects, at)


def known(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """Return the evidence, also where this person's own worry, just raised, hides it from them."""
    try:
        return about(session, account, reference, at)
    except NotFound:
        item = db.evidence.evidence.by_reference(session, reference)
        if item is None or worries.raised(session, item, account) is None:
            raise
        return item
