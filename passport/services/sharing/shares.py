"""Shares: the student chooses entries, says for whom and until when, and can stop at any time."""

from __future__ import annotations

from datetime import date, datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.people.accounts import Account
from passport.db.sharing.shares import Share, SharedCredential, ShareState
from passport.openbadges import share_code
from passport.services.core import audit, recovery
from passport.services.core.dates import add_months, today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.texts import readable
from passport.services.credentials import lifecycle

USUAL_MONTHS, MOST_MONTHS = 12, 24
LONGEST_AUDIENCE = 100
SHAREABLE = {CredentialState.ISSUED}


def mine(session: Session, account: Account) -> list[Share]:
    """The student's shares that have a code, newest first."""
    return db.sharing.shares.of_student(session, account.id)


def own(session: Session, account: Account, reference: str) -> Share:
    """One of the student's own shares. Raises NotFound for anybody else's."""
    share = db.sharing.shares.own(session, account.id, reference)
    if share is None:
        raise NotFound
    return share


def shareable(session: Session, account: Account) -> list[Credential]:
    """The entries that can be put into a share."""
    found = db.credentials.records.of_student(session, account.id)
    return [credential for credential in found if credential.state in SHAREABLE]


def draft(session: Session, account: Account, credential_references: list[str], at: datetime) -> Share:
    """Begin a share of these entries: nothing can be seen by anybody yet."""
    share = Share(student_id=account.id, state=ShareState.DRAFT, made_at=at)
    share.entries = [
        SharedCredential(credential=one) for one in _chosen(session, account, credential_references)
    ]
    session.add(share)
    session.flush()
    return share


def set_choice(session: Session, account: Account, reference: str, credential_references: list[str]) -> Share:
    """Choose other entries for a draft."""
    share = _draft(session, account, reference)
    before = {entry.credential_id: entry for entry in share.entries}
    chosen = _chosen(session, account, credential_references)
    share.entries = [before.get(one.id) or SharedCredential(credential=one) for one in chosen]
    return share


def _chosen(session: Session, account: Account, references: list[str]) -> list[Credential]:
    chosen = [entry for entry in shareable(session, account) if entry.reference in references]
    if not chosen or len(chosen) != len(set(references)):
        raise Refused(Reason.NOTHING_CHOSEN)
    return chosen


def address_it(
    session: Session, account: Account, reference: str, audience: str, until: date, at: datetime
) -> Share:
    """Say who a draft is for (a note that only the student sees) and its last day."""
    share = _draft(session, account, reference)
    if not is_possible_end(until, at):
        raise Refused(Reason.END_OUT_OF_RANGE)
    share.audience, share.until = readable(audience).strip()[:LONGEST_AUDIENCE], until
    return share


def is_possible_end(until: date, at: datetime) -> bool:
    """From today to 24 months from now."""
    return today(at) <= until <= add_months(today(at), MOST_MONTHS)


def usual_end(at: datetime) -> date:
    """The last day that is offered: in 12 months."""
    return add_months(today(at), USUAL_MONTHS)


def activate(session: Session, account: Account, reference: str, at: datetime) -> Share:
    """Give a draft its code: from now on the code shows the entries. A second click finds it active.

    Raises Refused(RECOVERY_OPEN) while a recovery is open.
    """
    share = own(session, account, reference)
    db.sharing.shares.lock(session, share)
    if share.state is ShareState.ACTIVE:
        return share
    recovery.refuse_while_open(session)
    share = _draft(session, account, reference)
    if share.until is None or not is_possible_end(share.until, at):
        raise Refused(Reason.END_OUT_OF_RANGE)
    if not all(entry.state in SHAREABLE for entry in share.credentials):
        raise Refused(Reason.ENTRY_CHANGED)
    share.code, share.state = share_code.new(), ShareState.ACTIVE
    audit.record(session, at, account.reference, "share.made", share.reference)
    return share


def stop(session: Session, account: Account, reference: str, at: datetime) -> Share:
    """End a share at once. A second click finds it ended."""
    share = own(session, account, reference)
    db.sharing.shares.lock(session, share)
    if share.state is ShareState.DRAFT:
        raise NotFound
    if share.state is ShareState.ACTIVE:
        share.state, share.ended_at = ShareState.ENDED, at
        for number in sorted({entry.position.list_number for entry in share.entries if entry.position}):
            lifecycle.mark_changed(session, number, at)
        audit.record(session, at, account.reference, "share.ended", share.reference)
    return share


def discard(session: Session, account: Account, reference: str) -> None:
    """Throw a draft away: nobody has seen it."""
    session.delete(_draft(session, account, reference))


def is_active(share: Share, at: datetime) -> bool:
    """Whether its code shows the entries now: it was not stopped and its last day is not over."""
    return share.state is ShareState.ACTIVE and share.until is not None and today(at) <= share.until


def pretty_code(share: Share) -> str:
    """The code as people read it."""
    return share_code.pretty(share.code) if share.code else ""


def address(share: Share, public_url: str) -> str:
    """The address that the QR holds."""
    return f"{public_url}/c/{share.code}"


def _draft(session: Session, account: Account, reference: str) -> Share:
    share = own(session, account, reference)
    if share.state is not ShareState.DRAFT:
        raise Refused(Reason.ALREADY_SHARED)
    return share
