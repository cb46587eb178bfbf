"""From endorsements that are due to signed entries: queries for the queue, and row locks.

Locks are taken in one order: the keys, the students' names, endorsements or entries, a list, the trail last.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session, joinedload, lazyload

from passport.db import failures
from passport.db.credentials.records import Credential, CredentialState
from passport.db.endorsements.decisions import Decision, DecisionOutcome, DecisionState
from passport.db.evidence.evidence import Evidence, EvidenceVersion
from passport.db.failures import Job
from passport.db.people.accounts import Account, Champion, Student
from passport.db.programmes.frameworks.versions import FrameworkVersion, Skill
from passport.db.programmes.programme import Employer, Programme


def due(session: Session, at: datetime, limit: int = 2_000) -> list[int]:
    """Return the ids of endorsements whose time to undo has expired, the oldest first."""
    query = select(Decision.id).where(
        Decision.decision == DecisionOutcome.ENDORSED,
        Decision.state == DecisionState.PENDING,
        Decision.due_at <= at,
        Decision.id.not_in(failures.resting(Job.ISSUE, at)),
    )
    return list(session.scalars(query.order_by(Decision.due_at, Decision.id).limit(limit)))


def unfinished(session: Session, at: datetime, limit: int = 100) -> list[int]:
    """Return the ids of endorsements whose intent has no signature yet, the oldest first."""
    query = select(Credential.endorsement_id).where(
        Credential.state == CredentialState.INTENDED,
        Credential.endorsement_id.not_in(failures.resting(Job.ISSUE, at)),
    )
    return list(session.scalars(query.order_by(Credential.id).limit(limit)))


def waiting(session: Session, programme_id: int) -> int:
    """Return how many of a programme's endorsements still wait for their entry, due or not."""
    query = (
        select(func.count())
        .select_from(Decision)
        .join(Account, Account.id == func.coalesce(Decision.champion_id, Decision.confirmed_by_id))
        .where(
            Account.programme_id == programme_id,
            Decision.decision == DecisionOutcome.ENDORSED,
            Decision.state.in_([DecisionState.PENDING, DecisionState.SIGNING]),
        )
    )
    return session.scalar(query) or 0


_LATEST = select(func.max(Credential.issued_at))


def latest_issue(session: Session) -> datetime | None:
    """Return the newest time at which anything was issued."""
    return session.connection().scalar(_LATEST)


def lock_names_shared(session: Session, ids: Collection[int]) -> None:
    """Lock the accounts of the endorsed students in share mode: no name is corrected meanwhile.

    They are locked in one order, before anything about them is read.
    """
    session.connection().execute(_names(), {"ids": list(ids)})


@cache
def _names() -> Select[int]:
    endorsed = select(Evidence.student_id).join(Decision, Decision.evidence_id == Evidence.id)
    chosen = endorsed.where(Decision.id.in_(bindparam("ids", expanding=True)))
    return select(Account.id).where(Account.id.in_(chosen)).order_by(Account.id).with_for_update(read=True)


def take_due(session: Session, ids: Collection[int], at: datetime) -> list[Decision]:
    """Set the due endorsements that are still pending to SIGNING; return them by id, with row locks."""
    taken = list(session.scalars(_due_of(), {"ids": list(ids), "at": at}))
    for endorsement in taken:
        endorsement.state = DecisionState.SIGNING
    return taken


@cache
def _due_of() -> Select[Decision]:
    """Select due endorsements with what an entry needs, a third of all that belongs to an endorsement."""
    query = select(Decision).where(
        Decision.id.in_(bindparam("ids", expanding=True)),
        Decision.state == DecisionState.PENDING,
        Decision.due_at <= bindparam("at"),
    )
    about, champion = joinedload(Decision.evidence), joinedload(Decision.champion)
    student = about.joinedload(Evidence.student)
    skill = joinedload(Decision.version).joinedload(EvidenceVersion.skill)
    needed = (
        lazyload("*"),
        student.joinedload(Student.school),
        student.joinedload(Student.account).joinedload(Account.programme).joinedload(Programme.issuer),
        about.joinedload(Evidence.activity),
        skill.selectinload(Skill.alignments),
        skill.joinedload(Skill.version).joinedload(FrameworkVersion.framework),
        champion.joinedload(Champion.account),
        champion.joinedload(Champion.employer).joinedload(Employer.issuer),
    )
    locked = query.order_by(Decision.id).with_for_update(of=Decision)
    return locked.options(*needed).execution_options(populate_existing=True)


_SIGNED = (
    update(Decision)
    .where(Decision.id.in_(bindparam("ids", expanding=True)))
    .values(state=DecisionState.SIGNED)
)


def set_signed(session: Session, ids: list[int]) -> None:
    """Mark endorsements as signed; the caller has locked their intents."""
    session.connection().execute(_SIGNED, {"ids": ids})


def lock_begun_of(session: Session, student_id: int) -> list[Credential]:
    """Return a student's unsigned intents of first editions, reloaded, with row locks (FOR UPDATE)."""
    query = select(Credential).where(
        Credential.student_id == student_id,
        Credential.edition == 0,
        Credential.state == CredentialState.INTENDED,
    )
    locked = query.order_by(Credential.id).with_for_update(of=Credential)
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def begun(session: Session, endorsement_ids: Collection[int]) -> list[Credential]:
    """Return the unsigned intents made from these endorsements, by id, with row locks (FOR UPDATE)."""
    return list(session.scalars(_begun(), {"ids": list(endorsement_ids)}))


@cache
def _begun() -> Select[Credential]:
    query = select(Credential).where(
        Credential.endorsement_id.in_(bindparam("ids", expanding=True)),
        Credential.state == CredentialState.INTENDED,
    )
    skill = joinedload(Credential.skill).load_only(Skill.name)
    locked = query.order_by(Credential.id).with_for_update(of=Credential).options(lazyload("*"), skill)
    return locked.execution_options(populate_existing=True)
