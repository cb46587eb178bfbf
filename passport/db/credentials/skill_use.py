"""How much evidence and how many entries name a skill: what a new version of a framework would change."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from passport.db.credentials.records import Credential, CredentialState
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.programmes.frameworks.versions import FrameworkVersion, Skill

# what a student can still change, and what waits for a decision
UNSENT = (EvidenceState.DRAFT, EvidenceState.RETURNED)
WAITING = (EvidenceState.SUBMITTED, EvidenceState.HELD)


def evidence(session: Session, version_id: int, states: Sequence[EvidenceState]) -> dict[int, int]:
    """Return how much evidence in these states names each skill of a version, by the skill's number."""
    query = (
        select(Skill.number, func.count())
        .join(Evidence, Evidence.skill_id == Skill.id)
        .where(Skill.version_id == version_id, Evidence.state.in_(states))
        .group_by(Skill.number)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def entries(session: Session, framework_id: int) -> dict[int, int]:
    """Return how many entries were issued for each skill of a framework, by the skill's number."""
    query = (
        select(Skill.number, func.count())
        .join(FrameworkVersion, FrameworkVersion.id == Skill.version_id)
        .join(Credential, Credential.skill_id == Skill.id)
        .where(FrameworkVersion.framework_id == framework_id, Credential.state != CredentialState.INTENDED)
        .group_by(Skill.number)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def move_unsent(session: Session, source: Skill, target: Skill) -> int:
    """Let evidence that is not sent, or sent back, name another skill row; return how much it was."""
    done = session.execute(
        update(Evidence)
        .where(Evidence.skill_id == source.id, Evidence.state.in_(UNSENT))
        .values(skill_id=target.id)
        .execution_options(synchronize_session=False)
        .returning(Evidence.id)
    )
    return len(done.all())
