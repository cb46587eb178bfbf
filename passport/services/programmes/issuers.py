"""Issuers, their keys, and the registry that says whose signatures we vouch for."""

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
from passport.services.core.errors import IssuingClosed
from passport.services.core.texts import usable

REGISTRY_LIFE = timedelta(days=396)
ROLES = {IssuerKind.PROGRAMME: (Role.ISSUE, Role.STATUS), IssuerKind.EMPLOYER: (Role.ENDORSE,)}
FOLDERS = {IssuerKind.PROGRAMME: "programmes", IssuerKind.EMPLOYER: "employers"}


@dataclass(frozen=True)
class Method:
    """A signer and the verification method that others find its key under."""

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
    """Make an issuer; its `did:web` follows from the public address and its slug.

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
    """Make a key; an issuer's first one is active at once. The private half goes to its file alone."""
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
    """Make each first key that the service lacks: the root's, and every issuer's for its roles.

    Whoever had a key already, suspended, given up or retired since, gets the next by `keys propose`: that is
    somebody's decision.
    """
    db.programmes.programme.lock_keys(session)
    wanted: list[tuple[Issuer | None, Role]] = [(None, Role.ROOT)]
    for issuer in db.programmes.issuers.all_issuers(session):
        if issuer.until is not None:
            continue  # it has closed, and lacks nothing
        wanted += [(issuer, role) for role in ROLES[IssuerKind(issuer.kind)]]
    return [
        make_key(session, directory, passphrase, issuer, role, at)
        for issuer, role in wanted
        if not db.programmes.issuers.had_key(session, issuer, role.value)
    ]


def method(session: Session, keys: KeyRing, issuer: Issuer, role: Role) -> Method:
    """The key that signs for an issuer now. Raises IssuingClosed when it cannot be used."""
    kid = db.programmes.issuers.active_kid(session, issuer, role.value)
    if kid is None:
        raise IssuingClosed(f"{issuer.did} has no active key to {role.value}")
    return Method(method_id(issuer.did, role, kid), signer(keys, kid))


def endorsing(session: Session, keys: KeyRing, issuer: Issuer) -> Method:
    """The key that signs an endorsement now. Raises IssuingClosed when it cannot be used."""
    return method(session, keys, issuer, endorsing_role(issuer))


def endorsing_role(issuer: Issuer) -> Role:
    """An employer has a key to endorse with; a programme signs what its schools confirm with its own."""
    return Role.ISSUE if issuer.kind == IssuerKind.PROGRAMME.value else Role.ENDORSE


def begun_with(session: Session, keys: KeyRing, kid: str) -> Signer:
    """The key that something was begun with, to finish it. Raises IssuingClosed unless it still signs."""
    state = db.programmes.issuers.states(session, {kid}).get(kid)
    if state != KeyState.ACTIVE:
        raise IssuingClosed(f"the key {kid} is {state}")
    return signer(keys, kid)


def signer(keys: KeyRing, kid: str) -> Signer:
    """A key of the ring. Raises IssuingClosed when it cannot be used."""
    try:
        return keys.signer(kid)
    except KeyProblem as error:
        raise IssuingClosed(_problem(keys, kid) or str(error)) from error


def _problem(keys: KeyRing, kid: str) -> str:
    """What the ring found wrong with the file of a key, or nothing where there is no such file."""
    return next((line for line in keys.problems if f"-{kid}.pem" in line), "")


def require_signers(session: Session, keys: KeyRing, programme: Programme, endorser: Issuer) -> None:
    """Raise IssuingClosed unless all that an entry needs can be signed, and until the transaction ends.

    Raises Refused(RECOVERY_OPEN) while a recovery is open.

    So nobody closes a programme, or ends an employer's part in it, while somebody endorses.
    """
    db.programmes.programme.hold_keys(session)
    recovery.refuse_while_open(session)
    method(session, keys, programme.issuer, Role.ISSUE)
    method(session, keys, programme.issuer, Role.STATUS)
    endorsing(session, keys, endorser)


def problems(session: Session, keys: KeyRing) -> list[str]:
    """What keeps the service from signing, one line each for the operator."""
    missing = [
        f"The key {key.role}-{key.kid} cannot be used or is missing: issuing is closed"
        for key in db.programmes.issuers.all_keys(session)
        if key.state == KeyState.ACTIVE and key.role != Role.ROOT and key.kid not in keys
    ]
    return [*keys.problems, *missing]


def root_keys(session: Session) -> frozenset[bytes]:
    """The public root keys that a registry must be signed with."""
    return frozenset(
        key.public_key for key in db.programmes.issuers.all_keys(session) if key.role == Role.ROOT
    )


def root_signer(session: Session, keys: KeyRing) -> Signer:
    """The key that signs the registry. Raises IssuingClosed where it is not at hand."""
    root = db.programmes.issuers.active_key(session, None, Role.ROOT.value)
    if root is None or root.kid not in keys:
        why = _problem(keys, root.kid) if root else ""
        raise IssuingClosed(f"The root key, which signs the registry, is not here. {why}".strip())
    return signer(keys, root.kid)


def is_behind(session: Session) -> bool:
    """Whether the newest registry says anything else than the rows do."""
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

    When every programme has closed it is the last one, and has no end. Raises IssuingClosed while a recovery
    is open: a later version may be published already.
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
