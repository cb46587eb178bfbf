"""Shares: the student chooses entries, an audience and a last day, and can stop a share at any time."""

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
from passport.services.core.text_rules import readable
from passport.services.credentials import lifecycle

USUAL_MONTHS, MOST_MONTHS = 12, 24
LONGEST_AUDIENCE = 100
SHAREABLE = {CredentialState.ISSUED}


def mine(session: Session, account: Account) -> list[Share]:
    """Return the student's shares that have a code, newest first."""
    return db.sharing.shares.of_student(session, account.id)


def own(session: Session, account: Account, reference: str) -> Share:
    """Return one of the student's own shares. Raises NotFound for another student's."""
    share = db.sharing.shares.own(session, account.id, reference)
    if share is None:
        raise NotFound
    return share


def shareable(session: Session, account: Account) -> list[Credential]:
    """Return the student's entries that can be shared."""
    found = db.credentials.records.of_student(session, account.id)
    return [credential for credential in found if credential.state in SHAREABLE]


def draft(session: Session, account: Account, credential_references: list[str], at: datetime) -> Share:
    """Create a draft share of these entries: it shows nothing to others yet."""
    share = Share(student_id=account.id, state=ShareState.DRAFT, made_at=at)
    share.entries = [
        SharedCredential(credential=one) for one in _chosen(session, account, credential_references)
    ]
    session.add(share)
    session.flush()
    return share


def set_choice(session: Session, account: Account, reference: str, credential_references: list[str]) -> Share:
    """Replace the entries of a draft."""
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
    """Set a draft's audience (a note that only the student sees) and its last day."""
    share = _draft(session, account, reference)
    if not is_possible_end(until, at):
        raise Refused(Reason.END_OUT_OF_RANGE)
    share.audience, share.until = readable(audience).strip()[:LONGEST_AUDIENCE], until
    return share


def is_possible_end(until: date, at: datetime) -> bool:
    """Return whether a last day is from today to 24 months from now."""
    return today(at) <= until <= add_months(today(at), MOST_MONTHS)


def usual_end(at: datetime) -> date:
    """Return the default last day: 12 months from now."""
    return add_months(today(at), USUAL_MONTHS)


def activate(session: Session, account: Account, reference: str, at: datetime) -> Share:
    """Activate a draft and allocate its code, which shows the entries from now on. Idempotent.

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
    """End a share at once. Idempotent."""
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
    """Delete a draft, which has never been visible to others."""
    session.delete(_draft(session, account, reference))


def is_active(share: Share, at: datetime) -> bool:
    """Return whether a share shows its entries now: not stopped, and its last day is not over."""
    return share.state is ShareState.ACTIVE and share.until is not None and today(at) <= share.until


def pretty_code(share: Share) -> str:
    """Return the share code grouped for reading."""
    return share_code.pretty(share.code) if share.code else ""


def address(share: Share, public_url: str) -> str:
    """Return the address that the QR code holds."""
    return f"{public_url}/c/{share.code}"


def _draft(session: Session, account: Account, reference: str) -> Share:
    share = own(session, account, reference)
    if share.state is not ShareState.DRAFT:
        raise Refused(Reason.ALREADY_SHARED)
    return share
