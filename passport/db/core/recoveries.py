"""Recoveries after a restored backup, and what they rest on: begun publications and kept bits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from passport.db.base import Base, UtcDateTime, new_reference
from passport.db.credentials.records import (
    Credential,
    CredentialState,
    StatusChange,
    StatusList,
    StatusPosition,
)
from passport.db.endorsements.decisions import Decision, DecisionOutcome, DecisionState
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Account, Student
from passport.db.programmes.issuers import Issuer
from passport.db.programmes.programme import Programme, School, Service
from passport.db.session import Reading
from passport.db.sharing.shares import CompactState, Share, SharedCredential


class Recovery(Base):
    """One recovery: opened when published files are ahead of the rows, closed by the command `recover`.

    ``open_slot`` is 1 while it is open and empty afterwards: the database allows one open recovery.
    ``findings`` is a JSON list of [problem, subject]. ``known_until`` is the time of the newest publication
    that the rows know: what was issued between then and ``opened_at`` may be missing from the rows.
    """

    __tablename__ = "recoveries"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True, default=new_reference)
    open_slot: Mapped[int | None] = mapped_column(unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    known_until: Mapped[datetime] = mapped_column(UtcDateTime)
    findings: Mapped[str]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Publication(Base):
    """A publication of a status list that has begun: its files may have been written, or not.

    The row is committed before the first file is written and deleted after the last one. This distinguishes
    a process that was killed in between from a restored backup, which knows no such publication.
    """

    __tablename__ = "publications"

    list_number: Mapped[int] = mapped_column(ForeignKey("status_lists.number"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)


class KeptBit(Base):
    """A bit of a published list that no row explains: its entry or share was lost with the restore.

    It is set in every later list. ``purpose`` is that of the list.
    """

    __tablename__ = "kept_bits"

    position_id: Mapped[int] = mapped_column(ForeignKey("status_positions.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)


_OPEN = select(Recovery.id).where(Recovery.open_slot == 1)


def is_open(session: Reading) -> bool:
    """Return whether a recovery is open."""
    return session.connection().scalar(_OPEN) is not None


def current(session: Session) -> Recovery | None:
    """Return the open recovery."""
    return session.scalar(select(Recovery).where(Recovery.open_slot == 1))


def lock_current(session: Session) -> Recovery | None:
    """Return the open recovery with a row lock (FOR UPDATE)."""
    query = select(Recovery).where(Recovery.open_slot == 1).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def all_of(session: Session) -> list[Recovery]:
    """Return every recovery, the newest first."""
    return list(session.scalars(select(Recovery).order_by(Recovery.id.desc())))


def known_until(session: Session) -> datetime | None:
    """Return the newest publication that the rows know, or when the service was made before the first.

    Nothing is published between a restore and the moment at which it is noticed, so this says how old the
    restored backup is; it may be up to 15 minutes too early.
    """
    newest = session.scalar(select(func.max(StatusList.published_at)))
    return newest or session.scalar(select(Service.made_at))


def covers(session: Session, since: datetime, until: datetime) -> bool:
    """Return whether a span of time meets the gap of any recovery, open or closed."""
    query = select(Recovery.id).where(Recovery.known_until <= until, Recovery.opened_at >= since)
    return session.scalar(query.limit(1)) is not None


def perhaps_withdrawn(session: Session, endorsement_ids: Collection[int]) -> set[int]:
    """Return those endorsements whose entry may have been issued and withdrawn after a restored backup.

    They were due before a restore was noticed, and the published lists had revocations that no row explains.
    """
    gap = select(Recovery.id).where(Recovery.opened_at >= Decision.due_at)
    lost = select(KeptBit.position_id).where(KeptBit.purpose == "revocation")
    query = select(Decision.id).where(Decision.id.in_(endorsement_ids), lost.exists(), gap.exists())
    return set(session.scalars(query))


def begun(session: Session) -> dict[int, set[datetime]]:
    """Return the times of the publications that have begun, by the number of their list."""
    found: dict[int, set[datetime]] = {}
    for row in session.scalars(select(Publication)):
        found.setdefault(row.list_number, set()).add(row.at)
    return found


def begin_publication(session: Session, number: int, at: datetime) -> None:
    """Record that the files of a list are about to be written. Idempotent for the same time."""
    if session.get(Publication, (number, at)) is None:
        session.add(Publication(list_number=number, at=at))
        session.flush()


def end_publications(session: Session, number: int) -> None:
    """Delete the begun publications of a list: all its files are written."""
    session.execute(delete(Publication).where(Publication.list_number == number))


def kept_positions(session: Session, number: int, purpose: str) -> list[int]:
    """Return the positions of a list whose bit is kept for good."""
    query = (
        select(StatusPosition.position)
        .join(KeptBit, KeptBit.position_id == StatusPosition.id)
        .where(StatusPosition.list_number == number, KeptBit.purpose == purpose)
    )
    return list(session.scalars(query))


def lifts(session: Session, number: int, positions: set[int]) -> dict[int, datetime]:
    """Return when entries left a hold, by their position in a list.

    An entry counts if it is not on hold, a hold of it is recorded, and so is a change after that.
    """
    held = select(StatusChange.credential_id).where(StatusChange.state == CredentialState.ON_HOLD)
    newest = (
        select(StatusChange.credential_id, func.max(StatusChange.id).label("id"))
        .group_by(StatusChange.credential_id)
        .subquery()
    )
    query = (
        select(StatusPosition.position, StatusChange.at)
        .join(Credential, Credential.position_id == StatusPosition.id)
        .join(newest, newest.c.credential_id == Credential.id)
        .join(StatusChange, StatusChange.id == newest.c.id)
        .where(
            StatusPosition.list_number == number,
            StatusPosition.position.in_(positions),
            Credential.state != CredentialState.ON_HOLD,
            StatusChange.state != CredentialState.ON_HOLD,
            Credential.id.in_(held),
        )
    )
    return {row.position: row.at for row in session.execute(query)}


def unclosed_lists(session: Session) -> list[StatusList]:
    """Return the lists that still take new positions, in order."""
    query = select(StatusList).where(StatusList.closed_at.is_(None)).order_by(StatusList.number)
    return list(session.scalars(query))


def find_list(session: Session, number: int) -> StatusList | None:
    """Return a list, with a row lock (FOR UPDATE)."""
    return session.get(StatusList, number, with_for_update=True)


def programme_of(session: Session, did: str) -> Programme | None:
    """Return the programme whose issuer has this DID."""
    return session.scalar(select(Programme).join(Programme.issuer).where(Issuer.did == did))


def add_list(session: Session, number: int, programme_id: int, made: datetime, closed_at: datetime) -> None:
    """Add a list under the number that it was published with, and give out later numbers after it."""
    session.add(
        StatusList(
            number=number, programme_id=programme_id, opened_at=made, published_at=made, closed_at=closed_at
        )
    )
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence("status_lists", "number")
        session.execute(select(func.setval(sequence, select(func.max(StatusList.number)).scalar_subquery())))


def entry_at(session: Session, number: int, position: int) -> Credential | None:
    """Return the entry at a position of a list."""
    return session.scalar(
        select(Credential)
        .join(StatusPosition, StatusPosition.id == Credential.position_id)
        .where(StatusPosition.list_number == number, StatusPosition.position == position)
    )


def share_at(session: Session, number: int, position: int) -> Share | None:
    """Return the share that has a position of a list for one of its entries."""
    return session.scalar(
        select(Share)
        .join(SharedCredential, SharedCredential.share_id == Share.id)
        .join(StatusPosition, StatusPosition.id == SharedCredential.position_id)
        .where(StatusPosition.list_number == number, StatusPosition.position == position)
    )


def take_position(session: Session, number: int, position: int) -> StatusPosition:
    """Return a position of a list, taken now where no row had it."""
    query = select(StatusPosition).where(
        StatusPosition.list_number == number, StatusPosition.position == position
    )
    found = session.scalar(query)
    if found is None:
        found = StatusPosition(list_number=number, position=position)
        session.add(found)
        session.flush()
    return found


def keep_bit(session: Session, number: int, position: int, purpose: str) -> bool:
    """Keep a bit set for good; return False where it is kept already."""
    taken = take_position(session, number, position)
    if session.get(KeptBit, (taken.id, purpose)) is not None:
        return False
    session.add(KeptBit(position_id=taken.id, purpose=purpose))
    session.flush()
    return True


def forget_contents(session: Session, credential: Credential) -> None:
    """Erase the contents of an entry and its compact forms; its row and its position stay."""
    credential.document, credential.token, credential.intent, credential.holder_name = None, None, b"", ""
    session.execute(
        update(SharedCredential)
        .where(SharedCredential.credential_id == credential.id)
        .values(intent=None, compact=None, state=CompactState.NONE)
    )


def knows(session: Session, urn: str) -> bool:
    """Return whether there is an entry with this id, in any state."""
    return session.scalar(select(Credential.id).where(Credential.urn == urn)) is not None


def students_named(session: Session, issuer: str, name: str, school: str) -> list[Account]:
    """Return the accounts of the students of a programme (by its DID) with this name at this school."""
    query = (
        select(Account)
        .join(Student, Student.account_id == Account.id)
        .join(School, School.id == Student.school_id)
        .join(Programme, Programme.id == Account.programme_id)
        .join(Issuer, Issuer.id == Programme.issuer_id)
        .where(Issuer.did == issuer, Account.name == name, School.name == school)
    )
    return list(session.scalars(query.order_by(Account.id)))


def endorsements_of(session: Session, student_id: int, decided_at: datetime, level: int) -> list[Decision]:
    """Return the endorsements of a student's evidence that were given at a time and a level, locked."""
    query = (
        select(Decision)
        .join(Evidence, Evidence.id == Decision.evidence_id)
        .where(
            Evidence.student_id == student_id,
            Decision.decided_at == decided_at,
            Decision.level == level,
            Decision.decision == DecisionOutcome.ENDORSED,
            Decision.state != DecisionState.UNDONE,
        )
    )
    return list(session.scalars(query.order_by(Decision.id).with_for_update(of=Decision)))


def lowest_edition(session: Session, endorsement_id: int) -> int | None:
    """Return the lowest number of the editions made from an endorsement, or None where there is none."""
    return session.scalar(
        select(func.min(Credential.edition)).where(Credential.endorsement_id == endorsement_id)
    )
