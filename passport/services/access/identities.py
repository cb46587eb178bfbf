"""Signing in with an account elsewhere (OpenID Connect): who of there is who here.

A provider's person is known by issuer and subject, never by address: addresses change hands. The first time,
an address that the provider has verified finds the account that has it, if that account has nobody of this
provider yet. Whoever is signed in may connect an account by hand.
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
    """What a provider said of somebody, after its signature, audience and nonce were checked."""

    issuer: str
    subject: str
    email: str
    email_verified: bool


def find(session: Session, claims: Claims, at: datetime) -> Account:
    """The account of a provider's person, connected now if this is the first time.

    Raises Refused: "identity-unknown" where nobody here has that address, "identity-unverified" where the
    provider does not vouch for it, "identity-second" where the account is another person's of the provider.
    """
    known = db.access.identities.find(session, claims.issuer, claims.subject)
    if known is not None:
        return known.account
    # before anything is looked up: whoever writes any address into a profile must not learn who is here
    if not claims.email_verified:
        raise Refused(Reason.IDENTITY_UNVERIFIED)
    account = db.people.accounts.by_email(session, claims.email) if claims.email else None
    if account is None:
        raise Refused(Reason.IDENTITY_UNKNOWN)
    connect(session, account, claims, at)
    return account


def connect(session: Session, account: Account, claims: Claims, at: datetime) -> None:
    """Connect a provider's person to an account.

    Raises Refused: "identity-elsewhere" where it is connected to another account, "identity-second" where the
    account has another person of the same provider.
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
    """The accounts elsewhere that somebody has connected."""
    return db.access.identities.of_account(session, account.id)


def disconnect(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Disconnect an account elsewhere. Raises NotFound for another's."""
    found = [one for one in listed(session, account) if one.reference == reference]
    if not found:
        raise NotFound
    session.delete(found[0])
    mails.tell_way_in_changed(session, account, "provider removed", at)
    audit.record(session, at, account.reference, "identity.disconnected", account.reference)
