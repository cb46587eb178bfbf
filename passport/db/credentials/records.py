"""Credentials (entries): the intent, the signed bytes, and every change of state since."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    inspect,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from passport.db.base import Base, UtcDateTime, add_those_free, choice, new_reference
from passport.db.people.accounts import Student

if TYPE_CHECKING:
    from passport.db.endorsements.decisions import Decision
    from passport.db.programmes.frameworks.versions import Skill


class CredentialState(StrEnum):
    """State of an entry (product, section 3). Being past its review date is no state."""

    INTENDED = "intended"
    ISSUED = "issued"
    ON_HOLD = "on_hold"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    ERASED = "erased"


# what a corrected name replaces
LIVE = (CredentialState.INTENDED, CredentialState.ISSUED, CredentialState.ON_HOLD)


class StatusPosition(Base):
    """A position in a status list, of an entry or a share. Never reused, not even after an erasure."""

    __tablename__ = "status_positions"
    __table_args__ = (
        UniqueConstraint("list_number", "position"),
        Index("ix_status_positions_list_number_for_share", "list_number", "for_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_number: Mapped[int] = mapped_column(ForeignKey("status_lists.number"))
    position: Mapped[int]
    for_share: Mapped[bool] = mapped_column(default=False)


class StatusList(Base):
    """One list of a programme; the bits themselves are computed from the entries.

    From ``closed_at`` on no position in it is given out, neither for entries nor for shares.
    """

    __tablename__ = "status_lists"

    number: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Credential(Base):
    """An entry. ``intent`` is what will be signed, ``document`` and ``token`` what was, served verbatim.

    ``evidence_urn`` is the id of its evidence statement, which its endorsement is about; None for an entry
    that was begun before evidence had one.
    """

    __tablename__ = "credentials"
    # one entry for each endorsement, and one for each correction of it
    __table_args__ = (UniqueConstraint("endorsement_id", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    urn: Mapped[str] = mapped_column(unique=True)
    evidence_urn: Mapped[str | None] = mapped_column(unique=True)
    endorsement_id: Mapped[int] = mapped_column(ForeignKey("endorsements.id"))
    edition: Mapped[int] = mapped_column(default=0)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"), index=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.account_id"), index=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("status_positions.id"), unique=True)
    state: Mapped[CredentialState] = mapped_column(choice(CredentialState, "credential_state"), index=True)
    level: Mapped[int]
    holder_name: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    review_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kid: Mapped[str] = mapped_column(ForeignKey("keys.kid"), index=True)
    endorsing_kid: Mapped[str] = mapped_column(ForeignKey("keys.kid"), index=True)
    intent: Mapped[bytes]
    document: Mapped[bytes | None]
    token: Mapped[bytes | None]
    endorsement: Mapped[Decision] = relationship(lazy="joined")
    skill: Mapped[Skill] = relationship(lazy="joined")
    position: Mapped[StatusPosition] = relationship(lazy="joined")
    student: Mapped[Student] = relationship(lazy="select")

    @property
    def skill_name(self) -> str:
        """Return the name of the skill."""
        return self.skill.name

    @property
    def has_old_name(self) -> bool:
        """Return whether the holder's name was corrected since."""
        return self.holder_name != self.student.account.name

    @property
    def is_current(self) -> bool:
        """Return whether it was not withdrawn, replaced or erased."""
        return self.state in {CredentialState.ISSUED, CredentialState.ON_HOLD}

    @property
    def endorser_name(self) -> str:
        """Return the name of the person who endorsed it."""
        return self.endorsement.person.name

    @property
    def endorser_role(self) -> str:
        """Return the endorser's role at the employer, or at the school."""
        return self.endorsement.person_role

    @property
    def employer_name(self) -> str:
        """Return the endorser's employer, or the school that confirmed it."""
        return self.endorsement.person_place

    @property
    def confirmed(self) -> bool:
        """Return whether the school or college confirmed it, and no employer endorsed it."""
        return self.endorsement.champion is None

    @property
    def endorsed_at(self) -> datetime:
        """Return when it was endorsed."""
        return self.endorsement.decided_at


class StatusChange(Base):
    """A state change of an entry, append-only: who made it, when, and the private reason.

    ``ground`` is the kind of reason, for a hold: the kind decides who may read the reason itself.
    """

    __tablename__ = "status_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"), index=True)
    state: Mapped[CredentialState] = mapped_column(choice(CredentialState, "credential_state"))
    actor: Mapped[str]
    reason: Mapped[str]
    ground: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def signed() -> ColumnElement[bool]:
    """Return the condition for entries that were signed and are not erased."""
    return Credential.state.not_in([CredentialState.INTENDED, CredentialState.ERASED])


def not_corrected() -> ColumnElement[bool]:
    """Return the condition that leaves out corrected editions: their names may never be shown again."""
    newer = aliased(Credential)
    corrected = (
        select(newer.id)
        .where(newer.id == Credential.replaced_by_id, newer.endorsement_id == Credential.endorsement_id)
        .exists()
    )
    return not_(and_(Credential.state == CredentialState.REPLACED, corrected))


def of_student(session: Session, student_id: int) -> list[Credential]:
    """Return a student's signed entries, newest first, each in its newest edition."""
    query = select(Credential).where(Credential.student_id == student_id, signed(), not_corrected())
    return list(session.scalars(query.order_by(Credential.issued_at.desc(), Credential.id.desc())))


