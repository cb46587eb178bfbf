"""Sign-offs: an employer's champion and a school's coordinator agree to the exact words of a version.

Each signs what was on their page: the digest of the words goes with the form. One person of each side signs,
and no one signs for both. A change of the words takes every sign-off back and notifies those who signed.
"""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.base import Base
from passport.db.people.accounts import Account, Role
from passport.db.programmes.frameworks.sign_offs import FrameworkSignOff, Side
from passport.db.programmes.frameworks.versions import FrameworkState, FrameworkVersion
from passport.services.core import audit, notices
from passport.services.core.dates import today
from passport.services.core.errors import EditConflict, NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.programmes.frameworks import visibility, wording
from passport.services.programmes.managing import require

__all__ = ["FrameworkSignOff", "Side", "end_all", "facts", "history", "sign", "standing", "take_back"]

_SIGNED = {Side.EMPLOYER: Reason.EMPLOYER_SIGNED, Side.SCHOOL: Reason.SCHOOL_SIGNED}


def standing(session: Session, version: FrameworkVersion) -> list[FrameworkSignOff]:
    """Return the sign-offs of a version that were not taken back."""
    return db.programmes.frameworks.sign_offs.standing(session, version.id)


def history(session: Session, version: FrameworkVersion) -> list[FrameworkSignOff]:
    """Return all sign-offs of a version, those that were taken back too."""
    return db.programmes.frameworks.sign_offs.of_version(session, version.id)


def facts(version: FrameworkVersion) -> dict[str, str]:
    """Return the facts of a notice about a version."""
    return {
        "title": version.framework.title,
        "framework": str(version.framework.number),
        "version": str(version.number),
    }


def sign(
    session: Session, actor: Account, number: int, version: int, read: str, at: datetime
) -> FrameworkSignOff:
    """Sign a version off for the actor's employer or school. Idempotent for the same person.

    Args:
        read: digest of the words that the person's page showed (`wording.digest`).

    Raises:
        EditConflict: the words changed since the page was loaded.
        Refused: the version is not in review or has an empty level, the side has signed already, or the
            champion has no school now.
    """
    require(actor, Action.FRAMEWORK, How.COMMENT_AND_SIGN)
    found = visibility.seen(session, actor, number, version, lock=True)
    if found.state not in {FrameworkState.IN_REVIEW, FrameworkState.SIGNED_OFF}:
        raise Refused(Reason.FRAMEWORK_NOT_IN_REVIEW)
    side, place = _side(session, actor, at)
    there = standing(session, found)
    own = next((one for one in there if one.account_id == actor.id), None)
    if own is not None:
        return own
    if any(one.side is side for one in there):
        raise Refused(_SIGNED[side])
    digest = wording.digest(found)
    if read != digest:
        raise EditConflict
    if not all(all(skill.descriptors) for skill in found.skills):
        raise Refused(Reason.LEVELS_EMPTY)
    row = FrameworkSignOff(
        version_id=found.id,
        side=side,
        account=actor,
        name=actor.name,
        place=place,
        digest=digest,
        signed_at=at,
    )
    if not db.programmes.frameworks.sign_offs.add_if_free(session, row):
        raise Refused(_SIGNED[side])
    if there:
        found.state = FrameworkState.SIGNED_OFF
        for manager in db.credentials.entry_search.managers(session, actor.programme_id):
            notices.tell_account(session, manager, "framework-signed-off", at, **facts(found))
    session.flush()
    subject = f"{found.framework.number}/{found.number}"
    audit.record(session, at, actor.reference, "framework.signed", subject, [row], side=side.value)
    return row


def take_back(session: Session, actor: Account, number: int, version: int, at: datetime) -> None:
    """Take the actor's own sign-off back while the version is not published. Idempotent."""
    found = visibility.seen(session, actor, number, version, lock=True)
    if not found.is_open:
        raise Refused(Reason.FRAMEWORK_PUBLISHED)
    own = next((one for one in standing(session, found) if one.account_id == actor.id), None)
    if own is None:
        return
    own.taken_back_at, found.state = at, FrameworkState.IN_REVIEW
    session.flush()
    subject = f"{found.framework.number}/{found.number}"
    audit.record(session, at, actor.reference, "framework.sign-off-taken-back", subject, [own])


def end_all(session: Session, version: FrameworkVersion, by: Account | None, at: datetime) -> list[Base]:
    """Take every sign-off of a version back, notify those who signed, and return the rows for the record."""
    rows: list[Base] = []
    for one in standing(session, version):
        one.taken_back_at = at
        rows.append(one)
        if by is None or by.id != one.account_id:
            notices.tell_account(session, one.account_id, "framework-sign-off-ended", at, **facts(version))
    if version.state is FrameworkState.SIGNED_OFF:
        version.state = FrameworkState.IN_REVIEW
    session.flush()
    return rows


def _side(session: Session, actor: Account, at: datetime) -> tuple[Side, str]:
    """Return the side that a person signs for, and the name of their employer or school."""
    if Role.CHAMPION in actor.roles and actor.champion is not None:
        has_left = actor.champion.employer.issuer.until is not None
        if has_left or not db.people.accounts.attached_schools(session, actor.champion, today(at)):
            raise Refused(Reason.SIGNER_NOT_ATTACHED)
        return Side.EMPLOYER, actor.champion.employer.name
    if Role.COORDINATOR in actor.roles and actor.staff is not None:
        return Side.SCHOOL, actor.staff.school.name
    raise NotFound
