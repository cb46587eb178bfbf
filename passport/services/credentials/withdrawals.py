"""A manager's withdrawal of an entry: one manager requests it, another confirms or refuses. It is final.

Until it is confirmed the entry keeps its state; a manager can put it on hold meanwhile. A withdrawal or
replacement by the student ends the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import CredentialState
from passport.db.credentials.withdrawals import Withdrawal, WithdrawalState
from passport.db.people.accounts import Account
from passport.services.core import audit, notices, two_people
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows
from passport.services.core.text_rules import private_reason
from passport.services.credentials import entry_search, lifecycle


def ask(session: Session, account: Account, reference: str, reason: str, at: datetime) -> Withdrawal:
    """Request the withdrawal of an entry, and notify the other managers.

    Idempotent for the same person and reason. Raises Refused for an entry that is neither issued nor on
    hold, or with another open request.
    """
    _manager(account)
    credential = entry_search.entry(session, account, reference)
    reason = private_reason(reason)
    db.credentials.records.lock(session, credential)
    standing = db.credentials.withdrawals.open_for(session, credential.id)
    if standing is not None:
        if (standing.asked_by_id, standing.reason) == (account.id, reason):
            return standing
        raise Refused(Reason.WITHDRAWAL_ASKED)
    if credential.state not in lifecycle.CLAIMABLE:
        raise Refused(Reason.CANNOT_BE_WITHDRAWN)
    asked = Withdrawal(
        credential=credential,
        state=WithdrawalState.ASKED,
        asked_by=account,
        asked_at=at,
        reason=reason,
    )
    if not db.credentials.withdrawals.add_open(session, asked):
        raise Refused(Reason.WITHDRAWAL_ASKED)
    for manager in db.credentials.entry_search.managers(session, account.programme_id):
        if manager != account.id:
            notices.tell_account(session, manager, "withdrawal-asked", at, withdrawal=asked.reference)
    audit.record(session, at, account.reference, "withdrawal.asked", credential.reference, [asked])
    return asked


def confirm(session: Session, account: Account, reference: str, at: datetime) -> Withdrawal:
    """Withdraw the entry for good, as the second of two people. Idempotent.

    Raises as `refuse`, and Refused where the requester is suspended or no longer a manager.
    """
    asked = _locked(session, account, reference)
    if asked.state is WithdrawalState.CONFIRMED and asked.decided_by_id == account.id:
        return asked
    two_people.require_entitled(asked.asked_by, Action.WITHDRAW)
    _decide(asked, account, WithdrawalState.CONFIRMED, at)
    notices.tell(session, asked.asked_by, "withdrawal-confirmed", at, withdrawal=asked.reference)
    session.flush()
    why = f"asked by {asked.asked_by.reference}: {asked.reason}"
    move = (asked.credential, CredentialState.WITHDRAWN, account.reference, why, at)
    lifecycle.move(session, *move)
    subject = asked.credential.reference
    audit.record(session, at, account.reference, "withdrawal.confirmed", subject, [asked])
    return asked


def refuse(session: Session, account: Account, reference: str, answer: str, at: datetime) -> Withdrawal:
    """Refuse the request, as the second of two people, with a reason: the entry keeps its state. Idempotent.

    Raises Refused for one's own request and for one that has ended.
    """
    answer = private_reason(answer)
    asked = _locked(session, account, reference)
    if asked.state is WithdrawalState.REFUSED and asked.decided_by_id == account.id:
        return asked
    _decide(asked, account, WithdrawalState.REFUSED, at)
    asked.answer = answer
    notices.tell(session, asked.asked_by, "withdrawal-refused", at, withdrawal=asked.reference)
    session.flush()
    subject = asked.credential.reference
    audit.record(session, at, account.reference, "withdrawal.refused", subject, [asked])
    return asked


def cancel(session: Session, account: Account, reference: str, at: datetime) -> Withdrawal:
    """Cancel one's own request. Idempotent.

    Raises Refused for another person's request and for one that was decided.
    """
    asked = _locked(session, account, reference)
    two_people.require_own(account, asked.asked_by)
    if asked.state is WithdrawalState.CANCELLED:
        return asked
    if asked.state is not WithdrawalState.ASKED:
        raise Refused(Reason.REQUEST_DECIDED)
    asked.state, asked.decided_by, asked.decided_at = WithdrawalState.CANCELLED, account, at
    session.flush()
    subject = asked.credential.reference
    audit.record(session, at, account.reference, "withdrawal.cancelled", subject, [asked])
    return asked


def find(session: Session, account: Account, reference: str) -> Withdrawal:
    """Return a request of the manager's own programme. Raises NotFound for any other."""
    _manager(account)
    found = db.credentials.withdrawals.by_reference(session, account.programme_id, reference)
    if found is None:
        raise NotFound
    return found


def of_programme(session: Session, account: Account) -> Sequence[Withdrawal]:
    """Return the programme's requests: open ones first, then the newest."""
    _manager(account)
    return db.credentials.withdrawals.of_programme(session, account.programme_id)


def open_for(session: Session, credential_id: int) -> Withdrawal | None:
    """Return the request about an entry that waits for a second manager; None without one."""
    return db.credentials.withdrawals.open_for(session, credential_id)


def _decide(asked: Withdrawal, account: Account, state: WithdrawalState, at: datetime) -> None:
    """Set the decision on an open request. Raises Refused for the requester and for an ended request."""
    if asked.state is WithdrawalState.OVERTAKEN:
        raise Refused(Reason.WITHDRAWAL_OVERTAKEN)
    two_people.require_second(account, asked.asked_by, is_open=asked.state is WithdrawalState.ASKED)
    asked.state, asked.decided_by, asked.decided_at = state, account, at


def _locked(session: Session, account: Account, reference: str) -> Withdrawal:
    """Return the request with a row lock. The entry is locked first, the order of all transactions."""
    asked = find(session, account, reference)
    db.credentials.records.lock(session, asked.credential)
    db.credentials.withdrawals.lock(session, asked)
    return asked


def _manager(account: Account) -> None:
    if not allows(account.roles, Action.WITHDRAW, How.TWO_PEOPLE):
        raise NotFound
