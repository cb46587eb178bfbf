"""Transactions and values are alike on SQLite and PostgreSQL."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from passport.db import Database, DatabaseUnavailable, Session
from passport.db.base import (
    REFERENCE_ALPHABET,
    Exact,
    UtcDateTime,
    add_unless_taken,
    new_reference,
)
from passport.db.checking import demo_codes
from passport.db.checking.demo_codes import DemoCode
from passport.db.errors import RowLockWhileReading
from passport.db.programmes import programme
from passport.db.programmes.activities.menu import Activity, ActivityKind, ActivitySession
from passport.db.programmes.programme import Service

AT = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def add(session: Session, verdict: str) -> None:
    """Put a row in."""
    session.add(DemoCode(verdict=verdict, code="SP", why="because"))
    session.flush()


def found(database: Database) -> list[str]:
    """The rows that are there."""
    with database.reading() as session:
        return [one.verdict for one in demo_codes.codes(session)]


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    with database.transaction() as session:
        add(session, "V1")

    def half(session: Session) -> None:
        add(session, "V2")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        half(session)
    assert found(database) == ["V1"]


WRITES: list[Callable[[Session], object]] = [
    lambda session: add(session, "V3"),
    lambda session: session.execute(text("UPDATE demo_codes SET why = 'other'")),
    lambda session: session.execute(text("DELETE FROM demo_codes")),
    lambda session: session.execute(text("CREATE TABLE other (id INTEGER)")),
]


@pytest.mark.parametrize("write", WRITES)
def test_reading_cannot_write_and_the_next_transaction_can(
    database: Database, write: Callable[[Session], object]
) -> None:
    with database.transaction() as session:
        add(session, "V1")
    with pytest.raises((DBAPIError, DatabaseUnavailable)), database.reading() as session:
        write(session)
    assert found(database) == ["V1"]
    with database.transaction() as session:
        add(session, "V2")
    assert found(database) == ["V1", "V2"]


LOCKS: list[dict[str, Any]] = [{}, {"read": True}, {"key_share": True}, {"read": True, "key_share": True}]


@pytest.mark.parametrize("kind", LOCKS)
def test_a_reading_transaction_refuses_row_locks_on_both_databases(
    database: Database, kind: dict[str, Any]
) -> None:
    query = select(DemoCode).with_for_update(**kind)
    nested = select(DemoCode).where(DemoCode.verdict.in_(select(DemoCode.verdict).with_for_update(**kind)))
    for statement in (query, nested):
        with pytest.raises(RowLockWhileReading, match="FOR"), database.reading() as session:
            session.scalars(statement).all()
        with pytest.raises(RowLockWhileReading, match="FOR"), database.glancing() as glance:
            glance.connection().execute(statement)
        with database.transaction() as session:
            assert session.scalars(statement).all() == []


def test_reading_is_one_view_of_the_data_whatever_others_commit_meanwhile(database: Database) -> None:
    with database.transaction() as session:
        add(session, "V1")
    with database.reading() as session:
        assert len(demo_codes.codes(session)) == 1
        with database.transaction() as other:
            add(other, "V2")
        session.expire_all()
        assert len(demo_codes.codes(session)) == 1
    assert found(database) == ["V1", "V2"]


def test_a_glance_cannot_write_and_is_one_view_of_the_data(database: Database) -> None:
    many = text("SELECT count(*) FROM demo_codes")
    with database.glancing() as glance:
        assert glance.connection().scalar(many) == 0
        with database.transaction() as other:
            add(other, "V1")
        assert glance.connection().scalar(many) == 0
    with pytest.raises((DBAPIError, DatabaseUnavailable)), database.glancing() as glance:
        glance.connection().execute(text("UPDATE demo_codes SET why = 'other'"))
    with database.transaction() as session:
        add(session, "V2")
    assert found(database) == ["V1", "V2"]


def test_writers_stand_in_line_and_readers_do_not_wait(database: Database) -> None:
    with database.transaction() as session:
        session.add(Service(public_url="http://localhost:8000", demo=True, made_at=AT))

    def longer() -> None:
        with database.transaction() as session:
            row = session.get(Service, 1, with_for_update=True)
            assert row is not None
            row.public_url += "x"

    threads = [threading.Thread(target=longer) for _one in range(8)]
    with database.transaction() as session:
        row = session.get(Service, 1, with_for_update=True)
        assert row is not None
        row.public_url += "x"
        session.flush()
        for thread in threads:
            thread.start()
        with database.reading() as reader:
            service = programme.service(reader)
            assert service is not None
            assert service.public_url == "http://localhost:8000"
    for thread in threads:
        thread.join()
    with database.reading() as reader:
        assert reader.get_one(Service, 1).public_url == "http://localhost:8000" + "x" * 9


def test_a_row_that_a_person_has_already_is_not_added_and_the_transaction_goes_on(database: Database) -> None:
    with database.transaction() as session:
        assert add_unless_taken(session, DemoCode(verdict="V1", code="a", why="x"))
        assert not add_unless_taken(session, DemoCode(verdict="V1", code="b", why="x"))
        assert add_unless_taken(session, DemoCode(verdict="V2", code="c", why="x"))
    with database.reading() as session:
        assert [one.code for one in demo_codes.codes(session)] == ["a", "c"]


def test_the_database_itself_keeps_references_whole(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(
            Activity(
                programme_id=404,
                employer_id=404,
                title="x",
                kind=ActivityKind.TOUR,
                setting="x",
                held_on=date(2026, 1, 1),
                hours=Decimal(1),
                sessions=[ActivitySession(held_on=date(2026, 1, 1))],
            )
        )
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text("INSERT INTO service VALUES (2, 'http://x', true, '2026-01-01')"))


@pytest.mark.parametrize("hours", [0, 1, -5, 14])
def test_a_time_comes_back_with_its_zone_and_is_the_same_moment(database: Database, hours: int) -> None:
    there = AT.astimezone(timezone(timedelta(hours=hours))).replace(microsecond=7)
    with database.transaction() as session:
        session.add(Service(public_url="http://localhost:8000", demo=True, made_at=there))
    with database.reading() as session:
        kept = session.get_one(Service, 1).made_at
        assert kept == there
        assert (kept.tzinfo, kept.microsecond) == (UTC, 7)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="must have a zone"), database.transaction() as session:
        session.add(Service(public_url="x", demo=True, made_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    with database.reading() as session:
        assert programme.service(session) is None


def test_text_that_a_database_cannot_hold_is_held_with_signs_in_its_place(database: Database) -> None:
    with database.transaction() as session:
        session.add(DemoCode(verdict="V1", code="a\x00b", why="half \ud800 \U0001f98a “ä”"))
        assert session.get(DemoCode, "V\x00") is None
    with database.reading() as session:
        [kept] = demo_codes.codes(session)
        assert (kept.code, kept.why) == ("a\ufffdb", "half ? \U0001f98a “ä”")


def test_hours_are_kept_digit_for_digit() -> None:
    from sqlalchemy.dialects import sqlite

    dialect = sqlite.dialect()
    for digits in ("0.1", "2.5", "200", "1E+2", "0.30"):
        written = Exact().process_bind_param(Decimal(digits), dialect)
        assert "E" not in (written or "")
        assert Exact().process_result_value(written, dialect) == Decimal(digits)
    for kind in (Exact(), UtcDateTime()):
        assert kind.process_bind_param(None, dialect) is None
        assert kind.process_result_value(None, dialect) is None


def test_references_cannot_be_guessed_or_mistaken() -> None:
    made = {new_reference() for _time in range(2000)}
    assert len(made) == 2000
    assert set("".join(made)) == set(REFERENCE_ALPHABET)
    assert not set(REFERENCE_ALPHABET) & set("01AEILOUY")


def test_a_database_that_cannot_be_reached_has_a_name_of_our_own(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/no/such/folder/x.db", "postgresql://nobody@127.0.0.1:9/none"):
        database = Database(url)
        with pytest.raises(DatabaseUnavailable), database.transaction():
            pass
        database.close()


def test_sqlite_is_set_so_that_what_was_acknowledged_stays(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with database.transaction() as session:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        found = [session.execute(text(f"PRAGMA {name}")).scalar() for name in asked]
    assert found == ["wal", 2, 1]
    database.close()
