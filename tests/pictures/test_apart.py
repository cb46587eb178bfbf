"""A file that eats memory or time, or kills its reader, harms nobody, and the next file is read."""

from __future__ import annotations

import contextlib
import io
import resource
import zlib
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest

from passport.pictures import apart, reading
from passport.pictures.apart import PDF, PICTURE, Reader
from passport.pictures.errors import Unreadable
from tests.fixtures import sheets

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


def test_threads_share_a_few_processes() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _number: apart.read_pdf(GOOD).codes, range(16)))
    assert found == [[SHARE]] * 16
