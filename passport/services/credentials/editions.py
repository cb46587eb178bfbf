"""An entry is made anew from a corrected record: the newer edition takes the older one's place.

It is signed and takes the place in one transaction, so that there is never none of them and never two. A hold
goes over to the newer one: a correction answers no other question. `corrections` begins it,
`issuing` signs.
"""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.endorsements.decisions import EndorsementState
from passport.services.core import audit
from passport.services.credentials import lifecycle


def older(session: Session, newer: Credential) -> Credential | None:
    """The edition whose place this one will take, locked; None for an entry's first edition."""
    if newer.edition == 0:
        return None
    found = [
        one for one in db.credentials.editions.replaced(session, newer) if one.edition == newer.edition - 1
    ]
    for one in found:
        db.credentials.records.lock(session, one)
    return found[0] if found else None


def abandon(session: Session, newer: Credential, at: datetime) -> None:
    """Forget an edition that was begun: the entry was withdrawn meanwhile. Its place stays taken."""
    reference = newer.reference
    for one in db.credentials.editions.replaced(session, newer):
        one.replaced_by_id = None
    session.flush()
    db.credentials.editions.forget(session, newer)
    audit.record(session, at, "issuer", "credential.abandoned", reference, gone=[f"entry {reference}"])


def begin_again(session: Session, begun: Credential) -> str:
    """Forget a first edition that was begun under a name that is wrong; its endorsement is due once more.

    Gives its reference. Its place stays taken.
    """
    db.endorsements.decisions.move(
        session, begun.endorsement, EndorsementState.SIGNING, EndorsementState.PENDING
    )
    db.credentials.editions.forget(session, begun)
    return begun.reference


def lock_lists(session: Session, old: Credential, new: Credential, at: datetime) -> None:
    """Lock the lists that will change, the lowest first, before anything goes into the trail.

    Whoever withdraws an entry locks its list, then the trail: the other way round, both would wait for ever.
    """
    numbers = {old.position.list_number}
    if old.state is CredentialState.ON_HOLD:
        numbers.add(new.position.list_number)
    for number in sorted(numbers):
        lifecycle.mark_changed(session, number, at)


def take_place(session: Session, old: Credential, new: Credential, at: datetime) -> None:
    """Let the newer edition, just signed, stand for the older one, hold and all."""
    begun = db.credentials.editions.last_change(session, new.id, CredentialState.INTENDED)
    actor, reason, ground = (begun.actor, begun.reason, begun.ground) if begun else ("issuer", "", "")
    held = db.credentials.editions.last_change(session, old.id, CredentialState.ON_HOLD)
    was_on_hold = old.state is CredentialState.ON_HOLD
    lifecycle.move(session, old, CredentialState.REPLACED, actor, reason, at, ground)
    if was_on_hold and held is not None:
        lifecycle.move(session, new, CredentialState.ON_HOLD, held.actor, held.reason, at, held.ground)
