"""The registry: the recognised issuers, their keys, and the state of each key.

It is a plain JSON document, signed over its exact bytes (proofs.jws). There is one root key and a threshold
of one for now; the fields for more exist already.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from passport.proofs import json_text, keys
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role

from .errors import MalformedCredential, MalformedRegistry
from .terms import read_timestamp, reading, text, timestamp

# The characters of names in the IANA time zone database
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")


class KeyState(StrEnum):
    """State of a key."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    RETIRED = "retired"
    COMPROMISED = "compromised"


class IssuerKind(StrEnum):
    """The kind of an issuer."""

    PROGRAMME = "programme"
    EMPLOYER = "employer"


@dataclass(frozen=True)
class RegisteredIssuer:
    """A programme, or an employer of one (`programme` is then the programme's DID).

    `time_zone` is the IANA name of the zone in which a programme counts its days; registries made before
    they had it, and employers, have None.
    """

    did: str
    name: str
    kind: IssuerKind
    programme: str | None
    from_: datetime
    until: datetime | None = None
    time_zone: str | None = None


@dataclass(frozen=True)
class RegisteredKey:
    """A public key: its owner, its role, and its period of use. `cut` stays empty for now."""

    kid: str
    role: Role
    public_key: bytes
    issuer: str
    state: KeyState
    from_: datetime
    until: datetime | None = None
    cut: int | None = None


@dataclass(frozen=True)
class Registry:
    """One version of the registry. `root_keys` are raw public keys.

    It expires, so that the state of a key cannot be withheld; only the last one, signed when every programme
    in it has closed, has no end.
    """

    version: int
    expires: datetime | None
    demo: bool
    origins: tuple[str, ...]
    issuers: tuple[RegisteredIssuer, ...]
    keys: tuple[RegisteredKey, ...]
    root_keys: tuple[bytes, ...]
    threshold: int = 1

    def issuer(self, did: str) -> RegisteredIssuer | None:
        """Return the issuer with this DID, or None."""
        return next((issuer for issuer in self.issuers if issuer.did == did), None)

    def key(self, issuer: str, role: Role, kid: str) -> RegisteredKey | None:
        """Return the key of this issuer and this role; a key of another issuer or role is not found."""
        wanted = (issuer, role, kid)
        return next((key for key in self.keys if (key.issuer, key.role, key.kid) == wanted), None)


def to_bytes(registry: Registry) -> bytes:
    """Write the document that the root keys sign. Raises MalformedRegistry if it could not be read back."""
    written = json_text.write(
        {
            "version": registry.version,
            "expires": _write_time(registry.expires),
            "demo": registry.demo,
            "origins": list(registry.origins),
            "issuers": [_write_issuer(issuer) for issuer in registry.issuers],
            "keys": [_write_key(key) for key in registry.keys],
            "rootKeys": [keys.to_multibase(key) for key in registry.root_keys],
            "threshold": registry.threshold,
        }
    )
    from_bytes(written)
    return written


def from_bytes(data: bytes) -> Registry:
    """Read the document; its signature is not checked here. Raises MalformedRegistry for another shape."""
    try:
        with reading("a registry"):
            registry = _read(json_text.read_object(data))
    except (MalformedCredential, ProofError) as error:
        raise MalformedRegistry(str(error)) from error
    _check(registry)
    return registry


def _check(registry: Registry) -> None:
    """Refuse a registry in which one name could mean two things."""
    dids = [issuer.did for issuer in registry.issuers]
    kids = [key.kid for key in registry.keys] + [keys.kid(key) for key in registry.root_keys]
    if len(set(dids)) != len(dids) or len(set(kids)) != len(kids):
        raise MalformedRegistry("an issuer or a key stands in the registry twice")
    if any(key.kid != keys.kid(key.public_key) for key in registry.keys):
        raise MalformedRegistry("a key does not have the name that follows from it")
    if not 1 <= registry.threshold <= len(registry.root_keys):
        raise MalformedRegistry("the threshold does not fit the number of root keys")
    if registry.version < 1:
        raise MalformedRegistry("versions count from 1")
    open_ = [who.name for who in registry.issuers if who.kind is IssuerKind.PROGRAMME and who.until is None]
    if registry.expires is None and open_:
        raise MalformedRegistry(f"a registry without end, although {open_[0]} goes on")


def _write_issuer(issuer: RegisteredIssuer) -> dict[str, Any]:
    return {
        "did": issuer.did,
        "name": issuer.name,
        "kind": issuer.kind,
        "programme": issuer.programme,
        "from": timestamp(issuer.from_),
        "until": _write_time(issuer.until),
        **({} if issuer.time_zone is None else {"timeZone": issuer.time_zone}),
    }


def _write_key(key: RegisteredKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "role": key.role,
        "publicKey": keys.to_multibase(key.public_key),
        "issuer": key.issuer,
        "state": key.state,
        "from": timestamp(key.from_),
        "until": _write_time(key.until),
        "cut": key.cut,
    }


def _read(document: Mapping[str, Any]) -> Registry:
    _exactly(document, "version", "expires", "demo", "origins", "issuers", "keys", "rootKeys", "threshold")
    if type(document["demo"]) is not bool:
        raise TypeError("demo is true or false")
    return Registry(
        version=_whole(document["version"]),
        expires=_read_time(document["expires"]),
        demo=document["demo"],
        origins=tuple(text(origin) for origin in _list(document["origins"])),
        issuers=tuple(_read_issuer(issuer) for issuer in _list(document["issuers"])),
        keys=tuple(_read_key(key) for key in _list(document["keys"])),
        root_keys=tuple(keys.from_multibase(text(key)) for key in _list(document["rootKeys"])),
        threshold=_whole(document["threshold"]),
    )


def _read_issuer(document: Mapping[str, Any]) -> RegisteredIssuer:
    named = ["timeZone"] if "timeZone" in document else []
    _exactly(document, "did", "name", "kind", "programme", "from", "until", *named)
    return RegisteredIssuer(
        did=text(document["did"]),
        name=text(document["name"]),
        kind=IssuerKind(document["kind"]),
        programme=None if document["programme"] is None else text(document["programme"]),
        from_=read_timestamp(document["from"]),
        until=_read_time(document["until"]),
        time_zone=_read_zone(document["timeZone"]) if named else None,
    )


def _read_key(document: Mapping[str, Any]) -> RegisteredKey:
    _exactly(document, "kid", "role", "publicKey", "issuer", "state", "from", "until", "cut")
    return RegisteredKey(
        kid=text(document["kid"]),
        role=Role(document["role"]),
        public_key=keys.from_multibase(text(document["publicKey"])),
        issuer=text(document["issuer"]),
        state=KeyState(document["state"]),
        from_=read_timestamp(document["from"]),
        until=_read_time(document["until"]),
        cut=None if document["cut"] is None else _whole(document["cut"]),
    )


def _read_zone(name: Any) -> str:
    """Return the name of a time zone, which need not be one that is known here."""
    if _ZONE.fullmatch(text(name)) is None:
        raise ValueError("not the name of a time zone")
    return text(name)


def _exactly(document: Mapping[str, Any], *names: str) -> None:
    if set(document) != set(names):
        raise ValueError(f"must have exactly {', '.join(names)}")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value


def _write_time(at: datetime | None) -> str | None:
    return None if at is None else timestamp(at)


def _read_time(value: str | None) -> datetime | None:
    return None if value is None else read_timestamp(value)
