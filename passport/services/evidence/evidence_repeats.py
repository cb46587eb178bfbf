"""Log an earlier activity again: with its skill, level and hours, never with its story."""

from __future__ import annotations

from datetime import datetime

from passport.db import Session
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.people.accounts import Account
from passport.services.core.dates import today
from passport.services.evidence import drafting
from passport.services.people import enrolments

__all__ = ["again", "offered"]

MOST = 3


def offered(session: Session, account: Account) -> list[Evidence]:
    """Return what the student submitted last, each activity, skill and level once, the newest first."""
    found: dict[tuple[int, int | None, int | None], Evidence] = {}
    skills = drafting.skills(session, account)
    for one in drafting.mine(session, account):
        if one.version > 0 and one.skill in skills:
            found.setdefault((one.activity_id, one.skill_id, one.level), one)
    return list(found.values())[:MOST]


def again(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """Begin a draft like an earlier one, dated today. Idempotent while that draft has no text.

    A skill that is no longer offered is left empty for the student to choose.
    """
    enrolments.require_active(session, account)
    like = drafting.own(session, account, reference)
    for one in drafting.mine(session, account):
        is_same = (one.activity_id, one.skill_id, one.level) == (like.activity_id, like.skill_id, like.level)
        if is_same and one.state is EvidenceState.DRAFT and not one.narrative:
            return one
    draft = Evidence(student_id=account.id, activity=like.activity, state=EvidenceState.DRAFT, made_at=at)
    if like.skill in drafting.skills(session, account):
        draft.skill, draft.level = like.skill, like.level
    draft.hours, draft.held_on, draft.updated_at = like.hours, today(at), at
    session.add(draft)
    session.flush()
    return draft
