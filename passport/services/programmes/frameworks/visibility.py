"""Who sees a version of a framework before it is published, and who may change it.

A draft is seen by framework authors and programme managers, and from its review on also by the programme's
champions and coordinators. A published version is seen by everybody.
"""

from __future__ import annotations

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.frameworks.versions import FrameworkState, FrameworkVersion
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows
from passport.services.programmes.managing import require

LARGEST_NUMBER = 2**31 - 1
WAYS = (How.DRAFT, How.PUBLISH, How.COMMENT_AND_SIGN)


def listed(session: Session, actor: Account) -> list[FrameworkVersion]:
    """Return the versions that a person sees: by framework, the newest version first."""
    require(actor, Action.FRAMEWORK, *WAYS)
    found = db.programmes.frameworks.versions.of_programme(session, actor.programme_id)
    return [one for one in found if _sees(actor, one)]


def seen(
    session: Session, actor: Account, number: int, version: int, *, lock: bool = False
) -> FrameworkVersion:
    """Return a version of the person's programme; with ``lock``, with a row lock (FOR UPDATE).

    Raises NotFound for another programme's, and for a draft that they do not see yet.
    """
    require(actor, Action.FRAMEWORK, *WAYS)
    found = by_numbers(session, number, version, lock=lock)
    if found is None or found.framework.programme_id != actor.programme_id or not _sees(actor, found):
        raise NotFound
    return found


def to_change(session: Session, actor: Account, number: int, version: int) -> FrameworkVersion:
    """Return a version that an author may change, with a row lock. Raises Refused for a published one."""
    require(actor, Action.FRAMEWORK, How.DRAFT)
    found = seen(session, actor, number, version, lock=True)
    if not found.is_open:
        raise Refused(Reason.FRAMEWORK_PUBLISHED)
    return found


def by_numbers(session: Session, number: int, version: int, *, lock: bool = False) -> FrameworkVersion | None:
    """Return a version by the numbers in its URL, for any reader; None for numbers that no row can have."""
    if not (0 < number <= LARGEST_NUMBER and 0 < version <= LARGEST_NUMBER):
        return None
    return db.programmes.frameworks.versions.by_numbers(session, number, version, lock=lock)


def _sees(actor: Account, version: FrameworkVersion) -> bool:
    return version.state is not FrameworkState.DRAFT or allows(
        actor.roles, Action.FRAMEWORK, How.DRAFT, How.PUBLISH
    )
