"""Correct a name, a school or a date in an entry: a new edition is issued and replaces the older one.

What the champion endorsed stays as it was signed: skill, level, basis, digest. It is taken from the entry
itself, not from rows that may have changed since. The newer entry has its own id, subject and position in the
status list, so that what the older one said cannot be learned from it (product, P13). Its evidence statement
has a new id too, and what the champion said is signed again for that id.

1. A corrected name is the student's from now on, and all their entries with another name are reissued. An
   entry that is being signed under another name is begun again: no one has seen it.
2. A school or a day is corrected in one entry: the school is the student's at that time, not their present
   one.
3. Its review date is as many whole months away as the older one had left: a correction prolongs nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential
from passport.db.people.accounts import Account
from passport.openbadges import credential as credential_document
from passport.openbadges.credential import Entry
from passport.proofs.signing import KeyRing
from passport.services.core import audit, edit_conflict, recovery
from passport.services.core.dates import today, whole_months
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, allows
from passport.services.core.text_rules import private_reason, usable
from passport.services.credentials import (
    editions,
    entry_search,
    issuing,
    lifecycle,
    status_positions,
)


class What(StrEnum):
    """Which fact of an entry is corrected."""

    NAME = "name"
    SCHOOL = "school"
    DATE = "date"


@dataclass(frozen=True)
class Tools:
    """What issuing needs: the keys, and the public URL that entries name."""

    keys: KeyRing
    public_url: str


def said(credential: Credential) -> Entry:
    """Return what an entry says, as our own record (its intent) has it."""
    return credential_document.read(json.loads(credential.intent)["entry"])


def correct_name(
    session: Session,
    tools: Tools,
    account: Account,
    reference: str,
    name: str,
    first_name: str,
    reason: str,
    at: datetime,
    shown: str | None = None,
) -> int:
    """Correct a student's name in their account and in all their entries; return how many are reissued.

    Args:
        shown: stamp of the name that the form showed; None where there was no form.

    Raises UnusableText for a name that cannot be signed, Refused where nothing would change, where an entry
    cannot be corrected now and while a recovery is open, EditConflict where the name is no longer as shown.
    """
    credential = _theirs(session, account, reference)
    names = name, first_name
    return correct_name_of(session, tools, account, credential.student.account, names, reason, at, shown)


def correct_name_of(
    session: Session,
    tools: Tools,
    account: Account,
    holder: Account,
    names: tuple[str, str],
    reason: str,
    at: datetime,
    shown: str | None = None,
) -> int:
    """Correct the name and first name of a student whom the caller has found to be the actor's.

    As `correct_name`, and with the same refusals.
    """
    db.programmes.programme.lock_keys_shared(session)
    recovery.refuse_while_open(session)
    reason = private_reason(reason)
    name, first_name = (usable("name", one, quoted=True) for one in names)
    # take all row locks first and the audit trail's last, to avoid a deadlock
    db.people.accounts.lock_name(session, holder)
    begun = [
        one for one in db.credentials.issuing.lock_begun_of(session, holder.id) if one.holder_name != name
    ]
    wrong = [one for one in _live(session, holder.id) if one.holder_name != name]
    if (holder.name, holder.first_name) == (name, first_name) and not (wrong or begun):
        raise Refused(Reason.NOTHING_TO_CORRECT)
    for one in wrong:
        db.credentials.records.lock(session, one)
    edit_conflict.require(shown, name_of(holder), (name, first_name))
    holder.name, holder.first_name = name, first_name
    dropped = [editions.begin_again(session, one) for one in begun]
    session.flush()
    for one in wrong:
        _make_anew(session, tools, account, one, What.NAME, reason, at, holder_name=name)
    for gone in dropped:
        audit.record(session, at, account.reference, "credential.abandoned", gone, gone=[f"entry {gone}"])
    audit.record(session, at, account.reference, "account.renamed", holder.reference)
    return len(wrong)


def name_of(holder: Account) -> edit_conflict.Stored:
    """Return the parts of a name that can be corrected, for the stamp of a form."""
    return holder.name, holder.first_name


def correct_school(
    session: Session,
    tools: Tools,
    account: Account,
    reference: str,
    school: str,
    reason: str,
    at: datetime,
) -> Credential:
    """Correct the school that an entry names: to the person's own or, for a manager, to any of the programme.

    Raises NotFound for any other school, Refused as `correct_name`.
    """
    db.programmes.programme.lock_keys_shared(session)
    recovery.refuse_while_open(session)
    credential = _theirs(session, account, reference)
    reason = private_reason(reason)
    chosen = next((one for one in entry_search.schools(session, account) if one.reference == school), None)
    if chosen is None:
        raise NotFound
    if said(credential).school == chosen.name:
        raise Refused(Reason.NOTHING_TO_CORRECT)
    return _make_anew(session, tools, account, credential, What.SCHOOL, reason, at, school=chosen.name)


def correct_date(
    session: Session,
    tools: Tools,
    account: Account,
    reference: str,
    held_on: date,
    reason: str,
    at: datetime,
) -> Credential:
    """Correct the day on which it happened.

    Raises Refused for a day after the endorsement, and as `correct_name`.
    """
    db.programmes.programme.lock_keys_shared(session)
    recovery.refuse_while_open(session)
    credential = _theirs(session, account, reference)
    reason = private_reason(reason)
    entry = said(credential)
    if held_on > today(entry.endorsed_at):
        raise Refused(Reason.DATE_AFTER_ENDORSEMENT)
    if entry.evidence.held_on == held_on:
        raise Refused(Reason.NOTHING_TO_CORRECT)
    return _make_anew(session, tools, account, credential, What.DATE, reason, at, held_on=held_on)


def _theirs(session: Session, account: Account, reference: str) -> Credential:
    """Return an entry that this person may correct. Raises NotFound for any other."""
    if not allows(account.roles, Action.CORRECT):
        raise NotFound
    return entry_search.entry(session, account, reference)


def _live(session: Session, student_id: int) -> list[Credential]:
    """Return a student's entries that are issued or on hold, by id: the order in which they are locked."""
    found = db.credentials.records.of_student(session, student_id)
    live = [one for one in found if one.state in lifecycle.CLAIMABLE]
    return sorted(live, key=lambda one: one.id)


