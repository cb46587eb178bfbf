"""Sign-in with an external identity (OpenID Connect), and how identities are linked to accounts.

An identity is known by issuer and subject, never by email address: addresses are reassigned. On first use, an
address that the provider has verified links the identity to the account with that address, if the account has
no identity of this provider yet. A signed-in user may also connect an identity by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.access.identities import Identity
from passport.db.people.accounts import Account
from passport.services.core import audit, mails
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason

__all__ = ["Claims", "Identity", "connect", "disconnect", "find", "listed"]


@dataclass(frozen=True)
class Claims:
    """A provider's claims about an identity, after signature, audience and nonce were checked."""

    issuer: str
    subject: str
    email: str
    email_verified: bool


def find(session: Session, claims: Claims, at: datetime) -> Account:
    """Return the account of an external identity; connect the two on first use.

    Raises Refused: "identity-unknown" where no account has that address, "identity-unverified" where the
    provider has not verified it, "identity-second" where the account has another identity of the provider.
    """
    known = db.access.identities.find(session, claims.issuer, claims.subject)
    if known is not None:
        return known.account
    # checked before any look-up by address: an unverified address must not reveal whether an account exists
    if not claims.email_verified:
        raise Refused(Reason.IDENTITY_UNVERIFIED)
    account = db.people.accounts.by_email(session, claims.email) if claims.email else None
    if account is None:
        raise Refused(Reason.IDENTITY_UNKNOWN)
    connect(session, account, claims, at)
    return account


def connect(session: Session, account: Account, claims: Claims, at: datetime) -> None:
    """Connect an external identity to an account. Idempotent.

    Raises Refused: "identity-elsewhere" where it is connected to another account, "identity-second" where the
    account has another identity of the same provider.
    """
    known = db.access.identities.find(session, claims.issuer, claims.subject)
    if known is not None and known.account_id != account.id:
        raise Refused(Reason.IDENTITY_ELSEWHERE)
    if known is not None:
        return
    if any(one.issuer == claims.issuer for one in listed(session, account)):
        raise Refused(Reason.IDENTITY_SECOND)
    session.add(Identity(account=account, issuer=claims.issuer, subject=claims.subject, made_at=at))
    session.flush()
    mails.tell_way_in_changed(session, account, "provider added", at)
    audit.record(
        session, at, account.reference, "identity.connected", account.reference, issuer=claims.issuer
    )


def listed(session: Session, account: Account) -> list[Identity]:
    """Return the external identities of an account."""
    return db.access.identities.of_account(session, account.id)


def disconnect(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Disconnect an external identity. Raises NotFound for another account's."""
    found = [one for one in listed(session, account) if one.reference == reference]
    if not found:
        raise NotFound
    session.delete(found[0])
    mails.tell_way_in_changed(session, account, "provider removed", at)
    audit.record(session, at, account.reference, "identity.disconnected", account.reference)
