"""The desk takes 200 files, twelve of them spoiled in different ways; and kill -9 does no harm to a list."""

from __future__ import annotations

import io
import os
import random
import secrets
import signal
import zipfile
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sqlalchemy import func, select, text

from passport.db.checking.desk import Batch, BatchState, Group, Row, RowState
from passport.db.checking.receipts import Receipt
from passport.jobs import queue as job_queue
from passport.openbadges import address, share_code
from passport.services.checking import desk
from passport.services.checking.desk import receiving, tables
from passport.services.credentials import lifecycle
from passport.services.sharing import shares
from tests.fixtures import sheets, warm

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fixtures.towns import Town

ORIGIN = "http://localhost:8000"
GOOD = 188
KILLS = 40 if os.environ.get("TESTS_NIGHT") else 4
ROWS = 37 * KILLS
# 25 rows take about so many steps to the database; each worker may do them twice
MOMENTS = 120
only_once = pytest.mark.parametrize("database_kind", ["sqlite"])


class Pile:
    """Files, and what must come of each."""

    def __init__(self, town: Town) -> None:
        """Two students with a share each, and one share that was stopped."""
        entry = town.issued("amara")
        self.codes = [town.shared(entry), town.shared(town.issued("kit", "sky"), "kit")]
        self.stopped = town.shared(entry)
        with town.transaction() as session:
            account = town.account(session, "amara")
            listed = shares.mine(session, account)
            self.inside = address.write(
                ORIGIN,
                self.codes[0],
                next(one for one in listed if one.code == self.codes[0]).entries[0].compact,
            )
            reference = next(one.reference for one in listed if one.code == self.stopped)
            shares.stop(session, account, reference, town.clock())
        self.files: list[tuple[str, bytes, tuple[str | None, str | None]]] = []

    def add(self, content: bytes, verdict: str | None, problem: str | None = None) -> None:
        """One more file."""
        self.files.append((f"{len(self.files)}.pdf", content, (verdict, problem)))

    def good(self, number: int) -> bytes:
        """A sheet of a share, an entry's own sheet, or a form with the code in words."""
        code = self.codes[number % 2]
        if number % 3 == 0:
            return sheets.written(f"Application {number}", share_code.pretty(code))
        text_of_it = self.inside if number % 3 == 1 else f"{ORIGIN}/c/{code}"
        return sheets.pdf([sheets.small_page(text_of_it)])

    def zipped(self) -> io.BytesIO:
        """All of them, in an order that no one chose."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content, _ in self.files:
                made.writestr(name, content)
        return file


def page_of(text_of_it: str) -> bytes:
    return sheets.pdf([sheets.small_page(text_of_it)])


def another_digit(written: str) -> str:
    place = len(written) - 40
    return written[:place] + str((int(written[place]) + 1) % 10) + written[place + 1 :]


SPOILED: dict[str, tuple[Callable[[Pile], bytes], str | None, str | None]] = {
    "a password": (lambda pile: sheets.locked(pile.good(2)), None, "password"),
    "cut off": (lambda pile: pile.good(2)[:500], None, "broken"),
    "300 pages": (lambda _pile: sheets.empty_pages(300), None, "too many pages"),
    "a ZIP by another name": (lambda pile: Pile.zipped(pile).getvalue()[:2000], None, "zip"),
    "no code": (lambda _pile: sheets.written("My application"), None, "no code"),
    "two codes": (
        lambda pile: sheets.pdf([sheets.small_page(f"{ORIGIN}/c/{code}") for code in pile.codes]),
        None,
        "several codes",
    ),
    "another site's code": (
        lambda pile: page_of(f"https://elsewhere.example/c/{pile.codes[0]}"),
        None,
        "other site",
    ),
    "a code that nobody has": (lambda _pile: page_of(f"{ORIGIN}/c/{share_code.new()}"), "V9", None),
    "a share that was stopped": (lambda pile: page_of(f"{ORIGIN}/c/{pile.stopped}"), "V10", None),
    "one digit of the entry changed": (lambda pile: page_of(another_digit(pile.inside)), "V7", None),
    "a photo of sixty megapixels": (
        lambda _pile: sheets.encoded(Image.new("1", (10_000, 6_000), 1)),
        None,
        "too large",
    ),
    "a word processor's old kind": (
        lambda _pile: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
        None,
        "not a picture",
    ),
}


@only_once
def test_200_files_of_which_twelve_are_spoiled_each_in_its_own_way(town: Town) -> None:
    pile = Pile(town)
    for number in range(GOOD):
        pile.add(pile.good(number), "V1")
    for spoil, verdict, problem in SPOILED.values():
        pile.add(spoil(pile), verdict, problem)
    random.Random(4).shuffle(pile.files)
    with town.transaction() as session:
        institution = session.execute(text("SELECT id FROM institutions")).scalar_one()
        files = receiving.unpack(pile.zipped(), institution)
        batch = receiving.receive_files(session, files, institution, town.clock()).id
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        kept = session.get_one(Batch, batch)
        assert (kept.state, kept.total) == (BatchState.DONE, GOOD + len(SPOILED))
        lines = desk.all_lines(session, kept)
    found = {line.name: (line.answer.get("verdict"), line.answer.get("problem")) for line in lines}
    assert found == {name: expected for name, _, expected in pile.files}
    assert [line.name for line in lines] == [name for name, *_ in pile.files]
    assert sum(line.group is Group.FOUND for line in lines) == GOOD


def test_killed_anywhere_while_a_list_is_checked_nothing_is_lost_and_nothing_is_there_twice(
    town: Town,
) -> None:
    entry = town.issued()
    code = town.shared(entry)
    seed = secrets.randbelow(10**9)
    print(f"seed {seed}")  # noqa: T201 - to draw the same moments again
    with town.transaction() as session:
        institution = session.execute(text("SELECT id FROM institutions")).scalar_one()
        table = "code,ref\n" + "".join(f"{code},{number}\n" for number in range(ROWS))
        batch = receiving.receive_table(session, tables.read(table.encode()), institution, town.clock()).id
    moments = random.Random(seed).sample(range(1, 2 * MOMENTS), KILLS)
    killed = sum(_worker_dies(town, batch, moment) for moment in moments)
    assert killed >= KILLS // 2, "the moments must fall into the work, or this test shows nothing"
    town.clock.forward(seconds=61)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        rows = session.scalars(select(Row).where(Row.batch_id == batch).order_by(Row.number)).all()
        assert [row.number for row in rows] == list(range(1, ROWS + 1))
        assert {(row.state, row.shown_in) for row in rows} == {(RowState.DONE, Group.FOUND)}
        assert session.get_one(Batch, batch).state is BatchState.DONE
        share = session.execute(text("SELECT checks FROM shares WHERE code = :code"), {"code": code}).scalar()
        assert share == session.scalar(select(func.count()).select_from(Receipt))
        assert lifecycle.mine(session, town.account(session, "amara"))


def _worker_dies(town: Town, batch: int, moment: int) -> bool:
    settings = town.runtime.settings
    where = [str(settings.instance), settings.database, str(batch), str(moment)]
    done = warm.run("tests.journeys.killed_desk", where, os.environ)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode == -signal.SIGKILL
