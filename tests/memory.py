"""Lets tests write to memory: on a disk, copying a database costs up to twenty times as much CPU time."""

import os
import shutil
import tempfile
from pathlib import Path

PLACE = Path("/dev/shm")  # noqa: S108 - pytest and tempfile make folders of their own in it
ROOM = 4 * 2**30  # bytes; a container often has 64 MiB


def use() -> None:
    """Make memory the place of temporary files, for this process and those it starts, where it has room."""
    if "TMPDIR" in os.environ or not has_room():
        return
    os.environ["TMPDIR"] = str(PLACE)
    tempfile.tempdir = None  # may be known already: ask again


def has_room() -> bool:
    """Whether there is such a place, with enough room, from which a program may be started."""
    try:
        return shutil.disk_usage(PLACE).free > ROOM and not os.statvfs(PLACE).f_flag & os.ST_NOEXEC
    except OSError:
        return False
