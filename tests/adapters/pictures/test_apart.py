"""A file that eats memory or time, or kills its reader, harms no one, and the next file is read."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image

from passport.adapters.pictures import reader_processes, reading
from passport.adapters.pictures.errors import Busy, Unreadable
from passport.adapters.pictures.reader_processes import (
    MOST_WAITING,
    NICENESS,
    PDF,
    PICTURE,
    Reader,
    Readers,
    Turn,
)
from tests.fixtures import sheets
from tests.fixtures.occupied import Occupied

SHARE = "https://passport.example/c/SP4F7K9QXM2TW9"
GOOD = sheets.pdf([sheets.small_page(SHARE)])


def heavy(operators: bytes, times: int) -> bytes:
    """A small PDF whose page is drawn by this, so many times."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(500, 500)
    packed = zlib.compressobj(9)
    stream = pypdf.generic.EncodedStreamObject()
    stream._data = b"".join(packed.compress(operators) for _ in range(times)) + packed.flush()
    stream[pypdf.generic.NameObject("/Filter")] = pypdf.generic.NameObject("/FlateDecode")
    page[pypdf.generic.NameObject("/Contents")] = writer._add_object(stream)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.fixture
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    made = Reader(**getattr(request, "param", {}))
    yield made
    made.stop()


def reason(reader: Reader, data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        reader.ask(PDF, data)
    return caught.value.reason


def process(reader: Reader) -> Any:
    return reader._process


def test_one_process_reads_one_file_after_another(reader: Reader) -> None:
    assert reader.ask(PDF, GOOD)["codes"] == [SHARE]
    first = process(reader)
    assert reason(reader, sheets.locked(GOOD)) == "password"
    assert reader.ask(PICTURE, sheets.encoded(sheets.drawn(SHARE)))["codes"] == [SHARE]
    assert process(reader) is first


def test_one_that_was_killed_between_two_files_is_started_again_and_leaves_nothing_open(
    reader: Reader,
) -> None:
    reader.ask(PDF, GOOD)
    first = process(reader)
    first.kill()
    first.wait()
    assert reader.ask(PDF, GOOD)["codes"] == [SHARE]
    assert process(reader) is not first
    assert first.stdin.closed
    assert first.stdout.closed


def test_one_that_is_killed_over_a_file_leaves_that_file_unread_and_is_started_again(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reader._running()

    def killed_as_soon_as_it_is_chosen() -> Any:
        first.kill()
        first.wait()
        return first

    with monkeypatch.context() as patch:
        patch.setattr(reader, "_running", killed_as_soon_as_it_is_chosen)
        assert reason(reader, GOOD) == "broken"
    assert reader.ask(PDF, GOOD)["codes"] == [SHARE]


@pytest.mark.parametrize("reader", [{"seconds": 1.5}], indirect=True)
def test_a_file_that_takes_too_long_ends_its_reader(reader: Reader) -> None:
    slow = heavy(b"0 0 m 499 499 l 20 w 3 4 5 6 7 8 c S\n", 600_000)
    assert len(slow) < 1_000_000
    assert reason(reader, slow) == "too slow"


@pytest.mark.parametrize("reader", [{"memory": 600 * 1024 * 1024}], indirect=True)
def test_a_file_that_unpacks_to_a_gigabyte_ends_its_reader_and_not_the_service(reader: Reader) -> None:
    bomb = heavy(b" " * 1_000_000, 500)
    assert len(bomb) < reading.MAX_BYTES
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with contextlib.suppress(Unreadable):  # or pdfium gives up by itself, and finds nothing
        assert reader.ask(PDF, bomb)["codes"] == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
    assert reader.ask(PDF, GOOD)["codes"] == [SHARE]


def test_a_process_keeps_nothing_of_the_files_that_it_has_read(reader: Reader) -> None:
    """Before, each large picture left some of its memory behind: 65 MB after eighty files."""
    photo = Image.effect_noise((3000, 2300), 90)
    scans = sheets.pdf([photo.resize((1654, 2339)), photo.rotate(90), photo], 200)
    files = [(PDF, GOOD), (PICTURE, sheets.encoded(photo)), (PDF, scans)]
    reader.ask(*files[0])
    first = process(reader)
    before = held(first.pid)
    for kind, data in files * 4:
        reader.ask(kind, data)
    assert process(reader) is first
    assert held(first.pid) - before < 20_000_000


def held(pid: int) -> int:
    """The bytes of memory of a process (proc(5))."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def test_one_that_holds_too_much_memory_answers_and_is_replaced() -> None:
    grown = (
        'import sys\nwhile sys.stdin.buffer.read(10):\n print(\'{"codes": [], "grown": true}\', flush=True)'
    )
    reader = Reader(program=(sys.executable, "-c", grown))
    for _ in range(2):
        assert reader.ask(PDF, b"a") == {"codes": []}
        assert process(reader) is None


def test_threads_share_a_few_processes() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _number: reader_processes.read_pdf(GOOD).codes, range(16)))
    assert found == [[SHARE]] * 16


def test_a_reader_gives_way_to_the_threads_of_the_service(reader: Reader) -> None:
    reader.ask(PDF, GOOD)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, process(reader).pid) == min(own + NICENESS, 19)


def test_requests_wait_for_a_reader_in_a_short_line_and_a_job_as_long_as_it_takes(occupied: Occupied) -> None:
    readers = Readers([occupied.reader(), occupied.reader()])
    patient = Turn(patience=30)
    with ThreadPoolExecutor(8) as pool:
        reading = [pool.submit(readers.ask, PDF, b"a", Turn()) for _ in range(2)]
        held = [occupied.begun() for _ in range(2)]
        with pytest.raises(Busy):
            readers.ask(PDF, b"b", Turn(patience=0))
        asked = [pool.submit(readers.ask, PDF, b"c", patient) for _ in range(MOST_WAITING + 3)]
        at_once = as_completed(asked, timeout=20)
        refused = [next(at_once) for _ in range(3)]
        assert [type(one.exception()) for one in refused] == [Busy] * 3
        for connection in held:
            connection.close()
        for _ in range(MOST_WAITING):
            occupied.begun().close()
        answered = [one.result(20) for one in (set(asked) - set(refused)) | set(reading)]
        assert len(answered) == MOST_WAITING + 2
        job = pool.submit(readers.ask, PDF, b"d")
        occupied.begun().close()
        assert job.result(20) == {"codes": [], "text": ""}


def test_jobs_leave_one_reader_to_requests(occupied: Occupied) -> None:
    readers = Readers([occupied.reader(), occupied.reader()])
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(readers.ask, PDF, b"list") for _ in range(3)]
        held = occupied.begun()
        turn = Turn(patience=20)
        request = pool.submit(readers.ask, PDF, b"file", turn)
        occupied.begun().close()
        assert request.result(20) == {"codes": [], "text": ""}
        assert turn.worked > 0
        assert not any(job.done() for job in jobs)
        held.close()
        for _ in jobs[1:]:
            occupied.begun().close()
        for job in jobs:
            job.result(20)


def test_the_place_of_a_reader_that_hangs_comes_back(occupied: Occupied) -> None:
    reader = occupied.reader(seconds=0.5, starting=0.5)
    readers = Readers([reader])
    with pytest.raises(Unreadable) as caught:
        readers.ask(PDF, b"a", Turn())
    assert caught.value.reason == "too slow"
    occupied.begun()
    reader._longest = 30
    with ThreadPoolExecutor(1) as pool:
        next_one = pool.submit(readers.ask, PDF, b"b")
        occupied.begun().close()
        assert next_one.result(20) == {"codes": [], "text": ""}


def test_the_place_of_a_reader_that_dies_comes_back(occupied: Occupied) -> None:
    reader = occupied.reader()
    readers = Readers([reader])
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(readers.ask, PDF, b"a", Turn())
        occupied.begun()
        process(reader).kill()
        with pytest.raises(Unreadable, match="broken"):
            first.result(20)
        second = pool.submit(readers.ask, PDF, b"b", Turn())
        occupied.begun().close()
        assert second.result(20) == {"codes": [], "text": ""}
