"""What all tables share: names of constraints, times in UTC, references for addresses."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from sqlalchemy import DateTime, Dialect, Enum, MetaData, Select, String, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

REFERENCE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
REFERENCE_LENGTH = 10


def plain(value: str) -> str:
    """Return a text with replacements for NUL and for lone surrogates: PostgreSQL refuses both."""
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


class PlainText(TypeDecorator[str]):
    """Text as both databases can hold it, also when a caller looks up a made-up reference."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what PostgreSQL refuses (see `plain`)."""
        return None if value is None else plain(value)


class Base(DeclarativeBase):
    """The declarative base of all tables."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {str: PlainText}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, always UTC; SQLite drops the zone, so it is restored."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC. Raises ValueError for a time without a zone, whose meaning would be lost."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time must have a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Restore the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal kept digit for digit: SQLite would convert it to a binary fraction."""

    impl = String(12)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Write the digits as text."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Read the digits from text."""
        return None if value is None else Decimal(value)


Query = TypeVar("Query", bound=Select[Any])


def locking(query: Query, table: type[Base], *, lock: bool, key_share: bool = False) -> Query:
    """Return the query; with ``lock``, make it lock the rows of ``table`` until the transaction ends.

    A locked row is read again, even if the session holds it already. A transaction that only reads cannot
    lock and asks with ``lock=False``. With ``key_share``, others may still add rows that refer to it.
    """
    if not lock:
        return query
    return query.with_for_update(of=table, key_share=key_share).execution_options(populate_existing=True)


def choice(values: type[StrEnum], name: str) -> Enum:
    """Return a column type that holds one of ``values`` and is checked by the database."""

    def words(enum: Any) -> list[str]:
        return [member.value for member in enum]

    return Enum(
        values, native_enum=False, create_constraint=True, name=name, values_callable=words, length=20
    )


def new_reference() -> str:
    """Return a random name for addresses, from which nothing can be guessed or counted."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


Row = TypeVar("Row", bound=Base)


def add_unless_taken(session: Session, row: Base) -> bool:
    """Add a row whose uniqueness the database checks; False if another transaction added it first."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def add_those_free(session: Session, table: type[Row], rows: list[dict[str, Any]]) -> list[Row]:
    """Add rows in one statement, skipping those that break a unique constraint; return those added."""
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return list(session.scalars(insert(table).on_conflict_do_nothing().returning(table), rows))


def move_state(session: Session, row: Base, source: StrEnum, target: StrEnum) -> bool:
    """Change the state of a row if it is still ``source``; False if another transaction changed it first.

    A change locks the row until the transaction ends: of two that are made at once, one waits, then finds
    the row changed.
    """
    table: Any = type(row)
    there: Any = row
    done = session.execute(
        update(table)
        .where(table.id == there.id, table.state == source)
        .values(state=target)
        .execution_options(synchronize_session=False)
        .returning(table.id)
    ).scalar()
    session.refresh(row, ["state"])
    return done is not None
