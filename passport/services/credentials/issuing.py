"""Issuing: an endorsement becomes a signed entry, so that a crash loses nothing and issues nothing twice.

There are three transactions (trust, section 7). T0 is the endorsement. When it is due, `intend` fixes every
byte to be signed and allocates a position in a status list (T1); `finish` signs and stores (T2). Signing the
same intent again gives the same bytes, so each step may be killed and run again.

Both take several endorsements, of which one that fails rolls all back: the caller then issues each by itself.
Row locks are taken in one order, the audit trail's last, so that concurrent transactions cannot deadlock.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import groupby

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState, StatusPosition
from passport.db.endorsements.decisions import Decision
from passport.db.programmes.issuers import Issuer as IssuerRow
from passport.db.programmes.programme import Programme
from passport.openbadges import credential as credential_document
from passport.openbadges import days
from passport.openbadges import endorsement as endorsement_document
from passport.openbadges.achievement import Aligned
from passport.openbadges.credential import (
    Achievement,
    Basis,
    Endorser,
    Entry,
    EvidenceStatement,
    Issuer,
)
from passport.proofs.data_integrity import proof_options
from passport.proofs.keys import Role, digest_multibase
from passport.proofs.signing import KeyRing
from passport.services.core import audit, notices, recovery
from passport.services.core.dates import HOME, add_months, today
from passport.services.core.errors import IssuingClosed
from passport.services.credentials import editions, lifecycle, signing, status_positions
from passport.services.evidence import drafting
from passport.services.programmes import issuers
from passport.services.programmes.issuers import Method

CLOCK_SLACK = timedelta(minutes=5)


def due(session: Session, at: datetime) -> list[int]:
    """Return the ids of the endorsements that can no longer be undone and wait for their entry."""
    return db.credentials.issuing.due(session, at)


def unfinished(session: Session, at: datetime) -> list[int]:
    """Return the ids of the endorsements whose intent is not signed yet."""
    return db.credentials.issuing.unfinished(session, at)


def give_up(session: Session, endorsement_id: int, at: datetime) -> None:
    """Notify the student and the programme's managers that an entry cannot be issued.

    The endorsement stays: issuing is retried when the jobs are restarted.
    """
    item = session.get_one(Decision, endorsement_id).evidence
    student = item.student.account
    facts = {"evidence": item.reference, "activity": item.activity.title}
    notices.tell(session, student, "entry-stuck", at, **facts)
    for manager in db.credentials.entry_search.managers(session, student.programme_id):
        notices.tell_account(session, manager, "entry-to-mend", at, stuck=item.reference)
    audit.record(session, at, audit.OPERATOR, "entry.stuck", item.reference)


def intend(
    session: Session, keys: KeyRing, public_url: str, endorsement_ids: Collection[int], at: datetime
) -> None:
    """T1: fix what will be signed, and the positions. Endorsements whose entry was begun are skipped.

    Raises IssuingClosed when a key cannot be used, when an entry cannot be written, when the clock went back,
    and while a recovery is open.
    """
    db.programmes.programme.lock_keys_shared(session)
    recovery.require_closed(session)
    clock_goes_on(session, at)
    methods = _Methods(session, keys)
    begun: list[Credential] = []
    db.credentials.issuing.lock_names_shared(session, endorsement_ids)
    due = db.credentials.issuing.take_due(session, endorsement_ids, at)
    for _, group in groupby(sorted(due, key=_programme_id), key=_programme_id):
        endorsements = list(group)
        programme = _programme(endorsements[0])
        positions = status_positions.for_entries(session, programme, len(endorsements), at)
        for endorsement, position in zip(endorsements, positions, strict=True):
            entry = entry_of(endorsement, programme, position, public_url, at)
            issuing = methods.get(programme.issuer, Role.ISSUE)
            endorsing = methods.get(endorsement.signs, issuers.endorsing_role(endorsement.signs))
            begun.append(_keep(session, endorsement, entry, position, 0, issuing, endorsing))
    session.flush()
    references, about = [entry.reference for entry in begun], [[entry] for entry in begun]
    audit.record_each(session, at, lifecycle.ISSUER, "credential.intended", references, about)


def begin(
    session: Session,
    keys: KeyRing,
    endorsement: Decision,
    entry: Entry,
    position: StatusPosition,
    edition: int,
    at: datetime,
) -> Credential:
    """Store what the corrected edition of an entry will say, for `finish` to sign.

    Raises IssuingClosed when a key cannot be used, or the entry cannot be written.
    """
    programme = endorsement.evidence.student.account.programme
    endorser = db.programmes.issuers.by_did(session, entry.champion.employer.did)
    if endorser is None:
        raise IssuingClosed(f"{entry.champion.employer.did} is not an issuer here")
    issuing = issuers.method(session, keys, programme.issuer, Role.ISSUE)
    endorsing = issuers.endorsing(session, keys, endorser)
    credential = _keep(session, endorsement, entry, position, edition, issuing, endorsing)
    session.flush()
    audit.record(session, at, lifecycle.ISSUER, "credential.intended", credential.reference, [credential])
    return credential


def _keep(
    session: Session,
    endorsement: Decision,
    entry: Entry,
    position: StatusPosition,
    edition: int,
    issuing: Method,
    endorsing: Method,
) -> Credential:
    """Add the row of an intent, without the signatures. Raises IssuingClosed when it cannot be written."""
    with signing.signable(f"the entry of endorsement {endorsement.reference}"):
        intent = _intent(entry, issuing, endorsing)
    credential = Credential(
        urn=entry.id,
        evidence_urn=entry.evidence.id,
        endorsement=endorsement,
        edition=edition,
        student_id=endorsement.evidence.student_id,
        skill=endorsement.version.skill,
        position=position,
        state=CredentialState.INTENDED,
        level=entry.level,
        holder_name=entry.holder_name,
        issued_at=entry.issued_at,
        review_at=entry.review_at,
        kid=issuing.signer.kid,
        endorsing_kid=endorsing.signer.kid,
        intent=intent,
    )
    session.add(credential)
    return credential


def clock_goes_on(session: Session, at: datetime) -> None:
    """Raise IssuingClosed when the clock is behind the last entry by more than `CLOCK_SLACK`.

    Dates of issue must not run backwards.
    """
    latest = db.credentials.issuing.latest_issue(session)
    if latest and at < latest - CLOCK_SLACK:
        raise IssuingClosed(f"the clock says {at.isoformat()}, the last entry {latest.isoformat()}")


def finish(session: Session, keys: KeyRing, endorsement_ids: Collection[int], at: datetime) -> None:
    """T2: sign the intents and store the bytes. Idempotent; endorsements without an intent are skipped.

    Raises IssuingClosed when a key cannot be used, and while a recovery is open.
    """
    recovery.require_closed(session)
    sign_begun(session, keys, endorsement_ids, at)


def sign_begun(session: Session, keys: KeyRing, endorsement_ids: Collection[int], at: datetime) -> None:
    """Do what `finish` does, also while a recovery is open: it signs the same bytes as before the restore.

    An edition whose older one was withdrawn meanwhile is abandoned. An intent whose key was stolen is signed
    with the present keys.
    """
    db.programmes.programme.lock_keys_shared(session)
    begun = db.credentials.issuing.begun(session, endorsement_ids)
    _sign_first(session, keys, [credential for credential in begun if not credential.edition], at)
    for credential in begun:
        if credential.edition:
            _sign_newer(session, keys, credential, at)


def _sign_first(session: Session, keys: KeyRing, begun: list[Credential], at: datetime) -> None:
    """Sign first editions; what a restored backup may have lost the withdrawal of is issued on hold."""
    perhaps_withdrawn = recovery.perhaps_withdrawn(session, [one.endorsement_id for one in begun])
    held = [credential for credential in begun if credential.endorsement_id in perhaps_withdrawn]
    _sign(session, keys, begun, at)
    # lists before the trail, as every other writer takes them
    for number in sorted({credential.position.list_number for credential in held}):
        lifecycle.mark_changed(session, number, at)
    lifecycle.note_each(session, begun, lifecycle.ISSUER, at)
    for credential in held:
        lifecycle.hold(session, credential, recovery.ACTOR, recovery.PERHAPS_WITHDRAWN, at, "other")


def _sign_newer(session: Session, keys: KeyRing, credential: Credential, at: datetime) -> None:
    """Sign a corrected edition in the place of the older one, or abandon it."""
    older = editions.older(session, credential)
    if older is None or older.state not in lifecycle.CLAIMABLE:
        editions.abandon(session, credential, at)
        return
    _sign(session, keys, [credential], at)
    editions.lock_lists(session, older, credential, at)
    lifecycle.note_each(session, [credential], lifecycle.ISSUER, at)
    editions.take_place(session, older, credential, at)


def _sign(session: Session, keys: KeyRing, begun: list[Credential], at: datetime) -> None:
    """Sign intents that are locked, and mark them and their endorsements as signed."""
    some_stolen = not signing.usable(session, begun)
    for credential in begun:
        if some_stolen and not signing.usable(session, [credential]):
            signing.take_keys_of_today(session, keys, credential, at)
        with signing.signable(f"entry {credential.reference}"):
            credential.document, credential.token = signing.signed(keys, credential.intent)
        credential.state = CredentialState.ISSUED
    db.credentials.issuing.set_signed(session, [credential.endorsement_id for credential in begun])


class _Methods:
    """A cache of the keys that sign now, each looked up once."""

    def __init__(self, session: Session, keys: KeyRing) -> None:
        self._session, self._keys = session, keys
        self._found: dict[tuple[int, Role], Method] = {}

    def get(self, issuer: IssuerRow, role: Role) -> Method:
        known = (issuer.id, role)
        if known not in self._found:
            self._found[known] = issuers.method(self._session, self._keys, issuer, role)
        return self._found[known]


def _programme(endorsement: Decision) -> Programme:
    return endorsement.evidence.student.account.programme


def _programme_id(endorsement: Decision) -> int:
    return _programme(endorsement).id


def _intent(entry: Entry, issuing: Method, endorsing: Method) -> bytes:
    """Return both documents and the options of their proofs: everything but the signatures."""
    endorsement = endorsement_document.build(credential_document.endorsement_of(entry, new_urn()))
    intent = {
        "endorsement": endorsement,
        "endorsementProof": proof_options(endorsing.id, entry.issued_at),
        "entry": credential_document.build(entry, endorsement),
        "entryProof": proof_options(issuing.id, entry.issued_at),
    }
    return signing.to_bytes(intent)


def entry_of(
    endorsement: Decision, programme: Programme, position: StatusPosition, public_url: str, at: datetime
) -> Entry:
    """Return what the entry made from an endorsement says when it is issued now."""
    version, signs = endorsement.version, endorsement.signs
    student, activity = endorsement.evidence.student, endorsement.evidence.activity
    skill = version.skill
    framework = f"{public_url}/frameworks/{skill.version.framework.number}/{skill.version.number}"
    if endorsement.level is None or endorsement.basis is None:
        raise ValueError("only an endorsement becomes an entry")
    # where the student moved after a school's confirmation, the entry names the school that confirmed
    school = endorsement.person_place if endorsement.confirmed_by is not None else student.school.name
    return Entry(
        id=new_urn(),
        subject_id=new_urn(),
        issuer=Issuer(programme.issuer.did, programme.issuer.name),
        holder_name=student.account.name,
        school=school,
        achievement=Achievement(
            id=f"{framework}/skills/{skill.number}",
            skill=skill.name,
            group=skill.group,
            framework=skill.version.framework.title,
            framework_version=skill.version.number,
            framework_url=framework,
            descriptors=skill.descriptors,
            aligned=tuple(Aligned(*item.said) for item in skill.alignments),
        ),
        level=endorsement.level,
        champion=Endorser(endorsement.person.name, endorsement.person_role, Issuer(signs.did, signs.name)),
        basis=Basis(endorsement.basis),
        evidence=EvidenceStatement(
            kind=activity.kind.value,
            held_on=version.held_on,
            setting=activity.setting,
            hours=version.hours,
            digest=digest_multibase(version.salt + drafting.artefact(version)),
            id=new_urn(),
        ),
        endorsed_at=endorsement.decided_at,
        issued_at=at,
        review_at=review_at(at, programme.review_months),
        status=lifecycle.status_of(public_url, position),
    )


def review_at(at: datetime, months: int) -> datetime:
    """Return the end of the day so many months after the day of a time: the review date is still good."""
    return days.last_second(add_months(today(at), months), HOME)


def new_urn() -> str:
    """Return a random URN that reveals nothing."""
    return uuid.uuid4().urn
