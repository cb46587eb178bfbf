"""Endorsements: a champion's decision on one version of one piece of evidence."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, add_unless_taken, choice, move_state, new_reference
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Account

if TYPE_CHECKING:
    from passport.db.evidence.evidence import EvidenceVersion
    from passport.db.people.accounts import Champion
    from passport.db.programmes.issuers import Issuer

LIVE = text("state != 'undone'")
# signed, so identical in every language
COORDINATOR = "Coordinator"


class DecisionOutcome(StrEnum):
    """What the champion decided."""

    ENDORSED = "endorsed"
    RETURNED = "returned"
    DECLINED = "declined"


class DecisionState(StrEnum):
    """How far a decision has come. Only an endorsement is ever signed."""

    PENDING = "pending"
    SIGNING = "signing"
    SIGNED = "signed"
    UNDONE = "undone"


class NoteState(StrEnum):
    """Whether the student sees what was noted when it was sent back."""

    NONE = "none"
    SHOWN = "shown"
    HELD = "held"
    RELEASED = "released"
    STOPPED = "stopped"


SEEN_NOTES = {NoteState.SHOWN, NoteState.RELEASED}


class Decision(Base):
    """A decision. At most one that is not undone exists for each version of the evidence.

    It is made by a champion or by staff of the student's own school (`confirmed_by`), never by both.
    """

    __tablename__ = "endorsements"
    __table_args__ = (
        Index(
            "uq_endorsements_one_live",
            "version_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index("ix_endorsements_due", "state", "due_at"),
        Index("ix_endorsements_untold", "told_at", "decided_at"),
        CheckConstraint("(champion_id IS NULL) <> (confirmed_by_id IS NULL)", name="one_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("evidence_versions.id"))
    champion_id: Mapped[int | None] = mapped_column(ForeignKey("champions.account_id"), index=True)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decision: Mapped[DecisionOutcome] = mapped_column(choice(DecisionOutcome, "decision"))
    state: Mapped[DecisionState] = mapped_column(choice(DecisionState, "endorsement_state"))
    basis: Mapped[int | None]
    level: Mapped[int | None]
    reason: Mapped[str | None]
    # how a champion came to see what another employer hosted: a key, None where it was their own
    seen_as: Mapped[str | None]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # when the mail about it was made, to the endorser and to the school
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(default="")
    note_state: Mapped[NoteState] = mapped_column(
        choice(NoteState, "note_state"), default=NoteState.NONE, index=True
    )
    note_judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    note_judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    evidence: Mapped[Evidence] = relationship(lazy="joined")
    version: Mapped[EvidenceVersion] = relationship(lazy="joined")
    champion: Mapped[Champion | None] = relationship(lazy="joined")
    confirmed_by: Mapped[Account | None] = relationship(
        lazy="selectin", foreign_keys="Decision.confirmed_by_id"
    )

    @property
    def person(self) -> Account:
        """Return the account of the person who decided. Raises ValueError if the row names no one."""
        found = self.champion.account if self.champion is not None else self.confirmed_by
        if found is None:
            raise ValueError("a decision without a person")
        return found

    @property
    def person_role(self) -> str:
        """Return the role of the person who decided, as it is signed."""
        return self.champion.job_title if self.champion is not None else COORDINATOR

    @property
    def person_place(self) -> str:
        """Return the name of the employer, or of the school that confirmed it."""
        if self.champion is not None:
            return self.champion.employer.name
        return self.confirmed_by.staff.school.name if self.confirmed_by and self.confirmed_by.staff else ""

    @property
    def signs(self) -> Issuer:
        """Return the issuer whose key signs: the employer, or the programme for its schools without keys."""
        if self.champion is not None:
            return self.champion.employer.issuer
        return self.evidence.student.account.programme.issuer

    @property
    def shown_note(self) -> str:
        """Return the part of the note that the student may see."""
        return self.note if self.note_state in SEEN_NOTES else ""

    @property
    def note_is_held(self) -> bool:
        """Return whether the school has to read the note first."""
        return self.note_state is NoteState.HELD

    @property
    def can_undo(self) -> bool:
        """Return whether it still waits to be signed. A return or refusal has already reached the student."""
        return self.decision is DecisionOutcome.ENDORSED and self.state is DecisionState.PENDING


def given_since(session: Session, champion_id: int, since: datetime) -> list[Decision]:
    """Return what a champion endorsed since a time and did not undo, by id."""
    query = select(Decision).where(
        Decision.champion_id == champion_id,
        Decision.decision == DecisionOutcome.ENDORSED,
        Decision.state != DecisionState.UNDONE,
        Decision.decided_at >= since,
    )
    return list(session.scalars(query.order_by(Decision.id)))


def decided_since(session: Session, programme_id: int, since: datetime) -> set[int]:
    """Return the ids of the champions of a programme who have decided anything since a time."""
    query = (
        select(Decision.champion_id)
        .join(Account, Account.id == Decision.champion_id)
        .where(Account.programme_id == programme_id, Decision.decided_at >= since)
        .distinct()
    )
    return {number for number in session.scalars(query) if number is not None}


def add_live(session: Session, endorsement: Decision) -> bool:
    """Add a decision; False if another one already stands for this version."""
    return add_unless_taken(session, endorsement)


def live(session: Session, version_id: int) -> Decision | None:
    """Return the decision that stands for a version of the evidence."""
    return session.scalar(
        select(Decision).where(Decision.version_id == version_id, Decision.state != DecisionState.UNDONE)
    )


def standing(session: Session, champion_id: int, references: list[str]) -> list[Decision]:
    """Return a champion's standing decisions about the newest versions of these pieces of evidence."""
    query = (
        select(Decision)
        .join(Evidence, Evidence.id == Decision.evidence_id)
        .where(
            Decision.champion_id == champion_id,
            Decision.state != DecisionState.UNDONE,
            Evidence.reference.in_(references),
        )
    )
    return [one for one in session.scalars(query) if one.version.number == one.evidence.version]


