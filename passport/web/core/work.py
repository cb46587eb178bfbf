"""The context of a view: one database session, the signed-in account, and the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask import g

from passport.services import Glance, Session
from passport.services.core.errors import NotFound
from passport.services.people import accounts
from passport.web.core.identity import current
from passport.web.core.runtime import runtime

if TYPE_CHECKING:
    from passport.services.people.accounts import Account

OPEN = "passport_open_session"


@dataclass(frozen=True)
class Work:
    """One request's database session and time."""

    session: Session
    at: datetime


@dataclass(frozen=True)
class Glimpse:
    """A request's read session for a few columns, and the time."""

    session: Glance
    at: datetime


@dataclass(frozen=True)
class OwnWork(Work):
    """One request's database session and time, with the signed-in account."""

    account: Account


@contextmanager
def reading() -> Iterator[Work]:
    """Open a read-only session, without an account."""
    at = runtime().clock()
    with runtime().database.reading() as session:
        yield Work(session, at)


@contextmanager
def glancing() -> Iterator[Glimpse]:
    """Open a read-only session for a few columns, without an account."""
    at = runtime().clock()
    with runtime().database.glancing() as session:
        yield Glimpse(session, at)


@contextmanager
def changing() -> Iterator[Work]:
    """Open a transaction, without an account."""
    at = runtime().clock()
    with runtime().database.transaction() as session:
        yield Work(session, at)


@contextmanager
def changing_briefly() -> Iterator[Work]:
    """Open a transaction, without an account, that gives up soon instead of waiting for a lock."""
    at = runtime().clock()
    with runtime().database.brief_transaction() as session:
        yield Work(session, at)


@contextmanager
def reading_own() -> Iterator[OwnWork]:
    """Open a read-only session for the signed-in account. Raises NotFound if there is none."""
    at = runtime().clock()
    with runtime().database.reading() as session, _open(session):
        yield OwnWork(session, at, _account(session))


@contextmanager
def changing_own() -> Iterator[OwnWork]:
    """Open a transaction for the signed-in account. Raises NotFound if there is none."""
    at = runtime().clock()
    with runtime().database.transaction() as session, _open(session):
        yield OwnWork(session, at, _account(session))


@contextmanager
def looking() -> Iterator[Session]:
    """Return a session to read from while rendering: the one that the view has open, or one of its own.

    A request that held two connections could deadlock with other requests that do the same.
    """
    session: Session | None = g.get(OPEN)
    if session is not None:
        yield session
        return
    with runtime().database.reading() as own:
        yield own


@contextmanager
def _open(session: Session) -> Iterator[None]:
    setattr(g, OPEN, session)
    try:
        yield
    finally:
        g.pop(OPEN)


def _account(session: Session) -> Account:
    user = current()
    account = accounts.get(session, user.reference) if user else None
    if account is None:
        raise NotFound
    return account
