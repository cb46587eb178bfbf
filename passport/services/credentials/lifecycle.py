"""Entries as their holders have them, and how their state changes. `issuing` makes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState, StatusChange
from passport.db.credentials.withdrawals import Withdrawal
from passport.db.endorsements.decisions import Endorsement
from passport.db.people.accounts import Account
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
    """The student's signed entries, newest first."""
    return db.credentials.records.of_student(session, account.id)


def own(session: Session, account: Account, reference: str) -> Credential:
    """One of the student's own entries. Raises NotFound for anybody else's."""
    credential = db.credentials.records.own(session, account.id, reference)
    if credential is None:
        raise NotFound
    return credential


def of_endorsement(session: Session, endorsement: Endorsement) -> Credential:
    """The entry that an endorsement became. Raises NotFound before that."""
    credential = db.credentials.records.of_endorsement(session, endorsement.id)
    if credential is None:
        raise NotFound
    return credential


def hold(
    session: Session, credential: Credential, actor: str, reason: str, at: datetime, ground: str = ""
) -> None:
    """Put an entry on hold: whoever checks it is told to ask again later, never why."""
    db.credentials.records.lock(session, credential)
    if credential.state is CredentialState.ISSUED:
        move(session, credential, CredentialState.ON_HOLD, actor, reason, at, ground)


def withdraw(session: Session, account: Account, reference: str, at: datetime) -> Credential:
    """Withdraw the student's own entry, for good. A second click finds it withdrawn."""
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
    """Change the state of a signed entry, and have its status list made again.

    What is withdrawn or replaced needs no second manager any more: a request to withdraw it ends.
    """
    credential.state = state
    overtaken = [] if state in CLAIMABLE else db.credentials.withdrawals.overtake(session, credential.id, at)
    mark_changed(session, credential.position.list_number, at)
    note(session, credential, actor, reason, at, ground, overtaken)


def mark_changed(session: Session, list_number: int, at: datetime) -> None:
    """Have a status list made again, with its next batch. Of several lists, take the lowest first."""
    changed = db.credentials.records.lock_list(session, list_number)
    # the first change opens the batch: others must not put it off for ever
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
    """Record a change of state, append-only: who, when, and the private reason. Notify the holder.

    ``overtaken`` are the requests to withdraw the entry that ended with the change.
    """
    change = _change(credential, actor, reason, at, ground)
    session.add(change)
    _tell_holder(session, credential, actor, at)
    action, about = f"credential.{credential.state.value}", [credential, *_watched(change), *overtaken]
    session.flush()
    audit.record(session, at, actor, action, credential.reference, about)


def note_each(session: Session, changed: list[Credential], actor: str, at: datetime) -> None:
    """Record the same change of several, which are now in one state, with no reason."""
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
    """Leave out what is noted of an entry that is not signed yet: it may be forgotten with the entry."""
    return [] if change.state is CredentialState.INTENDED else [change]


def _change(credential: Credential, actor: str, reason: str, at: datetime, ground: str) -> StatusChange:
    return StatusChange(
        credential_id=credential.id, state=credential.state, actor=actor, reason=reason, ground=ground, at=at
    )


def _tell_holder(session: Session, credential: Credential, actor: str, at: datetime) -> None:
    """Tell the holder what became of an entry, never why. What she did herself she knows."""
    state = credential.state
    if state is CredentialState.ISSUED and actor == ISSUER:
        kind = "entry-corrected" if credential.edition else "entry-issued"
    elif state in NOTICES and actor != credential.student.account.reference:
        kind = NOTICES[state]
    else:
        return
    facts = {"entry": credential.reference, "skill": credential.skill_name}
    notices.tell_account(session, credential.student_id, kind, at, **facts)


def list_url(public_url: str, number: int, purpose: str) -> str:
    """The address of a status list."""
    return f"{public_url}/status/{number}/{purpose}"
