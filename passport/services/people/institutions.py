"""Institutions that check entries often: their accounts and API keys."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.base import REFERENCE_ALPHABET
from passport.db.people.accounts import Account, Role
from passport.db.people.institutions import ApiKey, Institution, Officer
from passport.db.programmes.programme import Programme
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.core.text_rules import usable
from passport.services.people import accounts
from passport.services.programmes.managing import named, require

__all__ = [
    "Account",
    "ApiKey",
    "Institution",
    "MadeKey",
    "accounts_of",
    "add",
    "add_account",
    "bring_in",
    "find",
    "key_of",
    "keys_of",
    "listed",
    "make_key",
    "of",
    "of_programme",
    "own",
    "revoke_key",
    "who_asks",
]

SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
LONGEST_STEM = 30
MARK = "spk"
PREFIX_LENGTH = 8
SECRET_BYTES = 32
KEY = re.compile(rf"{MARK}_([{REFERENCE_ALPHABET}]{{{PREFIX_LENGTH}}})_([\w-]{{43}})", re.ASCII)


@dataclass(frozen=True)
class MadeKey:
    """A new API key. ``text`` is the whole key, which is stored nowhere and cannot be shown again."""

    prefix: str
    text: str


def add(
    session: Session, programme: Programme, slug: str, name: str, at: datetime, by: str = audit.OPERATOR
) -> Institution:
    """Add an institution. Raises Refused for an unusable or taken slug, UnusableText for the name."""
    usable("name", name)
    if not SLUG.fullmatch(slug):
        raise Refused(Reason.SLUG_UNUSABLE)
    if db.people.institutions.by_slug(session, slug) is not None:
        raise Refused(Reason.INSTITUTION_TAKEN)
    institution = Institution(programme_id=programme.id, slug=slug, name=name, made_at=at)
    session.add(institution)
    session.flush()
    audit.record(session, at, by, "institution.added", institution.reference)
    return institution


def add_account(
    session: Session,
    institution: Institution,
    email: str,
    name: str,
    password: str | None,
    at: datetime,
    by: str = audit.OPERATOR,
) -> Account:
    """Make an account for a member of the admissions staff. Raises Refused for an address that is taken.

    With ``password`` None the account needs an invitation, which the caller sends.
    """
    accounts.require_free(session, email, by)
    programme = session.get_one(Programme, institution.programme_id)
    account = accounts.make(
        session,
        programme,
        Role.ADMISSIONS,
        email=email,
        name=name,
        first_name=name.split(maxsplit=1)[0],
        password=password,
        at=at,
    )
    session.add(Officer(account_id=account.id, institution_id=institution.id))
    session.flush()
    audit.record(session, at, by, "institution.account", account.reference)
    return account


def find(session: Session, slug: str) -> Institution:
    """Return the institution with that slug. Raises NotFound."""
    found = db.people.institutions.by_slug(session, slug)
    if found is None:
        raise NotFound(f"There is no institution {slug}")
    return found


def of_programme(session: Session, actor: Account) -> list[Institution]:
    """Return the institutions of the manager's programme, by name."""
    require(actor, Action.STRUCTURE)
    return [one for one in db.people.institutions.listed(session) if one.programme_id == actor.programme_id]


def own(session: Session, actor: Account, reference: str) -> Institution:
    """Return an institution of the manager's programme. Raises NotFound for another's."""
    found = next((one for one in of_programme(session, actor) if one.reference == reference), None)
    if found is None:
        raise NotFound
    return found


def bring_in(session: Session, actor: Account, name: str, at: datetime) -> Institution:
    """Add an institution to the manager's programme; its slug, used in commands, is derived from its name.

    Idempotent: returns the programme's institution with that name, ignoring case, where there is one.
    """
    name = named("name", name)
    db.programmes.programme.lock(session, actor.programme)
    there = next(
        (one for one in of_programme(session, actor) if one.name.casefold() == name.casefold()), None
    )
    if there is not None:
        return there
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    bare = re.sub(r"[^a-z0-9]+", "-", plain).strip("-").lstrip("0123456789-")[:LONGEST_STEM] or "institution"
    slug = bare if SLUG.fullmatch(bare) else f"{bare}-1"
    number = 1
    while db.people.institutions.by_slug(session, slug) is not None:
        number += 1
        slug = f"{bare}-{number}"
    return add(session, actor.programme, slug, name, at, actor.reference)


def key_of(session: Session, institution: Institution, prefix: str) -> ApiKey:
    """Return an institution's key by its prefix. Raises NotFound for another's."""
    found = next((one for one in keys_of(session, institution) if one.prefix == prefix), None)
    if found is None:
        raise NotFound
    return found


def listed(session: Session) -> list[Institution]:
    """Return all institutions, by name."""
    return db.people.institutions.listed(session)


def accounts_of(session: Session, institution: Institution) -> list[Account]:
    """Return the accounts of an institution."""
    return db.people.institutions.accounts_of(session, institution.id)


def keys_of(session: Session, institution: Institution) -> list[ApiKey]:
    """Return an institution's keys, revoked ones too."""
    return db.people.institutions.keys_of(session, institution.id)


def of(session: Session, account: Account) -> Institution:
    """Return the institution of an admissions account. Raises NotFound for any other account."""
    found = db.people.institutions.of_account(session, account.id)
    if found is None:
        raise NotFound
    return found


def make_key(session: Session, institution: Institution, at: datetime, by: str = audit.OPERATOR) -> MadeKey:
    """Make an API key. Only its prefix and a digest are stored: enough to verify it, not to show it again."""
    prefix = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(PREFIX_LENGTH))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    session.add(ApiKey(institution_id=institution.id, prefix=prefix, digest=_digest(secret), made_at=at))
    session.flush()
    audit.record(session, at, by, "api-key.made", prefix)
    return MadeKey(prefix, f"{MARK}_{prefix}_{secret}")


def revoke_key(session: Session, prefix: str, at: datetime, by: str = audit.OPERATOR) -> ApiKey:
    """Revoke a key for good. Raises NotFound for an unknown key, Refused for a revoked one."""
    key = db.people.institutions.key(
        session, prefix.strip().upper().removeprefix(f"{MARK.upper()}_")[:PREFIX_LENGTH]
    )
    if key is None:
        raise NotFound(f"There is no key {prefix}")
    if key.revoked_at is not None:
        raise Refused(Reason.KEY_REVOKED)
    key.revoked_at = at
    session.flush()
    audit.record(session, at, by, "api-key.revoked", key.prefix)
    return key


def who_asks(session: Session, text: str) -> ApiKey | None:
    """Return the key that ``text`` is; None for a wrong, unknown or revoked one, after the same work."""
    shown = KEY.fullmatch(text)
    key = db.people.institutions.key(session, shown[1]) if shown else None
    secret = _digest(shown[2] if shown else "")
    fits = hmac.compare_digest(secret, key.digest if key else "-")
    return key if key is not None and fits and key.revoked_at is None else None


def _digest(secret: str) -> str:
    """Return the SHA-256 of a secret; 256 random bits need no slow hash, as they cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()
