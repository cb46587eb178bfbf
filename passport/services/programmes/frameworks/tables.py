"""Read a framework from a table as steering groups keep it: columns in any order, merged groups, long rows.

Nothing is repaired: what cannot be taken as it stands is a problem with its line, its column and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from passport.services.core import tables
from passport.services.core.tables import Remarks, Table, plain
from passport.services.core.texts import problem
from passport.services.programmes.frameworks.wording import (
    LONGEST_DESCRIPTOR,
    LONGEST_GROUP,
    LONGEST_NAME,
)

LEVELS = ("with guidance", "with support", "on my own", "guiding others")
COLUMNS = ("group", "skill", *LEVELS)
# One row for each level of a skill
LONG_COLUMNS = ("group", "skill", "level", "descriptor")
OTHER_NAMES = {
    "group": {"skillgroup", "area", "category", "theme"},
    "skill": {"skillname"},
    "descriptor": {"description", "leveldescriptor", "wording"},
}
LONGEST = {"group": LONGEST_GROUP, "skill": LONGEST_NAME}
SPACES = re.compile(r"[ \t\r\n\u00a0]+")
MARKUP = re.compile(r"</?[a-z][^<>]*>|&(?:[a-z]+|#x?[0-9a-f]+);", re.IGNORECASE)
UNREAD = "\ufffd"
CELL = re.compile(r"([A-Z]+)([0-9]+)")
ALL = "all"
# How many cells of a row above the headings may be filled: a title, a version, a day
MOST_IN_A_TITLE = 3

Skill = tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """A cell that is invalid: where it is, and what to do. Line 0 stands for the framework's title."""

    line: int
    column: str
    advice: str

    def __str__(self) -> str:
        """Return one line for the operator."""
        if not self.line:
            return f"{self.column}: {self.advice}"
        return f"line {self.line}, column {self.column}: {self.advice}"


@dataclass
class Draft:
    """A framework as it was read: skills as group, name and four wordings; problems; and notes."""

    skills: list[Skill] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """A text with its place, and the column as problems name it."""

    line: int
    column: str
    text: str


@dataclass
class Entry:
    """A skill that is being put together from its row, or from its rows of one level each."""

    group: Cell
    skill: Cell
    levels: dict[int, Cell] = field(default_factory=dict)


def read(content: bytes) -> Draft:
    """Read a framework. Raises Refused for a file that is no table at all; see `tables.read`."""
    table = tables.read(content, _rank, strict=True)
    draft = Draft([], [Problem(line, ALL, f"this is not a CSV line ({said})") for line, said in table.faults])
    _remark(table.remarks, draft)
    _check_titles(table, draft)
    columns = _columns(table, draft)
    if columns is not None:
        entries = list(_entries(table, columns, draft))
        _check(entries, draft)
        draft.skills = [_skill(entry) for entry in entries if len(entry.levels) == len(LEVELS)]
        if not entries and not draft.problems:
            draft.problems.append(
                Problem(_heading_line(table), ALL, "write the skills in rows below the headings")
            )
    draft.problems.sort(key=lambda one: one.line)
    return draft


# ------------------------------------------------------------------------------------------------ columns


def _known(heading: str) -> str | None:
    """Return the column that a heading stands for."""
    bare = plain(heading)
    for number, level in enumerate(LEVELS, 1):
        name = plain(level)
        if bare in {name, f"{number}", f"level{number}", f"level{number}{name}", f"{number}{name}"}:
            return level
    return next((name for name in LONG_COLUMNS if bare == name or bare in OTHER_NAMES.get(name, ())), None)


def _rank(cells: Sequence[str]) -> int:
    """Rank a row as the heading row by how many of its cells are headings, that of the skills among them."""
    known = {_known(cell) for cell in cells} - {None}
    return len(known) if "skill" in known else 0


def _heading_line(table: Table) -> int:
    return table.rows[table.heading].line if table.heading is not None else 1


def _columns(table: Table, draft: Draft) -> dict[str, int] | None:
    """Return the places of the columns; None where some are missing or there twice, which is a problem."""
    header = table.rows[table.heading].cells if table.heading is not None else []
    line = _heading_line(table)
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = _known(cell)
        if name in places:
            advice = f"two columns mean this: {header[places[name]].strip()} and {cell.strip()}. Take one out"
            draft.problems.append(Problem(line, name, advice))
            return None
        if name is not None:
            places[name] = place
        elif cell.strip():
            draft.notes.append(f"The column {cell.strip()} is not used.")
    wanted = LONG_COLUMNS if {"level", "descriptor"} & set(places) else COLUMNS
    missing = [name for name in wanted if name not in places]
    if missing or set(places) - set(wanted):
        advice = "one row must have these headings, in any order: " + ", ".join(COLUMNS)
        found = f" (missing: {', '.join(missing)})" if places and missing else ""
        draft.problems.append(Problem(line, ALL, advice + found))
        return None
    return places


def _check_titles(table: Table, draft: Draft) -> None:
    """Report rows above the headings that are no titles: they would be lost."""
    for row in table.rows[: table.heading or 0]:
        if sum(bool(cell.strip()) for cell in row.cells) > MOST_IN_A_TITLE:
            advice = "this stands above the headings: take it out, or put it below them"
            draft.problems.append(Problem(row.line, ALL, advice))


