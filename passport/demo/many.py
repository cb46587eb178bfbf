"""A separate school with any amount of evidence waiting for one champion, for measurements.

The rows are written directly in their submitted state: submitting thousands one by one would take minutes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.evidence.evidence import Evidence, EvidenceState, EvidenceVersion
from passport.db.people.accounts import Account, Role
from passport.db.programmes.activities.menu import Activity
from passport.db.programmes.frameworks.versions import Skill
from passport.services.evidence.drafting import SALT_BYTES
from passport.services.people import accounts, onboarding
from passport.services.programmes import creation

SCHOOL = "Longqueue School"
STUDENTS = 40
STORY = (
    "I took part in number {number} of the day, asked what had to be measured, wrote the readings down one"
    " under the other and told the technician about the one that did not fit."
)


@dataclass(frozen=True)
class Crowd:
    """The students of that school, and their activities and skills."""

    students: list[Account]
    activities: list[Activity]
    skills: list[Skill]


def gather(session: Session, beside: Account, email: str, password: str, at: datetime) -> Crowd:
    """Make the school, its students, and a champion of the same employer as the one named by ``beside``."""
    programme, other = beside.programme, beside.champion
    version = db.programmes.frameworks.versions.current(session, programme.id)
    if other is None or version is None:
        raise ValueError("there is no champion or no framework to begin with")
    school = creation.make_school(session, programme, SCHOOL)
    account = accounts.make(
        session,
        programme,
        Role.CHAMPION,
        email=email,
        name="Pat Longqueue",
        first_name="Pat",
        password=password,
        at=at,
    )
    champion = accounts.make_champion(session, account, other.employer, "Foreman")
    accounts.attach(session, champion, school, at.date(), at.date() + timedelta(days=300))
    onboarding.settle(session, champion, [school], account, at.date(), at)
    pupils = [
        accounts.make(
            session,
            programme,
            Role.STUDENT,
            email=None,
            name=f"Pupil Number{number}",
            first_name="Pupil",
            password=None,
            at=at,
        )
        for number in range(STUDENTS)
    ]
    for pupil in pupils:
        born = at.date() - timedelta(days=15 * 365)
        accounts.make_student(session, pupil, school, other.employer.sector, 10, born)
    return Crowd(
        pupils,
        db.programmes.activities.menu.of_programme(session, programme.id, at.date()),
        list(version.skills),
    )


def send(session: Session, crowd: Crowd, numbers: range, at: datetime, level: int = 0) -> None:
    """Add waiting evidence for ``numbers``, spread over students, activities, skills and levels.

    A ``level`` other than 0 is used for all of it.
    """
    sent = [_evidence(crowd, number, level, at + timedelta(seconds=number)) for number in numbers]
    session.add_all(sent)
    session.flush()
    session.add_all(_version(one) for one in sent)
    session.flush()


def _evidence(crowd: Crowd, number: int, level: int, at: datetime) -> Evidence:
    activity = crowd.activities[number // 7 % len(crowd.activities)]
    skill = crowd.skills[number // 3 % len(crowd.skills)]
    return Evidence(
        student_id=crowd.students[number % len(crowd.students)].id,
        activity_id=activity.id,
        skill_id=skill.id,
        state=EvidenceState.SUBMITTED,
        level=level or number % 4 + 1,
        narrative=STORY.format(number=number),
        held_on=activity.held_on,
        hours=activity.hours,
        version=1,
        made_at=at,
        updated_at=at,
        submitted_at=at,
    )


def _version(sent: Evidence) -> EvidenceVersion:
    return EvidenceVersion(
        evidence_id=sent.id,
        number=1,
        skill_id=sent.skill_id,
        level=sent.level,
        narrative=sent.narrative,
        held_on=sent.held_on,
        hours=sent.hours,
        salt=secrets.token_bytes(SALT_BYTES),
        submitted_at=sent.submitted_at,
    )
