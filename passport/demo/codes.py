"""The ten demo codes: changes to an entry that make its check give the verdict in the table."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.checking.demo_codes import DemoCode
from passport.db.credentials.records import Credential
from passport.db.people.accounts import Account
from passport.db.sharing.shares import CompactState, SharedCredential
from passport.demo.story import StoryEntries, Teller
from passport.openbadges import claims, endorsement, share_code
from passport.openbadges import credential as credential_document
from passport.openbadges.credential import Endorser, Issuer, StatusReference
from passport.openbadges.terms import Document
from passport.proofs import jose
from passport.proofs.data_integrity import add_proof, proof_options
from passport.proofs.keys import Role, to_multibase
from passport.proofs.signing import Signer, generate
from passport.services.core import audit
from passport.services.credentials import corrections, holds, issuing, lifecycle, replacement
from passport.services.sharing import shares

UNKNOWN = ("Made in Faketown", "Faketown Novelties Ltd")
SOMEWHERE = "https://faketown.example.test/status/1/revocation"


@dataclass(frozen=True)
class Neighbours:
    """The entries of the two neighbouring programmes, each with its teller."""

    pilot: tuple[Credential, Teller]
    hollowmere: tuple[Credential, Teller]


def make(teller: Teller, told: StoryEntries, beside: Neighbours, now: datetime) -> list[DemoCode]:
    """Return one code for each verdict, each made by an action that a person could take."""
    session, people = teller.session, teller.people
    genuine = _shared(teller, "amara", told.measured, "University of Northlark", now)
    gone = _shared(teller, "amara", told.wasted, "University of Northlark", now)
    lifecycle.withdraw(session, people["amara"], told.wasted.reference, now)
    doubted = _shared(teller, "priya", told.handed, "Halfmoon Hospitals Trust", now)
    _hold(session, people["morgan"], told.handed, now)
    older = _shared(teller, "amara", told.measured_early, "Brindlemoor College", now)
    replacement.replace(session, people["amara"], told.measured_early.reference, now)
    past = _shared(beside.pilot[1], "student", beside.pilot[0], "University of Northlark", now)
    unknown = _shared(teller, "jordan", told.novelty, "Brindlemoor College", now)
    forge(told.novelty)
    _record(session, told.novelty, now)
    _have_no_codes(session, unknown)
    spoiled = _shared(teller, "alex", told.safe, "Brindlemoor College", now)
    spoil(told.safe)
    _record(session, told.safe, now)
    _spoil_codes(session, spoiled)
    silent = _shared(beside.hollowmere[1], "student", beside.hollowmere[0], "University of Northlark", now)
    stopped = teller.shares("priya", told.first, "Halfmoon Hospitals Trust", now)
    shares.stop(session, people["priya"], stopped.reference, now)
    table = {
        "V1": (genuine, "An entry as it was issued"),
        "V2": (gone, "The holder withdrew the entry for good"),
        "V3": (doubted, "The programme put the entry on hold"),
        "V4": (older, "A higher level took the place of the entry"),
        "V5": (past, "It was issued in 2022, by a programme that has closed since"),
        "V6": (unknown, "Made in Faketown issued it, which is not on our list"),
        "V7": (spoiled, "Somebody changed the level after signing"),
        "V8": (silent, "Made in Hollowmere does not publish its list of withdrawn entries"),
        "V9": (share_code.new(), "Nobody was ever given this code"),
        "V10": (stopped.code or "", "The holder stopped the share"),
    }
    return [DemoCode(verdict=verdict, code=code, why=why) for verdict, (code, why) in table.items()]


def _shared(teller: Teller, who: str, entry: Credential, audience: str, now: datetime) -> str:
    return teller.shares(who, entry, audience, now).code or ""


def _hold(session: Session, manager: Account, entry: Credential, now: datetime) -> None:
    why = "The ward has asked us to look again at who was there that day."
    holds.hold(session, manager, entry.reference, "endorsement", why, now)


def _record(session: Session, entry: Credential, now: datetime) -> None:
    """Write down that the demo itself changed an entry: `audit` names what another person changed."""
    session.flush()
    audit.record(session, now, audit.OPERATOR, "demo.entry-changed", entry.reference, [entry])


def spoil(entry: Credential) -> None:
    """Change the level in an entry's signed bytes, as a forger would. Only the demo does this."""
    document = entry.document or b""
    entry.document = document.replace(b"With support", b"Guiding others")


def _spoil_codes(session: Session, code: str) -> None:
    """Change the level in a share's compact entries too: the fifth value of the map follows its key."""
    for shared in _entries(session, code):
        shared.compact = (shared.compact or b"").replace(b"\x05\x02\x06", b"\x05\x04\x06")


def _have_no_codes(session: Session, code: str) -> None:
    """Remove the compact forms of a share's entries, which hold the previous contents."""
    for shared in _entries(session, code):
        shared.state, shared.compact = CompactState.NONE, None


def _entries(session: Session, code: str) -> list[SharedCredential]:
    share = db.sharing.shares.by_code(session, code)
    return share.entries if share else []


def forge(entry: Credential) -> None:
    """Replace an entry's signed contents with a well-formed entry signed by unknown keys."""
    own, theirs = _Unknown(UNKNOWN[0], Role.ISSUE), _Unknown(UNKNOWN[1], Role.ENDORSE)
    said = corrections.said(entry)
    champion = Endorser("Sam Nobodyson", "Chief of Novelties", theirs.issuer)
    status = StatusReference(SOMEWHERE, said.status.index)
    claimed = replace(
        said,
        id=issuing.new_urn(),
        subject_id=issuing.new_urn(),
        issuer=own.issuer,
        champion=champion,
        evidence=replace(said.evidence, id=issuing.new_urn()),
        status=status,
    )
    signed = theirs.sign(
        endorsement.build(credential_document.endorsement_of(claimed, issuing.new_urn())), claimed.issued_at
    )
    document = credential_document.build(claimed, signed)
    entry.document = json.dumps(own.sign(document, claimed.issued_at), ensure_ascii=False, indent=2).encode()
    entry.token = jose.sign(claims.write(document), own.method, own.signer)


class _Unknown:
    """An issuer whose key is in no registry."""

    def __init__(self, name: str, role: Role) -> None:
        self.signer: Signer = generate(role)
        value = to_multibase(self.signer.public_key)
        self.issuer = Issuer(f"did:key:{value}", name)
        self.method = f"{self.issuer.did}#{value}"

    def sign(self, document: Document, at: datetime) -> Document:
        return add_proof(document, proof_options(self.method, at), self.signer)
