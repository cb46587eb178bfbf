"""Evidence: a student writes it in small steps, each stored as a draft, and submits it."""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime, timedelta
from decimal import Decimal

from passport import db
from passport.db import Session
from passport.db.endorsements.decisions import Decision, DecisionOutcome
from passport.db.evidence.evidence import Evidence, EvidenceState, EvidenceVersion
from passport.db.evidence.evidence_files import FileState
from passport.db.people.accounts import Account
from passport.db.programmes.activities.menu import Activity
from passport.db.programmes.frameworks.versions import Skill
from passport.services.core import audit
from passport.services.core.dates import today
from passport.services.core.edit_conflict import Stored, stamp
from passport.services.core.errors import NotFound, Refused
from passport.services.core.hours import kept_hours
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import shown_length
from passport.services.evidence import draft_words, evidence_holds
from passport.services.evidence.draft_words import Page, Said
from passport.services.evidence.evidence_holds import HoldCause
from passport.services.people import enrolments
from passport.services.programmes import screening
from passport.services.programmes.activities import menu
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
    """Return all evidence of the student that is not removed, the most recently changed first."""
    return db.evidence.evidence.of_student(session, account.id)


def own(session: Session, account: Account, reference: str) -> Evidence:
    """Return one piece of the student's own evidence. Raises NotFound for another student's."""
    evidence = db.evidence.evidence.own(session, account.id, reference)
    if evidence is None:
        raise NotFound
    return evidence


def decision(session: Session, evidence: Evidence) -> Decision | None:
    """Return the newest decision of a champion or the school on it that was not undone; None without one."""
    return db.endorsements.decisions.last(session, evidence.id)


def start(session: Session, account: Account, activity_reference: str, at: datetime) -> Evidence:
    """Begin a draft for an activity, or return the student's draft for it that has no other content yet.

    Raises NotFound for an unknown activity, Refused unless the student's enrolment is active.
    """
    if account.student is None:
        raise NotFound
    activity = menu.to_log(session, account.student, activity_reference)
    enrolments.require_active(session, account)
    draft = db.evidence.evidence.untouched_draft(session, account.id, activity.id)
    if draft is None:
        draft = Evidence(student_id=account.id, activity=activity, state=EvidenceState.DRAFT, made_at=at)
        draft.held_on, draft.hours = _day(activity, at), activity.hours
        shown = menu.skills_shown(session, activity)
        # the one skill that it can show needs no choice
        draft.skill = shown[0] if len(shown) == 1 else None
        session.add(draft)
    draft.updated_at = at
    session.flush()
    return draft


def _day(activity: Activity, at: datetime) -> date:
    """Return the day of an activity's newest session that was held."""
    held = [one.held_on for one in activity.sessions if one.held_on <= today(at)]
    return max(held, default=activity.held_on)


def skills(session: Session, account: Account) -> list[Skill]:
    """Return the skills that can be claimed now, in the framework's order."""
    version = db.programmes.frameworks.versions.current(session, account.programme_id)
    return list(version.skills) if version else []


def choose_skill(session: Session, account: Account, reference: str, number: int, at: datetime) -> Evidence:
    """Set the skill of a draft. A different skill clears the level, because its levels differ.

    Raises Refused for a skill that is not in the current framework.
    """
    evidence = editable(session, account, reference)
    skill = next((skill for skill in skills(session, account) if skill.number == number), None)
    if skill is None:
        raise Refused(Reason.SKILL_GONE)
    if evidence.skill_id != skill.id:
        evidence.skill, evidence.level = skill, None
    evidence.updated_at = at
    return evidence


def choose_level(session: Session, account: Account, reference: str, level: int, at: datetime) -> Evidence:
    """Set the level of a draft, 1 to 4. Raises Refused for any other number."""
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
    """Store what was entered, valid or not (see `missing`). Raises Refused for an outdated page."""
    evidence = editable(session, account, reference)
    draft_words.write(evidence, Said(narrative, held_on, hours), page)
    evidence.updated_at = at
    return evidence


def missing(evidence: Evidence, at: datetime) -> list[str]:
    """Return the keys of the steps that are not complete, in their order."""
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
    """Return whether a day can be logged now: not in the future and not longer ago than `OLDEST`."""
    return today(at) - OLDEST <= day <= today(at)


