"""Skills frameworks: imported from CSV as a draft, published when two people have signed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from passport import db
from passport.db import Session
from passport.db.programmes.frameworks import Framework, FrameworkState, FrameworkVersion, Skill
from passport.db.programmes.programme import Programme
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.texts import problem

COLUMNS = ("group", "skill", "with guidance", "with support", "on my own", "guiding others")
LONGEST = {"group": 60, "skill": 96}
LONGEST_DESCRIPTOR = 300
LARGEST_NUMBER = 2**31 - 1
SPACES = re.compile(r"[ \t\r\n\u00a0]+")
Row = tuple[str, ...]


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
class Import:
    """The result of an import: the version, the numbers of skills added and kept, and the problems found."""

    version: FrameworkVersion | None = None
    added: int = 0
    kept: int = 0
    problems: list[Problem] = field(default_factory=list)


def published(session: Session, number: int, version: int) -> FrameworkVersion:
    """Return a published or retired version by the numbers in its URL. Raises NotFound, also for a draft."""
    if not (0 < number <= LARGEST_NUMBER and 0 < version <= LARGEST_NUMBER):
        raise NotFound
    found = db.programmes.frameworks.by_numbers(session, number, version)
    if found is None or found.state is FrameworkState.DRAFT:
        raise NotFound
    return found


def import_csv(session: Session, programme: Programme, title: str, content: bytes, at: datetime) -> Import:
    """Import a framework's CSV into the draft version of its title, which is created if needed.

    Valid rows are kept and invalid ones reported. Without invalid rows the draft equals the file; with some,
    rows of the draft that the file does not name are kept. Idempotent: the same file again, or one that
    equals the newest version, changes nothing.
    """
    done = Import()
    _check_title(title, done)
    rows = [] if done.problems else _rows(content, done)
    framework = db.programmes.frameworks.find(session, programme.id, title)
    versions = db.programmes.frameworks.versions(session, framework) if framework else []
    wanted = _wanted(rows, versions, done)
    if not rows or (versions and _said(versions[0]) == set(wanted)):
        done.version, done.kept = (versions[0] if versions else None), len(rows)
        return done
    if framework is None:
        framework = Framework(
            programme_id=programme.id, number=db.programmes.frameworks.next_number(session), title=title
        )
        session.add(framework)
        session.flush()
    done.version = _draft(session, framework, versions)
    _fill(session, done, done.version, wanted, versions)
    audit.record(
        session,
        at,
        audit.OPERATOR,
        "framework.imported",
        f"{framework.number}/{done.version.number}",
        added=done.added,
    )
    return done


def _check_title(title: str, done: Import) -> None:
    advice = problem(title)
    if advice:
        done.problems.append(Problem(0, "title", advice))


def _said(version: FrameworkVersion) -> set[Row]:
    return {(skill.group, skill.name, *skill.descriptors) for skill in version.skills}


def _wanted(rows: list[Row], versions: list[FrameworkVersion], done: Import) -> list[Row]:
    """Return the file's rows, and, while the file has problems, the draft's rows that it does not name."""
    if not done.problems or not versions or versions[0].state is not FrameworkState.DRAFT:
        return rows
    named = {name for _group, name, *_levels in rows}
    there = [(skill.group, skill.name, *skill.descriptors) for skill in versions[0].skills]
    return rows + [row for row in there if row[1] not in named]


def _draft(session: Session, framework: Framework, versions: list[FrameworkVersion]) -> FrameworkVersion:
    if versions and versions[0].state is FrameworkState.DRAFT:
        return versions[0]
    number = versions[0].number + 1 if versions else 1
    draft = FrameworkVersion(framework=framework, number=number, state=FrameworkState.DRAFT)
    session.add(draft)
    session.flush()
    return draft


def _fill(
    session: Session,
    done: Import,
    draft: FrameworkVersion,
    wanted: list[Row],
    versions: list[FrameworkVersion],
) -> None:
    """Rewrite the draft, whose skills cannot have been claimed yet. A published skill keeps its number."""
    there = {skill.name for skill in draft.skills}
    for skill in draft.skills:
        session.delete(skill)
    session.flush()
    session.expire(draft, ["skills"])
    numbers = {
        skill.name: skill.number
        for version in reversed(versions)
        if version is not draft
        for skill in version.skills
    }
    free = count(max(numbers.values(), default=0) + 1)
    for group, name, *levels in wanted:
        words = {f"level_{place}": text for place, text in enumerate(levels, 1)}
        number = numbers.get(name) or next(free)
        draft.skills.append(Skill(number=number, group=group, name=name, **words))
    done.kept = len([row for row in wanted if row[1] in there])
    done.added = len(wanted) - done.kept
    session.flush()
    session.expire(draft, ["skills"])  # read them again in the order of their numbers


def _rows(content: bytes, done: Import) -> list[Row]:
    """Return the valid rows; add the problems of the others to ``done``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        done.problems.append(Problem(1, "all", 'save the file as "CSV UTF-8" and import it again'))
        return []
    rows: list[Row] = []
    lines = _lines(text, done)
    _line, header = next(lines, (1, []))
    if tuple(cell.lower() for cell in header) != COLUMNS:
        done.problems.append(Problem(1, "all", "the first line must be: " + ", ".join(COLUMNS)))
        return []
    for line, cells in lines:
        if any(cells):
            _read_row(cells, line, rows, done)
    return rows


