"""Published versions of frameworks: found by their numbers, published when two people have signed."""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.programmes.frameworks.versions import FrameworkState, FrameworkVersion
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.programmes.frameworks import visibility


def published(session: Session, number: int, version: int) -> FrameworkVersion:
    """Return a published or retired version by the numbers in its URL. Raises NotFound, also for a draft."""
    found = visibility.by_numbers(session, number, version)
    if found is None or found.is_open:
        raise NotFound
    return found


def public_versions(session: Session, version: FrameworkVersion) -> list[FrameworkVersion]:
    """Return all published and retired versions of a version's framework, the newest first."""
    there = db.programmes.frameworks.versions.versions(session, version.framework)
    return [one for one in there if not one.is_open]


def publish(
    session: Session, version: FrameworkVersion, employer_signer: str, school_signer: str, at: datetime
) -> FrameworkVersion:
    """Publish a draft that an employer and a school have signed off; retire the published version before it.

    Idempotent: a version that is no draft is returned unchanged. Raises Refused unless there are two
    different names, and for a version without skills.
    """
    if not version.is_open:
        return version
    names = [employer_signer.strip(), school_signer.strip()]
    if not all(names) or len({name.casefold() for name in names}) < len(names):
        raise Refused(Reason.TWO_SIGNERS_NEEDED)
    if not version.skills:
        raise Refused(Reason.NO_SKILLS)
    for other in db.programmes.frameworks.versions.versions(session, version.framework):
        if other.state is FrameworkState.PUBLISHED:
            other.state = FrameworkState.RETIRED
    version.state, version.published_at = FrameworkState.PUBLISHED, at
    version.employer_signer, version.school_signer = names
    audit.record(
        session,
        at,
        audit.OPERATOR,
        "framework.published",
        f"{version.framework.number}/{version.number}",
        employer_signer=names[0],
        school_signer=names[1],
    )
    return version
