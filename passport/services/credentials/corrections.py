"""A name, a school or a date in an entry was wrong: the entry is made anew, and the older one is replaced.

What the champion endorsed stays as it was signed: skill, level, basis, digest. It is taken from the entry
itself, not from rows that may say something else by now. The newer entry has an id, a subject and a place in
the status list of its own, so that nobody can tell from it what the older one said (product, P13).

1. A corrected name is the student's from now on, and all her entries that say another are made anew. What is
   being signed just now under another name is begun again: nobody has seen it.
2. A school or a day is corrected in one entry: the school is where she was then, not where she is now.
3. It is checked for as many whole months as the older one had left: a correction makes nothing last longer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential
from passport.db.people.accounts import Account
from passport.openbadges import credential as credential_document
from passport.openbadges.credential import Entry, StatusReference
from passport.proofs.signing import KeyRing
from passport.services.core import audit, edit_conflict, recovery
from passport.services.core.dates import add_months, today, whole_months
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, allows
from passport.services.core.texts import private_reason, usable
from passport.services.credentials import (
    editions,
    entry_search,
    issuing,
    lifecycle,
    status_positions,
)


class What(StrEnum):
    """What can be corrected."""

    NAME = "name"
    SCHOOL = "school"
    DATE = "date"


@dataclass(frozen=True)
class Tools:
    """What an entry is made with: the keys, and the address that it names."""

    keys: KeyRing
    public_url: str


def said(credential: Credential) -> Entry:
    """What an entry says, by our own record of it."""
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
    """Correct a student's name, in her record and in all her entries; gives how many are made anew.

    Raises UnusableText for a name that cannot be signed, Refused where nothing would change, and Overtaken
    where she has another name than was shown.
    """
    db.programmes.programme.hold_keys(session)
    recovery.refuse_while_open(session)
    credential = _theirs(session, account, reference)
    reason = private_reason(reason)
    name, first_name = usable("name", name, quoted=True), usable("name", first_name, quoted=True)
    # all locks first, the trail's last: nobody must wait for us while we wait for them
    holder = credential.student.account
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
    """What can be corrected of somebody's name."""
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
    """Correct the school that an entry names: to one's own, or, for a manager, to any of the programme."""
    db.programmes.programme.hold_keys(session)
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
    """Correct the day on which it happened. It cannot have happened after it was endorsed."""
    db.programmes.programme.hold_keys(session)
    recovery.refuse_while_open(session)
    credential = _theirs(session, account, reference)
    reason = private_reason(reason)
    entry = said(credential)
    if held_on > today(entry.endorsed_at):
        raise Refused(Reason.DATE_AFTER_ENDORSEMENT)
    if entry.evidence.held_on == held_on:
        raise Refused(Reason.NOTHING_TO_CORRECT)
    evidence = replace(entry.evidence, held_on=held_on)
    return _make_anew(session, tools, account, credential, What.DATE, reason, at, evidence=evidence)


def _theirs(session: Session, account: Account, reference: str) -> Credential:
    """An entry that this person may correct. Raises NotFound."""
    if not allows(account.roles, Action.CORRECT):
        raise NotFound
    return entry_search.entry(session, account, reference)


def _live(session: Session, student_id: int) -> list[Credential]:
    """A student's entries that count or are on hold, in one order for whoever locks them."""
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
    **corrected: Any,
) -> Credential:
    """Begin the newer edition (T1 of issuing); the older one stays as it is until that is signed."""
    db.credentials.records.lock(session, credential)
    if credential.state not in lifecycle.CLAIMABLE:
        raise Refused(Reason.CANNOT_BE_CORRECTED)
    if credential.replaced_by_id is not None:
        raise Refused(Reason.BEING_CORRECTED)
    if db.credentials.withdrawals.open_for(session, credential.id) is not None:
        raise Refused(Reason.WITHDRAWAL_ASKED)
    issuing.clock_goes_on(session, at)
    position = status_positions.for_entry(session, credential.student.account.programme, at)
    list_url = lifecycle.list_url(tools.public_url, position.list_number, "revocation")
    entry = replace(
        said(credential),
        id=issuing.new_urn(),
        subject_id=issuing.new_urn(),
        issued_at=at,
        review_at=_review(credential, at),
        status=StatusReference(list_url, position.position),
        **corrected,
    )
    newer = issuing.begin(
        session, tools.keys, credential.endorsement, entry, position, credential.edition + 1, at
    )
    credential.replaced_by_id = newer.id
    lifecycle.note(session, newer, account.reference, reason, at, what.value)
    return newer


def _review(credential: Credential, at: datetime) -> datetime:
    """The day is told in whole months after the day of issue, as the printed code tells it."""
    months = whole_months(at.date(), credential.review_at.date())
    return datetime.combine(add_months(at.date(), months), time(at.hour, at.minute, at.second), at.tzinfo)
