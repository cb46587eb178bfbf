"""Put an entry on hold while a question about it is open, and lift the hold when that is settled.

The coordinator of the student's school and a manager of the programme may do either. The reason stays
private. The student is always notified that their entry is on hold and whom to ask; they see the ground only
where it is about the entry itself, never when it is about a person's wellbeing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState, StatusChange
from passport.db.people.accounts import Account
from passport.openbadges.registry import KeyState
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import private_reason
from passport.services.credentials import entry_search, lifecycle

# keys: templates put them into words
GROUNDS = ("details", "endorsement", entry_search.WELLBEING, "other")
TOLD = {"details", "endorsement", "key"}
KEY = "key"


@dataclass(frozen=True)
class WhomToAsk:
    """Whom a student can ask about an entry: names at their school, and the programme's contact."""

    coordinators: list[str]
    school: str
    contact: str


@dataclass(frozen=True)
class Notice(WhomToAsk):
    """What a student sees of a hold: since when, the ground where they may know it, and whom to ask."""

    since: datetime
    ground: str


def hold(
    session: Session, account: Account, reference: str, ground: str, reason: str, at: datetime
) -> Credential:
    """Put an entry on hold. Idempotent for the same person and reason.

    Raises Refused for an entry that is final or was put on hold otherwise, and for an unknown ground.
    """
    credential = entry_search.entry(session, account, reference)
    reason = private_reason(reason)
    if ground not in GROUNDS:
        raise Refused(Reason.REASON_UNKNOWN)
    db.credentials.records.lock(session, credential)
    if credential.state is CredentialState.ON_HOLD:
        standing = entry_search.last_change(session, credential, CredentialState.ON_HOLD)
        if standing and (standing.actor, standing.reason) == (account.reference, reason):
            return credential
        raise Refused(Reason.ON_HOLD_ALREADY)
    if credential.state is not CredentialState.ISSUED:
        raise Refused(Reason.CANNOT_BE_HELD)
    lifecycle.hold(session, credential, account.reference, reason, at, ground)
    return credential


def lift(session: Session, account: Account, reference: str, reason: str, at: datetime) -> Credential:
    """Lift the hold of an entry, which is valid again. Idempotent.

    Only a person who may read why it was put on hold may lift it; the operator lifts what waits for a new
    key. Raises Refused for others, and for an entry that is neither issued nor on hold.
    """
    credential = entry_search.entry(session, account, reference)
    reason = private_reason(reason)
    db.credentials.records.lock(session, credential)
    if credential.state is CredentialState.ISSUED:
        return credential
    if credential.state is not CredentialState.ON_HOLD:
        raise Refused(Reason.NOT_ON_HOLD)
    standing = entry_search.last_change(session, credential, CredentialState.ON_HOLD)
    if _waits_for_a_key(session, credential, standing):
        raise Refused(Reason.HELD_BY_OPERATOR)
    if standing and not entry_search.may_read(account, credential.student.school_id, standing):
        raise Refused(Reason.HELD_BY_SCHOOL)
    ground = standing.ground if standing else ""
    lifecycle.move(session, credential, CredentialState.ISSUED, account.reference, reason, at, ground)
    return credential


def _waits_for_a_key(session: Session, credential: Credential, standing: StatusChange | None) -> bool:
    """Return whether the entry would not be genuine if it were lifted: a key that signed it was stolen."""
    if standing is not None and standing.ground == KEY:
        return True
    stolen = db.programmes.issuers.in_state(session, KeyState.COMPROMISED.value)
    return not stolen.isdisjoint({credential.kid, credential.endorsing_kid})


def notice(session: Session, credential: Credential) -> Notice | None:
    """Return what the holder sees of a hold; None for an entry that is not on hold."""
    if credential.state is not CredentialState.ON_HOLD:
        return None
    standing = entry_search.last_change(session, credential, CredentialState.ON_HOLD)
    ground = standing.ground if standing and standing.ground in TOLD else ""
    asked = whom_to_ask(session, credential)
    return Notice(
        since=standing.at if standing else credential.issued_at,
        ground=ground,
        coordinators=asked.coordinators,
        school=asked.school,
        contact=asked.contact,
    )


def whom_to_ask(session: Session, credential: Credential) -> WhomToAsk:
    """Return whom the holder can ask about an entry."""
    student = credential.student
    return WhomToAsk(
        coordinators=db.credentials.entry_search.coordinators(session, student.school_id),
        school=student.school.name,
        contact=student.account.programme.contact,
    )
