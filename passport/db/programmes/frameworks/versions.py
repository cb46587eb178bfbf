"""Frameworks: versioned sets of skills, each with a wording for four levels."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Select, UniqueConstraint, bindparam, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from passport.db.base import Base, UtcDateTime, choice, locking

if TYPE_CHECKING:
    from passport.db.people.accounts import Account
    from passport.db.programmes.frameworks.alignments import SkillAlignment


class FrameworkState(StrEnum):
    """State of a version. Its words can be changed until it is published."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SIGNED_OFF = "signed_off"
    PUBLISHED = "published"
    RETIRED = "retired"


OPEN = frozenset({FrameworkState.DRAFT, FrameworkState.IN_REVIEW, FrameworkState.SIGNED_OFF})


class Framework(Base):
    """A framework; its number is unique in the service, and never reused once a version was published."""

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
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # the version that this one began as a copy of; None where it began empty or with a file
    based_on_id: Mapped[int | None] = mapped_column(ForeignKey("framework_versions.id"))
    # who began the draft; None for the operator's command
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    framework: Mapped[Framework] = relationship(lazy="joined")
    based_on: Mapped[FrameworkVersion | None] = relationship(remote_side=[id])
    made_by: Mapped[Account | None] = relationship()
    skills: Mapped[list[Skill]] = relationship(
        order_by="(Skill.place, Skill.number)", back_populates="version"
    )

    @property
    def is_open(self) -> bool:
        """Whether the words can still be changed: not published yet."""
        return self.state in OPEN


class Skill(Base):
    """A skill and what each of its four levels means.

    ``number`` identifies the skill in addresses and in all versions of its framework; ``place`` orders the
    skills of a version. In a draft a level may be empty.
    """

    __tablename__ = "skills"
    __table_args__ = (UniqueConstraint("version_id", "number"), UniqueConstraint("version_id", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("framework_versions.id"))
    number: Mapped[int]
    place: Mapped[int]
    group: Mapped[str] = mapped_column("skill_group")
    name: Mapped[str]
    level_1: Mapped[str]
    level_2: Mapped[str]
    level_3: Mapped[str]
    level_4: Mapped[str]
    version: Mapped[FrameworkVersion] = relationship(lazy="joined", back_populates="skills")
    alignments: Mapped[list[SkillAlignment]] = relationship(
        order_by="SkillAlignment.id", cascade="all, delete-orphan"
    )

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


def of_programme(session: Session, programme_id: int) -> list[FrameworkVersion]:
    """Return all versions of a programme's frameworks: by framework, the newest version first."""
    query = (
        select(FrameworkVersion)
        .join(Framework)
        .where(Framework.programme_id == programme_id)
        .order_by(Framework.number, FrameworkVersion.number.desc())
    )
    return list(session.scalars(query))


def versions(session: Session, framework: Framework) -> list[FrameworkVersion]:
    """Return a framework's versions, newest first."""
    query = select(FrameworkVersion).where(FrameworkVersion.framework_id == framework.id)
    return list(session.scalars(query.order_by(FrameworkVersion.number.desc())))


def current(session: Session, programme_id: int, without: int | None = None) -> FrameworkVersion | None:
    """Return the version that students of a programme claim skills from: the last published one.

    With ``without``, the row id of a version: the one that it would be if that version were retired.
    """
    query = (
        select(FrameworkVersion)
        .join(Framework)
        .where(Framework.programme_id == programme_id, FrameworkVersion.state == FrameworkState.PUBLISHED)
        .order_by(FrameworkVersion.published_at.desc(), FrameworkVersion.id.desc())
        .limit(1)
    )
    if without is not None:
        query = query.where(FrameworkVersion.id != without)
    return session.scalar(query)


def lock_framework(session: Session, framework: Framework) -> None:
    """Reload a framework with a row lock (FOR UPDATE): one transaction at a time adds a version."""
    session.refresh(framework, ["title"], with_for_update=True)


def lock_version(session: Session, version: FrameworkVersion) -> None:
    """Reload a version and its skills with a row lock (FOR UPDATE), as every change of its words takes it."""
    session.refresh(version, ["state"], with_for_update=True)
    session.expire(version, ["skills"])


def delete_draft(session: Session, version: FrameworkVersion) -> None:
    """Delete a version with its skills, and its framework if no version is left."""
    for skill in version.skills:
        session.delete(skill)
    session.flush()
    framework = version.framework
    session.execute(delete(FrameworkVersion).where(FrameworkVersion.id == version.id))
    session.expunge(version)
    if not versions(session, framework):
        session.delete(framework)
        session.flush()


@cache
def _by_numbers() -> Select[FrameworkVersion]:
    """Select a version with all of its skills: two more queries, however many there are."""
    return (
        select(FrameworkVersion)
        .join(Framework)
        .where(Framework.number == bindparam("framework"), FrameworkVersion.number == bindparam("version"))
        .options(selectinload(FrameworkVersion.skills).selectinload(Skill.alignments))
    )


def by_numbers(
    session: Session, framework: int, version: int, *, lock: bool = False
) -> FrameworkVersion | None:
    """Return a version by the two numbers in its address; with ``lock``, with a row lock (FOR UPDATE)."""
    query = locking(_by_numbers(), FrameworkVersion, lock=lock)
    return session.scalar(query, {"framework": framework, "version": version})


_PUBLIC = (FrameworkState.PUBLISHED, FrameworkState.RETIRED)


def public_ids(session: Session) -> list[int]:
    """Return the ids of the versions that everyone may read: published ones and those since retired."""
    query = select(FrameworkVersion.id).where(FrameworkVersion.state.in_(_PUBLIC))
    return list(session.scalars(query.order_by(FrameworkVersion.id)))


def public(session: Session) -> list[FrameworkVersion]:
    """Return the versions that everyone may read, by the numbers in their addresses."""
    query = select(FrameworkVersion).join(Framework).where(FrameworkVersion.state.in_(_PUBLIC))
    return list(session.scalars(query.order_by(Framework.number, FrameworkVersion.number)))


def get(session: Session, version_id: int) -> FrameworkVersion:
    """Return a version by its id, with all of its skills and their crosswalk."""
    query = select(FrameworkVersion).where(FrameworkVersion.id == version_id)
    loading = selectinload(FrameworkVersion.skills).selectinload(Skill.alignments)
    return session.scalars(query.options(loading)).one()
