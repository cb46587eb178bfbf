"""A town with shares of every fate, and lists that are handed in and worked off."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from passport.services.checking import desk
from passport.services.checking.desk import receiving, tables
from passport.services.checking.desk.packed import Packed
from passport.services.credentials import lifecycle
from passport.services.sharing import shares

if TYPE_CHECKING:
    from passport.db.checking.desk import Batch
    from tests.fixtures.towns import Town


class Codes:
    """Codes as people read them, each made when a test asks for it: making an entry takes its time."""

    def __init__(self, town: Town) -> None:
        """Nothing is made yet."""
        self._town = town

    @cached_property
    def _entry(self) -> str:
        return self._town.issued("amara")

    @cached_property
    def amara(self) -> str:
        """A good one."""
        return share_code.pretty(self._town.shared(self._entry))

    @cached_property
    def kit(self) -> str:
        """Another student's good one."""
        return share_code.pretty(self._town.shared(self._town.issued("kit", "sky"), "kit"))

    @cached_property
    def stopped(self) -> str:
        """One of a share that ended."""
        code = self._town.shared(self._entry)
        with self._town.transaction() as session:
            account = self._town.account(session, "amara")
            reference = next(one.reference for one in shares.mine(session, account) if one.code == code)
            shares.stop(session, account, reference, self._town.clock())
        return share_code.pretty(code)

    @cached_property
    def withdrawn(self) -> str:
        """One of an entry that was withdrawn."""
        entry = self._town.issued("amara")
        code = self._town.shared(entry)
        with self._town.transaction() as session:
            account = self._town.account(session, "amara")
            lifecycle.withdraw(session, account, entry, self._town.clock())
        job_queue.run_due(self._town.runtime)
        return share_code.pretty(code)

    @cached_property
    def nobody(self) -> str:
        """One that no one was given."""
        return share_code.pretty(share_code.new())


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What depends on the kind of database asks for both itself."""
    return str(request.param)


@pytest.fixture
def codes(town: Town) -> Codes:
    return Codes(town)


HandIn = Callable[..., "Batch"]


@pytest.fixture
def hand_in(town: Town) -> HandIn:
    """`hand_in("code\\n…")` or `hand_in(files=[(name, content)])`; with an institution's number, for it."""

    def take(
        table: str | bytes = "", files: list[tuple[str, bytes]] | None = None, institution: int | None = None
    ) -> Batch:
        read = None if files else tables.read(table.encode() if isinstance(table, str) else table)
        with town.transaction() as session:
            if read is not None:
                return receiving.receive_table(session, read, institution, town.clock())
            packed = [Packed(name, content) for name, content in files or []]
            return receiving.receive_files(session, packed, institution, town.clock())

    return take


Lines = Callable[["Batch"], list[desk.Line]]


@pytest.fixture
def worked_off(town: Town) -> Lines:
    """Have a list worked off, and give its lines."""

    def work(batch: Batch) -> list[desk.Line]:
        job_queue.run_due(town.runtime)
        with town.transaction() as session:
            return desk.all_lines(session, session.merge(batch))

    return work
