"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes, not passkeys."""

from __future__ import annotations

import hashlib
import hmac
import secrets as random
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

import pyotp

from passport import db
from passport.db import Session
from passport.db.access.second_factor import RecoveryCode, Totp
from passport.db.base import REFERENCE_ALPHABET
from passport.db.people.accounts import Account, Role
from passport.proofs.sealing import Seal
from passport.services.access.attempts import Attempts
from passport.services.core import audit, mails
from passport.services.core.errors import NotFound, Refused, WrongCode
from passport.services.core.reasons import Reason
from passport.services.core.two_people import TWO, require_names

__all__ = [
    "address_of",
    "begin_app",
    "check_app",
    "confirm_app",
    "has_any",
    "has_app",
    "is_demanded",
    "letters_of",
    "new_recovery_codes",
    "recovery_left",
    "remember_explained",
    "remove_app",
    "reset",
    "seal_again",
    "use_recovery",
]

PURPOSE = "authenticator apps"
SECOND_DOOR = "second factor"
STEP = timedelta(seconds=30)
# steps: a phone's clock may be one step off, and typing takes time; a code that is further off, but by no
# more than EXPLAINED steps, is refused with an error that names the clock
TAKEN = 1
EXPLAINED = 6
# one for each future step that is explained: no code that can still become valid is dropped
MOST_EXPLAINED = EXPLAINED + TAKEN + 1
RECOVERY_CODES = 10
RECOVERY_LETTERS = 16


def is_demanded(account: Account, policy: str) -> bool:
    """Return whether an account needs a second factor: every adult, where the instance demands it."""
    return policy == "demanded" and account.role is not Role.STUDENT


def has_any(session: Session, account: Account) -> bool:
    """Return whether an account has a second factor: an app or a passkey."""
    return has_app(session, account) or bool(db.access.second_factor.passkeys(session, account.id))


def has_app(session: Session, account: Account) -> bool:
    """Return whether an account has a confirmed app (a correct code was typed once)."""
    row = session.get(Totp, account.id)
    return row is not None and row.confirmed_at is not None


def begin_app(session: Session, account: Account, secrets: Sequence[str], at: datetime) -> None:
    """Make a secret for an app, which is in use after `confirm_app`. Repeated calls keep the same secret.

    Raises Refused where there is a confirmed app already.
    """
    row = db.access.second_factor.totp(session, account.id)
    if row is not None and row.confirmed_at is not None:
        raise Refused(Reason.APP_ALREADY_THERE)
    if row is None:
        sealed = Seal(secrets, PURPOSE).close(pyotp.random_base32().encode(), at)
        session.add(Totp(account_id=account.id, sealed=sealed, made_at=at))
        session.flush()


def letters_of(session: Session, account: Account, secrets: Sequence[str]) -> str | None:
    """Return the base32 secret of an app that is being set up; None where none is."""
    row = session.get(Totp, account.id)
    if row is None or row.confirmed_at is not None:
        return None
    return Seal(secrets, PURPOSE).open(row.sealed).decode()


def address_of(letters: str, account: Account) -> str:
    """Return the provisioning URI (otpauth:) that the QR code for an app holds."""
    name = account.email or account.reference
    return pyotp.TOTP(letters).provisioning_uri(name=name, issuer_name=account.programme.name)


def confirm_app(session: Session, account: Account, code: str, secrets: Sequence[str], at: datetime) -> None:
    """Confirm an app with its first correct code. Raises WrongCode, NotFound without an app."""
    row = _app(session, account)
    _take(row, code, secrets, at)
    row.confirmed_at = at
    _tell(session, account, "factor added", at)


def check_app(session: Session, account: Account, code: str, secrets: Sequence[str], at: datetime) -> None:
    """Check a code of the account's confirmed app; each code is accepted once.

    Raises NotFound without a confirmed app, and WrongCode, which says whether a clock seems to be wrong.
    """
    row = _app(session, account)
    if row.confirmed_at is None:
        raise NotFound
    _take(row, code, secrets, at)


def remove_app(session: Session, account: Account, at: datetime) -> None:
    """Delete the account's app. Raises NotFound without one."""
    session.delete(_app(session, account))
    session.flush()
    _tell(session, account, "factor removed", at)


def _app(session: Session, account: Account) -> Totp:
    row = db.access.second_factor.totp(session, account.id)
    if row is None:
        raise NotFound
    return row


