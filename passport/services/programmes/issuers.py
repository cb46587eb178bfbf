"""Issuers, their keys, and the signed registry of the issuers and keys that we vouch for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from passport import db
from passport.db import Session
from passport.db.programmes.issuers import Issuer, Key, SignedRegistry
from passport.db.programmes.programme import Programme
from passport.openbadges import registry as registry_document
from passport.openbadges.did import method_id, web_did
from passport.openbadges.registry import IssuerKind, KeyState, RegisteredIssuer, RegisteredKey, Registry
from passport.proofs.errors import KeyProblem
from passport.proofs.jws import sign_json, unverified_payload
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing, Signer, generate
from passport.services.core import recovery
from passport.services.core.dates import TIME_ZONE
from passport.services.core.errors import IssuingClosed
from passport.services.core.text_rules import usable

REGISTRY_LIFE = timedelta(days=396)
ROLES = {IssuerKind.PROGRAMME: (Role.ISSUE, Role.STATUS), IssuerKind.EMPLOYER: (Role.ENDORSE,)}
FOLDERS = {IssuerKind.PROGRAMME: "programmes", IssuerKind.EMPLOYER: "employers"}


@dataclass(frozen=True)
class Method:
    """A signer and the id of the verification method under which verifiers find its key."""

    id: str
    signer: Signer


def make_issuer(
    session: Session,
    public_url: str,
    kind: IssuerKind,
    slug: str,
    name: str,
    programme: Issuer | None,
    at: datetime,
) -> Issuer:
    """Create an issuer; its `did:web` is derived from the public address and its slug.

    Raises UnusableText for a name that cannot be signed.
    """
    usable("name", name)
    issuer = Issuer(
        slug=slug,
        did=web_did(public_url, FOLDERS[kind], slug),
        name=name,
        kind=kind.value,
        programme=programme.did if programme else None,
        since=at,
    )
    session.add(issuer)
    session.flush()
    return issuer


def make_key(
    session: Session,
    directory: Path,
    passphrase: str,
    issuer: Issuer | None,
    role: Role,
    at: datetime,
    state: KeyState = KeyState.ACTIVE,
) -> Key:
    """Create a key, active unless ``state`` says otherwise. Its private half is stored only in its file."""
    signer = generate(role)
    while session.get(Key, signer.kid) is not None:
        signer = generate(role)
    signer.save(directory, passphrase)
    key = Key(
        kid=signer.kid,
        role=role.value,
        public_key=signer.public_key,
        state=state.value,
        issuer=issuer,
        since=at,
    )
    session.add(key)
    session.flush()
    return key


def make_missing_keys(session: Session, directory: Path, passphrase: str, at: datetime) -> list[Key]:
    """Create each missing first key: the root's, and every open issuer's for its roles. Return the new keys.

    An issuer that ever had a key for a role, even one that is suspended, given up or retired now, gets none
    here: its next key needs a decision by people (`keys propose`). Locks out all signing meanwhile.
    """
    db.programmes.programme.lock_keys(session)
    wanted: list[tuple[Issuer | None, Role]] = [(None, Role.ROOT)]
    for issuer in db.programmes.issuers.all_issuers(session):
        if issuer.until is not None:
            continue  # it has closed and needs no key
        wanted += [(issuer, role) for role in ROLES[IssuerKind(issuer.kind)]]
    return [
        make_key(session, directory, passphrase, issuer, role, at)
        for issuer, role in wanted
        if not db.programmes.issuers.had_key(session, issuer, role.value)
    ]


def method(session: Session, keys: KeyRing, issuer: Issuer, role: Role) -> Method:
    """Return the key that signs for an issuer in a role now. Raises IssuingClosed when it cannot be used."""
    kid = db.programmes.issuers.active_kid(session, issuer, role.value)
    if kid is None:
        raise IssuingClosed(f"{issuer.did} has no active key to {role.value}")
    return Method(method_id(issuer.did, role, kid), signer(keys, kid))


def endorsing(session: Session, keys: KeyRing, issuer: Issuer) -> Method:
    """Return the key that signs an issuer's endorsements now. Raises IssuingClosed when it cannot be used."""
    return method(session, keys, issuer, endorsing_role(issuer))


def endorsing_role(issuer: Issuer) -> Role:
    """Return the role of an issuer's endorsement key: a programme signs its schools' with its issuing key."""
    return Role.ISSUE if issuer.kind == IssuerKind.PROGRAMME.value else Role.ENDORSE


def begun_with(session: Session, keys: KeyRing, kid: str) -> Signer:
    """Return the key that a task was begun with, to finish it. Raises IssuingClosed unless it is active."""
    state = db.programmes.issuers.states(session, {kid}).get(kid)
    if state != KeyState.ACTIVE:
        raise IssuingClosed(f"the key {kid} is {state}")
    return signer(keys, kid)


