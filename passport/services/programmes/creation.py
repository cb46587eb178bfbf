"""Creation of a service and its programmes, with their issuers and keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.core.audit import AuditHead
from passport.db.programmes.programme import Employer, Programme, School, Sector, Service
from passport.openbadges.registry import IssuerKind
from passport.proofs.keys import Role
from passport.proofs.signing import KeyPlace
from passport.services.core import audit
from passport.services.core.text_rules import usable
from passport.services.programmes import issuers


@dataclass(frozen=True)
class Contact:
    """A programme's name and contact; ``contact`` is empty where it gives none."""

    name: str
    contact: str


def make_service(session: Session, public_url: str, demo: bool, place: KeyPlace, at: datetime) -> Service:
    """Create the service's own rows and its root key."""
    service = Service(public_url=public_url, demo=demo, made_at=at)
    session.add_all([service, AuditHead()])
    session.flush()
    issuers.make_key(session, place.directory, place.passphrase, None, Role.ROOT, at)
    audit.record(session, at, audit.OPERATOR, "service.made", "service", complete=True, rows={})
    return service


def make_programme(
    session: Session,
    service: Service,
    slug: str,
    name: str,
    place: KeyPlace,
    at: datetime,
    **settings: object,
) -> Programme:
    """Create a programme with its issuer and its keys for issuing and for status lists."""
    issuer = issuers.make_issuer(session, service.public_url, IssuerKind.PROGRAMME, slug, name, None, at)
    for role in issuers.ROLES[IssuerKind.PROGRAMME]:
        issuers.make_key(session, place.directory, place.passphrase, issuer, role, at)
    programme = Programme(slug=slug, name=name, issuer=issuer, **settings)
    session.add(programme)
    session.flush()
    audit.record(session, at, audit.OPERATOR, "programme.made", slug)
    return programme


def make_employer(
    session: Session,
    service: Service,
    programme: Programme,
    sector: Sector,
    slug: str,
    name: str,
    place: KeyPlace,
    at: datetime,
    by: list[str] | None = None,
) -> Employer:
    """Create an employer with its issuer and endorsement key. ``by``: names for the audit record."""
    issuer = issuers.make_issuer(
        session, service.public_url, IssuerKind.EMPLOYER, slug, name, programme.issuer, at
    )
    issuers.make_key(session, place.directory, place.passphrase, issuer, Role.ENDORSE, at)
    employer = Employer(programme_id=programme.id, sector=sector, sector_id=sector.id, issuer=issuer)
    session.add(employer)
    session.flush()
    named = {"by": by} if by else {}
    audit.record(session, at, audit.OPERATOR, "employer.made", slug, **named)
    return employer


def make_sector(session: Session, programme: Programme, name: str) -> Sector:
    """Add a sector to a programme."""
    sector = Sector(programme_id=programme.id, name=name)
    session.add(sector)
    session.flush()
    return sector


def make_school(session: Session, programme: Programme, name: str, kind: str = "school") -> School:
    """Add a school or college to a programme. Raises UnusableText for a name that cannot be signed."""
    usable("school", name)
    school = School(programme_id=programme.id, name=name, kind=kind)
    session.add(school)
    session.flush()
    return school


def is_made(session: Session) -> bool:
    """Return whether there is a service in this database."""
    return db.programmes.programme.service(session) is not None


def is_demo(session: Session) -> bool:
    """Return whether this is a demo, where all data are invented."""
    service = db.programmes.programme.service(session)
    return service is not None and service.demo


def only_programme(session: Session, slug: str | None) -> Programme | None:
    """Return the programme with that slug; without a slug, the only one; None where there is none.

    In a demo, without a slug, return its first open programme: the others only serve codes.
    """
    if slug:
        return db.programmes.programme.by_slug(session, slug)
    return (
        next(iter(db.programmes.programme.going_on(session, 1)), None)
        if is_demo(session)
        else db.programmes.programme.only(session)
    )


def to_ask(session: Session, did: str | None) -> Contact | None:
    """Return the contact for an entry: the programme with this DID; without one, the only programme."""
    if did is not None:
        found = db.checking.lookups.contact(session, did)
        return Contact(*found) if found else None
    only = only_programme(session, None)
    return Contact(only.name, only.contact) if only else None
