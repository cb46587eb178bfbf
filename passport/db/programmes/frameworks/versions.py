"""Frameworks: versioned sets of skills, each with a wording for four levels."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, choice


class FrameworkState(StrEnum):
    """State of a version."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Framework(Base):
    """A framework; its number is unique in the service and never reused."""

    __tablename__ = "frameworks"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str]


class FrameworkVersion(Base):
    """One wording of a framework. A published one never changes."""

    __tablename__ = "framework_versions"
    __table_args__ = (UniqueConstraint("framework_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[int] = mapped_column(ForeignKey("frameworks.id"))
    number: Mapped[int]
    state: Mapped[FrameworkState] = mapped_column(choice(FrameworkState, "framework_state"))
    employer_signer: Mapped[str | None]
    school_signer: Mapped[str | None]
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    framework: Mapped[Framework] = relationship(lazy="joined")
    skills: Mapped[list[Skill]] = relationship(order_by="Skill.number", back_populates="version")


class Skill(Base):
    """A skill and what each of its four levels means."""

    __tablename__ = "skills"
    __table_args__ = (UniqueConstraint("version_id", "number"), UniqueConstraint("version_id", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("framework_versions.id"))
    number: Mapped[int]
    group: Mapped[str] = mapped_column("skill_group")
    name: Mapped[str]
    level_1: Mapped[str]
    level_2: Mapped[str]
    level_3: Mapped[str]
    level_4: Mapped[str]
    version: Mapped[FrameworkVersion] = relationship(lazy="joined", back_populates="skills")

    @property
    def descriptors(self) -> tuple[str, str, str, str]:
        """Return the four levels' wording, lowest first."""
        return (self.level_1, self.level_2, self.level_3, self.level_4)


def find(session: Session, programme_id: int, title: str) -> Framework | None:
    """Return a programme's framework with this title."""
    query = select(Framework).where(Framework.programme_id == programme_id, Framework.title == title)
    return session.scalar(query)


def next_number(session: Session) -> int:
    """Return the number of the next framework."""
    return (session.scalar(select(func.max(Framework.number))) or 0) + 1


def versions(session: Session, framework: Framework) -> list[FrameworkVersion]:
    """Return a framework's versions, newest first."""
    query = select(FrameworkVersion).where(FrameworkVersion.framework_id == framework.id)
    return list(session.scalars(query.order_by(FrameworkVersion.number.desc())))


def current(session: Session, programme_id: int) -> FrameworkVersion | None:
    """Return the version that students of a programme claim skills from: the last published one."""
    query = (
        select(FrameworkVersion)
        .join(Framework)
        .where(Framework.programme_id == programme_id, FrameworkVersion.state == FrameworkState.PUBLISHED)
        .order_by(FrameworkVersion.published_at.desc(), FrameworkVersion.id.desc())
        .limit(1)
    )
    return session.scalar(query)


_BY_NUMBERS = (
    select(FrameworkVersion)
    .join(Framework)
    .where(Framework.number == bindparam("framework"), FrameworkVersion.number == bindparam("version"))
)


def by_numbers(session: Session, framework: int, version: int) -> FrameworkVersion | None:
    """Return a version by the two numbers in its address."""
    return session.scalar(_BY_NUMBERS, {"framework": framework, "version": version})
