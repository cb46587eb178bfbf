"""Issuers (the programme, each employer) and the public halves of their keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, lazyload, mapped_column, relationship

from passport.db.base import Base, UtcDateTime


class Issuer(Base):
    """An issuer whose signature the registry vouches for."""

    __tablename__ = "issuers"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    did: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    programme: Mapped[str | None]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Key(Base):
    """The public half of a signing key. A root key has no issuer."""

    __tablename__ = "keys"
    __table_args__ = (
        Index(
            "uq_keys_one_active",
            "issuer_id",
            "role",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    kid: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    public_key: Mapped[bytes]
    state: Mapped[str]
    issuer_id: Mapped[int | None] = mapped_column(ForeignKey("issuers.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issuer: Mapped[Issuer | None] = relationship(lazy="joined")


class SignedRegistry(Base):
    """A version of the registry as it was signed; the root key may have gone offline since."""

    __tablename__ = "registries"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    signed: Mapped[bytes]
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def newest_registry(session: Session) -> SignedRegistry | None:
    """Return the published registry."""
    return session.scalar(select(SignedRegistry).order_by(SignedRegistry.version.desc()).limit(1))


def registry_versions(session: Session) -> list[int]:
    """Return the numbers of every registry that was ever signed, the oldest first."""
    return list(session.scalars(select(SignedRegistry.version).order_by(SignedRegistry.version)))


def registry(session: Session, version: int) -> SignedRegistry:
    """Return one signed version. Raises NoResultFound for an unknown number."""
    return session.get_one(SignedRegistry, version)


def all_issuers(session: Session) -> list[Issuer]:
    """Return every issuer, in the order of their ids."""
    return list(session.scalars(select(Issuer).order_by(Issuer.id)))


def by_slug(session: Session, slug: str) -> Issuer | None:
    """Return the issuer with that slug."""
    return session.scalar(select(Issuer).where(Issuer.slug == slug))


def open_programmes(session: Session) -> list[Issuer]:
    """Return the programmes that have not ended."""
    query = select(Issuer).where(Issuer.kind == "programme", Issuer.until.is_(None))
    return list(session.scalars(query.order_by(Issuer.id)))


def employers_of(session: Session, programme: Issuer) -> list[Issuer]:
    """Return the employers that belong to a programme."""
    return list(session.scalars(select(Issuer).where(Issuer.programme == programme.did).order_by(Issuer.id)))


def all_keys(session: Session) -> list[Key]:
    """Return every key, including root keys, in a fixed order."""
    return list(session.scalars(select(Key).order_by(Key.since, Key.kid)))


def active_key(session: Session, issuer: Issuer | None, role: str) -> Key | None:
    """Return the one key that signs for this issuer in this role now (`issuer` None: a root key)."""
    owner = Key.issuer_id == issuer.id if issuer else Key.issuer_id.is_(None)
    query = select(Key).where(owner, Key.role == role, Key.state == "active")
    return session.scalar(query.options(lazyload(Key.issuer)))


def had_key(session: Session, issuer: Issuer | None, role: str) -> bool:
    """Return whether there ever was a key for this issuer in this role."""
    owner = Key.issuer_id == issuer.id if issuer else Key.issuer_id.is_(None)
    return session.scalar(select(Key.kid).where(owner, Key.role == role).limit(1)) is not None


def last_signing(session: Session, key: Key) -> Key | None:
    """Return the newest other key of this key's issuer and role that was ever in use, in any state."""
    query = select(Key).where(
        Key.issuer_id == key.issuer_id, Key.role == key.role, Key.kid != key.kid, Key.state != "proposed"
    )
    return session.scalar(query.order_by(Key.since.desc(), Key.kid).limit(1))


def states(session: Session, kids: set[str]) -> dict[str, str]:
    """Return the current states of some keys, read from the database and not from the session."""
    found = session.execute(select(Key.kid, Key.state).where(Key.kid.in_(kids)))
    return {key.kid: key.state for key in found}


_SIGNS = select(Key.kid).where(
    Key.issuer_id == bindparam("issuer"), Key.role == bindparam("role"), Key.state == "active"
)


def active_kid(session: Session, issuer: Issuer, role: str) -> str | None:
    """Return the kid of the key that signs for this issuer in this role now."""
    return session.connection().scalar(_SIGNS, {"issuer": issuer.id, "role": role})


def in_state(session: Session, state: str) -> set[str]:
    """Return the kids of the keys in a state."""
    return set(session.scalars(select(Key.kid).where(Key.state == state)))


def by_did(session: Session, did: str) -> Issuer | None:
    """Return the issuer with that identifier."""
    return session.scalar(select(Issuer).where(Issuer.did == did))


def of(session: Session, issuer: Issuer) -> list[Key]:
    """Return an issuer's keys, in a fixed order."""
    return list(session.scalars(select(Key).where(Key.issuer_id == issuer.id).order_by(Key.since, Key.kid)))
