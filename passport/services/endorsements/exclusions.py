"""Reassign evidence: the student asks for another endorser, or champions are quiet.

Waiting evidence is open to all champions of the school except those excluded here. An exclusion is
permanent. Where no champion is left, the school's coordinators are notified.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.endorsements.decisions import DecisionOutcome
from passport.db.endorsements.exclusions import Why
from passport.db.evidence.evidence import Evidence, EvidenceState, EvidenceVersion
from passport.db.people.accounts import Account
from passport.services.core import audit, notices
from passport.services.core.dates import day_ends, today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.evidence import evidence_holds
from passport.services.evidence.drafting import SALT_BYTES
from passport.services.people import enrolments, onboarding
from passport.services.programmes import school_days

QUIET_DAYS = 20
MOST_PROGRAMMES = 1_000


def deciding(session: Session, evidence: Evidence, at: datetime) -> list[Account]:
    """Return the champions who can decide about it now."""
    school_id, out = evidence.student.school_id, db.endorsements.exclusions.of_evidence(session, evidence.id)
    return [
        one
        for one in db.endorsements.queue.champions(session, today(at), school_id)
        if one.id not in out and school_id in onboarding.open_schools(session, one, at)
    ]


def may_ask_another(session: Session, evidence: Evidence) -> bool:
    """Return whether the student may ask another endorser: once, after a champion declined."""
    if evidence.state is not EvidenceState.DECLINED:
        return False
    return Why.DECLINED not in db.endorsements.exclusions.of_evidence(session, evidence.id).values()


def ask_another(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """Submit the declined text again for another endorser. Idempotent.

    The champion who declined is excluded. Raises NotFound for another student's evidence. Raises Refused
    after a second champion declined, where no champion declined it, or where the enrolment is not active.
    """
    evidence = db.evidence.evidence.own(session, account.id, reference)
    if evidence is None:
        raise NotFound
    db.evidence.row_lock.lock(session, evidence)
    out = db.endorsements.exclusions.of_evidence(session, evidence.id)
    waits = {EvidenceState.SUBMITTED, EvidenceState.HELD}
    if evidence.state in waits and Why.DECLINED in out.values():
        return evidence
    enrolments.require_active(session, account)
    if not may_ask_another(session, evidence):
        raise Refused(Reason.ASKED_ANOTHER_ALREADY)
    declined = db.endorsements.decisions.last(session, evidence.id)
    if declined is None or declined.decision is not DecisionOutcome.DECLINED or declined.champion_id is None:
        raise Refused(Reason.ASKED_ANOTHER_ALREADY)
    db.endorsements.exclusions.add(session, evidence.id, declined.champion_id, Why.DECLINED, at)
    session.add(_again(declined.version, evidence.version + 1, at))
    evidence.version += 1
    evidence.submitted_at = evidence.updated_at = at
    session.flush()
    evidence_holds.wait(session, evidence, EvidenceState.DECLINED, at)
    notify_if_none_is_left(session, evidence, at)
    audit.record(
        session, at, account.reference, "evidence.asked_another", reference, version=evidence.version
    )
    return evidence


def pass_on_quiet(session: Session, programme_id: int, at: datetime) -> dict[str, int]:
    """Exclude champions who decided nothing for twenty school days while evidence waited for them.

    Evidence that waits that long goes to the school's other champions, who are notified of the number. Where
    all of them are quiet, it stays with them and the coordinators are notified. Run daily; idempotent.
    Returns both counts.
    """
    since = school_days.before(session, programme_id, today(at), QUIET_DAYS + 1)
    before = day_ends(since)
    decided = db.endorsements.decisions.decided_since(session, programme_id, before)
    passed_on: Counter[Account] = Counter()
    without_champion: list[Evidence] = []
    for evidence in db.endorsements.queue.waiting_since(session, programme_id, before):
        there = deciding(session, evidence, at)
        long_there = db.endorsements.queue.attached_since(session, evidence.student.school_id, since)
        quiet = [one for one in there if one.id not in decided and one.id in long_there]
        awake = [one for one in there if one not in quiet]
        if not awake:
            without_champion.append(evidence)
            continue
        if quiet:
            for one in quiet:
                db.endorsements.exclusions.add(session, evidence.id, one.id, Why.QUIET, at)
            passed_on.update(awake)
    for account, number in passed_on.items():
        notices.tell(session, account, "passed-on", at, number=str(number))
    for evidence in without_champion:
        _tell(session, evidence, at)
    return {"passed_on": passed_on.total(), "without_champion": len(without_champion)}


def pass_on_everywhere(session: Session, at: datetime) -> dict[str, int]:
    """Run `pass_on_quiet` for every programme that has not ended; return the summed counts."""
    done: Counter[str] = Counter(passed_on=0, without_champion=0)
    for programme in db.programmes.programme.going_on(session, MOST_PROGRAMMES):
        done.update(pass_on_quiet(session, programme.id, at))
    return dict(done)


def _again(version: EvidenceVersion, number: int, at: datetime) -> EvidenceVersion:
    """Copy a version under a new number: only one decision is recorded for each number."""
    return EvidenceVersion(
        evidence_id=version.evidence_id,
        number=number,
        skill_id=version.skill_id,
        level=version.level,
        narrative=version.narrative,
        held_on=version.held_on,
        hours=version.hours,
        salt=secrets.token_bytes(SALT_BYTES),
        submitted_at=at,
        scribed=version.scribed,
        files=version.files,
    )


def notify_if_none_is_left(session: Session, evidence: Evidence, at: datetime) -> None:
    """Notify the school's coordinators where no champion can decide about it."""
    if not deciding(session, evidence, at):
        _tell(session, evidence, at)


def _tell(session: Session, evidence: Evidence, at: datetime) -> None:
    for person in db.endorsements.queue.coordinators(session, [evidence.student.school_id]):
        facts = {"held": evidence.reference, "activity": evidence.activity.title}
        notices.tell_once(session, person, "no-champion", at, **facts)
