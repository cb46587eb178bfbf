"""Files that anybody may read, written so that a reader sees the old one or the new one, never half."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


class PublicFiles:
    """The folder of published files: registry, status lists, DID documents, bundle."""

    def __init__(self, directory: Path) -> None:
        """Use ``directory``; it is made at the first write."""
        self.directory = directory

    def write(self, name: str, content: bytes) -> None:
        """Put ``content`` under ``name`` (a relative path with slashes), whole or not at all."""
        target = self.directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}-{secrets.token_hex(4)}")
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)

    def stamp(self, name: str) -> tuple[str, int, int, int] | None:
        """Another value for every file that was ever written under the name; None where there is none."""
        path = self.directory / name
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        return str(path), found.st_ino, found.st_mtime_ns, found.st_size

    def read(self, name: str) -> bytes | None:
        """The file's bytes, or None where there is none."""
        path = self.directory / name
        return path.read_bytes() if path.is_file() else None

    def names(self, folder: str) -> list[str]:
        """The names of the files in a folder, in order."""
        return sorted(path.name for path in (self.directory / folder).glob("[!.]*"))

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        (self.directory / name).unlink(missing_ok=True)
