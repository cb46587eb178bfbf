"""Challenges: a problem that an employer sets, what a team made of it, and the classes that it reached."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice, locking, new_reference
from passport.db.programmes.programme import Employer


class ChallengeState(StrEnum):
    """How far a challenge is. A closed one stays for its numbers and is offered to no one."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    CLOSED = "closed"


class EmployerChallenge(Base):
    """A challenge. It names no student: a team is a number of people."""

    __tablename__ = "employer_challenges"
    __table_args__ = (UniqueConstraint("programme_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"), index=True)
    state: Mapped[ChallengeState] = mapped_column(choice(ChallengeState, "challenge_state"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str]
    brief: Mapped[str]
    # what a class needs for it: materials, rooms, tools
    needed: Mapped[str]
    lessons: Mapped[int]
    first_year: Mapped[int]
    last_year: Mapped[int]
    # how many students worked on it; 0 until a team has
    team: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(default="")
    employer: Mapped[Employer] = relationship(lazy="joined")
    classes: Mapped[list[ChallengeClass]] = relationship(
        order_by="[ChallengeClass.held_on, ChallengeClass.id]", lazy="selectin"
    )

    @property
    def reached(self) -> int:
        """Return the number of students of all classes that it reached."""
        return sum(one.students for one in self.classes)


class ChallengeClass(Base):
    """A class that a challenge reached: a number of students, and no names."""

    __tablename__ = "employer_challenge_classes"
    __table_args__ = (
        UniqueConstraint(
            *("challenge_id", "held_on", "school_name", "year_group"),
            name="uq_employer_challenge_classes_once",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("employer_challenges.id"))
    held_on: Mapped[date]
    school: Mapped[str] = mapped_column("school_name")
    year_group: Mapped[int]
    students: Mapped[int]


def of_programme(session: Session, programme_id: int, *states: ChallengeState) -> list[EmployerChallenge]:
    """Return a programme's challenges in some states, by title."""
    query = select(EmployerChallenge).where(
        EmployerChallenge.programme_id == programme_id, EmployerChallenge.state.in_(states)
    )
    return list(session.scalars(query.order_by(EmployerChallenge.title)))


def by_reference(
    session: Session, programme_id: int, reference: str, *, lock: bool
) -> EmployerChallenge | None:
    """Return a programme's challenge; with ``lock``, with a row lock."""
    query = select(EmployerChallenge).where(
        EmployerChallenge.programme_id == programme_id, EmployerChallenge.reference == reference
    )
    return session.scalar(locking(query, EmployerChallenge, lock=lock))


def by_title(session: Session, programme_id: int, title: str) -> EmployerChallenge | None:
    """Return a programme's challenge with this title."""
    query = select(EmployerChallenge).where(
        EmployerChallenge.programme_id == programme_id, EmployerChallenge.title == title
    )
    return session.scalar(query)


def _of(programme_id: int) -> Select[EmployerChallenge]:
    return select(EmployerChallenge).where(EmployerChallenge.programme_id == programme_id)
