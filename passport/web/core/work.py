"""What a view works with: the runtime, one transaction, the person who asks, and the time."""

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
    """One request's view of the data."""

    session: Session
    at: datetime


@dataclass(frozen=True)
class Glimpse:
    """The same for a few columns."""

    session: Glance
    at: datetime


@dataclass(frozen=True)
class OwnWork(Work):
    """The same, for somebody who is signed in."""

    account: Account


@contextmanager
def reading() -> Iterator[Work]:
    """Look, as anybody."""
    at = runtime().clock()
    with runtime().database.reading() as session:
        yield Work(session, at)


@contextmanager
def glancing() -> Iterator[Glimpse]:
    """Look at a few columns, as anybody."""
    at = runtime().clock()
    with runtime().database.glancing() as session:
        yield Glimpse(session, at)


@contextmanager
def changing() -> Iterator[Work]:
    """Change something, as anybody: one transaction."""
    at = runtime().clock()
    with runtime().database.transaction() as session:
        yield Work(session, at)


@contextmanager
def changing_briefly() -> Iterator[Work]:
    """The same, but give up at once where somebody else is changing something for long."""
    at = runtime().clock()
    with runtime().database.brief_transaction() as session:
        yield Work(session, at)


@contextmanager
def reading_own() -> Iterator[OwnWork]:
    """Look, as the person who is signed in."""
    at = runtime().clock()
    with runtime().database.reading() as session, _open(session):
        yield OwnWork(session, at, _account(session))


@contextmanager
def changing_own() -> Iterator[OwnWork]:
    """Change something, as the person who is signed in: one transaction."""
    at = runtime().clock()
    with runtime().database.transaction() as session, _open(session):
        yield OwnWork(session, at, _account(session))


@contextmanager
def looking() -> Iterator[Session]:
    """Look from within a page: with the connection that its view has open, or with one of its own.

    A request that held two connections could wait for others that do the same.
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
