"""Read a framework from a table as steering groups keep it.

Columns stand in any order, levels are columns or rows, groups are merged cells or rows of their own, the
whole table may lie on its side. `guess` matches columns by their headings, an author matches the others by
hand, and `take` reads the skills. What cannot be taken as it stands is a problem with its line, its column
and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from passport.adapters.sheets.survey import Sheet
from passport.services.core import tables
from passport.services.core.tables import Row, Table, plain
from passport.services.core.text_rules import problem
from passport.services.programmes.frameworks.crosswalks import Item
from passport.services.programmes.frameworks.findings import Finding, What, found
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
BULLET = re.compile(
    r"^[ \t\u00a0]*(?:[•‣◦⁃∙·▪■●○–—*-]|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.)])[ \t\u00a0]+", re.IGNORECASE
)
UNREAD = "\ufffd"
CELL = re.compile(r"([A-Z]+)([0-9]+)")
ALL = "all"
# How many cells of a row above the headings may be filled: a title, a version, a day
MOST_IN_A_TITLE = 3
MACROS = b"vbaProject.bin"

Skill = tuple[str, ...]


@dataclass
class Draft:
    """A framework as it was read: skills as group, name and four wordings; problems; and notes."""

    skills: list[Skill] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    transposed: bool = False
    # what skills are aligned with, by their names
    items: dict[str, list[Item]] = field(default_factory=dict)


@dataclass(frozen=True)
class Matching:
    """How a table is read: the place of the heading row, and the place of each column by its name.

    Without a column for groups, a row with one filled cell names the group of the rows below it, and
    ``group`` is that of the others. ``tidy`` takes bullets and numbers off the beginning of texts.
    ``complete`` makes an empty level, or the same wording of two levels, a problem: a draft may have them, a
    version to be published may not.
    """

    heading: int | None
    columns: dict[str, int]
    group: str = ""
    tidy: bool = False
    complete: bool = True

    @property
    def is_usable(self) -> bool:
        """Return whether the columns are enough: the skill's, and those of levels in one of the two ways."""
        pair = {"level", "descriptor"} & self.columns.keys()
        return "skill" in self.columns and len(pair) != 1 and not (pair and set(LEVELS) & self.columns.keys())


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
    """Read a framework by its headings alone. Raises Refused for a file that is no table at all."""
    return by_headings(content, load(content))


def by_headings(content: bytes, table: Table) -> Draft:
    """Read the skills of a table whose columns all have the headings that are known."""
    draft = Draft()
    matching = guess(table, draft)
    return take(content, table, matching, draft) if matching else _remarked(content, table, draft)


def load(content: bytes) -> Table:
    """Return the table of a file. Raises Refused for a file that is none; see `tables.read`."""
    return tables.read(content, _rank, strict=True)


def of_sheets(sheets: Sequence[Sheet]) -> Table:
    """Return the table of a workbook that has been opened."""
    return tables.of_sheets(sheets, _rank)


def transposed(table: Table) -> Table:
    """Return the table with its rows as columns. A row's line is then its column's number in the file."""
    columns = zip_longest(*(row.cells for row in table.rows), fillvalue="")
    rows = [Row(number, list(cells)) for number, cells in enumerate(columns, 1)]
    ranks = [_rank(row.cells) for row in rows[: tables.MOST_ABOVE]]
    heading = ranks.index(max(ranks)) if any(ranks) else None
    return replace(table, rows=rows, heading=heading)


# ------------------------------------------------------------------------------------------------ columns


def known(heading: str) -> str | None:
    """Return the column that a heading stands for."""
    bare = plain(heading)
    for number, level in enumerate(LEVELS, 1):
        name = plain(level)
        if bare in {name, f"{number}", f"level{number}", f"level{number}{name}", f"{number}{name}"}:
            return level
    return next((name for name in LONG_COLUMNS if bare == name or bare in OTHER_NAMES.get(name, ())), None)


def _rank(cells: Sequence[str]) -> int:
    """Rank a row as the heading row by how many of its cells are headings, that of the skills among them."""
    names = {known(cell) for cell in cells} - {None}
    return len(names) if "skill" in names else 0