def signer(keys: KeyRing, kid: str) -> Signer:
    """Return a signer from the key ring. Raises IssuingClosed when it cannot be used."""
    try:
        return keys.signer(kid)
    except KeyProblem as error:
        raise IssuingClosed(_problem(keys, kid) or str(error)) from error


def _problem(keys: KeyRing, kid: str) -> str:
    """Return what the ring found wrong with a key's file; empty where it reported nothing."""
    return next((line for line in keys.problems if f"-{kid}.pem" in line), "")


def require_signers(session: Session, keys: KeyRing, programme: Programme, endorser: Issuer) -> None:
    """Raise IssuingClosed unless everything that an entry needs can be signed; hold the keys lock (shared).

    Raises Refused(RECOVERY_OPEN) while a recovery is open.

    The lock is held until the transaction ends and is its first lock, so no other transaction can close the
    programme, or end an employer's part in it, during an endorsement.
    """
    db.programmes.programme.lock_keys_shared(session)
    recovery.refuse_while_open(session)
    method(session, keys, programme.issuer, Role.ISSUE)
    method(session, keys, programme.issuer, Role.STATUS)
    endorsing(session, keys, endorser)


def problems(session: Session, keys: KeyRing) -> list[str]:
    """Return what keeps the service from signing, one line each for the operator."""
    missing = [
        f"The key {key.role}-{key.kid} cannot be used or is missing: issuing is closed"
        for key in db.programmes.issuers.all_keys(session)
        if key.state == KeyState.ACTIVE and key.role != Role.ROOT and key.kid not in keys
    ]
    return [*keys.problems, *missing]


def root_keys(session: Session) -> frozenset[bytes]:
    """Return the public root keys that a registry must be signed with."""
    return frozenset(
        key.public_key for key in db.programmes.issuers.all_keys(session) if key.role == Role.ROOT
    )


def root_signer(session: Session, keys: KeyRing) -> Signer:
    """Return the root key, which signs the registry. Raises IssuingClosed where it is not in the ring."""
    root = db.programmes.issuers.active_key(session, None, Role.ROOT.value)
    if root is None or root.kid not in keys:
        why = _problem(keys, root.kid) if root else ""
        raise IssuingClosed(f"The root key, which signs the registry, is not here. {why}".strip())
    return signer(keys, root.kid)


def is_behind(session: Session) -> bool:
    """Return whether the newest signed registry is missing or differs from the rows."""
    newest = db.programmes.issuers.newest_registry(session)
    if newest is None:
        return True
    told = unverified_payload(newest.signed)
    now = replace(registry_document.from_bytes(told), issuers=_all_issuers(session), keys=_all_keys(session))
    return registry_document.to_bytes(now) != told


def sign_registry(
    session: Session, keys: KeyRing, public_url: str, demo: bool, at: datetime
) -> SignedRegistry:
    """Sign the next version of the registry from the rows. Needs the root key in the ring.

    Once every programme has closed, it is the last one and never expires. Raises IssuingClosed without the
    root key, and while a recovery is open, because a later version may be published already.
    """
    recovery.require_closed(session)
    root = root_signer(session, keys)
    newest = db.programmes.issuers.newest_registry(session)
    registry = Registry(
        version=newest.version + 1 if newest else 1,
        expires=at + REGISTRY_LIFE if db.programmes.issuers.open_programmes(session) else None,
        demo=demo,
        origins=(public_url,),
        issuers=_all_issuers(session),
        keys=_all_keys(session),
        root_keys=(root.public_key,),
        threshold=1,
    )
    signed = SignedRegistry(
        version=registry.version,
        signed=sign_json(registry_document.to_bytes(registry), [root]),
        signed_at=at,
    )
    session.add(signed)
    session.flush()
    return signed


def _all_issuers(session: Session) -> tuple[RegisteredIssuer, ...]:
    return tuple(_registered_issuer(issuer) for issuer in db.programmes.issuers.all_issuers(session))


def _all_keys(session: Session) -> tuple[RegisteredKey, ...]:
    return tuple(
        _registered_key(key, key.issuer) for key in db.programmes.issuers.all_keys(session) if key.issuer
    )


def _registered_issuer(issuer: Issuer) -> RegisteredIssuer:
    return RegisteredIssuer(
        did=issuer.did,
        name=issuer.name,
        kind=IssuerKind(issuer.kind),
        programme=issuer.programme,
        from_=issuer.since,
        until=issuer.until,
        time_zone=TIME_ZONE if issuer.kind == IssuerKind.PROGRAMME else None,
    )


def _registered_key(key: Key, issuer: Issuer) -> RegisteredKey:
    return RegisteredKey(
        kid=key.kid,
        role=Role(key.role),
        public_key=key.public_key,
        issuer=issuer.did,
        state=KeyState(key.state),
        from_=key.since,
        until=key.until,
        cut=None,
    )
