"""Evidence: a student writes it in small steps, each kept as a draft, and sends it."""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime, timedelta
from decimal import Decimal

from passport import db
from passport.db import Session
from passport.db.endorsements.decisions import Decision, Endorsement
from passport.db.evidence.drafts import Evidence, EvidenceState, EvidenceVersion
from passport.db.evidence.evidence_files import FileState
from passport.db.people.accounts import Account
from passport.db.programmes.frameworks import Skill
from passport.services.core import audit
from passport.services.core.dates import today
from passport.services.core.edit_conflict import Stored, stamp
from passport.services.core.errors import NotFound, Refused
from passport.services.core.hours import kept_hours
from passport.services.core.reasons import Reason
from passport.services.core.texts import shown_length
from passport.services.evidence import draft_words, evidence_holds
from passport.services.evidence.draft_words import Page, Said
from passport.services.evidence.evidence_holds import HoldCause
from passport.services.people import enrolments
from passport.services.programmes import screening
from passport.services.programmes.screening import Flag
from passport.services.safeguarding import worries

MIN_STORY, MAX_STORY = 60, 600
OLDEST = timedelta(days=3 * 366)
MOST_HOURS = Decimal(200)
SALT_BYTES = 16
EDITABLE = {EvidenceState.DRAFT, EvidenceState.RETURNED}
BEING_CHECKED = {FileState.WAITING, FileState.CLAIMED}
FLAGGED_FILE = "flagged"


def mine(session: Session, account: Account) -> list[Evidence]:
    """Everything that the student wrote and did not remove, what was touched last first."""
    return db.evidence.drafts.of_student(session, account.id)


def own(session: Session, account: Account, reference: str) -> Evidence:
    """One of the student's own pieces of evidence. Raises NotFound for anybody else's."""
    evidence = db.evidence.drafts.own(session, account.id, reference)
    if evidence is None:
        raise NotFound
    return evidence


def decision(session: Session, evidence: Evidence) -> Endorsement | None:
    """What a champion last decided about it, and was not undone."""
    return db.endorsements.decisions.last(session, evidence.id)


def start(session: Session, account: Account, activity_reference: str, at: datetime) -> Evidence:
    """Begin to log an activity: a draft. A draft that has nothing else yet is taken up again."""
    activity = db.programmes.activities.by_reference(
        session, account.programme_id, activity_reference, lock=False
    )
    if activity is None or account.student is None:
        raise NotFound
    enrolments.require_active(session, account)
    draft = db.evidence.drafts.untouched_draft(session, account.id, activity.id)
    if draft is None:
        draft = Evidence(student_id=account.id, activity=activity, state=EvidenceState.DRAFT, made_at=at)
        draft.held_on, draft.hours = activity.held_on, activity.hours
        session.add(draft)
    draft.updated_at = at
    session.flush()
    return draft


def skills(session: Session, account: Account) -> list[Skill]:
    """The skills that can be claimed now, in the framework's order."""
    version = db.programmes.frameworks.current(session, account.programme_id)
    return list(version.skills) if version else []


def choose_skill(session: Session, account: Account, reference: str, number: int, at: datetime) -> Evidence:
    """Say which skill it shows. Another skill has other levels, so the level is asked again."""
    evidence = editable(session, account, reference)
    skill = next((skill for skill in skills(session, account) if skill.number == number), None)
    if skill is None:
        raise Refused(Reason.SKILL_GONE)
    if evidence.skill_id != skill.id:
        evidence.skill, evidence.level = skill, None
    evidence.updated_at = at
    return evidence


def choose_level(session: Session, account: Account, reference: str, level: int, at: datetime) -> Evidence:
    """Say at which of the four levels."""
    evidence = editable(session, account, reference)
    if level not in {1, 2, 3, 4}:
        raise Refused(Reason.LEVEL_UNKNOWN)
    evidence.level, evidence.updated_at = level, at
    return evidence


