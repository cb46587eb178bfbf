"""Files: published ones, which are open to all, and private ones, which only the service hands out.

A published file is written so that a reader sees the old one or the new one, never half. A private one is
written once, under a random name, and never changed. No method here is called inside a database
transaction: a slow disk or store would keep every other writer waiting.

obstore starts threads of its own, which a fork does not copy. So it is imported at its first use, which is
never in the process that forks the server's worker.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from errno import ENOTDIR
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from obstore.store import ObjectStore


class StoreUnavailable(Exception):
    """The store cannot read or write a file now: the disk is full, or the bucket does not answer."""


class PublicFiles:
    """The folder of published files: registry, status lists, DID documents, bundle."""

    def __init__(self, directory: Path) -> None:
        """Use ``directory``, which is created at the first write."""
        self.directory = directory

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the publication lock until the block ends; other processes and threads wait for it.

        The lock file is beside the folder, not in it. The system releases the lock of a killed process.
        Raises OSError where the folder cannot be used: its files are then inaccessible, not missing.
        """
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        if self.directory.exists() and not self.directory.is_dir():
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(self.directory))
        with self.directory.with_name(f"{self.directory.name}.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def write(self, name: str, content: bytes) -> None:
        """Write ``content`` atomically under ``name`` (a relative path with slashes)."""
        write_whole(self.directory / name, content)

    def stamp(self, name: str) -> tuple[str, int, int, int] | None:
        """Return a value that differs for each file ever written under the name; None where there is none."""
        path = self.directory / name
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        return str(path), found.st_ino, found.st_mtime_ns, found.st_size

    def read(self, name: str) -> bytes | None:
        """Return the file's bytes, or None where there is none."""
        path = self.directory / name
        return path.read_bytes() if path.is_file() else None

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, sorted."""
        return sorted(path.name for path in (self.directory / folder).glob("[!.]*"))

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder, sorted."""
        return sorted(path.name for path in (self.directory / folder).glob("[!.]*") if path.is_dir())

    def remove(self, name: str) -> None:
        """Delete a file, if it exists."""
        (self.directory / name).unlink(missing_ok=True)


class PrivateFiles:
    """Uploaded files, in a folder outside of the published one or in an S3-compatible store."""

    def __init__(self, store: ObjectStore, directory: Path | None = None) -> None:
        """Use an opened store, which keeps its files in ``directory`` if that is given."""
        self._store = store
        self._directory = directory

    @classmethod
    def in_folder(cls, directory: Path) -> PrivateFiles:
        """Return the files of a folder, which is created if it does not exist."""
        from obstore.store import LocalStore

        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(LocalStore(directory), directory)

    @classmethod
    def in_bucket(
        cls, bucket: str, prefix: str, endpoint: str, region: str, key: str, secret: str
    ) -> PrivateFiles:
        """Return the files of a bucket in an S3-compatible store. Sends no request yet."""
        from obstore.store import S3Store

        plain = endpoint.startswith("http://")
        return cls(
            S3Store(
                bucket,
                prefix=prefix or None,
                endpoint=endpoint or None,
                region=region,
                access_key_id=key,
                secret_access_key=secret,
                virtual_hosted_style_request=False,
                client_options={"allow_http": plain, "timeout": "30s"},
                retry_config={"max_retries": 2},
            )
        )

    def add(self, content: bytes) -> str:
        """Store ``content`` under a new random name and return the name. Never overwrites a file.

        With this mode a bucket gets it in one request, so a killed upload leaves no parts there. Raises
        StoreUnavailable; nothing is stored then.
        """
        name = secrets.token_hex(16)
        with _wrapped():
            self._store.put(name, content, mode="create")
        return name

    def read(self, name: str) -> bytes | None:
        """Return the bytes under a name, or None where there are none. Raises StoreUnavailable."""
        with _wrapped():
            try:
                return bytes(self._store.get(name).bytes())
            except FileNotFoundError:
                return None

    def remove(self, name: str) -> None:
        """Delete a file, if it exists. Raises StoreUnavailable."""
        with _wrapped(), suppress(FileNotFoundError):
            self._store.delete(name)

    def names(self, before: datetime) -> list[str]:
        """Return the names of files written before a time. Raises StoreUnavailable."""
        with _wrapped():
            found = [one for several in self._store.list() for one in several]
        return sorted(one["path"] for one in found if one["last_modified"] < before)

    def remove_parts(self, before: datetime) -> int:
        """Delete partial uploads that are older than a time; return their number.

        obstore (0.12.1) writes to `NAME#1` in a folder and renames it when complete. It neither lists nor
        deletes such names, so this works on the folder directly.
        """
        if self._directory is None:
            return 0
        parts = [path for path in self._directory.glob("*#*") if _is_part(path.name)]
        old = [path for path in parts if path.stat().st_mtime < before.timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


def _is_part(name: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{32}#\d+", name) is not None


@contextmanager
def _wrapped() -> Iterator[None]:
    """Convert errors of the store to StoreUnavailable."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError) as error:
        raise StoreUnavailable(str(error).partition("\n")[0]) from error


def write_whole(target: Path, content: bytes) -> None:
    """Write a file atomically: a reader sees the old or the new one, also after a power cut."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)
