"""A coordinator writes down what a student of their school says; the student reads it and submits it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import structlog

from passport import db
from passport.db import Session
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.people.accounts import Account, Student
from passport.db.programmes.activities.menu import Activity
from passport.db.programmes.frameworks.versions import Skill
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.evidence import draft_words, drafting, reading_log
from passport.services.evidence.draft_words import Page, Said
from passport.services.people import enrolments
from passport.services.programmes.activities import menu
from passport.services.programmes.managing import own_school

__all__ = ["Dictation", "drafts", "offered", "opened", "rewrite", "student", "write"]

log = structlog.get_logger()

RECENT = 30


@dataclass(frozen=True)
class Dictation:
    """What the student said, as the scribe wrote it down."""

    activity: str
    skill: int
    level: int
    narrative: str
    held_on: date | None
    hours: Decimal | None
    page: Page | None = None


def student(session: Session, scribe: Account, reference: str) -> Student:
    """Return a student of the scribe's school. Raises NotFound, and logs it, for another school's."""
    school = own_school(scribe, Action.WRITE_EVIDENCE, How.AS_SCRIBE)
    found = db.people.accounts.by_reference(session, reference)
    if found is None or found.student is None:
        raise NotFound
    if found.student.school_id != school.id:
        log.warning("student refused", actor=scribe.reference, student=reference)
        raise NotFound
    return found.student


def offered(session: Session, scribe: Account, at: datetime) -> tuple[list[Activity], list[Skill]]:
    """Return the activities and skills that the scribe can choose from."""
    return menu.for_student(session, scribe, at)[:RECENT], drafting.skills(session, scribe)


def drafts(session: Session, scribe: Account, student: Student) -> list[Evidence]:
    """Return what this scribe wrote for a student who has not submitted it yet, the newest first."""
    return db.evidence.evidence.scribed_drafts(session, student.account_id, scribe.id)


def write(session: Session, scribe: Account, reference: str, told: Dictation, at: datetime) -> Evidence:
    """Write a draft for the student and notify the student.

    Idempotent: returns an unsent draft of this scribe with the same text and activity. Raises Refused unless
    the student's enrolment is active.
    """
    whose = student(session, scribe, reference)
    enrolments.require_active(session, whose.account)
    story = draft_words.kept_story(told.narrative)
    for draft in drafts(session, scribe, whose):
        if (draft.narrative, draft.activity.reference) == (story, told.activity):
            return draft
    activity = menu.to_log(session, whose, told.activity)
    draft = Evidence(student=whose, activity=activity, state=EvidenceState.DRAFT, made_at=at)
    draft.scribe_id = scribe.id
    _fill(session, scribe, draft, told, at)
    session.add(draft)
    session.flush()
    facts = {"evidence": draft.reference, "activity": activity.title}
    notices.tell(session, whose.account, "evidence-scribed", at, **facts)
    audit.record(session, at, scribe.reference, "evidence.scribed", draft.reference)
    return draft


def opened(session: Session, scribe: Account, reference: str, at: datetime) -> Evidence:
    """Return a draft of this scribe to edit; the student may have changed it, so the access is recorded."""
    draft = _own_draft(session, scribe, reference)
    reading_log.record(session, scribe, draft.student_id, at, evidence=draft)
    return draft


def rewrite(session: Session, scribe: Account, reference: str, told: Dictation, at: datetime) -> Evidence:
    """Edit a draft of this scribe that the student has not submitted.

    Raises Refused where it was submitted, where the student wrote something else since the form page was
    opened, or where their enrolment is not active.
    """
    draft = _own_draft(session, scribe, reference)
    db.evidence.row_lock.lock(session, draft)
    if draft.state is not EvidenceState.DRAFT:
        raise Refused(Reason.ALREADY_SENT)
    enrolments.require_active(session, draft.student.account)
    activity = menu.to_log(session, draft.student, told.activity)
    draft.activity = activity
    _fill(session, scribe, draft, told, at)
    audit.record(session, at, scribe.reference, "evidence.scribed", draft.reference)
    return draft


def _own_draft(session: Session, scribe: Account, reference: str) -> Evidence:
    school = own_school(scribe, Action.WRITE_EVIDENCE, How.AS_SCRIBE)
    draft = db.evidence.evidence.by_reference(session, reference)
    if draft is None or draft.scribe_id != scribe.id or draft.student.school_id != school.id:
        raise NotFound
    if draft.state is not EvidenceState.DRAFT:
        raise NotFound
    return draft


def _fill(session: Session, scribe: Account, draft: Evidence, told: Dictation, at: datetime) -> None:
    skill = next((one for one in drafting.skills(session, scribe) if one.number == told.skill), None)
    if skill is None:
        raise Refused(Reason.SKILL_GONE)
    if told.level not in {1, 2, 3, 4}:
        raise Refused(Reason.LEVEL_UNKNOWN)
    draft.skill, draft.level = skill, told.level
    draft_words.write(draft, Said(told.narrative, told.held_on, told.hours), told.page)
    draft.updated_at = at
