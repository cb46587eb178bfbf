"""Anchors: the head of the audit trail, signed each night and published beside the status lists.

Partners may keep them. A trail that was rewritten with new hashes, cut together with its head, or restored
from an older database does not go on from an anchor that was published before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from passport import db
from passport.adapters.files import PublicFiles
from passport.db import Session
from passport.proofs import jws
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing, Signer
from passport.services.core import audit
from passport.services.core.audit import Head
from passport.services.core.dates import today
from passport.services.core.errors import IssuingClosed
from passport.services.programmes import issuers

FOLDER = "audit"
NEWEST = "audit.json"
LET_GO = "audit.anchors-let-go"


@dataclass(frozen=True)
class Made:
    """A signed anchor of a head, not yet published."""

    head: Head
    signed: bytes


def make(session: Session, keys: KeyRing, at: datetime) -> Made:
    """Sign the head of the trail with the status key of every open programme.

    Raises IssuingClosed where no such key can be used.
    """
    signers: dict[str, Signer] = {}
    for issuer in db.programmes.issuers.open_programmes(session):
        with suppress(IssuingClosed):
            signer = issuers.method(session, keys, issuer, Role.STATUS).signer
            signers[signer.kid] = signer
    if not signers:
        raise IssuingClosed("no status key can be used: the audit trail is not anchored")
    head = audit.head(session)
    payload = {"number": head.number, "digest": head.digest, "at": at.isoformat()}
    signed = jws.sign_json(json.dumps(payload).encode(), list(signers.values()), jws.AUDIT_ANCHOR)
    return Made(head, signed)


def write(public: PublicFiles, made: Made) -> None:
    """Publish an anchor under its number, and as the newest one."""
    public.write(name_of(made.head), made.signed)
    public.write(NEWEST, made.signed)


def note(session: Session, made: Made, at: datetime) -> None:
    """Record that an anchor was published: from then on its absence is reported."""
    number = str(made.head.number)
    audit.record(session, at, audit.OPERATOR, "audit.anchored", number, digest=made.head.digest)


def files(public: PublicFiles) -> dict[str, bytes]:
    """Return the content of every published anchor by its file name."""
    names = [f"{FOLDER}/{name}" for name in public.names(FOLDER)]
    return {name: content for name in names if (content := public.read(name)) is not None}


@dataclass(frozen=True)
class LetGo:
    """Anchors that a recovery let go: of records that the trail lost, and those whose file is missing."""

    heads: list[Head]
    missing: list[str]


def problems(session: Session, found: Mapping[str, bytes], noted: Sequence[str] | None = None) -> list[str]:
    """Say, a line each, where the trail does not go on from the anchors in ``found`` (see `files`).

    ``noted`` are the numbers of those whose file must be there, where they were read before the files: a
    night that passes meanwhile is no fault. What a recovery let go is none either.
    """
    told, now, gone = [], audit.head(session), let_go(session)
    trusted = _trusted(session)
    for name, content in found.items():
        anchored = read(content, trusted)
        if anchored is None:
            told.append(f"{name} is no anchor that a key of ours has signed")
        elif name != name_of(anchored):
            told.append(f"{name} anchors record {anchored.number}, which is another than its name says")
        elif anchored in gone.heads:
            continue
        elif anchored.number > now.number:
            told.append(f"{name} anchors record {anchored.number}, but the trail ends at {now.number}")
        elif audit.differs_from(session, anchored):
            told.append(f"{name} anchors another record {anchored.number} than the trail has")
    return told + [
        f"{FOLDER}/{number}.json, which was published, is missing"
        for number in missing(session, found, noted)
    ]


def missing(session: Session, found: Mapping[str, bytes], noted: Sequence[str] | None = None) -> list[str]:
    """Give the numbers of the anchors that were published, have no file and were not let go."""
    gone = let_go(session).missing
    expected = db.core.audit.anchored(session) if noted is None else noted
    return [one for one in expected if f"{FOLDER}/{one}.json" not in found and one not in gone]


def noted(session: Session) -> list[str]:
    """Give the numbers of the anchors that were published."""
    return db.core.audit.anchored(session)


def lost(session: Session, found: Mapping[str, bytes]) -> list[Head]:
    """Give the published heads that the trail does not have, and that were not let go yet, in order."""
    trusted = _trusted(session)
    heads = {head for content in found.values() if (head := read(content, trusted)) is not None}
    return sorted((one for one in heads if is_lost(session, one)), key=lambda one: (one.number, one.digest))


def is_lost(session: Session, anchored: Head) -> bool:
    """Return whether the trail does not have a published head, and no recovery let it go."""
    return audit.differs_from(session, anchored) and anchored not in let_go(session).heads


def let_go(session: Session) -> LetGo:
    """Give what recoveries let go."""
    details = [json.loads(one.detail) for one in db.core.audit.of_action(session, LET_GO)]
    heads = [one.rpartition(":") for detail in details for one in detail["heads"]]
    return LetGo(
        [Head(int(number), digest) for number, _, digest in heads],
        [number for detail in details for number in detail["missing"]],
    )


def told_of_let_go(session: Session) -> list[str]:
    """Say, a line for each recovery, which anchors do not count any more."""
    lines = []
    for one in db.core.audit.of_action(session, LET_GO):
        detail = json.loads(one.detail)
        gone = ", ".join(detail["heads"] + [f"{number} (no file)" for number in detail["missing"]])
        lines.append(
            f"A restore on {today(one.at)} lost what these anchors are of (record {one.number}): {gone}"
        )
    return lines


def read(content: bytes, trusted: Mapping[str, bytes]) -> Head | None:
    """Give the head that an anchor holds, or None where no key of ours signed it."""
    try:
        payload = json.loads(jws.verify_json(content, trusted, kind=jws.AUDIT_ANCHOR))
        return Head(int(payload["number"]), str(payload["digest"]))
    except (ProofError, ValueError, KeyError, TypeError):
        return None


def name_of(head: Head) -> str:
    """Give the path of an anchor within the published folder."""
    return f"{FOLDER}/{head.number}.json"


def _trusted(session: Session) -> dict[str, bytes]:
    """Give our status keys by kid, whatever became of them."""
    return {
        key.kid: key.public_key
        for key in db.programmes.issuers.all_keys(session)
        if key.role == Role.STATUS.value
    }
