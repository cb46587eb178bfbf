"""What people hand in is kept under names that no one chose: in a folder, and in a store that speaks S3."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passport.adapters.files import PrivateFiles, StoreUnavailable
from passport.services.evidence import evidence_files
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
    large = files.add(b"x" * evidence_files.MAX_BYTES)
    if bucket is not None:
        assert bucket.kept[f"brindlemoor/files/{large}"] == b"x" * evidence_files.MAX_BYTES
        assert bucket.puts == 3, "a large one comes in one request too: no parts can be left behind"
    files.remove(large)
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


def test_no_other_person_on_the_machine_reads_the_folder(tmp_path: Path) -> None:
    PrivateFiles.in_folder(tmp_path / "files").add(b"one")
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0


WRITES_UNTIL_KILLED = """
import sys, threading
from pathlib import Path
from passport.adapters.files import PrivateFiles
files = PrivateFiles.in_folder(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    files.add(b"a child's photo" * 800_000)
"""


def test_what_a_killed_upload_left_behind_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    """A process is killed while it writes, until it left a part; obstore itself does not list such a file."""
    folder = tmp_path / "files"
    files = PrivateFiles.in_folder(folder)
    for _ in range(20):
        command = [sys.executable, "-c", WRITES_UNTIL_KILLED, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            while not list(folder.glob("*#*")):
                assert writer.poll() is None
            os.kill(writer.pid, signal.SIGKILL)
        if list(folder.glob("*#*")):
            break
    left = list(folder.glob("*#*"))
    assert left
    whole = [path for path in folder.iterdir() if path not in left]
    now = datetime.now(UTC)
    assert files.remove_parts(now - timedelta(days=1)) == 0, "another process may be writing it"
    assert files.remove_parts(LONG_AFTER) == len(left)
    assert sorted(folder.iterdir()) == sorted(whole)


def test_a_full_disk_is_said_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """The real store, in a process that may write no file of more than 100 kB: so does a full disk end it."""
    program = """
import resource, signal, sys
from pathlib import Path
from passport.adapters.files import PrivateFiles, StoreUnavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
files = PrivateFiles.in_folder(Path(sys.argv[1]))
try:
    files.add(b"x" * 500_000)
except StoreUnavailable as error:
    print(error)
print(files.read(files.add(b"small")))
"""
    told = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "files")], capture_output=True, text=True, check=True
    )
    refused, after = told.stdout.splitlines()
    assert "File too large" in refused
    assert after == "b'small'"
    assert len(list((tmp_path / "files").iterdir())) == 1


def test_a_store_that_is_not_there_is_unavailable() -> None:
    parts = ("passports", "", "http://127.0.0.1:9", "eu-west-2", "a key's name", "a secret")
    files = PrivateFiles.in_bucket(*parts)
    for ask in (lambda: files.add(b"x"), lambda: files.read("x"), lambda: files.names(LONG_AFTER)):
        with pytest.raises(StoreUnavailable):
            ask()