def _take(row: Totp, typed: str, secrets: Sequence[str], at: datetime) -> None:
    app = pyotp.TOTP(Seal(secrets, PURPOSE).open(row.sealed).decode())
    code = "".join(str(unicodedata.decimal(sign)) for sign in typed[:50] if sign.isdecimal())
    now = int(at.timestamp()) // int(STEP.total_seconds())
    offsets = sorted(range(-EXPLAINED, EXPLAINED + 1), key=abs)
    fits = [offset for offset in offsets if hmac.compare_digest(app.at(at + offset * STEP), code)]
    if not fits:
        raise WrongCode
    step = now + fits[0]
    if step in _explained(row):
        raise WrongCode(used=True)
    if abs(fits[0]) > TAKEN:
        raise WrongCode(minutes=round(fits[0] * STEP / timedelta(minutes=1)), step=step)
    if step <= row.last_step:
        raise WrongCode(used=True)
    row.last_step = step


def remember_explained(session: Session, account: Account, wrong: WrongCode, at: datetime) -> None:
    """Store the time step of a code that was refused because a clock seems to be wrong, to refuse it later.

    That code has left the phone, and its time step may still come. Call this in a transaction of its own: the
    one that raised ``wrong`` is rolled back.
    """
    row = db.access.second_factor.totp(session, account.id)
    if row is None or wrong.step is None:
        return
    oldest = int(at.timestamp()) // int(STEP.total_seconds()) - TAKEN
    steps = {step for step in _explained(row) if step >= oldest} | {wrong.step}
    row.explained = " ".join(str(step) for step in sorted(steps)[-MOST_EXPLAINED:])


def _explained(row: Totp) -> set[int]:
    return {int(step) for step in row.explained.split()}


def seal_again(session: Session, secrets: Sequence[str], at: datetime) -> int:
    """Re-encrypt the secret of every app with the newest of the instance's secrets; return how many.

    Raises CannotOpen where an app's secret opens with none of them. Idempotent.
    """
    seal = Seal(secrets, PURPOSE)
    rows = db.access.second_factor.sealed(session)
    for row in rows:
        row.sealed = seal.close(seal.open(row.sealed), at)
    return len(rows)


def new_recovery_codes(session: Session, account: Account, at: datetime) -> list[str]:
    """Make ten new recovery codes and return them, the only time they are shown; older ones are deleted."""
    db.access.second_factor.drop_recovery(session, account.id)
    codes = [_letters() for _ in range(RECOVERY_CODES)]
    session.add_all([RecoveryCode(account_id=account.id, digest=_digest(code)) for code in codes])
    session.flush()
    audit.record(session, at, account.reference, "recovery-codes.made", account.reference)
    return ["-".join(code[place : place + 4] for place in range(0, RECOVERY_LETTERS, 4)) for code in codes]


def _letters() -> str:
    return "".join(random.choice(REFERENCE_ALPHABET) for _ in range(RECOVERY_LETTERS))


def recovery_left(session: Session, account: Account) -> int:
    """Return how many unused recovery codes an account has."""
    return db.access.second_factor.recovery_left(session, account.id)


def use_recovery(session: Session, account: Account, typed: str, at: datetime) -> None:
    """Use a recovery code, which works once. Raises WrongCode."""
    code = "".join(filter(str.isalnum, typed[:100])).upper()
    if not db.access.second_factor.use_recovery(session, account.id, _digest(code), at):
        raise WrongCode
    _tell(session, account, "recovery code", at)


def reset(session: Session, attempts: Attempts, email: str, by: list[str], at: datetime) -> None:
    """Remove every second factor of an account whose owner lost them, and end its sign-ins and links.

    ``by`` names the two people who decided it: Refused with "name-two" for fewer. Raises NotFound for an
    unknown address.
    """
    require_names(by, TWO)
    account = db.people.accounts.by_email(session, email)
    if account is None:
        raise NotFound
    db.access.second_factor.drop_all(session, account.id)
    attempts.clear_everywhere(session, SECOND_DOOR, account.reference)
    db.access.sign_ins.end(session, account.id, at)
    db.access.links.end(session, account.id, at)
    _tell(session, account, "factor removed", at)
    audit.record(session, at, audit.OPERATOR, "factors.reset", account.reference, by=by)


def _tell(session: Session, account: Account, what: str, at: datetime) -> None:
    mails.tell_way_in_changed(session, account, what, at)
    audit.record(session, at, account.reference, what.replace(" ", "-"), account.reference)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