def _heading_line(table: Table) -> int:
    return table.rows[table.heading].line if table.heading is not None else 1


def guess(table: Table, draft: Draft) -> Matching | None:
    """Match the columns by their headings; None where some are missing or there twice, which is a problem."""
    header = table.rows[table.heading].cells if table.heading is not None else []
    line = _heading_line(table)
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = known(cell)
        if name in places:
            both = {"first": header[places[name]].strip(), "second": cell.strip()}
            draft.problems.append(found(What.SAME_HEADING, line, name, **both))
            return None
        if name is not None:
            places[name] = place
        elif cell.strip():
            draft.notes.append(found(What.UNUSED_COLUMN, name=cell.strip()))
    wanted = LONG_COLUMNS if {"level", "descriptor"} & set(places) else COLUMNS
    missing = [name for name in wanted if name not in places]
    if missing or set(places) - set(wanted):
        said = ", ".join(missing) if places else ""
        draft.problems.append(found(What.NO_HEADINGS, line, ALL, columns=", ".join(COLUMNS), missing=said))
        return None
    return Matching(table.heading, places)


def suggested(table: Table) -> Matching:
    """Return what headings say of the columns, for an author to go on from; it may not be usable."""
    heading = table.heading if table.heading is not None else _likely_heading(table)
    places: dict[str, int] = {}
    for place, cell in enumerate(table.rows[heading].cells if heading is not None else []):
        name = known(cell)
        if name is not None:
            places.setdefault(name, place)
    if {"level", "descriptor"} <= places.keys():
        places = {name: place for name, place in places.items() if name not in LEVELS}
    return Matching(heading, places, tidy=_has_bullets(table), complete=False)


def _likely_heading(table: Table) -> int | None:
    """Return the first row with the most filled cells, where no row has headings that are known."""
    filled = [sum(map(bool, row.cells)) for row in table.rows[: tables.MOST_ABOVE]]
    return filled.index(max(filled)) if any(filled) else None


def _has_bullets(table: Table) -> bool:
    return any(BULLET.match(cell) for row in table.rows for cell in row.cells)


def _remarked(content: bytes, table: Table, draft: Draft) -> Draft:
    """Note how the table was read; a cell of a workbook without its value is a problem."""
    remarks, notes = table.remarks, []
    draft.problems += [found(What.NOT_CSV, line, ALL, said=said) for line, said in table.faults]
    if remarks.windows:
        notes.append(found(What.WINDOWS))
    if remarks.sheet and MACROS in content:
        notes.append(found(What.MACROS))
    if remarks.others:
        notes.append(found(What.OTHER_SHEETS, sheet=remarks.sheet, others=", ".join(remarks.others)))
    if remarks.hidden:
        notes.append(found(What.HIDDEN_ROWS, rows=", ".join(map(str, remarks.hidden))))
    if remarks.merged:
        notes.append(found(What.MERGED, cells=", ".join(remarks.merged)))
    draft.notes[:0] = notes
    for what, names in ((What.FORMULA, remarks.unworked), (What.CELL_ERROR, remarks.faulty)):
        for place in filter(None, map(CELL.fullmatch, names)):
            draft.problems.append(found(what, int(place[2]), place[1]))
    draft.problems.sort(key=lambda one: one.line)
    return draft


def _check_titles(table: Table, heading: int | None, draft: Draft) -> None:
    """Report rows above the headings that are no titles: they would be lost."""
    for row in table.rows[: heading or 0]:
        if sum(bool(cell.strip()) for cell in row.cells) > MOST_IN_A_TITLE:
            draft.problems.append(found(What.ABOVE_HEADINGS, row.line, ALL))


# ------------------------------------------------------------------------------------------------ rows


def take(content: bytes, table: Table, matching: Matching, draft: Draft | None = None) -> Draft:
    """Read the skills of a table with its columns matched."""
    draft = draft or Draft()
    _check_titles(table, matching.heading, draft)
    entries = list(_entries(table, matching, draft))
    _check(entries, matching.complete, draft)
    draft.skills = [_skill(entry) for entry in entries if len(entry.levels) == len(LEVELS)]
    if not entries and not draft.problems:
        draft.problems.append(found(What.NO_ROWS, _heading_line(table), ALL))
    return _remarked(content, table, draft)


