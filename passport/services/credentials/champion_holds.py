"""Hold everything that a champion endorsed since a time, when their account was taken over (trust, 8, row 5).

Signed entries go on hold; endorsements that wait to be signed are undone and their evidence waits again, so
that they are not signed later. Each entry is lifted from its hold separately, after it was reviewed. The
students, their schools and the managers are notified; the champion is not, because the attacker may read
their notices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.credentials.records import CredentialState
from passport.db.endorsements.decisions import DecisionState
from passport.db.people.accounts import Account, Role
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import private_reason
from passport.services.credentials import lifecycle
from passport.services.endorsements import decisions

log = structlog.get_logger()

GROUND = "endorsement"


@dataclass(frozen=True)
class Held:
    """How many entries went on hold, how many endorsements were undone, and how many are being signed now."""

    entries: int
    undone: int
    signing: int


def champion(session: Session, account: Account, reference: str) -> Account:
    """Return a champion of the manager's programme. Raises NotFound, and logs it, for another programme's."""
    found = db.people.accounts.by_reference(session, reference)
    if Role.MANAGER not in account.roles or found is None or found.champion is None:
        raise NotFound
    if found.programme_id != account.programme_id:
        log.warning("champion refused", actor=account.reference, champion=reference)
        raise NotFound
    return found


def hold(
    session: Session, account: Account, reference: str, since: datetime, reason: str, at: datetime
) -> Held:
    """Hold what a champion endorsed since a time, as a manager. Entries already on hold stay so (idempotent).

    Raises Refused for a time in the future and for a missing reason.
    """
    whose = champion(session, account, reference)
    return _hold(session, whose, account.reference, since, private_reason(reason), at)


def hold_by_operator(session: Session, email: str, since: datetime, reason: str, at: datetime) -> Held:
    """Hold what a champion endorsed since a time, as the operator at the terminal.

    Raises NotFound for an address that is no champion's; otherwise as `hold`.
    """
    whose = db.people.accounts.by_email(session, email)
    if whose is None or whose.champion is None:
        raise NotFound
    return _hold(session, whose, audit.OPERATOR, since, private_reason(reason), at)


def _hold(session: Session, whose: Account, actor: str, since: datetime, reason: str, at: datetime) -> Held:
    if since > at:
        raise Refused(Reason.TIME_IN_THE_FUTURE)
    given = db.endorsements.decisions.given_since(session, whose.id, since)
    undone, signing = [], 0
    for one in given:
        if decisions.take_back(session, one, at):
            undone.append(one)
        elif one.state is DecisionState.SIGNING:
            signing += 1
    found = db.credentials.records.of_endorsements(session, [one.id for one in given], CredentialState.ISSUED)
    for entry in found:
        db.credentials.records.lock(session, entry)
    held = [entry for entry in found if entry.state is CredentialState.ISSUED]
    # lock all lists before the audit trail, in the order in which a withdrawal locks them
    for number in sorted({entry.position.list_number for entry in held}):
        lifecycle.mark_changed(session, number, at)
    for entry in held:
        lifecycle.hold(session, entry, actor, reason, at, GROUND)
    audit.record_each(
        session, at, actor, "endorsement.undone", [one.reference for one in undone], [[one] for one in undone]
    )
    audit.record(
        session, at, actor, "champion.held", whose.reference, since=since.isoformat(), entries=len(held)
    )
    if held or undone:
        _tell(session, whose, actor, {one.evidence.student.school_id for one in given}, at)
    return Held(len(held), len(undone), signing)


def _tell(session: Session, whose: Account, actor: str, schools: set[int], at: datetime) -> None:
    """Notify the schools' coordinators and the other managers. Students are notified per entry instead."""
    people = {one.id for one in db.endorsements.queue.coordinators(session, sorted(schools))}
    people.update(db.credentials.entry_search.managers(session, whose.programme_id))
    who_did = db.people.accounts.by_reference(session, actor)
    for number in sorted(people - {who_did.id if who_did else 0}):
        notices.tell_account(session, number, "champion-held", at, champion=whose.name)
