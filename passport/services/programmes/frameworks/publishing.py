"""Publish and retire versions of frameworks: a manager's decision, after an employer and a school signed.

What the manager's page showed goes back with its form: the words, the open comments and the remarks. If one
of them changed meanwhile, nothing is published and the page shows what is there now.
"""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.frameworks.sign_offs import FrameworkSignOff, Side
from passport.db.programmes.frameworks.versions import FrameworkState, FrameworkVersion
from passport.services.core import audit, edit_conflict, notices
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.programmes.frameworks import comments, effects, sign_offs, visibility, wording
from passport.services.programmes.frameworks.comparing import Fate
from passport.services.programmes.frameworks.remarks import remarks
from passport.services.programmes.managing import require

__all__ = ["publish", "retire", "shown"]


def shown(session: Session, version: FrameworkVersion) -> edit_conflict.Stored:
    """Return all that a manager decides about, as values for `edit_conflict`."""
    there = [one.reference for one in comments.of_version(session, version) if one.resolved_at is None]
    standing = [one.reference for one in sign_offs.standing(session, version)]
    said = [(one.kind, one.number, one.levels) for one in remarks(session, version)]
    return (wording.digest(version), *there, *standing, *said)


def publish(
    session: Session,
    actor: Account,
    number: int,
    version: int,
    at: datetime,
    *,
    seen: str | None,
    carry_on: bool,
) -> FrameworkVersion:
    """Publish a version that both sides signed, and retire the published version before it. Idempotent.

    Drafts of students move along to the new version where the skill says the same.

    Args:
        seen: stamp of `shown` that the manager's form carried; None for no form.
        carry_on: whether the manager publishes in spite of open comments and remarks.

    Raises:
        EditConflict: words, comments, sign-offs or remarks differ from those shown.
        Refused: a side has not signed these words, a signer was suspended since, or there are open comments
            or remarks and ``carry_on`` is not set.
    """
    require(actor, Action.FRAMEWORK, How.PUBLISH)
    db.programmes.programme.lock(session, actor.programme)
    found = visibility.seen(session, actor, number, version, lock=True)
    if not found.is_open:
        return found
    now = shown(session, found)
    edit_conflict.require(seen, now, ())
    signed = _signed(session, found)
    open_ones = comments.count_open(session, [found])
    if (open_ones or remarks(session, found)) and not carry_on:
        raise Refused(Reason.COMMENTS_OPEN)
    moved = _move_unsent(session, found)
    for other in db.programmes.frameworks.versions.versions(session, found.framework):
        if other.state is FrameworkState.PUBLISHED:
            other.state, other.retired_at = FrameworkState.RETIRED, at
    found.state, found.published_at = FrameworkState.PUBLISHED, at
    found.employer_signer, found.school_signer = (_signer(signed[side]) for side in Side)
    session.flush()
    people = {row.account_id for row in signed.values()} | {found.made_by_id}
    for account in sorted(one for one in people if one is not None and one != actor.id):
        notices.tell_account(session, account, "framework-published", at, **sign_offs.facts(found))
    subject = f"{found.framework.number}/{found.number}"
    detail = {"open_comments": sum(open_ones.values()), "moved_drafts": moved}
    audit.record(session, at, actor.reference, "framework.published", subject, **detail)
    return found


def retire(session: Session, actor: Account, number: int, version: int, at: datetime) -> FrameworkVersion:
    """Offer a published version to students no more; its page and its entries stay. Idempotent.

    Raises Refused for a version that was never published.
    """
    require(actor, Action.FRAMEWORK, How.PUBLISH)
    found = visibility.seen(session, actor, number, version, lock=True)
    if found.is_open:
        raise Refused(Reason.FRAMEWORK_NOT_PUBLISHED)
    if found.state is FrameworkState.PUBLISHED:
        found.state, found.retired_at = FrameworkState.RETIRED, at
        session.flush()
        subject = f"{found.framework.number}/{found.number}"
        audit.record(session, at, actor.reference, "framework.retired", subject)
    return found


def _signed(session: Session, version: FrameworkVersion) -> dict[Side, FrameworkSignOff]:
    """Return each side's sign-off. Raises Refused unless both stand for these words, by active people."""
    digest = wording.digest(version)
    there = {one.side: one for one in sign_offs.standing(session, version) if one.digest == digest}
    if len(there) < len(Side):
        raise Refused(Reason.SIGN_OFFS_MISSING)
    if any(one.account.suspended_at is not None for one in there.values()):
        raise Refused(Reason.SIGNER_SUSPENDED)
    return there


def _signer(row: FrameworkSignOff) -> str:
    return f"{row.name}, {row.place}"


def _move_unsent(session: Session, version: FrameworkVersion) -> int:
    return sum(
        db.credentials.skill_use.move_unsent(session, one.skill, one.new)
        for one in effects.of_publishing(session, version).skills
        if one.fate is Fate.SAME and one.new is not None and one.unsent
    )
