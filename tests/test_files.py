"""What people hand in is kept under names that nobody chose: in a folder, and in a store that speaks S3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest

from passport.files import PrivateFiles
from tests.fixtures.buckets import Bucket, served

LONG_AFTER, LONG_BEFORE = datetime(2126, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[PrivateFiles, Bucket | None]]:
    """A place for files, and the bucket where it is one."""
    with served() if request.param == "bucket" else nullcontext(None) as found:
        if found is None:
            yield PrivateFiles.in_folder(tmp_path / "files"), None
            return
        address, bucket = found
        parts = ("passports", "brindlemoor/files", address, "eu-west-2", "a key's name", "a secret")
        yield PrivateFiles.in_bucket(*parts), bucket


def test_a_file_is_kept_read_listed_and_gone(kept: tuple[PrivateFiles, Bucket | None]) -> None:
    files, bucket = kept
    first, second = files.add(b"one"), files.add(b"two" * 100_000)
    assert (files.read(first), files.read(second)) == (b"one", b"two" * 100_000)
    assert len(first) == 32
    assert int(first, 16) != int(second, 16)
    assert files.names(LONG_AFTER) == sorted([first, second])
    assert files.names(LONG_BEFORE) == []
    for _again in range(2):
        files.remove(first)
    assert files.read(first) is None
    assert files.names(LONG_AFTER) == [second]
    if bucket is not None:
        assert set(bucket.kept) == {f"brindlemoor/files/{second}"}
        assert bucket.unsigned == 0


def test_nobody_else_on_the_machine_reads_the_folder(tmp_path: Path) -> None:
    PrivateFiles.in_folder(tmp_path / "files").add(b"one")
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0