def _entries(table: Table, matching: Matching, draft: Draft) -> Iterator[Entry]:
    """Yield the skills in the table's order. A blank group is that of the row above."""
    first = 0 if matching.heading is None else matching.heading + 1
    header = [] if matching.heading is None else _trimmed(table.rows[matching.heading].cells, 0)
    group = Cell(first, "group", matching.group)
    rows, tidied = [], 0
    for row in table.rows[first:]:
        cells = [SPACES.sub(" ", _tidy(cell, matching.tidy)).strip(" ") for cell in row.cells]
        tidied += sum(_tidy(cell, matching.tidy) != cell for cell in row.cells)
        cells = _trimmed(cells, len(header))
        if tables.is_blank(cells):
            continue
        may_be_short = bool(table.remarks.sheet) or not matching.complete
        fault = _problem_of_row(row.line, cells, header, may_be_short) if header else None
        if fault:
            draft.problems.append(fault)
            continue
        named = _named(row.line, cells, matching)
        if "group" not in matching.columns and _is_section(cells, named):
            group = Cell(row.line, "group", next(cell for cell in cells if cell))
            continue
        group = named["group"] = _as_above(named["group"], group)
        rows.append(named)
    if tidied:
        draft.notes.append(found(What.TIDIED, number=tidied))
    yield from _from_levels(rows, draft) if "level" in matching.columns else map(_from_row, rows)


def _named(line: int, cells: list[str], matching: Matching) -> dict[str, Cell]:
    """Return a row's cells by the names of their columns; a column that is not there is blank."""
    names = LONG_COLUMNS if "level" in matching.columns else COLUMNS
    places = ((name, matching.columns.get(name, len(cells))) for name in names)
    return {name: Cell(line, name, cells[at] if at < len(cells) else "") for name, at in places}


def _is_section(cells: list[str], named: dict[str, Cell]) -> bool:
    """Return whether a row names the group of the rows below it: one cell, and no words of a level."""
    wordings = [cell for name, cell in named.items() if name not in {"group", "skill"}]
    return sum(map(bool, cells)) == 1 and not any(cell.text for cell in wordings)


def _tidy(text: str, tidy: bool) -> str:
    """Return a text without bullets and numbers at the beginning of lines; several points make one line."""
    if not tidy or not BULLET.match(text):
        return text
    lines = [BULLET.sub("", line).strip() for line in text.splitlines()]
    return "; ".join(line.rstrip(";,") for line in lines if line)


def _trimmed(cells: list[str], length: int) -> list[str]:
    """Return the cells without the empty ones that spreadsheets append beyond a length."""
    while len(cells) > length and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _problem_of_row(line: int, cells: list[str], header: list[str], may_be_short: bool) -> Finding | None:
    if tables.repeats(cells, header):
        return found(What.HEADINGS_AGAIN, line, ALL)
    if len(cells) > len(header) or (len(cells) < len(header) and not may_be_short):
        return found(What.OTHER_WIDTH, line, ALL, wanted=len(header), found=len(cells))
    return None


def _as_above(cell: Cell, above: Cell | None) -> Cell:
    """Return the cell, or where it is blank the one above, as in merged cells."""
    return Cell(cell.line, cell.column, above.text) if above and not cell.text else cell


def _from_row(named: dict[str, Cell]) -> Entry:
    return Entry(named["group"], named["skill"], {n: named[level] for n, level in enumerate(LEVELS, 1)})


