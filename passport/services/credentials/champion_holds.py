"""One act when a champion's account was taken over: all of it since a time goes on hold (trust, 8, row 5).

What is signed goes on hold, and only that; what still waits to be signed is undone and waits again, so that
it is not signed tomorrow. Every entry comes off its hold by itself, when somebody has looked into it. The
students, their schools and the managers are told; the champion is not, for somebody else may read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.credentials.records import CredentialState
from passport.db.endorsements.decisions import EndorsementState
from passport.db.people.accounts import Account, Role
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.texts import private_reason
from passport.services.credentials import lifecycle
from passport.services.endorsements import endorsing

log = structlog.get_logger()

GROUND = "endorsement"


@dataclass(frozen=True)
class Held:
    """How many entries went on hold, how many endorsements were undone, and how many are being signed now."""

    entries: int
    undone: int
    signing: int


def champion(session: Session, account: Account, reference: str) -> Account:
    """A champion of the manager's programme. Raises NotFound, and logs it, for another's."""
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
    """A manager holds what a champion endorsed since a time. A second click finds it on hold."""
    whose = champion(session, account, reference)
    return _hold(session, whose, account.reference, since, private_reason(reason), at)


def hold_by_operator(session: Session, email: str, since: datetime, reason: str, at: datetime) -> Held:
    """The operator does, at the terminal. Raises NotFound for an address that is no champion's."""
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
        if endorsing.take_back(session, one, at):
            undone.append(one)
        elif one.state is EndorsementState.SIGNING:
            signing += 1
    found = db.credentials.records.of_endorsements(session, [one.id for one in given], CredentialState.ISSUED)
    for entry in found:
        db.credentials.records.lock(session, entry)
    held = [entry for entry in found if entry.state is CredentialState.ISSUED]
    # all lists before the trail, as whoever withdraws one of these takes them
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
    """Tell the schools' coordinators and the other managers. Each student is told of her own things alone."""
    people = {one.id for one in db.endorsements.queue.coordinators(session, sorted(schools))}
    people.update(db.sharing.entry_search.managers(session, whose.programme_id))
    who_did = db.people.accounts.by_reference(session, actor)
    for number in sorted(people - {who_did.id if who_did else 0}):
        notices.tell_account(session, number, "champion-held", at, champion=whose.name)
