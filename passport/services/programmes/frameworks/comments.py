"""Comments on a version before it is published: made on a skill or on the whole, answered, resolved."""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.frameworks.comments import FrameworkComment
from passport.db.programmes.frameworks.versions import FrameworkVersion
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import readable
from passport.services.programmes.frameworks import drafts, visibility

__all__ = ["LONGEST", "FrameworkComment", "add", "count_open", "of_version", "reopen", "resolve"]

LONGEST = 1000


def of_version(session: Session, version: FrameworkVersion) -> list[FrameworkComment]:
    """Return a version's comments, open ones first."""
    return db.programmes.frameworks.comments.of_version(session, version.id)


def count_open(session: Session, versions: list[FrameworkVersion]) -> dict[int, int]:
    """Return how many open comments versions have, by row id; a version without one is left out."""
    return db.programmes.frameworks.comments.count_open(session, [one.id for one in versions])


def add(
    session: Session, actor: Account, number: int, version: int, skill: int | None, text: str, at: datetime
) -> FrameworkComment:
    """Comment on a skill of a version, or on the version as a whole. Idempotent: the same words again.

    Raises Refused for an empty or overlong comment, and for a published version.
    """
    kept = readable(text.replace("\r\n", "\n")).strip()
    if not kept:
        raise Refused(Reason.COMMENT_MISSING)
    if len(kept) > LONGEST:
        raise Refused(Reason.COMMENT_TOO_LONG, most=LONGEST)
    found = _open(session, actor, number, version)
    about = drafts.find_skill(found, skill).name if skill is not None else ""
    for one in of_version(session, found):
        if (one.author_id, one.skill_number, one.text, one.resolved_at) == (actor.id, skill, kept, None):
            return one
    comment = FrameworkComment(
        version_id=found.id, skill_number=skill, about=about, author=actor, text=kept, at=at
    )
    session.add(comment)
    session.flush()
    if found.made_by_id is not None and found.made_by_id != actor.id:
        notices.tell_account(session, found.made_by_id, "framework-comment", at, **drafts.facts(found))
    audit.record(session, at, actor.reference, "framework.commented", drafts.subject(found))
    return comment


def resolve(
    session: Session, actor: Account, number: int, version: int, reference: str, at: datetime
) -> FrameworkComment:
    """Mark a comment as dealt with. Idempotent."""
    found = _open(session, actor, number, version)
    comment = _find(session, found, reference)
    if comment.resolved_at is None:
        comment.resolved_at, comment.resolved_by = at, actor
        session.flush()
        audit.record(session, at, actor.reference, "framework.comment-resolved", drafts.subject(found))
    return comment


def reopen(
    session: Session, actor: Account, number: int, version: int, reference: str, at: datetime
) -> FrameworkComment:
    """Open a resolved comment again. Idempotent."""
    found = _open(session, actor, number, version)
    comment = _find(session, found, reference)
    if comment.resolved_at is not None:
        comment.resolved_at = comment.resolved_by = None
        session.flush()
        audit.record(session, at, actor.reference, "framework.comment-reopened", drafts.subject(found))
    return comment


def _open(session: Session, actor: Account, number: int, version: int) -> FrameworkVersion:
    """Return a version that is not published, with a row lock: its publisher sees every comment."""
    found = visibility.seen(session, actor, number, version, lock=True)
    if not found.is_open:
        raise Refused(Reason.FRAMEWORK_PUBLISHED)
    return found


def _find(session: Session, version: FrameworkVersion, reference: str) -> FrameworkComment:
    comment = db.programmes.frameworks.comments.by_reference(session, version.id, reference)
    if comment is None:
        raise NotFound
    return comment
