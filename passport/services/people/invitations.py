"""Invitations, which may be forwarded, scanned and opened twice because they grant nothing.

An invitation only leads to a page that mails a sign-in link to the invited address, and to no other. So only
the owner of that address can sign in, even if other people have the invitation.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Role
from passport.db.people.invitations import Invitation
from passport.services.core import audit, mails, notices, tokens
from passport.services.core.errors import LinkGone, Refused
from passport.services.core.reasons import Reason
from passport.services.people import enrolments

__all__ = ["Invitation", "accept", "find", "hint", "invite"]

TOKEN_BYTES = 32
LENGTH = timedelta(days=30)


def invite(session: Session, actor: Account, account: Account, public_url: str, at: datetime) -> None:
    """Invite the owner of an account by mail; their older invitations end.

    Raises Refused for an account without an address.
    """
    if account.email is None:
        raise Refused(Reason.NO_ADDRESS)
    db.people.invitations.end(session, account.id, at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = Invitation(
        token_digest=tokens.digest(token),
        account=account,
        made_at=at,
        ends_at=at + LENGTH,
        invited_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    mails.tell(
        session,
        account,
        "invitation",
        at,
        useless_at=row.ends_at,
        link=f"{public_url}/invitation/{token}",
        programme=account.programme.name,
        role=Role(account.role).value,
    )
    audit.record(session, at, actor.reference, "invited", account.reference)


def find(session: Session, token: str, at: datetime) -> Invitation:
    """Return the invitation of a token. Raises LinkGone with "unknown", "old" or "accepted"."""
    row = db.people.invitations.by_digest(session, tokens.digest(token))
    if row is None:
        raise LinkGone("unknown")
    if row.accepted_at is not None:
        raise LinkGone("accepted")
    if row.ends_at <= at or row.account.suspended_at is not None:
        raise LinkGone("old")
    return row


def accept(session: Session, account: Account, at: datetime) -> None:
    """Mark an account's invitations as accepted, at its sign-in, and activate a student's enrolment.

    The inviter of an adult is notified; not the inviter of a student, because there are too many of them.
    """
    inviters = db.people.invitations.accept(session, account.id, at)
    enrolments.arrive(session, account, at)
    if account.role is Role.STUDENT:
        return
    for inviter in sorted(inviters):
        facts = {"name": account.name, "role": account.role.value}
        notices.tell_account(session, inviter, "invitation-accepted", at, **facts)


def hint(email: str) -> str:
    """Return an address shortened so that only its owner recognises it, such as "a…@example.org"."""
    name, _, host = email.partition("@")
    return f"{name[:1]}…@{host}"
