"""Allocate positions in status lists: random, never reused, not even after an erasure.

A list takes new entries up to `ENTRIES_PER_LIST`; its other positions are for the shares of its entries. So a
share's position is in the entry's own list, which is the one that a compact entry names.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import StatusList, StatusPosition
from passport.db.programmes.programme import Programme
from passport.services.core import recovery

LIST_LENGTH = 131_072
ENTRIES_PER_LIST = 20_000
FULL_FOR_SHARES = 0.9
# In a list that is 90 % full, so many failed draws have a probability of 10 ** -46.
MOST_DRAWS = 1000


def for_entry(session: Session, programme: Programme, at: datetime) -> StatusPosition:
    """Allocate a position in the programme's newest list, or in a new list when that one is full.

    Raises IssuingClosed while a recovery is open.
    """
    return for_entries(session, programme, 1, at)[0]


def for_entries(session: Session, programme: Programme, number: int, at: datetime) -> list[StatusPosition]:
    """Allocate positions for several entries at once. Raises IssuingClosed while a recovery is open."""
    recovery.require_closed(session)
    db.programmes.programme.lock(session, programme)
    newest, entries = db.credentials.records.newest_list(session, programme.id) or (0, ENTRIES_PER_LIST)
    room = ENTRIES_PER_LIST - entries
    taken: list[StatusPosition] = []
    while len(taken) < number:
        wanted = min(number - len(taken), room)
        taken += _draw(session, newest, wanted, for_share=False) if wanted > 0 else []
        if len(taken) < number:
            newest, room = _open(session, programme, at).number, ENTRIES_PER_LIST
    return taken


def for_share(session: Session, entry: StatusPosition) -> StatusPosition | None:
    """Allocate a position in the list of an entry, or return None when that has no room for shares.

    A list that a recovery closed has none: a lost share may hold any of its free positions.
    """
    if session.get_one(StatusList, entry.list_number).closed_at is not None:
        return None
    taken = db.credentials.records.positions_taken(session, entry.list_number)
    if taken >= FULL_FOR_SHARES * LIST_LENGTH:
        return None
    return next(iter(_draw(session, entry.list_number, 1, for_share=True)), None)


def _open(session: Session, programme: Programme, at: datetime) -> StatusList:
    opened = StatusList(programme_id=programme.id, opened_at=at)
    session.add(opened)
    session.flush()
    return opened


def _draw(session: Session, number: int, wanted: int, *, for_share: bool) -> list[StatusPosition]:
    taken: list[StatusPosition] = []
    for _ in range(MOST_DRAWS):
        drawn = {secrets.randbelow(LIST_LENGTH) for _ in range(wanted - len(taken))}
        taken += db.credentials.records.take_positions(session, number, drawn, for_share=for_share)
        if len(taken) == wanted:
            break
    return taken