def submit(
    session: Session, account: Account, reference: str, at: datetime, read: str | None = None
) -> Evidence:
    """Submit a draft to the champions: its content is frozen as a new version. Idempotent.

    A text that screening flags is held for the school to read first; it is never refused for that.

    Args:
        read: stamp of `read_before_sending` that the form carried; None where there was no form.

    Raises:
        Refused: a step is incomplete, a file is still being scanned, the skill was retired meanwhile, the
            evidence was decided already, returned evidence was not changed, or it differs from `read`.
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
    """Return all that the student reads before submitting: a scribe may have changed the draft meanwhile."""
    files = db.evidence.evidence_files.of_evidence(session, evidence.id)
    kept = [one.reference for one in files if one.state is not FileState.REFUSED]
    said = (evidence.narrative, evidence.held_on, kept_hours(evidence.hours))
    return *said, evidence.activity_id, evidence.skill_id, evidence.level, *kept


def warnings(session: Session, evidence: Evidence) -> list[Flag]:
    """Return the flags for which the current content will be held for the school to read."""
    found = screening.flags(session, evidence.student.account.programme_id, evidence.narrative)
    files = db.evidence.evidence_files.of_evidence(session, evidence.id)
    return found + [Flag("files", "PDF") for one in files if one.why == FLAGGED_FILE]


def versions(session: Session, evidence: Evidence) -> list[EvidenceVersion]:
    """Return all versions that were submitted, the newest first."""
    return db.evidence.evidence.versions(session, evidence.id)


def _says_the_same(session: Session, evidence: Evidence, frozen: EvidenceVersion) -> bool:
    """Return whether returned evidence would be submitted again without a change."""
    before = db.evidence.evidence.frozen(session, evidence, evidence.version)
    if before is None or evidence.skill is None:
        return False
    return _content(before, before.skill) == _content(frozen, evidence.skill)


def _content(version: EvidenceVersion, skill: Skill) -> tuple[object, ...]:
    """Return what a version says. A skill that says the same in two versions of a framework is one skill."""
    said = version.narrative, version.held_on, version.hours, version.level, version.files
    return *said, skill.number, skill.name, skill.descriptors


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
    """Return the files of a version as JSON, "" for none. Raises Refused while one is still being scanned."""
    files = db.evidence.evidence_files.of_evidence(session, evidence.id)
    if any(one.state in BEING_CHECKED for one in files):
        raise Refused(Reason.FILE_BEING_CHECKED)
    clean = [
        {"reference": one.reference, "digest": one.digest} for one in files if one.state is FileState.CLEAN
    ]
    return json.dumps(clean) if clean else ""


def artefact(version: EvidenceVersion) -> bytes:
    """Return the bytes of a version over which its salted digest is computed.

    A version without files has the same bytes as before files existed.
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
    """Return why it was returned or not endorsed, as a key; None where it was not."""
    by_school = evidence_holds.returned_reason(session, evidence)
    if by_school is not None:
        return by_school
    last = decision(session, evidence)
    return last.reason if last and last.decision is not DecisionOutcome.ENDORSED else None


def returned_by_school(session: Session, evidence: Evidence) -> bool:
    """Return whether the school, not a champion, returned it."""
    return evidence_holds.returned_reason(session, evidence) is not None


def _locked(session: Session, account: Account, reference: str) -> Evidence:
    """Return the student's own evidence with a row lock, which excludes their other tabs and champions."""
    evidence = own(session, account, reference)
    db.evidence.row_lock.lock(session, evidence)
    if evidence.state is EvidenceState.REMOVED:
        raise NotFound
    return evidence


def require_editable(session: Session, account: Account, evidence: Evidence) -> None:
    """Check that a student may change this evidence of theirs.

    Raises Refused once it was submitted or where the enrolment is not active, NotFound once it was removed.
    """
    enrolments.require_active(session, account)
    if evidence.state is EvidenceState.REMOVED:
        raise NotFound
    if evidence.state not in EDITABLE:
        raise Refused(Reason.ALREADY_SENT)


def editable(session: Session, account: Account, reference: str) -> Evidence:
    """Return the student's own evidence with a row lock. Raises Refused where it can no longer be changed."""
    evidence = _locked(session, account, reference)
    require_editable(session, account, evidence)
    return evidence
