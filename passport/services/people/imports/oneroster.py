"""OneRoster 1.1 and 1.2 CSV bundles: the students of one school as a table.

Read by name: `users.csv`, `orgs.csv`, `demographics.csv` (the date of birth alone), in 1.2 also `roles.csv`.
Nothing else is read, and no column that has no use here (phone numbers, guardians, passwords) is kept.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator

from passport.services.core import tables
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.tables import Row, plain

USERS, ORGS, ROLES, DEMOGRAPHICS = "users.csv", "orgs.csv", "roles.csv", "demographics.csv"
READ = (USERS, ORGS, ROLES, DEMOGRAPHICS)
HEADING = ["Legal surname", "Legal forename", "Preferred forename", "Date of birth", "Year group", "Email"]
MOST_BYTES = 8 * 1024 * 1024
MOST_FILES = 100
GONE = "tobedeleted"
STUDENT = "student"
Record = dict[str, str]


def is_bundle(data: bytes) -> bool:
    """Return whether a ZIP is a OneRoster bundle: it has `users.csv`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return USERS in _members(packed)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def read(data: bytes, school: str) -> tuple[list[str], list[Row]]:
    """Return headings and rows of a school's students; numbers of rows are lines of `users.csv`.

    Args:
        school: the school's name; in a bundle of several schools it chooses one.

    Raises Refused for a damaged or oversized bundle, and for one that has several schools but not this one.
    """
    files = _files(data)
    users = list(_records(files[USERS]))
    born = {one["sourcedid"]: one.get("birthdate", "") for _, one in _records(files.get(DEMOGRAPHICS, b""))}
    roles = _roles(files.get(ROLES, b""))
    students = [(line, one) for line, one in users if _is_student(one, roles)]
    own = _own_school(files.get(ORGS, b""), students, roles, school)
    rows = [
        Row(line, _row(one, born)) for line, one in students if own is None or own in _orgs_of(one, roles)
    ]
    return HEADING, rows


def _row(user: Record, born: Record) -> list[str]:
    return [
        user.get("familyname", ""),
        user.get("givenname", ""),
        user.get("preferredgivenname", ""),
        born.get(user["sourcedid"], ""),
        user.get("grades", "").split(",")[0],
        user.get("email", ""),
    ]


def _members(packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the files of a bundle by name; they may stand in a folder."""
    named = {posixpath.basename(one.filename).casefold(): one for one in packed.infolist()}
    return {name: named[name] for name in READ if name in named}


def _files(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = _members(packed)
            size = sum(one.file_size for one in members.values())
            if len(packed.infolist()) > MOST_FILES or size > MOST_BYTES:
                raise Refused(Reason.ZIP_TOO_LARGE)
            return {name: _content(packed, one) for name, one in members.items()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Refused(Reason.ZIP_BROKEN) from error


def _content(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read a member, never beyond the size that the directory states."""
    with packed.open(member) as file:
        return file.read(member.file_size)


def _records(data: bytes) -> Iterator[tuple[int, Record]]:
    """Yield each row of a file with its line, by the headings in lower case. Raises Refused."""
    if not data:
        return
    table = tables.read(data, lambda cells: int("sourcedid" in map(plain, cells)), most_bytes=MOST_BYTES)
    if table.heading is None:
        raise Refused(Reason.ONEROSTER_HEADINGS)
    heading = [plain(cell) for cell in table.rows[table.heading].cells]
    for row in table.rows[table.heading + 1 :]:
        if not row.is_blank:
            record = dict(zip(heading, (cell.strip() for cell in row.cells), strict=False))
            if record.get("sourcedid") and record.get("status", "").casefold() != GONE:
                yield row.line, record


def _roles(data: bytes) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for _, one in _records(data):
        found.setdefault(one.get("usersourcedid", ""), []).append(one)
    return found


def _is_student(user: Record, roles: dict[str, list[Record]]) -> bool:
    """Return whether a user is a student: by their role in 1.1, by their roles in 1.2."""
    theirs = roles.get(user["sourcedid"], [])
    return user.get("role", "").casefold() == STUDENT or any(
        one.get("role", "").casefold() == STUDENT for one in theirs
    )


def _orgs_of(user: Record, roles: dict[str, list[Record]]) -> set[str]:
    named = user.get("primaryorgsourcedid") or user.get("orgsourcedids", "")
    found = {one.strip() for one in named.split(",") if one.strip()}
    return found or {one.get("orgsourcedid", "") for one in roles.get(user["sourcedid"], [])}


def _own_school(
    orgs: bytes, students: list[tuple[int, Record]], roles: dict[str, list[Record]], school: str
) -> str | None:
    """Return the id of the school in the bundle; None for a bundle of one school."""
    attended = {org for _, one in students for org in _orgs_of(one, roles)}
    if len(attended) < 2:
        return None
    names = {
        one["sourcedid"]: one.get("name", "") for _, one in _records(orgs) if one["sourcedid"] in attended
    }
    own = [org for org, name in names.items() if plain(name) == plain(school)]
    if len(own) != 1:
        raise Refused(
            Reason.ONEROSTER_SCHOOLS,
            names=", ".join(sorted(filter(None, names.values()))[:10]),
            school=school,
        )
    return own[0]