def last(session: Session, evidence_id: int) -> Decision | None:
    """Return the newest standing decision on any version of the evidence."""
    return session.scalar(
        select(Decision)
        .where(Decision.evidence_id == evidence_id, Decision.state != DecisionState.UNDONE)
        .order_by(Decision.id.desc())
        .limit(1)
    )


def of_evidence(session: Session, evidence_id: int) -> list[Decision]:
    """Return every decision on a piece of evidence, undone ones too, oldest first."""
    query = select(Decision).where(Decision.evidence_id == evidence_id)
    return list(session.scalars(query.order_by(Decision.id)))


def of_champion(session: Session, champion_id: int, limit: int = 200) -> list[Decision]:
    """Return a champion's decisions, newest first."""
    query = select(Decision).where(Decision.champion_id == champion_id)
    return list(session.scalars(query.order_by(Decision.id.desc()).limit(limit)))


def by_reference(session: Session, account_id: int, reference: str) -> Decision | None:
    """Return a person's own decision, as a champion or for the school."""
    mine = or_(Decision.champion_id == account_id, Decision.confirmed_by_id == account_id)
    return session.scalar(select(Decision).where(mine, Decision.reference == reference))


def confirmed_by(session: Session, account_id: int, limit: int = 200) -> list[Decision]:
    """Return what a person of a school confirmed, newest first."""
    query = select(Decision).where(Decision.confirmed_by_id == account_id)
    return list(session.scalars(query.order_by(Decision.id.desc()).limit(limit)))


def confirmed_among(session: Session, evidence_ids: list[int]) -> set[int]:
    """Return the ids of those pieces of evidence with a standing confirmation by a school."""
    query = select(Decision.evidence_id).where(
        Decision.evidence_id.in_(evidence_ids),
        Decision.confirmed_by_id.is_not(None),
        Decision.state != DecisionState.UNDONE,
    )
    return set(session.scalars(query))


def move(session: Session, endorsement: Decision, source: DecisionState, target: DecisionState) -> bool:
    """Change the state if it is still ``source``; False if another transaction changed it first."""
    return move_state(session, endorsement, source, target)
