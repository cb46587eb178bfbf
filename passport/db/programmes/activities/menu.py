"""Activities: tours, master classes, projects and the like that evidence comes from, and their sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    and_,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship, selectinload

from passport.db.base import Base, Exact, UtcDateTime, choice, locking, new_reference

if TYPE_CHECKING:
    from passport.db.programmes.frameworks.versions import Skill
    from passport.db.programmes.programme import Employer, Sector

# one title a day in the menu; a cancelled activity, or a student's own, is in no one's way
IN_THE_MENU = text("state != 'cancelled' AND own_of_id IS NULL")


class ActivityKind(StrEnum):
    """The kind of an activity."""

    TOUR = "tour"
    TASTER = "taster"
    MASTER_CLASS = "master class"
    PROJECT = "project"
    CHALLENGE = "challenge"
    EVENT = "event"
    MENTORING = "mentoring"
    WORK_EXPERIENCE = "work experience"
    JOB = "part-time job"


class ActivityState(StrEnum):
    """State of an activity. "Full" and "over" follow from its sign-ups and its sessions."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Activity(Base):
    """An activity that students of a programme take part in.

    ``held_on`` is the day of the first session, ``hours`` the length of all sessions together. ``places`` is
    None where no one signs up. The host is an employer of the programme, or in ``host`` the name of another
    organisation. An activity with ``own_of_id`` is offered to that student alone.
    """

    __tablename__ = "activities"
    __table_args__ = (
        Index(
            "uq_activities_one_title_a_day",
            "programme_id",
            "title",
            "held_on",
            unique=True,
            sqlite_where=IN_THE_MENU,
            postgresql_where=IN_THE_MENU,
        ),
        Index("ix_activities_by_day", "programme_id", "held_on"),
        CheckConstraint("employer_id IS NOT NULL OR host <> ''", name="has_host"),
        CheckConstraint("places > 0", name="places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employers.id"))
    host: Mapped[str] = mapped_column(default="")
    own_of_id: Mapped[int | None] = mapped_column(ForeignKey("students.account_id"), index=True)
    title: Mapped[str]
    kind: Mapped[ActivityKind] = mapped_column(choice(ActivityKind, "activity_kind"))
    state: Mapped[ActivityState] = mapped_column(
        choice(ActivityState, "activity_state"), default=ActivityState.PUBLISHED
    )
    setting: Mapped[str]
    held_on: Mapped[date]
    hours: Mapped[Decimal] = mapped_column(Exact)
    about: Mapped[str] = mapped_column(default="")
    # how the group gets there and back safely on the day
    route: Mapped[str] = mapped_column(default="")
    captions: Mapped[bool] = mapped_column(default=False)
    year_from: Mapped[int | None]
    year_to: Mapped[int | None]
    places: Mapped[int | None]
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    employer: Mapped[Employer | None] = relationship(lazy="joined")
    sessions: Mapped[list[ActivitySession]] = relationship(
        order_by="[ActivitySession.held_on, ActivitySession.starts_at, ActivitySession.id]",
        back_populates="activity",
        cascade="all, delete-orphan",
        lazy="select",
    )
    sectors: Mapped[list[Sector]] = relationship(
        secondary="activity_sectors", order_by="Sector.name", lazy="select"
    )
    skills: Mapped[list[Skill]] = relationship(
        secondary="activity_skills", order_by="Skill.number", lazy="select"
    )

    @property
    def host_name(self) -> str:
        """Return the name of the organisation that hosts it."""
        return self.employer.name if self.employer is not None else self.host

    @property
    def host_left(self) -> bool:
        """Return whether the hosting employer's part in the programme has ended."""
        return self.employer is not None and self.employer.issuer.until is not None

    @property
    def is_cancelled(self) -> bool:
        """Return whether it was cancelled."""
        return self.state is ActivityState.CANCELLED

    @property
    def last_day(self) -> date:
        """Return the day of the last session."""
        return max((one.held_on for one in self.sessions), default=self.held_on)


class ActivitySession(Base):
    """A session of an activity: a day, and the times at which it begins and ends where they are known."""

    __tablename__ = "activity_sessions"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR starts_at IS NOT NULL AND ends_at > starts_at", name="in_order"),
        Index("ix_activity_sessions_by_day", "held_on", "activity_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), index=True)
    held_on: Mapped[date]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # shown on the wall; students who are there enter it
    wall_code: Mapped[str | None] = mapped_column(unique=True)
    activity: Mapped[Activity] = relationship(back_populates="sessions", lazy="select")


class ActivitySector(Base):
    """A sector whose students an activity is for; without any it is for all."""

    __tablename__ = "activity_sectors"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), primary_key=True)
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"), primary_key=True)


class ActivitySkill(Base):
    """A skill that an activity can show, as a version of the framework words it."""

    __tablename__ = "activity_skills"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True)


def of_programme(session: Session, programme_id: int, until: date) -> list[Activity]:
    """Return the published activities that all students of a programme may log by a day, newest first."""
    return list(session.scalars(_loggable(programme_id, until, Activity.own_of_id.is_(None))))


def for_student(session: Session, programme_id: int, student_id: int, until: date) -> list[Activity]:
    """Return the published activities that a student may log by a day, their own too, newest first."""
    whose = or_(Activity.own_of_id.is_(None), Activity.own_of_id == student_id)
    return list(session.scalars(_loggable(programme_id, until, whose)))


def _loggable(programme_id: int, until: date, whose: ColumnElement[bool]) -> Select[Any]:
    query = select(Activity).where(
        Activity.programme_id == programme_id,
        Activity.held_on <= until,
        Activity.state == ActivityState.PUBLISHED,
        whose,
    )
    ordered = query.order_by(Activity.held_on.desc(), Activity.id.desc())
    return ordered.options(selectinload(Activity.sectors))