def _remark(remarks: Remarks, draft: Draft) -> None:
    """Note how the table was read; a cell of a workbook without its value is a problem."""
    if remarks.windows:
        draft.notes.append(
            "The letters were read as Windows-1252: if some look wrong, save the file as CSV UTF-8."
        )
    if remarks.others:
        draft.notes.append(f"Only the sheet {remarks.sheet} was read, not: {', '.join(remarks.others)}.")
    if remarks.hidden:
        rows = ", ".join(map(str, remarks.hidden))
        draft.notes.append(f"These rows are hidden in the sheet and were read too: {rows}.")
    advice = {
        "its formula has no saved value: open the workbook, save it and import it again": remarks.unworked,
        "it shows an error: write what it should say": remarks.faulty,
    }
    for said, names in advice.items():
        for place in filter(None, map(CELL.fullmatch, names)):
            draft.problems.append(Problem(int(place[2]), place[1], said))


# ------------------------------------------------------------------------------------------------ rows


def _entries(table: Table, columns: dict[str, int], draft: Draft) -> Iterator[Entry]:
    """Yield the skills in the table's order. A blank group is that of the row above."""
    header = _trimmed(table.rows[table.heading or 0].cells, 0)
    group: Cell | None = None
    rows = []
    for row in table.rows[(table.heading or 0) + 1 :]:
        cells = _trimmed([SPACES.sub(" ", cell).strip(" ") for cell in row.cells], len(header))
        if tables.is_blank(cells):
            continue
        found = _problem_of_row(cells, header, bool(table.remarks.sheet))
        if found:
            draft.problems.append(Problem(row.line, ALL, found))
            continue
        cells += [""] * (len(header) - len(cells))
        named = {name: Cell(row.line, name, cells[place]) for name, place in columns.items()}
        group = named["group"] = _as_above(named["group"], group)
        rows.append(named)
    yield from _from_levels(rows, draft) if "level" in columns else map(_from_row, rows)


def _trimmed(cells: list[str], length: int) -> list[str]:
    """Return the cells without the empty ones that spreadsheets append beyond a length."""
    while len(cells) > length and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _problem_of_row(cells: list[str], header: list[str], is_sheet: bool) -> str:
    if tables.repeats(cells, header):
        return "the headings stand here again: take this row out"
    if len(cells) > len(header) or (len(cells) < len(header) and not is_sheet):
        return f"write {len(header)} cells; this line has {len(cells)}"
    return ""


def _as_above(cell: Cell, above: Cell | None) -> Cell:
    """Return the cell, or where it is blank the one above, as in merged cells."""
    return Cell(cell.line, cell.column, above.text) if above and not cell.text else cell


def _from_row(named: dict[str, Cell]) -> Entry:
    return Entry(named["group"], named["skill"], {n: named[level] for n, level in enumerate(LEVELS, 1)})


def _from_levels(rows: list[dict[str, Cell]], draft: Draft) -> Iterator[Entry]:
    """Yield the skills of a table with a row for each level. A blank skill is that of the row above."""
    entries: dict[tuple[str, str], Entry] = {}
    above: Cell | None = None
    for named in rows:
        above = skill = _as_above(named["skill"], above)
        entry = entries.setdefault((named["group"].text, skill.text), Entry(named["group"], skill))
        number = _level(named["level"].text)
        if number is None:
            draft.problems.append(Problem(skill.line, "level", "write 1 to 4, or: " + ", ".join(LEVELS)))
        elif number in entry.levels:
            advice = f"this level stands in line {entry.levels[number].line} already"
            draft.problems.append(Problem(skill.line, "level", advice))
        else:
            entry.levels[number] = named["descriptor"]
    for entry in entries.values():
        missing = [level for number, level in enumerate(LEVELS, 1) if number not in entry.levels]
        if missing:
            advice = f"write a row for each level of this skill (missing: {', '.join(missing)})"
            draft.problems.append(Problem(entry.skill.line, "level", advice))
        yield entry


def _level(text: str) -> int | None:
    known = _known(text)
    return LEVELS.index(known) + 1 if known in LEVELS else None


def _skill(entry: Entry) -> Skill:
    levels = (entry.levels[number].text for number in range(1, len(LEVELS) + 1))
    return (entry.group.text, entry.skill.text, *levels)


# ------------------------------------------------------------------------------------------------ checks


def _check(entries: list[Entry], draft: Draft) -> None:
    first: dict[str, Entry] = {}
    for entry in entries:
        cells = [entry.group, entry.skill, *entry.levels.values()]
        found = [one for one in map(_problem, cells) if one]
        twin = first.setdefault(entry.skill.text.casefold(), entry)
        if not found and twin is not entry:
            found = [Problem(entry.skill.line, "skill", _twins(entry, twin))]
        texts = [cell.text for cell in entry.levels.values()]
        if not found and len(set(texts)) < len(texts):
            column = "descriptor" if entry.levels[min(entry.levels)].column == "descriptor" else LEVELS[0]
            found = [
                Problem(entry.skill.line, column, "two levels have the same wording: say what is different")
            ]
        draft.problems += found
        draft.notes += [
            f"Line {cell.line}, column {cell.column}: markup, which is shown as it stands: {match[0]}"
            for cell in cells
            if (match := MARKUP.search(cell.text))
        ]


def _problem(cell: Cell) -> Problem | None:
    longest = LONGEST.get(cell.column, LONGEST_DESCRIPTOR)
    advice = problem(cell.text, quoted=cell.column == "skill")
    if advice is None and UNREAD in cell.text:
        advice = 'some letters cannot be read: save the file as "CSV UTF-8"'
    if advice is None and len(cell.text) > longest:
        advice = f"shorten it to {longest} characters"
    return Problem(cell.line, cell.column, advice) if advice else None


def _twins(entry: Entry, twin: Entry) -> str:
    """Return what to do about a second skill of the same name: entries show a skill without its group."""
    where = f"line {twin.skill.line}, group “{twin.group.text}”"
    if entry.skill.text == twin.skill.text:
        return f"this skill stands above already ({where}): give one of them another name"
    return f"it differs from “{twin.skill.text}” ({where}) in capitals alone: give one of them another name"