def count_live(session: Session, student_id: int) -> int:
    """Return how many entries of a student are being signed, issued or on hold."""
    query = select(func.count()).where(Credential.student_id == student_id, Credential.state.in_(LIVE))
    return session.scalar(query) or 0


def holders(session: Session, school_id: int) -> set[int]:
    """Return the students of a school who have an entry that is being signed, is issued or on hold."""
    query = select(Credential.student_id).join(Student, Student.account_id == Credential.student_id)
    return set(session.scalars(query.where(Student.school_id == school_id, Credential.state.in_(LIVE))))


def own(session: Session, student_id: int, reference: str) -> Credential | None:
    """Return a student's signed entry, or None if it is another student's."""
    return session.scalar(
        select(Credential).where(
            Credential.student_id == student_id,
            Credential.reference == reference,
            signed(),
        )
    )


def of_endorsement(session: Session, endorsement_id: int) -> Credential | None:
    """Return the entry made from an endorsement, in its newest edition."""
    query = select(Credential).where(Credential.endorsement_id == endorsement_id)
    return session.scalar(query.order_by(Credential.edition.desc()).limit(1))


def lock(session: Session, credential: Credential) -> None:
    """Read an entry again, all of it, and keep it from changing until the transaction ends.

    What is written of it in the audit trail is a digest of the whole row.
    """
    columns = [attribute.key for attribute in inspect(Credential).column_attrs]
    session.refresh(credential, columns, with_for_update=True)


def of_endorsements(session: Session, endorsement_ids: list[int], state: CredentialState) -> list[Credential]:
    """Return the entries in a state that were made from these endorsements, by id."""
    query = select(Credential).where(
        Credential.endorsement_id.in_(endorsement_ids), Credential.state == state
    )
    return list(session.scalars(query.order_by(Credential.id)))


def of_key(session: Session, kid: str, states: list[CredentialState]) -> list[Credential]:
    """Return the entries in these states that a key signed, or whose endorsement it signed."""
    signed = or_(Credential.kid == kid, Credential.endorsing_kid == kid)
    query = select(Credential).where(signed, Credential.state.in_(states))
    return list(session.scalars(query.order_by(Credential.id)))


def lock_of_key(session: Session, kid: str, states: list[CredentialState]) -> list[Credential]:
    """Return what `of_key` returns, reloaded, with row locks (FOR UPDATE) in the order of ids."""
    query = select(Credential).where(
        or_(Credential.kid == kid, Credential.endorsing_kid == kid), Credential.state.in_(states)
    )
    locked = query.order_by(Credential.id).with_for_update(of=Credential)
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def lists(session: Session) -> list[StatusList]:
    """Return every status list, in order."""
    return list(session.scalars(select(StatusList).order_by(StatusList.number)))


def lists_of(session: Session, programme_id: int) -> list[StatusList]:
    """Return a programme's status lists, in order."""
    return [own for own in lists(session) if own.programme_id == programme_id]


_NEWEST = (
    select(func.max(StatusList.number))
    .where(StatusList.programme_id == bindparam("programme"), StatusList.closed_at.is_(None))
    .scalar_subquery()
)
_STANDING_IN_IT = (
    select(func.count())
    .where(StatusPosition.list_number == _NEWEST, StatusPosition.for_share.is_(False))
    .scalar_subquery()
)
_ROOM = select(_NEWEST, _STANDING_IN_IT)


def newest_list(session: Session, programme_id: int) -> tuple[int, int] | None:
    """Return the number of a programme's list that takes new entries, and how many are in it."""
    found = session.connection().execute(_ROOM, {"programme": programme_id}).one()
    return (found[0], found[1]) if found[0] is not None else None


def positions_taken(session: Session, number: int) -> int:
    """Return how many positions of a list are taken."""
    query = select(func.count()).where(StatusPosition.list_number == number)
    return session.scalar(query) or 0


def take_positions(
    session: Session, number: int, positions: set[int], *, for_share: bool
) -> list[StatusPosition]:
    """Take those of these positions in a list that are free; return them."""
    rows = [{"list_number": number, "position": each, "for_share": for_share} for each in sorted(positions)]
    return add_those_free(session, StatusPosition, rows)


def lock_list(session: Session, number: int) -> StatusList:
    """Return a list with a row lock, so that a change and a publication never overlap.

    Others may still take positions in it (FOR NO KEY UPDATE).
    """
    query = select(StatusList).where(StatusList.number == number).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def positions_in(session: Session, number: int, states: list[CredentialState]) -> list[int]:
    """Return the positions in a list whose entry is in one of these states."""
    query = (
        select(StatusPosition.position)
        .join(Credential, Credential.position_id == StatusPosition.id)
        .where(StatusPosition.list_number == number, Credential.state.in_(states))
    )
    return list(session.scalars(query))


def counts(session: Session, school_ids: list[int]) -> dict[str, int]:
    """Return how many entries these schools' students have in each state."""
    query = (
        select(Credential.state, func.count())
        .join(Student, Student.account_id == Credential.student_id)
        .where(Student.school_id.in_(school_ids))
        .group_by(Credential.state)
    )
    return {state.value: number for state, number in session.execute(query)}