def describe(
    session: Session,
    account: Account,
    reference: str,
    narrative: str,
    held_on: date | None,
    hours: Decimal | None,
    at: datetime,
    page: Page | None = None,
) -> Evidence:
    """Keep what was typed, good or not: `missing` says what it lacks. Refuses a page that is too old."""
    evidence = editable(session, account, reference)
    draft_words.write(evidence, Said(narrative, held_on, hours), page)
    evidence.updated_at = at
    return evidence


def missing(evidence: Evidence, at: datetime) -> list[str]:
    """The steps that are still to do, in their order."""
    steps = []
    if evidence.skill is None:
        steps.append("skill")
    if evidence.level is None:
        steps.append("level")
    if not _story_is_whole(evidence, at):
        steps.append("story")
    return steps


def _story_is_whole(evidence: Evidence, at: datetime) -> bool:
    story = evidence.narrative.strip()
    long_enough = shown_length(story) >= MIN_STORY and len(story) <= MAX_STORY
    dated = evidence.held_on is not None and is_possible_day(evidence.held_on, at)
    return long_enough and dated and evidence.hours is not None and 0 < evidence.hours <= MOST_HOURS


def is_possible_day(day: date, at: datetime) -> bool:
    """Whether something logged now can have happened then: not in the future, not long before the student."""
    return today(at) - OLDEST <= day <= today(at)


def submit(
    session: Session, account: Account, reference: str, at: datetime, read: str | None = None
) -> Evidence:
    """Send it to the champion: what it says now is frozen as a version.

    What screening finds in it is held for the school to read first; it is never refused for that. A second
    click finds it sent. Raises Refused for a step still to do, for a skill that was retired meanwhile, for
    what was decided already, and where it says something else than what was read (the stamp of
    `read_before_sending`).
    """
    evidence = _locked(session, account, reference)
    if evidence.state in {EvidenceState.SUBMITTED, EvidenceState.HELD}:
        return evidence
    evidence = editable(session, account, reference)
    if missing(evidence, at):
        raise Refused(Reason.NOT_COMPLETE)
    if read is not None and read != stamp(read_before_sending(session, evidence)):
        raise Refused(Reason.CHANGED_MEANWHILE)
    frozen = _frozen(session, evidence, at)
    if evidence.state is EvidenceState.RETURNED and _says_the_same(session, evidence, frozen):
        raise Refused(Reason.NOT_CHANGED)
    if evidence.skill not in skills(session, account):
        raise Refused(Reason.SKILL_GONE)
    flags, is_kept = warnings(session, evidence), worries.is_kept(session, evidence)
    evidence.state = EvidenceState.HELD if flags or is_kept else EvidenceState.SUBMITTED
    evidence.version = frozen.number
    evidence.submitted_at = evidence.updated_at = at
    session.add(frozen)
    session.flush()
    if flags or is_kept:
        cause = HoldCause.SCREENING if flags else HoldCause.WORRY
        evidence_holds.begin(session, evidence, cause, flags, at)
    rules = sorted({flag.rule for flag in flags})
    audit.record(
        session,
        at,
        account.reference,
        "evidence.submitted",
        evidence.reference,
        version=evidence.version,
        **({"held": rules} if rules else {}),
    )
    return evidence


def read_before_sending(session: Session, evidence: Evidence) -> Stored:
    """All that she reads before she sends it: who wrote for her may have changed it meanwhile."""
    files = db.evidence.evidence_files.of_evidence(session, evidence.id)
    kept = [one.reference for one in files if one.state is not FileState.REFUSED]
    said = (evidence.narrative, evidence.held_on, kept_hours(evidence.hours))
    return *said, evidence.activity_id, evidence.skill_id, evidence.level, *kept


def warnings(session: Session, evidence: Evidence) -> list[Flag]:
    """What in it will be held for the school to read, as it is written now."""
    found = screening.flags(session, evidence.student.account.programme_id, evidence.narrative)
    files = db.evidence.evidence_files.of_evidence(session, evidence.id)
    return found + [Flag("files", "PDF") for one in files if one.why == FLAGGED_FILE]


