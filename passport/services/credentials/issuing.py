"""Issuing: an endorsement becomes a signed entry, so that a crash loses nothing and issues nothing twice.

There are three transactions (trust, section 7). T0 is the endorsement. When it is due, `intend` fixes every
byte to be signed and allocates a position in a status list (T1); `finish` signs and stores (T2). Signing the
same intent again gives the same bytes, so each step may be killed and run again.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState, StatusPosition
from passport.db.endorsements.decisions import Endorsement, EndorsementState
from passport.db.programmes.programme import Programme
from passport.openbadges import credential as credential_document
from passport.openbadges import days
from passport.openbadges import endorsement as endorsement_document
from passport.openbadges.credential import (
    Achievement,
    Basis,
    Champion,
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
    item = session.get_one(Endorsement, endorsement_id).evidence
    student = item.student.account
    facts = {"evidence": item.reference, "activity": item.activity.title}
    notices.tell(session, student, "entry-stuck", at, **facts)
    for manager in db.sharing.entry_search.managers(session, student.programme_id):
        notices.tell_account(session, manager, "entry-to-mend", at, stuck=item.reference)
    audit.record(session, at, audit.OPERATOR, "entry.stuck", item.reference)


def intend(session: Session, keys: KeyRing, public_url: str, endorsement_id: int, at: datetime) -> None:
    """T1: fix what will be signed, and its position in a status list. Idempotent.

    Raises IssuingClosed when a key cannot be used, when the clock went back, and while a recovery is open.
    """
    db.programmes.programme.hold_keys(session)
    recovery.require_closed(session)
    clock_goes_on(session, at)
    db.credentials.issuing.hold_names(session, [endorsement_id])
    endorsement = db.credentials.issuing.due_one(session, endorsement_id, at)
    if endorsement is None or not db.endorsements.decisions.move(
        session, endorsement, EndorsementState.PENDING, EndorsementState.SIGNING
    ):
        return
    student = endorsement.evidence.student
    programme = student.account.programme
    position = status_positions.for_entry(session, programme, at)
    entry = entry_of(endorsement, programme, position, public_url, at)
    begin(session, keys, endorsement, entry, position, 0, at)


def begin(
    session: Session,
    keys: KeyRing,
    endorsement: Endorsement,
    entry: Entry,
    position: StatusPosition,
    edition: int,
    at: datetime,
) -> Credential:
    """Store what an entry will say, for `finish` to sign: its first edition, or a corrected one.

    Raises IssuingClosed when a key cannot be used, or the entry cannot be written.
    """
    programme = endorsement.evidence.student.account.programme
    endorser = db.programmes.issuers.by_did(session, entry.champion.employer.did)
    if endorser is None:
        raise IssuingClosed(f"{entry.champion.employer.did} is not an issuer here")
    issuing = issuers.method(session, keys, programme.issuer, Role.ISSUE)
    endorsing = issuers.endorsing(session, keys, endorser)
    credential = keep(session, endorsement, entry, position, edition, issuing, endorsing)
    session.flush()
    audit.record(session, at, "issuer", "credential.intended", credential.reference, [credential])
    return credential


def keep(
    session: Session,
    endorsement: Endorsement,
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


def finish(session: Session, keys: KeyRing, endorsement_id: int, at: datetime) -> None:
    """T2: sign the intent and store the bytes. Idempotent; does nothing without an intent.

    Raises IssuingClosed when a key cannot be used, and while a recovery is open.
    """
    recovery.require_closed(session)
    sign_begun(session, keys, endorsement_id, at)


def sign_begun(session: Session, keys: KeyRing, endorsement_id: int, at: datetime) -> None:
    """Do what `finish` does, also while a recovery is open: it signs the same bytes as before the restore.

    An edition whose older one was withdrawn meanwhile is abandoned. An intent whose key was stolen is signed
    with the present keys.
    """
    db.programmes.programme.hold_keys(session)
    credential = db.credentials.issuing.begun(session, endorsement_id)
    if credential is None:
        return
    older = editions.older(session, credential)
    if credential.edition and (older is None or older.state not in lifecycle.CLAIMABLE):
        editions.abandon(session, credential, at)
        return
    if not signing.usable(session, [credential]):
        signing.take_keys_of_today(session, keys, credential, at)
    with signing.signable(f"entry {credential.reference}"):
        credential.document, credential.token = signing.signed(keys, credential.intent)
    if older is not None:
        editions.lock_lists(session, older, credential, at)
    credential.state = CredentialState.ISSUED
    db.endorsements.decisions.move(
        session, credential.endorsement, EndorsementState.SIGNING, EndorsementState.SIGNED
    )
    on_hold = older is None and recovery.perhaps_withdrawn(session, [endorsement_id])
    if on_hold:
        # lists before the trail, as every other writer takes them
        lifecycle.mark_changed(session, credential.position.list_number, at)
    lifecycle.note(session, credential, "issuer", "", at)
    if on_hold:
        lifecycle.hold(session, credential, recovery.ACTOR, recovery.PERHAPS_WITHDRAWN, at, "other")
    if older is not None:
        editions.take_place(session, older, credential, at)


def _intent(entry: Entry, issuing: Method, endorsing: Method) -> bytes:
    """Return both documents and the options of their proofs: everything but the signatures."""
    endorsement = endorsement_document.build(
        endorsement_document.Endorsement(
            id=new_urn(),
            subject_id=entry.evidence.id,
            employer=entry.champion.employer,
            champion_name=entry.champion.name,
            champion_role=entry.champion.role,
            skill=entry.achievement.skill,
            level=entry.level,
            basis=entry.basis,
            endorsed_at=entry.endorsed_at,
            evidence_digest=entry.evidence.digest,
            school=entry.school if entry.confirmed else "",
        )
    )
    intent = {
        "endorsement": endorsement,
        "endorsementProof": proof_options(endorsing.id, entry.issued_at),
        "entry": credential_document.build(entry, endorsement),
        "entryProof": proof_options(issuing.id, entry.issued_at),
    }
    return signing.to_bytes(intent)


def entry_of(
    endorsement: Endorsement, programme: Programme, position: StatusPosition, public_url: str, at: datetime
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
        ),
        level=endorsement.level,
        champion=Champion(endorsement.person.name, endorsement.person_role, Issuer(signs.did, signs.name)),
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