def by_reference(session: Session, programme_id: int, reference: str, *, lock: bool) -> Activity | None:
    """Return a programme's activity; with ``lock``, with a row lock, so that no log of it begins."""
    query = select(Activity).where(Activity.programme_id == programme_id, Activity.reference == reference)
    return session.scalar(locking(query, Activity, lock=lock))


def lock(session: Session, activity_id: int) -> Activity:
    """Return an activity by row id, with a row lock."""
    query = select(Activity).where(Activity.id == activity_id)
    return session.scalars(locking(query, Activity, lock=True)).one()


def page(session: Session, programme_id: int, start: int, limit: int) -> list[Activity]:
    """Return a page of a programme's activities, without students' own, newest first."""
    query = select(Activity).where(Activity.programme_id == programme_id, Activity.own_of_id.is_(None))
    whole = query.options(selectinload(Activity.sessions), selectinload(Activity.sectors))
    ordered = whole.order_by(Activity.held_on.desc(), Activity.id.desc())
    return list(session.scalars(ordered.offset(start).limit(limit)))


def count(session: Session, programme_id: int) -> int:
    """Return how many activities a programme has, without students' own and cancelled ones."""
    query = (
        select(func.count())
        .select_from(Activity)
        .where(Activity.programme_id == programme_id, Activity.own_of_id.is_(None))
        .where(Activity.state != ActivityState.CANCELLED)
    )
    return session.scalar(query) or 0


def of_day(session: Session, programme_id: int, title: str, held_on: date) -> Activity | None:
    """Return the activity of a programme's menu with this title on a day."""
    return session.scalar(
        select(Activity).where(
            Activity.programme_id == programme_id,
            Activity.title == title,
            Activity.held_on == held_on,
            Activity.state != ActivityState.CANCELLED,
            Activity.own_of_id.is_(None),
        )
    )


def coming(
    session: Session, programme_id: int, since: date, sector_id: int | None, year_group: int
) -> list[Activity]:
    """Return the published activities with a session from a day on for a sector and year, soonest first.

    An activity without sectors is for every sector, one without years for every year.
    """
    query = select(Activity).where(*_for_them(programme_id, since, sector_id, year_group))
    whole = query.options(selectinload(Activity.sessions), selectinload(Activity.sectors))
    return list(session.scalars(whole.order_by(Activity.held_on, Activity.id)))


def ids_of_coming(
    session: Session, programme_id: int, since: date, sector_id: int | None, year_group: int
) -> set[int]:
    """Return the row ids of what `coming` returns."""
    return set(
        session.scalars(select(Activity.id).where(*_for_them(programme_id, since, sector_id, year_group)))
    )


def _for_them(
    programme_id: int, since: date, sector_id: int | None, year_group: int
) -> tuple[ColumnElement[bool], ...]:
    for_all = ~select(ActivitySector.sector_id).where(ActivitySector.activity_id == Activity.id).exists()
    theirs = select(ActivitySector.sector_id).where(
        ActivitySector.activity_id == Activity.id, ActivitySector.sector_id == sector_id
    )
    later = select(ActivitySession.id).where(
        ActivitySession.activity_id == Activity.id, ActivitySession.held_on >= since
    )
    return (
        Activity.programme_id == programme_id,
        Activity.state == ActivityState.PUBLISHED,
        Activity.own_of_id.is_(None),
        later.exists(),
        or_(for_all, theirs.exists()) if sector_id is not None else for_all,
        or_(Activity.year_from.is_(None), Activity.year_from <= year_group),
        or_(Activity.year_to.is_(None), Activity.year_to >= year_group),
    )


def hosted(session: Session, employer_id: int, since: date) -> list[Activity]:
    """Return the published activities that an employer hosts with a session from a day on."""
    later = select(ActivitySession.id).where(
        ActivitySession.activity_id == Activity.id, ActivitySession.held_on >= since
    )
    query = select(Activity).where(
        Activity.employer_id == employer_id, Activity.state == ActivityState.PUBLISHED, later.exists()
    )
    return list(session.scalars(query.order_by(Activity.held_on, Activity.id)))


def session_by_reference(session: Session, programme_id: int, reference: str) -> ActivitySession | None:
    """Return a session of a programme's activities."""
    query = select(ActivitySession).join(Activity)
    return session.scalar(
        query.where(Activity.programme_id == programme_id, ActivitySession.reference == reference)
    )


def session_by_code(session: Session, programme_id: int, code: str) -> ActivitySession | None:
    """Return the session of a programme whose code is on the wall."""
    query = select(ActivitySession).join(Activity)
    return session.scalar(
        query.where(Activity.programme_id == programme_id, ActivitySession.wall_code == code)
    )


def sessions_between(
    session: Session, programme_id: int, first: date, last: date, activity_ids: Iterable[int] | None = None
) -> list[ActivitySession]:
    """Return the sessions of a programme's published activities between two days, in order of time.

    Students' own activities are left out. With ``activity_ids``, only those activities.
    """
    query = (
        select(ActivitySession)
        .join(Activity)
        .options(contains_eager(ActivitySession.activity))
        .where(
            Activity.programme_id == programme_id,
            Activity.own_of_id.is_(None),
            Activity.state == ActivityState.PUBLISHED,
            and_(ActivitySession.held_on >= first, ActivitySession.held_on <= last),
        )
    )
    if activity_ids is not None:
        query = query.where(ActivitySession.activity_id.in_(list(activity_ids)))
    ordered = query.order_by(ActivitySession.held_on, ActivitySession.starts_at, ActivitySession.id)
    return list(session.scalars(ordered))
