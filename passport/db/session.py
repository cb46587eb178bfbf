"""Connections and transactions, with the same behaviour on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Dialect, String, create_engine, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from passport.db.base import plain
from passport.db.errors import DatabaseUnavailable, RowLockWhileReading

SQLITE_WAIT_SECONDS = 30
BRIEFLY_MILLISECONDS = 300
READING, MIGRATING, WAITING = "passport_reading", "passport_migrating", "passport_waiting"
_ROW_LOCK = re.compile(r"\bFOR (NO KEY )?UPDATE\b|\bFOR (KEY )?SHARE\b")


class Glance:
    """A minimal session that reads columns and no ORM objects: it halves the time of a check."""

    def __init__(self, connection: Connection) -> None:
        """Read through a connection."""
        self._connection = connection

    def connection(self) -> Connection:
        """Return the connection."""
        return self._connection

    def get_bind(self) -> Engine:
        """Return the engine that the connection belongs to."""
        return self._connection.engine


# Any session-like object that only reads columns
Reading = Session | Glance


class Database:
    """One database, with `transaction` to change and `reading` to read."""

    def __init__(self, url: str) -> None:
        """Connect lazily to ``url``; nothing is created here."""
        self.url = url
        self._engine = _engine(url)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)
        self._looked_at = self._engine.execution_options(**_reading(self._engine))
        event.listen(self._looked_at, "before_cursor_execute", _refuse_row_lock)
        self._readers = sessionmaker(self._looked_at)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a transaction: committed at the end, rolled back on any exception."""
        with wrapped(), self._sessions() as session, session.begin():
            session.connection()
            yield session

    @contextmanager
    def brief_transaction(self) -> Iterator[Session]:
        """Open a transaction that fails after a short wait for locks: for writes that can be left out."""
        options: dict[str, Any] = {WAITING: BRIEFLY_MILLISECONDS}
        with wrapped(), self._sessions() as session, session.begin():
            connection = session.connection(execution_options=options)
            if self._engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BRIEFLY_MILLISECONDS}")
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a consistent, read-only view of the data: the database itself refuses writes."""
        with wrapped(), self._readers() as session:
            session.connection()
            yield session  # and nothing is committed

    @contextmanager
    def glancing(self) -> Iterator[Glance]:
        """Open a read-only connection for a few SQL statements, without the overhead of a session."""
        with wrapped(), self._looked_at.connect() as connection:
            yield Glance(connection)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open a transaction that changes tables, on a connection of its own that is closed after it.

        SQLite changes a table by rebuilding it, which it refuses while other tables' rows refer to it: there
        foreign keys are not enforced meanwhile, and all of them are checked at the end.
        """
        try:
            with wrapped(), self._engine.execution_options(**{MIGRATING: True}).begin() as connection:
                yield connection
                if self._engine.dialect.name == "sqlite":
                    _check_references(connection)
        finally:
            self.close()

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Collect every statement that this process sends meanwhile, for measuring a page."""
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            sent.append(statement)

        event.listen(self._engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(self._engine, "before_cursor_execute", note)

    def forget_traces(self) -> None:
        """Clear the journal that still holds what was overwritten. PostgreSQL clears its own."""
        if self._engine.dialect.name == "sqlite":
            with wrapped(), self._engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def engine(self) -> Engine:
        """Return the engine, for migrations and tests."""
        return self._engine

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()


def _reading(engine: Engine) -> dict[str, Any]:
    """Return the options of a read-only connection; a SQLite reader has a consistent view by default."""
    if engine.dialect.name != "postgresql":
        return {READING: True}
    return {READING: True, "postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}


def _plain_string(dialect: Dialect) -> type[String]:
    """Return the dialect's string type, which replaces in every parameter what PostgreSQL would refuse.

    Columns do that by themselves. A text that is compared with an expression, as in ``lower(name) = ?``,
    has no column's type.
    """
    base: Any = dialect.colspecs[String]

    class PlainString(base):  # type: ignore[misc]
        def bind_processor(self, dialect: Dialect) -> Any:
            return lambda value: plain(value) if isinstance(value, str) else value

    return PlainString


class _ShowingRowLocks(SQLiteCompiler):
    """A SQLite compiler that shows row locks: SQLite has none, and its own compiler omits the clause."""

    def for_update_clause(self, select: Any, **kw: Any) -> str:
        """Keep the FOR UPDATE clause as a comment."""
        return " /* FOR UPDATE */"


def _refuse_row_lock(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
    """Raise RowLockWhileReading for a statement that locks rows in a transaction that only reads.

    PostgreSQL refuses it too. SQLite has no row locks and would run it, so that a test would miss the fault.
    """
    if _ROW_LOCK.search(statement):
        raise RowLockWhileReading(statement)


@contextmanager
def wrapped() -> Iterator[None]:
    """Turn errors of an unusable database into exceptions of this package."""
    try:
        yield
    except DatabaseError as error:
        # the bare one is how SQLite reports a file that is damaged, or no database
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            raise DatabaseUnavailable(str(error.orig)) from error
        raise


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        engine = create_engine(address, pool_pre_ping=True)
        engine.dialect.colspecs = {**engine.dialect.colspecs, String: _plain_string(engine.dialect)}
        return engine
    # autocommit at the driver, so that the BEGIN below is ours and not the driver's
    options = {"timeout": SQLITE_WAIT_SECONDS, "isolation_level": None, "check_same_thread": False}
    engine = create_engine(address, connect_args=options)
    engine.dialect.statement_compiler = _ShowingRowLocks
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin)
    return engine


def _durable(connection: Any, _record: Any) -> None:
    """Set synchronous to FULL, not NORMAL: an acknowledged commit must survive a power cut."""
    # what is deleted or overwritten is erased from the file as well, not only from its index
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin a transaction. A writer takes its lock at once: a later upgrade would fail instead of waiting."""
    options = connection.get_execution_options()
    reading = options.get(READING, False)
    if options.get(MIGRATING, False):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    wait = options.get(WAITING, SQLITE_WAIT_SECONDS * 1000)
    _set(connection, "query_only", "ON" if reading else "OFF")
    _set(connection, "busy_timeout", str(wait))
    if reading:
        _at_once(connection, "BEGIN")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set(connection: Connection, name: str, value: str) -> None:
    """Set one of SQLite's pragmas, unless it is set so already on this connection: most only read."""
    if connection.info.get(name) != value:
        _at_once(connection, f"PRAGMA {name}={value}")
        connection.info[name] = value


def _at_once(connection: Connection, statement: str) -> None:
    """Execute a statement that cannot fail on the driver directly: SQLAlchemy would double the time."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute(statement)


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise ValueError(f"a migration left a row of {broken[0]} that points at nothing in {broken[2]}")
