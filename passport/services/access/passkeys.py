"""Passkeys (WebAuthn level 3): registration, authentication, removal.

A passkey proves two factors at once: the device, and its owner's finger, face or PIN. So user verification is
always required. Credentials are discoverable: the browser finds them, and no address is typed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from passport import db
from passport.db import Session
from passport.db.access.second_factor import Challenge, Passkey
from passport.db.people.accounts import Account
from passport.services.core import audit, mails
from passport.services.core.errors import NotFound, WrongPasskey

__all__ = ["Passkey", "add", "forget_old", "listed", "options_to_add", "options_to_use", "remove", "use"]

CHALLENGE_BYTES = 32
ANSWERED_WITHIN = timedelta(minutes=10)
LONGEST_NAME = 60
# what webauthn raises for a malformed response, which no browser makes, besides its own exceptions
UNUSABLE = (
    WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError, EOFError, RecursionError,
)  # fmt: skip


def options_to_add(session: Session, account: Account, site: tuple[str, str], at: datetime) -> str:
    """Return WebAuthn registration options as JSON; ``site`` is our host and our name."""
    host, name = site
    return options_to_json(
        generate_registration_options(
            rp_id=host,
            rp_name=name,
            user_id=account.reference.encode(),
            user_name=account.email or account.reference,
            user_display_name=account.name,
            challenge=_challenge(session, account, at),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=key.credential_id)
                for key in db.access.second_factor.passkeys(session, account.id)
            ],
        )
    )


def add(
    session: Session, account: Account, answer: str, name: str, site: tuple[str, str], at: datetime
) -> Passkey:
    """Verify and store a new passkey; ``site`` is our host and origin. Raises WrongPasskey."""
    host, origin = site
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=_answered(session, answer, account.id, at),
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except UNUSABLE as error:
        raise WrongPasskey(str(error)) from error
    if db.access.second_factor.passkey(session, made.credential_id) is not None:
        raise WrongPasskey("it is known already")
    key = Passkey(
        account=account,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name.strip()[:LONGEST_NAME],
        made_at=at,
    )
    session.add(key)
    session.flush()
    _tell(session, account, "factor added", at)
    return key


def options_to_use(session: Session, host: str, at: datetime) -> str:
    """Return WebAuthn authentication options as JSON: they depend on no account, so they reveal none."""
    return options_to_json(
        generate_authentication_options(
            rp_id=host,
            challenge=_challenge(session, None, at),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def use(session: Session, answer: str, site: tuple[str, str], at: datetime) -> Account:
    """Verify a passkey's response and return its account; ``site`` is our host and origin.

    Raises WrongPasskey for an unknown passkey and for a response that does not verify.
    """
    host, origin = site
    try:
        challenge = _answered(session, answer, None, at)
        key = db.access.second_factor.passkey(session, base64url_to_bytes(json.loads(answer)["rawId"]))
        if key is None:
            raise WrongPasskey("no account has it")
        used = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except UNUSABLE as error:
        raise WrongPasskey(str(error)) from error
    key.sign_count, key.used_at = used.new_sign_count, at
    return key.account


def listed(session: Session, account: Account) -> list[Passkey]:
    """Return the passkeys of an account."""
    return db.access.second_factor.passkeys(session, account.id)


def remove(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Delete a passkey of the account. Raises NotFound for another account's."""
    found = [key for key in listed(session, account) if key.reference == reference]
    if not found:
        raise NotFound
    session.delete(found[0])
    session.flush()
    _tell(session, account, "factor removed", at)


def forget_old(session: Session, at: datetime) -> None:
    """Delete challenges that have expired."""
    db.access.second_factor.forget_challenges(session, at - ANSWERED_WITHIN)


def _challenge(session: Session, account: Account | None, at: datetime) -> bytes:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    row = Challenge(digest=_digest(challenge), account_id=account.id if account else None, made_at=at)
    session.add(row)
    session.flush()
    return challenge


def _answered(session: Session, answer: str, account_id: int | None, at: datetime) -> bytes:
    """Consume and return the challenge that a response names.

    Raises WrongPasskey unless it is one of ours, not older than `ANSWERED_WITHIN`, unused and made for this
    account (None for authentication).
    """
    client = parse_client_data_json(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
    row = db.access.second_factor.take_challenge(session, _digest(client.challenge), at - ANSWERED_WITHIN)
    if row is None or row.account_id != account_id:
        raise WrongPasskey("it answers a question that we did not ask, or too late")
    return client.challenge


def _digest(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()


def _tell(session: Session, account: Account, what: str, at: datetime) -> None:
    mails.tell_way_in_changed(session, account, what, at)
    audit.record(session, at, account.reference, f"passkey.{what.rsplit(maxsplit=1)[-1]}", account.reference)