def versions(session: Session, evidence: Evidence) -> list[EvidenceVersion]:
    """All that was sent of it, the newest first."""
    return db.evidence.drafts.versions(session, evidence.id)


def _says_the_same(session: Session, evidence: Evidence, frozen: EvidenceVersion) -> bool:
    """Whether what was sent back would be sent again as it was."""
    before = db.evidence.drafts.frozen(session, evidence, evidence.version)
    return before is not None and _content(before) == _content(frozen)


def _content(version: EvidenceVersion) -> tuple[str, date, Decimal, int, int, str]:
    said = version.narrative, version.held_on, version.hours, version.skill_id, version.level
    return *said, version.files


def _frozen(session: Session, evidence: Evidence, at: datetime) -> EvidenceVersion:
    if not (evidence.skill and evidence.level and evidence.held_on and evidence.hours):
        raise Refused(Reason.NOT_COMPLETE)
    return EvidenceVersion(
        evidence_id=evidence.id,
        number=evidence.version + 1,
        skill_id=evidence.skill.id,
        level=evidence.level,
        narrative=evidence.narrative.strip(),
        held_on=evidence.held_on,
        hours=evidence.hours,
        salt=secrets.token_bytes(SALT_BYTES),
        submitted_at=at,
        scribed=evidence.scribe_id is not None,
        files=_frozen_files(session, evidence),
    )


def _frozen_files(session: Session, evidence: Evidence) -> str:
    """Which files go with it. Raises Refused while one is still being checked."""
    files = db.evidence.evidence_files.of_evidence(session, evidence.id)
    if any(one.state in BEING_CHECKED for one in files):
        raise Refused(Reason.FILE_BEING_CHECKED)
    clean = [
        {"reference": one.reference, "digest": one.digest} for one in files if one.state is FileState.CLEAN
    ]
    return json.dumps(clean) if clean else ""


def artefact(version: EvidenceVersion) -> bytes:
    """The bytes of one version that its salted digest is taken over.

    A version without files has the bytes that it had before there were any.
    """
    facts: dict[str, object] = {
        "narrative": version.narrative,
        "heldOn": version.held_on.isoformat(),
        "hours": format(version.hours.normalize(), "f"),
        "skill": version.skill.number,
        "level": version.level,
    }
    if version.files:
        facts["files"] = [one["digest"] for one in json.loads(version.files)]
    if version.scribed:
        facts["scribed"] = True
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def returned_reason(session: Session, evidence: Evidence) -> str | None:
    """Why it was sent back or not endorsed, as a key; None where it was not."""
    by_school = evidence_holds.returned_reason(session, evidence)
    if by_school is not None:
        return by_school
    last = decision(session, evidence)
    return last.reason if last and last.decision is not Decision.ENDORSED else None


def returned_by_school(session: Session, evidence: Evidence) -> bool:
    """Whether it was the school that sent it back, and no champion."""
    return evidence_holds.returned_reason(session, evidence) is not None


def _locked(session: Session, account: Account, reference: str) -> Evidence:
    """The student's own, which nobody changes until we are done: not she in another tab, not a champion."""
    evidence = own(session, account, reference)
    db.evidence.drafts.lock(session, evidence)
    if evidence.state is EvidenceState.REMOVED:
        raise NotFound
    return evidence


def require_editable(session: Session, account: Account, evidence: Evidence) -> None:
    """Check that a student may change this evidence of theirs. Raises Refused once it was sent."""
    enrolments.require_active(session, account)
    if evidence.state is EvidenceState.REMOVED:
        raise NotFound
    if evidence.state not in EDITABLE:
        raise Refused(Reason.ALREADY_SENT)


def editable(session: Session, account: Account, reference: str) -> Evidence:
    """The student's own, if she may still change it. Raises Refused once it was sent."""
    evidence = _locked(session, account, reference)
    require_editable(session, account, evidence)
    return evidence
