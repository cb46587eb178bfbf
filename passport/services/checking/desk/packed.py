"""ZIPs of files, read within bounds; no name in one is used as a path, and nothing is written to disk."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from passport.services.checking.handed_in import MAX_BYTES
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason

MARK = b"PK\x03\x04"
EMPTY = b"PK\x05\x06"
# What XLSX, other office files and OpenDocument files have in them
WORKBOOK, OFFICE, DOCUMENT = "xl/workbook", "[Content_Types].xml", "content.xml"
MIMETYPE, SPREADSHEET = "mimetype", b"opendocument.spreadsheet"
MAX_DIRECTORY = 1024 * 1024
LONGEST_NAME = 100
# Files that operating systems add to a ZIP.
NOT_MEANT = ("__MACOSX/", "desktop.ini", "thumbs.db", ".ds_store")
END = struct.Struct("<4s4H2LH")


@dataclass(frozen=True)
class Packed:
    """A file from a ZIP: its name as display text, and its bytes or the reason why there are none."""

    name: str
    content: bytes
    problem: str = ""


def is_zip(start: bytes) -> bool:
    """Return whether these first bytes are those of a ZIP."""
    return start.startswith((MARK, EMPTY))


def is_workbook(file: IO[bytes]) -> bool:
    """Return whether a ZIP is a workbook (XLSX or ODS). Raises Refused for a broken one, and for a letter."""
    _refuse_long_directory(file)
    try:
        with zipfile.ZipFile(file) as packed:
            names = packed.namelist()
            is_letter = DOCUMENT in names and SPREADSHEET not in _kind(packed)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise Refused(Reason.ZIP_BROKEN) from error
    finally:
        file.seek(0)
    found = any(name.startswith(WORKBOOK) for name in names) or (DOCUMENT in names and not is_letter)
    if not found and (OFFICE in names or is_letter):
        raise Refused(Reason.LIST_IS_DOCUMENT)
    return found


def files(file: IO[bytes], limit: int, most_bytes: int) -> Iterator[Packed]:
    """Yield the files of a ZIP, one at a time.

    Raises Refused for a broken ZIP, and more than `limit` files or `most_bytes` bytes.
    """
    _refuse_long_directory(file)
    try:
        with zipfile.ZipFile(file) as packed:
            members = [member for member in packed.infolist() if _is_meant(member)]
            if not members:
                raise Refused(Reason.ZIP_EMPTY)
            if len(members) > limit:
                raise too_many_files(len(members), limit)
            if sum(member.file_size for member in members) > most_bytes:
                raise Refused(Reason.ZIP_TOO_LARGE)
            left = most_bytes
            for member in members:
                found = _member(packed, member)
                left -= len(found.content)
                if left < 0:
                    raise Refused(Reason.ZIP_TOO_LARGE)
                yield found
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        raise Refused(Reason.ZIP_BROKEN) from error


def too_many_files(count: int, most: int) -> Refused:
    """Return the refusal of ``count`` files where at most ``most`` are accepted at once."""
    return Refused(Reason.TOO_MANY_IN_LIST, count=count, most=most)


def shown_name(name: str) -> str:
    """Return a file's name without its folders, for display only."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in last).split())
    return shown[:LONGEST_NAME] or "?"


def _refuse_long_directory(file: IO[bytes]) -> None:
    """Check the size of the central directory before the library reads it (APPNOTE 4.3.16)."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END.size - 0xFFFF))
    tail = file.read()
    place = tail.rfind(EMPTY)
    if place < 0 or len(tail) < place + END.size:
        raise Refused(Reason.ZIP_BROKEN)
    length = END.unpack_from(tail, place)[5]
    if length > MAX_DIRECTORY:  # also refuses ZIP64, which 200 files never need
        raise Refused(Reason.ZIP_TOO_LARGE)
    file.seek(0)


def _kind(packed: zipfile.ZipFile) -> bytes:
    """Return what an OpenDocument file says it is (part 2, 3.3), else nothing."""
    if MIMETYPE not in packed.namelist():
        return b""
    with packed.open(MIMETYPE) as stream:
        return stream.read(LONGEST_NAME)


def _is_meant(member: zipfile.ZipInfo) -> bool:
    last = member.filename.replace("\\", "/").rpartition("/")[2].lower()
    return not (
        member.is_dir()
        or member.filename.startswith(NOT_MEANT[0])
        or last in NOT_MEANT
        or last.startswith("._")
    )


def _member(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> Packed:
    """Return one file, unpacked no further than the size limit of a file."""
    name = shown_name(member.filename)
    if member.flag_bits & 1:
        return Packed(name, b"", "password")
    if member.file_size > MAX_BYTES:
        return Packed(name, b"", "too large")
    try:
        with packed.open(member) as stream:
            content = stream.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError):
        return Packed(name, b"", "broken")
    if len(content) > MAX_BYTES:
        return Packed(name, b"", "too large")
    if not is_zip(content):
        return Packed(name, content)
    is_list = WORKBOOK.encode() in content or SPREADSHEET in content[:LONGEST_NAME]
    return Packed(name, b"", "workbook" if is_list else "zip")
