"""The ZIP of a workbook: the parts that hold cells, unpacked within bounds and packed again without tricks.

Every size is compared with its bound before anything is inflated, and no part is inflated beyond the size
that the directory states. The library reads only the ZIP that `packed` makes of these parts.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from passport.adapters.pictures.errors import Unreadable

MEGABYTE = 1024 * 1024
MAX_BYTES = 8 * MEGABYTE
MOST_PARTS = 2_000
MOST_UNPACKED = 32 * MEGABYTE
# What a sheet of equal rows reaches is far below; deflate can reach 1,030.
MOST_RATIO, RATIO_FROM = 200, MEGABYTE
NEEDED = re.compile(
    r"mimetype|content\.xml|META-INF/manifest\.xml"
    r"|\[Content_Types\]\.xml|_rels/\.rels|xl/[^/]*\.(?:xml|bin)|xl/_rels/[^/]*\.rels"
    r"|xl/worksheets/(?:_rels/)?[^/]*"
)
ENCRYPTED = 0x1

Parts = dict[str, bytes]


def unpack(data: bytes) -> Parts:
    """Return the parts by name; pictures, macros and drawings are left out. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable("too large")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [one for one in archive.infolist() if NEEDED.fullmatch(one.filename)]
            _refuse_bombs(archive, members)
            return {member.filename: _inflated(archive, member) for member in members}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise Unreadable("broken") from error


def packed(parts: Parts) -> bytes:
    """Return a ZIP of the parts, without compression."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _refuse_bombs(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Raise Unreadable by the sizes that the directory states, and for names that stand there twice."""
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise Unreadable("password")
    if len({member.filename for member in members}) < len(members):
        raise Unreadable("broken")
    total = sum(member.file_size for member in members)
    if len(archive.infolist()) > MOST_PARTS or total > MOST_UNPACKED:
        raise Unreadable("too large")
    if any(
        member.file_size > max(RATIO_FROM, MOST_RATIO * max(1, member.compress_size)) for member in members
    ):
        raise Unreadable("too large")


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return a part; one that goes on beyond its stated size is refused (`ZipExtFile` stops there)."""
    with archive.open(member) as stream:
        content = stream.read(member.file_size + 1)
    if len(content) != member.file_size:
        raise Unreadable("broken")
    return content
