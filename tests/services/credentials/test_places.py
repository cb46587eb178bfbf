"""Places in status lists: none is given out twice, and none is lost, however many ask at once."""

from __future__ import annotations

import subprocess
import sys

from sqlalchemy import func, select

from passport.db.credentials.records import StatusList, StatusPosition
from passport.services.credentials import status_positions
from tests.fixtures.towns import Town

PROCESSES, ROUNDS, EACH = 50, 10, 10


def test_fifty_processes_take_five_thousand_places_and_no_two_the_same(town: Town) -> None:
    command = [sys.executable, "-m", "tests.services.credentials.allocating", town.runtime.database.url]
    figures = [str(figure) for figure in (PROCESSES, ROUNDS, EACH)]
    done = subprocess.run([*command, *figures], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    with town.transaction() as session:
        taken = session.execute(select(StatusPosition.list_number, StatusPosition.position)).all()
        lists = session.scalar(select(func.count()).select_from(StatusList))
    assert len(taken) == len(set(taken)) == PROCESSES * ROUNDS * EACH
    assert all(0 <= position < status_positions.LIST_LENGTH for _, position in taken)
    # two of them may find no list at the very beginning: still one list, not one for each
    assert lists == 1