def _from_levels(rows: list[dict[str, Cell]], draft: Draft) -> Iterator[Entry]:
    """Yield the skills of a table with a row for each level. A blank skill is that of the row above."""
    entries: dict[tuple[str, str], Entry] = {}
    names = _level_names(rows, draft)
    above: Cell | None = None
    for named in rows:
        above = skill = _as_above(named["skill"], above)
        entry = entries.setdefault((named["group"].text, skill.text), Entry(named["group"], skill))
        number = names.get(plain(named["level"].text))
        if number is None:
            draft.problems.append(found(What.LEVEL_UNKNOWN, skill.line, "level", levels=", ".join(LEVELS)))
        elif number in entry.levels:
            other = entry.levels[number].line
            draft.problems.append(found(What.LEVEL_TWICE, skill.line, "level", other=other))
        else:
            entry.levels[number] = named["descriptor"]
    for entry in entries.values():
        missing = [level for number, level in enumerate(LEVELS, 1) if number not in entry.levels]
        if missing:
            said = ", ".join(missing)
            draft.problems.append(found(What.LEVEL_MISSING, entry.skill.line, "level", missing=said))
        yield entry


def _level_names(rows: list[dict[str, Cell]], draft: Draft) -> dict[str, int]:
    """Return the number of each level by its name. Four names of their own stand for the levels in order."""
    said = {plain(named["level"].text): named["level"].text for named in rows}
    numbers = {bare: LEVELS.index(name) + 1 for bare in said if (name := known(bare)) in LEVELS}
    if not numbers and len(said) == len(LEVELS) and "" not in said:
        draft.notes.append(found(What.LEVELS_IN_ORDER, names=", ".join(said.values())))
        return {bare: number for number, bare in enumerate(said, 1)}
    return numbers


def _skill(entry: Entry) -> Skill:
    levels = (entry.levels[number].text for number in range(1, len(LEVELS) + 1))
    return (entry.group.text, entry.skill.text, *levels)


# ------------------------------------------------------------------------------------------------ checks


def _check(entries: list[Entry], complete: bool, draft: Draft) -> None:
    first: dict[str, Entry] = {}
    for entry in entries:
        cells = [entry.group, entry.skill, *entry.levels.values()]
        faults = [one for one in map(_problem, cells) if one]
        twin = first.setdefault(entry.skill.text.casefold(), entry)
        if not faults and twin is not entry:
            faults = [_twins(entry, twin)]
        texts = [cell.text for cell in entry.levels.values() if cell.text]
        if not faults and len(set(texts)) < len(texts):
            column = "descriptor" if entry.levels[min(entry.levels)].column == "descriptor" else LEVELS[0]
            faults = [found(What.SAME_WORDING, entry.skill.line, column)]
        for fault in faults:
            _report(fault, complete, draft)
        draft.notes += [
            found(What.MARKUP, cell.line, cell.column, markup=match[0])
            for cell in cells
            if (match := MARKUP.search(cell.text))
        ]


def _report(fault: Finding, complete: bool, draft: Draft) -> None:
    """Report a fault as a problem, or as a note where a draft may have it."""
    is_empty = fault.what is What.EMPTY and fault.column not in {"group", "skill"}
    if complete or not (is_empty or fault.what is What.SAME_WORDING):
        draft.problems.append(fault)
    else:
        draft.notes.append(replace(fault, what=What.NO_WORDING) if is_empty else fault)


def _problem(cell: Cell) -> Finding | None:
    if not cell.text:
        return found(What.EMPTY, cell.line, cell.column)
    advice = problem(cell.text, quoted=cell.column == "skill")
    if advice:
        return found(What.UNUSABLE, cell.line, cell.column, advice=advice)
    if UNREAD in cell.text:
        return found(What.UNREADABLE, cell.line, cell.column)
    longest = LONGEST.get(cell.column, LONGEST_DESCRIPTOR)
    return found(What.TOO_LONG, cell.line, cell.column, most=longest) if len(cell.text) > longest else None


def _twins(entry: Entry, twin: Entry) -> Finding:
    """Return what to do about a second skill of the same name: entries show a skill without its group."""
    where = {"other": twin.skill.line, "group": twin.group.text}
    if entry.skill.text == twin.skill.text:
        return found(What.TWIN, entry.skill.line, "skill", **where)
    return found(What.TWIN_BUT_CAPITALS, entry.skill.line, "skill", name=twin.skill.text, **where)