def _lines(text: str, done: Import) -> Iterator[tuple[int, list[str]]]:
    """Yield each row's first line number and its cells, without the empty cells that spreadsheets append."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [SPACES.sub(" ", cell).strip(" ") for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            done.problems.append(Problem(line, "all", f"this is not a CSV line ({error})"))
            continue
        while len(cells) > len(COLUMNS) and not cells[-1]:
            cells.pop()
        yield line, cells


def _read_row(row: list[str], line: int, rows: list[Row], done: Import) -> None:
    found = [_problem(line, column, cell) for column, cell in zip(COLUMNS, row, strict=False)]
    problems = [one for one in found if one]
    if len(row) != len(COLUMNS):
        problems = [Problem(line, "all", f"write {len(COLUMNS)} cells; this line has {len(row)}")]
    if not problems and any(row[1] == other[1] for other in rows):
        problems = [Problem(line, "skill", "this skill stands above already: give it another name")]
    if not problems and len(set(row[2:])) < len(row[2:]):
        problems = [Problem(line, "with guidance", "two levels have the same wording: say what is different")]
    if problems:
        done.problems.extend(problems)
    else:
        rows.append(tuple(row))


def _problem(line: int, column: str, cell: str) -> Problem | None:
    longest = LONGEST.get(column, LONGEST_DESCRIPTOR)
    advice = problem(cell, quoted=column == "skill")
    if advice is None and len(cell) > longest:
        advice = f"shorten it to {longest} characters"
    return Problem(line, column, advice) if advice else None


def publish(
    session: Session, version: FrameworkVersion, employer_signer: str, school_signer: str, at: datetime
) -> FrameworkVersion:
    """Publish a draft that an employer and a school have signed off; retire the published version before it.

    Idempotent: a version that is no draft is returned unchanged. Raises Refused unless there are two
    different names, and for a version without skills.
    """
    if version.state is not FrameworkState.DRAFT:
        return version
    names = [employer_signer.strip(), school_signer.strip()]
    if not all(names) or len({name.casefold() for name in names}) < len(names):
        raise Refused(Reason.TWO_SIGNERS_NEEDED)
    if not version.skills:
        raise Refused(Reason.NO_SKILLS)
    for other in db.programmes.frameworks.versions(session, version.framework):
        if other.state is FrameworkState.PUBLISHED:
            other.state = FrameworkState.RETIRED
    version.state, version.published_at = FrameworkState.PUBLISHED, at
    version.employer_signer, version.school_signer = names
    audit.record(
        session,
        at,
        audit.OPERATOR,
        "framework.published",
        f"{version.framework.number}/{version.number}",
        employer_signer=names[0],
        school_signer=names[1],
    )
    return version