def _make_anew(
    session: Session,
    tools: Tools,
    account: Account,
    credential: Credential,
    what: What,
    reason: str,
    at: datetime,
    held_on: date | None = None,
    **corrected: Any,
) -> Credential:
    """Begin the newer edition (T1 of issuing); the older one keeps its state until that is signed.

    Raises Refused where the entry is final, is being corrected, or has an open request for withdrawal.
    """
    db.credentials.records.lock(session, credential)
    if credential.state not in lifecycle.CLAIMABLE:
        raise Refused(Reason.CANNOT_BE_CORRECTED)
    if credential.replaced_by_id is not None:
        raise Refused(Reason.BEING_CORRECTED)
    if db.credentials.withdrawals.open_for(session, credential.id) is not None:
        raise Refused(Reason.WITHDRAWAL_ASKED)
    issuing.clock_goes_on(session, at)
    position = status_positions.for_entry(session, credential.student.account.programme, at)
    older = said(credential)
    entry = replace(
        older,
        id=issuing.new_urn(),
        subject_id=issuing.new_urn(),
        evidence=replace(older.evidence, id=issuing.new_urn(), held_on=held_on or older.evidence.held_on),
        issued_at=at,
        review_at=_review(credential, at),
        status=lifecycle.status_of(tools.public_url, position),
        **corrected,
    )
    newer = issuing.begin(
        session, tools.keys, credential.endorsement, entry, position, credential.edition + 1, at
    )
    credential.replaced_by_id = newer.id
    lifecycle.note(session, newer, account.reference, reason, at, what.value)
    return newer


def _review(credential: Credential, at: datetime) -> datetime:
    """Return the new review date, in whole months after the day of issue, as the printed code gives it."""
    months = whole_months(today(at), today(credential.review_at))
    return issuing.review_at(at, months) if months else at.replace(microsecond=0)
