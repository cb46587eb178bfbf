"""Restore an entry that was issued after the backup, from the file that its holder presents.

The file is checked with our own keys. What is kept is signed again, in our own form, also where other
software wrote the file again. Its endorsement must be in the rows: an undo time of a day and a nightly backup
ensure that. An entry that was endorsed after the backup is endorsed again instead.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.endorsements.decisions import Decision, DecisionState
from passport.db.people.accounts import Account
from passport.openbadges import equal_forms
from passport.openbadges.credential import Entry
from passport.openbadges.terms import Document
from passport.proofs.keys import digest_multibase
from passport.proofs.signing import KeyRing
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.recovery import ACTOR
from passport.services.credentials import lifecycle, signing
from passport.services.evidence import drafting
from passport.verifier import Check, NotACredential, Outcome, Trust, Verdict, Verification, verify

STATES = {
    Verdict.CURRENT: CredentialState.ISSUED,
    Verdict.WITHDRAWN: CredentialState.WITHDRAWN,
    Verdict.ON_HOLD: CredentialState.ON_HOLD,
    Verdict.REPLACED: CredentialState.REPLACED,
    Verdict.PAST_REVIEW: CredentialState.ISSUED,
}


def take_back(
    session: Session,
    keys: KeyRing,
    trust: Trust,
    data: bytes,
    holder: str,
    erased: Collection[tuple[int, int]],
    at: datetime,
) -> Credential:
    """Store a signed entry that is missing from the rows; return its row.

    ``trust`` is what is published; ``holder`` is the address of the account whose entry it is, or empty where
    its name and school say that; ``erased`` are list and position of each erased entry. Raises Refused for
    what our keys did not sign, for an entry that was erased or that the rows know, and where account,
    endorsement or list are not in the rows.
    """
    db.programmes.programme.lock_keys_shared(session)
    found = _checked(data, trust, at)
    entry, state = found.credential, STATES.get(found.verdict)
    if entry is None or state is None:
        raise Refused(Reason.ENTRY_NOT_OURS)
    if _place(entry) in erased:
        raise Refused(Reason.ENTRY_ERASED)
    if db.core.recoveries.knows(session, entry.id):
        raise Refused(Reason.ENTRY_KNOWN)
    account = _holder(session, entry, holder)
    endorsement = _endorsement(session, entry, account)
    position = _position(session, entry)
    shown = equal_forms.restored(json.loads(data))
    intent = _intent(shown)
    document, token = signing.signed(keys, intent)
    if json.loads(document) != shown:
        raise Refused(Reason.ENTRY_NOT_OURS)
    taken = Credential(
        urn=entry.id,
        evidence_urn=entry.evidence.id or None,
        endorsement=endorsement,
        edition=_edition(session, endorsement),
        student_id=account.id,
        skill=endorsement.version.skill,
        position=position,
        state=state,
        level=entry.level,
        holder_name=entry.holder_name,
        issued_at=entry.issued_at,
        review_at=entry.review_at,
        kid=_kid(shown["proof"]),
        endorsing_kid=_kid(shown["endorsement"][0]["proof"]),
        intent=intent,
        document=document,
        token=token,
    )
    session.add(taken)
    if endorsement.state is DecisionState.PENDING:
        db.endorsements.decisions.move(session, endorsement, DecisionState.PENDING, DecisionState.SIGNED)
    session.flush()
    lifecycle.mark_changed(session, position.list_number, at)
    lifecycle.note(session, taken, ACTOR, "taken back from the file that its holder showed", at)
    return taken


def _checked(data: bytes, trust: Trust, at: datetime) -> Verification:
    """Verify the file. The lists were read back a moment ago, so their age does not matter.

    Raises Refused for a file that is not signed JSON or not genuine, and while its key is suspended.
    """
    try:
        if "proof" not in json.loads(data):
            raise Refused(Reason.ENTRY_NEEDS_JSON)
        found = verify(data, trust, at, own_record=True)
    except (ValueError, TypeError) as error:
        raise Refused(Reason.ENTRY_NEEDS_JSON) from error
    except NotACredential as error:
        raise Refused(Reason.ENTRY_NOT_OURS) from error
    if found.verdict is Verdict.ON_HOLD and Check("key", Outcome.PASSED) not in found.checks:
        raise Refused(Reason.KEY_SUSPENDED)
    return found


def _holder(session: Session, entry: Entry, email: str) -> Account:
    """Return the one student with the signed name and school; else raise Refused(ENTRY_WHOSE)."""
    students = db.core.recoveries.students_named(session, entry.issuer.did, entry.holder_name, entry.school)
    if email:
        students = [one for one in students if one.email == db.people.accounts.kept_email(email)]
    if len(students) != 1:
        raise Refused(Reason.ENTRY_WHOSE)
    return students[0]


def _endorsement(session: Session, entry: Entry, account: Account) -> Decision:
    """Return the endorsement that the entry was made from. Raises Refused(ENTRY_ENDORSEMENT_LOST)."""
    for one in db.core.recoveries.endorsements_of(session, account.id, entry.endorsed_at, entry.level):
        # the digest covers random bytes and the evidence as sent, so it identifies this version alone
        if digest_multibase(one.version.salt + drafting.artefact(one.version)) == entry.evidence.digest:
            return one
    raise Refused(Reason.ENTRY_ENDORSEMENT_LOST)


def _place(entry: Entry) -> tuple[int, int]:
    return int(entry.status.list_url.split("/")[-2]), entry.status.index


def _position(session: Session, entry: Entry) -> db.credentials.records.StatusPosition:
    number, index = _place(entry)
    if db.core.recoveries.find_list(session, number) is None:
        raise Refused(Reason.ENTRY_LIST_UNKNOWN)
    if db.core.recoveries.entry_at(session, number, index) is not None:
        raise Refused(Reason.ENTRY_KNOWN)
    return db.core.recoveries.take_position(session, number, index)


def _edition(session: Session, endorsement: Decision) -> int:
    """Return 0 for the only entry of an endorsement, else a number before that of any other edition."""
    lowest = db.core.recoveries.lowest_edition(session, endorsement.id)
    return 0 if lowest is None else min(lowest, 0) - 1


def _intent(document: Document) -> bytes:
    """Return what was signed as `credentials.issuing` keeps it: two documents, the options of two proofs."""
    embedded = document["endorsement"][0]
    return signing.to_bytes(
        {
            "endorsement": _without(embedded, "proof"),
            "endorsementProof": _without(embedded["proof"], "proofValue"),
            "entry": _without(document, "proof"),
            "entryProof": _without(document["proof"], "proofValue"),
        }
    )


def _without(document: Document, *names: str) -> Document:
    return {name: member for name, member in document.items() if name not in names}


def _kid(proof: Document) -> str:
    return str(proof["verificationMethod"]).rpartition("-")[2]
