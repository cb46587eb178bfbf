"""Signed entries as their holders see them, and changes of their state. `issuing` creates them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState, StatusChange, StatusPosition
from passport.db.credentials.withdrawals import Withdrawal
from passport.db.endorsements.decisions import Decision
from passport.db.people.accounts import Account
from passport.openbadges.credential import NAMED_LISTS, StatusReference
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason

CLAIMABLE = {CredentialState.ISSUED, CredentialState.ON_HOLD}
ISSUER = "issuer"
NOTICES = {
    CredentialState.ON_HOLD: "entry-on-hold",
    CredentialState.ISSUED: "entry-lifted",
    CredentialState.WITHDRAWN: "entry-withdrawn",
}


def mine(session: Session, account: Account) -> list[Credential]:
    """Return the student's signed entries, newest first."""
    return db.credentials.records.of_student(session, account.id)


def own(session: Session, account: Account, reference: str) -> Credential:
    """Return one of the student's own entries. Raises NotFound for another student's."""
    credential = db.credentials.records.own(session, account.id, reference)
    if credential is None:
        raise NotFound
    return credential


def of_endorsement(session: Session, endorsement: Decision) -> Credential:
    """Return the entry that was issued for an endorsement. Raises NotFound before that."""
    credential = db.credentials.records.of_endorsement(session, endorsement.id)
    if credential is None:
        raise NotFound
    return credential


def hold(
    session: Session, credential: Credential, actor: str, reason: str, at: datetime, ground: str = ""
) -> None:
    """Put an issued entry on hold: a check of it says to ask again later, never why."""
    db.credentials.records.lock(session, credential)
    if credential.state is CredentialState.ISSUED:
        move(session, credential, CredentialState.ON_HOLD, actor, reason, at, ground)


def withdraw(session: Session, account: Account, reference: str, at: datetime) -> Credential:
    """Withdraw the student's own entry, for good. Idempotent.

    Raises Refused where it is neither issued nor on hold.
    """
    credential = own(session, account, reference)
    db.credentials.records.lock(session, credential)
    if credential.state is CredentialState.WITHDRAWN:
        return credential
    if credential.state not in CLAIMABLE:
        raise Refused(Reason.CANNOT_BE_WITHDRAWN)
    move(session, credential, CredentialState.WITHDRAWN, account.reference, "withdrawn by the holder", at)
    return credential


def move(
    session: Session,
    credential: Credential,
    state: CredentialState,
    actor: str,
    reason: str,
    at: datetime,
    ground: str = "",
) -> None:
    """Change the state of a signed entry, and have its status list published again.

    The caller has locked the entry. An open request to withdraw it ends where it is withdrawn or replaced.
    """
    credential.state = state
    overtaken = [] if state in CLAIMABLE else db.credentials.withdrawals.overtake(session, credential.id, at)
    mark_changed(session, credential.position.list_number, at)
    note(session, credential, actor, reason, at, ground, overtaken)


def mark_changed(session: Session, list_number: int, at: datetime) -> None:
    """Lock a status list and have it published with its next batch. Lock several lists lowest first."""
    changed = db.credentials.records.lock_list(session, list_number)
    # the first change opens the batch: later ones must not postpone it
    changed.changed_at = changed.changed_at or at


def note(
    session: Session,
    credential: Credential,
    actor: str,
    reason: str,
    at: datetime,
    ground: str = "",
    overtaken: Sequence[Withdrawal] = (),
) -> None:
    """Record a change of state, append-only: actor, time and private reason. Notify the holder.

    ``overtaken`` are the requests to withdraw the entry that ended with the change.
    """
    change = _change(credential, actor, reason, at, ground)
    session.add(change)
    _tell_holder(session, credential, actor, at)
    action, about = f"credential.{credential.state.value}", [credential, *_watched(change), *overtaken]
    session.flush()
    audit.record(session, at, actor, action, credential.reference, about)


def note_each(session: Session, changed: list[Credential], actor: str, at: datetime) -> None:
    """Record one change of several entries that are now in the same state, without a reason."""
    if not changed:
        return
    changes = [_change(credential, actor, "", at, "") for credential in changed]
    session.add_all(changes)
    for credential in changed:
        _tell_holder(session, credential, actor, at)
    session.flush()
    action = f"credential.{changed[0].state.value}"
    about = [[entry, *_watched(change)] for entry, change in zip(changed, changes, strict=True)]
    audit.record_each(session, at, actor, action, [credential.reference for credential in changed], about)


def _watched(change: StatusChange) -> list[StatusChange]:
    """Return the changes that the audit trail covers: none of an unsigned entry, which may be deleted."""
    return [] if change.state is CredentialState.INTENDED else [change]


def _change(credential: Credential, actor: str, reason: str, at: datetime, ground: str) -> StatusChange:
    return StatusChange(
        credential_id=credential.id, state=credential.state, actor=actor, reason=reason, ground=ground, at=at
    )


def _tell_holder(session: Session, credential: Credential, actor: str, at: datetime) -> None:
    """Notify the holder of a change that they did not make themselves, never why it was made."""
    state = credential.state
    if state is CredentialState.ISSUED and actor == ISSUER:
        kind = "entry-corrected" if credential.edition else "entry-issued"
    elif state in NOTICES and actor != credential.student.account.reference:
        kind = NOTICES[state]
    else:
        return
    facts = {"entry": credential.reference, "skill": credential.skill_name}
    notices.tell_account(session, credential.student_id, kind, at, **facts)


def status_of(public_url: str, position: StatusPosition) -> StatusReference:
    """Return where the status of a new entry can be checked: by one bit, set while it is not current."""
    return StatusReference(list_url(public_url, position.list_number, NAMED_LISTS[0]), position.position)


def list_url(public_url: str, number: int, purpose: str) -> str:
    """Return the URL of a status list."""
    return f"{public_url}/status/{number}/{purpose}"
