"""Issue several due entries at once: the two transactions of `issuing`, each for many entries.

All row locks come first, the audit trail's last, to avoid a deadlock. A failure of one entry rolls the
transaction back; the caller then issues each entry separately.
"""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.endorsements.decisions import Endorsement
from passport.db.programmes.issuers import Issuer
from passport.db.programmes.programme import Programme
from passport.proofs.keys import Role
from passport.proofs.signing import KeyRing
from passport.services.core import audit, recovery
from passport.services.core.errors import IssuingClosed
from passport.services.credentials import issuing, lifecycle, signing, status_positions
from passport.services.programmes import issuers
from passport.services.programmes.issuers import Method


def intend(
    session: Session, keys: KeyRing, public_url: str, endorsement_ids: list[int], at: datetime
) -> None:
    """T1: fix what will be signed, and the positions. Endorsements whose entry was begun are skipped.

    Raises IssuingClosed when a key cannot be used, when an entry cannot be written, when the clock went back,
    and while a recovery is open.
    """
    db.programmes.programme.hold_keys(session)
    recovery.require_closed(session)
    issuing.clock_goes_on(session, at)
    methods = _Methods(session, keys)
    begun: list[Credential] = []
    db.credentials.issuing.hold_names(session, endorsement_ids)
    due = db.credentials.issuing.take_due(session, endorsement_ids, at)
    for _, its in groupby(sorted(due, key=_programme_id), key=_programme_id):
        endorsements = list(its)
        programme = _programme(endorsements[0])
        taken = status_positions.for_entries(session, programme, len(endorsements), at)
        for endorsement, place in zip(endorsements, taken, strict=True):
            entry = issuing.entry_of(endorsement, programme, place, public_url, at)
            first = methods.get(programme.issuer, Role.ISSUE)
            second = methods.get(endorsement.signs, issuers.endorsing_role(endorsement.signs))
            begun.append(issuing.keep(session, endorsement, entry, place, 0, first, second))
    session.flush()
    references, about = [entry.reference for entry in begun], [[entry] for entry in begun]
    audit.record_each(session, at, "issuer", "credential.intended", references, about)


def finish(session: Session, keys: KeyRing, endorsement_ids: list[int], at: datetime) -> None:
    """T2: sign the intents and store the bytes. Skips endorsements without an intent and signed ones.

    Raises IssuingClosed when a key cannot be used or was stolen, and while a recovery is open.
    """
    db.programmes.programme.hold_keys(session)
    recovery.require_closed(session)
    signed = db.credentials.issuing.begun_first(session, endorsement_ids)
    if not signing.usable(session, signed):
        raise IssuingClosed("a key was given up as stolen: each is signed by itself, with the next")
    if recovery.perhaps_withdrawn(session, endorsement_ids):
        raise IssuingClosed("a restore may have lost a withdrawal: each is issued by itself")
    for credential in signed:
        with signing.signable(f"entry {credential.reference}"):
            credential.document, credential.token = signing.signed(keys, credential.intent)
        credential.state = CredentialState.ISSUED
    db.credentials.issuing.set_signed(session, [credential.endorsement_id for credential in signed])
    lifecycle.note_each(session, signed, "issuer", at)


class _Methods:
    """A cache of the keys that sign now, each looked up once."""

    def __init__(self, session: Session, keys: KeyRing) -> None:
        self._session, self._keys = session, keys
        self._found: dict[tuple[int, Role], Method] = {}

    def get(self, issuer: Issuer, role: Role) -> Method:
        known = (issuer.id, role)
        if known not in self._found:
            self._found[known] = issuers.method(self._session, self._keys, issuer, role)
        return self._found[known]


def _programme(endorsement: Endorsement) -> Programme:
    return endorsement.evidence.student.account.programme


def _programme_id(endorsement: Endorsement) -> int:
    return _programme(endorsement).id
