"""Entries as staff of a school or managers of a programme find them: never those of another school.

A coordinator and a safeguarding lead answer for the students of their own school, a manager for those of the
whole programme.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState, StatusChange
from passport.db.people.accounts import AT_A_SCHOOL, Account, Role
from passport.db.programmes.programme import School
from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.services.core import paging
from passport.services.core.errors import NotFound
from passport.services.core.paging import Page

log = structlog.get_logger()

PAGE = 25
LISTED = ("issued", "on_hold", "withdrawn", "replaced")
WELLBEING = "wellbeing"


@dataclass(frozen=True)
class EntryPage:
    """One page of a list of entries."""

    rows: list[Credential]
    total: int
    page: Page


@dataclass(frozen=True)
class Change:
    """One line of an entry's history. ``reason`` is None where the reader may not read it."""

    state: CredentialState
    at: datetime
    ground: str
    reason: str | None
    actor: str
    role: str


@dataclass(frozen=True)
class WhomToAsk:
    """Contacts for a student's questions about their data: names, the school, and the programme's contact."""

    coordinators: list[str]
    school: str
    contact: str


def whom_to_ask(session: Session, account: Account) -> WhomToAsk:
    """Return the contacts of a student. Raises NotFound for anyone but a student."""
    if account.student is None:
        raise NotFound
    school = account.student.school
    names = db.credentials.entry_search.coordinators(session, school.id)
    return WhomToAsk(names, school.name, account.programme.contact)


def schools(session: Session, account: Account) -> list[School]:
    """Return the schools that this person answers for, by name. Raises NotFound where there is none."""
    if Role.MANAGER in account.roles:
        return db.programmes.programme.schools(session, account.programme_id)
    if account.staff is not None and account.roles & AT_A_SCHOOL:
        return [account.staff.school]
    raise NotFound


def entry(session: Session, account: Account, reference: str) -> Credential:
    """Return one entry of a student of these schools. Raises NotFound, and logs it, for any other."""
    found = db.credentials.entry_search.entry(session, _ids(session, account), reference)
    if found is None:
        log.warning("entry refused", actor=account.reference, entry=reference)
        raise NotFound
    return found


def current(session: Session, credential: Credential) -> Credential:
    """Return the newest signed edition of an entry: itself where nothing in it was corrected."""
    newer = db.credentials.editions.replacement(session, credential)
    if newer is None or newer.endorsement_id != credential.endorsement_id:
        return credential
    if credential.state is not CredentialState.REPLACED:
        return credential  # the newer one is not signed yet
    return current(session, newer)


def listed(session: Session, account: Account, school: str, state: str, number: int) -> EntryPage:
    """Return a page of the entries of one school or of all, in one state or in any.

    Raises NotFound for a school that this person does not answer for.
    """
    theirs = schools(session, account)
    chosen = [one.id for one in theirs if not school or one.reference == school]
    if not chosen and theirs:
        raise NotFound
    wanted = CredentialState(state) if state in LISTED else None
    found = db.credentials.entry_search.entries(session, chosen, wanted, paging.start(number, PAGE), PAGE)
    page = paging.counted(number, found.total, PAGE)
    if page.number < paging.bounded(number):
        return listed(session, account, school, state, page.number)
    return EntryPage(found.rows, found.total, page)


def by_code(session: Session, account: Account, typed: str) -> list[Credential]:
    """Return the entries under a share code, each in its newest edition; [] for another school's code."""
    try:
        code = share_code.parse(typed)
    except BadCode:
        return []
    found = db.sharing.shares.entries_of_schools(session, _ids(session, account), code)
    return [current(session, one) for one in found]


def history(session: Session, account: Account, credential: Credential) -> list[Change]:
    """Return the changes of an entry, newest first, with the reasons that this person may read."""
    changes = db.credentials.entry_search.changes(session, credential.endorsement_id)
    actors = db.credentials.entry_search.actors(session, {one.actor for one in changes})
    school_id = credential.student.school_id
    return [
        Change(
            one.state,
            one.at,
            one.ground,
            one.reason if may_read(account, school_id, one) else None,
            actors[one.actor].name if one.actor in actors else one.actor,
            actors[one.actor].role.value if one.actor in actors else "",
        )
        for one in changes
    ]


def may_read(account: Account, school_id: int, change: StatusChange) -> bool:
    """Return whether this person may read the reason of a change.

    A reason about a student's wellbeing is for staff of the school and for the person who wrote it.
    """
    if change.ground != WELLBEING or change.actor == account.reference:
        return True
    return account.staff is not None and account.staff.school_id == school_id


def last_change(session: Session, credential: Credential, state: CredentialState) -> StatusChange | None:
    """Return the newest change of an entry into a state."""
    return db.credentials.editions.last_change(session, credential.id, state)


def withdrawn_by_holder(session: Session, credential: Credential) -> bool:
    """Return whether an entry was withdrawn by its holder, not by the programme."""
    change = last_change(session, credential, CredentialState.WITHDRAWN)
    return change is not None and change.actor == credential.student.account.reference


def _ids(session: Session, account: Account) -> list[int]:
    return [school.id for school in schools(session, account)]
