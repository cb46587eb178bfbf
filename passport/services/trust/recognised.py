"""The recognised issuers as people read them, made from the published signed registry alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from passport.adapters.files import PublicFiles
from passport.db import Session
from passport.openbadges.bundle import Bundle
from passport.openbadges.registry import IssuerKind, RegisteredIssuer, RegisteredKey, Registry
from passport.services.core.errors import ChecksClosed, NotFound
from passport.services.programmes import issuers
from passport.verifier import Trust, TrustError

GROUP = 4


@dataclass(frozen=True)
class PublicKey:
    """A key: what it signs, its fingerprint and its state."""

    role: str
    fingerprint: str
    state: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Recognised:
    """A programme or an employer, with its keys, newest first, and the employers of a programme."""

    slug: str
    name: str
    did: str
    since: datetime
    until: datetime | None
    keys: list[PublicKey]
    employers: list[Recognised]


@dataclass(frozen=True)
class Everybody:
    """The whole registry."""

    version: int
    expires: datetime | None
    origins: tuple[str, ...]
    roots: list[str]
    programmes: list[Recognised]


def read_registry(public: PublicFiles) -> bytes:
    """Read the signed registry as it is published. Raises ChecksClosed where there is none."""
    try:
        signed = public.read("registry.json")
    except OSError as error:
        raise ChecksClosed(f"registry.json cannot be read: {error}") from error
    if signed is None:
        raise ChecksClosed("registry.json is not published yet")
    return signed


def everybody(session: Session, signed: bytes) -> Everybody:
    """Return the registry's issuers, active programmes first, each in registry order.

    Raises ChecksClosed for a damaged registry.
    """
    registry = _verified(session, signed)
    found = [_recognised(registry, one) for one in registry.issuers if one.kind is IssuerKind.PROGRAMME]
    return Everybody(
        version=registry.version,
        expires=registry.expires,
        origins=registry.origins,
        roots=[fingerprint(key) for key in registry.root_keys],
        programmes=sorted(found, key=lambda one: one.until is not None),
    )


def programme(session: Session, signed: bytes, slug: str) -> Recognised:
    """Return one programme of the registry. Raises NotFound for a slug that is not in it."""
    found = [one for one in everybody(session, signed).programmes if one.slug == slug]
    if not found:
        raise NotFound
    return found[0]


def fingerprint(public_key: bytes) -> str:
    """Return the SHA-256 of a raw public key in groups to read aloud; the first two are its short name."""
    digest = hashlib.sha256(public_key).hexdigest()
    return " ".join(digest[start : start + GROUP] for start in range(0, len(digest), GROUP))


def _verified(session: Session, signed: bytes) -> Registry:
    try:
        return Trust.from_parts(Bundle(signed), issuers.root_keys(session)).registry
    except TrustError as error:
        raise ChecksClosed(str(error)) from error


def _recognised(registry: Registry, issuer: RegisteredIssuer) -> Recognised:
    keys = [_key(key) for key in registry.keys if key.issuer == issuer.did]
    employers = [_recognised(registry, one) for one in registry.issuers if one.programme == issuer.did]
    return Recognised(
        slug=issuer.did.rpartition(":")[2],
        name=issuer.name,
        did=issuer.did,
        since=issuer.from_,
        until=issuer.until,
        keys=sorted(keys, key=lambda key: key.since, reverse=True),
        employers=sorted(employers, key=lambda one: one.name),
    )


def _key(key: RegisteredKey) -> PublicKey:
    return PublicKey(key.role.value, fingerprint(key.public_key), key.state.value, key.from_, key.until)
