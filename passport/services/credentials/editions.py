"""Editions: an entry is reissued with corrected facts, and the newer edition replaces the older one.

It is signed and replaces the older one in one transaction, so that there is always exactly one current
edition. A hold passes to the newer one: a correction settles no other question. `corrections` begins an
edition, `issuing` signs it.
"""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.endorsements.decisions import DecisionState
from passport.services.core import audit
from passport.services.credentials import lifecycle


def older(session: Session, newer: Credential) -> Credential | None:
    """Return the edition that this one will replace, with a row lock; None for an entry's first edition."""
    if newer.edition == 0:
        return None
    found = [
        one for one in db.credentials.editions.replaced(session, newer) if one.edition == newer.edition - 1
    ]
    for one in found:
        db.credentials.records.lock(session, one)
    return found[0] if found else None


def abandon(session: Session, newer: Credential, at: datetime) -> None:
    """Delete an edition that was begun, because the older one was withdrawn meanwhile.

    Its position in the status list stays allocated.
    """
    reference = newer.reference
    for one in db.credentials.editions.replaced(session, newer):
        one.replaced_by_id = None
    session.flush()
    db.credentials.editions.forget(session, newer)
    audit.record(session, at, "issuer", "credential.abandoned", reference, gone=[f"entry {reference}"])


def begin_again(session: Session, begun: Credential) -> str:
    """Delete the intent of a first edition with a wrong name, so that its endorsement is due again.

    Returns the deleted entry's reference. Its position in the status list stays allocated.
    """
    db.endorsements.decisions.move(session, begun.endorsement, DecisionState.SIGNING, DecisionState.PENDING)
    db.credentials.editions.forget(session, begun)
    return begun.reference


def lock_lists(session: Session, old: Credential, new: Credential, at: datetime) -> None:
    """Lock the status lists that will change, lowest first, before anything is written to the audit trail.

    A withdrawal locks the entry's list and then the trail: the reverse order here could deadlock.
    """
    numbers = {old.position.list_number}
    if old.state is CredentialState.ON_HOLD:
        numbers.add(new.position.list_number)
    for number in sorted(numbers):
        lifecycle.mark_changed(session, number, at)


def take_place(session: Session, old: Credential, new: Credential, at: datetime) -> None:
    """Replace the older edition by the newer one, just signed; an open hold passes to the newer one."""
    begun = db.credentials.editions.last_change(session, new.id, CredentialState.INTENDED)
    actor, reason, ground = (begun.actor, begun.reason, begun.ground) if begun else ("issuer", "", "")
    held = db.credentials.editions.last_change(session, old.id, CredentialState.ON_HOLD)
    was_on_hold = old.state is CredentialState.ON_HOLD
    lifecycle.move(session, old, CredentialState.REPLACED, actor, reason, at, ground)
    if was_on_hold and held is not None:
        lifecycle.move(session, new, CredentialState.ON_HOLD, held.actor, held.reason, at, held.ground)
