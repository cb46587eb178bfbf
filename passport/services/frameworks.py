"""Frameworks: imported from a spreadsheet's CSV as a draft, published when two people signed."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.frameworks import Framework, FrameworkState, FrameworkVersion, Skill
from passport.db.programmes import Programme
from passport.services import audit
from passport.services.errors import NotFound, Refused

COLUMNS = ("group", "skill", "with guidance", "with support", "on my own", "guiding others")
LONGEST = {"group": 60, "skill": 96}
LONGEST_DESCRIPTOR = 300


@dataclass(frozen=True)
class Problem:
    """A cell that cannot be used: where it is, and what to do."""

    line: int
    column: str
    advice: str

    def __str__(self) -> str:
        """One line for the operator."""
        return f"line {self.line}, column {self.column}: {self.advice}"


@dataclass
class Import:
    """What an import did."""

    version: FrameworkVersion | None = None
    added: int = 0
    kept: int = 0
    problems: list[Problem] = field(default_factory=list)


def published(session: Session, number: int, version: int) -> FrameworkVersion:
    """A published or retired version by the numbers of its address. Raises NotFound."""
    found = db.frameworks.by_numbers(session, number, version)
    if found is None or found.state is FrameworkState.DRAFT:
        raise NotFound
    return found


def import_csv(session: Session, programme: Programme, title: str, content: bytes, at: datetime) -> Import:
    """Read a framework's CSV into the title's draft version, which is made when it is needed.

    Good rows are kept and bad ones are named. Reading the same file twice changes nothing, and a
    file that says what the published version says makes no new draft.
    """
    done = Import()
    rows = _rows(content, done)
    framework = db.frameworks.find(session, programme.id, title)
    versions = db.frameworks.versions(session, framework) if framework else []
    if not rows or (versions and _same(versions[0], rows)):
        done.version, done.kept = (versions[0] if versions else None), len(rows)
        return done
    if framework is None:
        framework = Framework(
            programme_id=programme.id, number=db.frameworks.next_number(session), title=title
        )
        session.add(framework)
        session.flush()
    done.version = _draft(session, framework, versions)
    _fill(session, done, done.version, rows)
    audit.record(
        session,
        at,
        audit.OPERATOR,
        "framework.imported",
        f"{framework.number}/{done.version.number}",
        added=done.added,
    )
    return done


def _same(version: FrameworkVersion, rows: list[tuple[str, ...]]) -> bool:
    return [(skill.group, skill.name, *skill.descriptors) for skill in version.skills] == rows


def _draft(session: Session, framework: Framework, versions: list[FrameworkVersion]) -> FrameworkVersion:
    if versions and versions[0].state is FrameworkState.DRAFT:
        return versions[0]
    number = versions[0].number + 1 if versions else 1
    draft = FrameworkVersion(framework=framework, number=number, state=FrameworkState.DRAFT)
    session.add(draft)
    session.flush()
    return draft


def _fill(session: Session, done: Import, version: FrameworkVersion, rows: list[tuple[str, ...]]) -> None:
    """Put the rows into the draft. A skill keeps its number; a new one takes the next."""
    there = {skill.name: skill for skill in version.skills}
    number = max((skill.number for skill in there.values()), default=0)
    for row in rows:
        group, name, *levels = row
        values = {"group": group} | {f"level_{place}": text for place, text in enumerate(levels, 1)}
        if name in there:
            for attribute, value in values.items():
                setattr(there[name], attribute, value)
            done.kept += 1
            continue
        number += 1
        version.skills.append(Skill(number=number, name=name, **values))
        done.added += 1
    session.flush()


def _rows(content: bytes, done: Import) -> list[tuple[str, ...]]:
    """The good rows; what is wrong with the others goes into ``done``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        done.problems.append(Problem(1, "all", 'save the file as "CSV UTF-8" and import it again'))
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[str, ...]] = []
    try:
        header = next(reader, [])
        if tuple(cell.strip().lower() for cell in header) != COLUMNS:
            done.problems.append(Problem(1, "all", "the first line must be: " + ", ".join(COLUMNS)))
            return []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _read_row(cells, reader.line_num, rows, done)
    except csv.Error as error:
        done.problems.append(Problem(reader.line_num, "all", f"this is not a CSV line ({error})"))
    return rows


def _read_row(cells: list[str], line: int, rows: list[tuple[str, ...]], done: Import) -> None:
    found = [_problem(line, column, cell) for column, cell in zip(COLUMNS, cells, strict=False)]
    problems = [problem for problem in found if problem]
    if len(cells) != len(COLUMNS):
        problems = [Problem(line, "all", f"write {len(COLUMNS)} cells; this line has {len(cells)}")]
    row = tuple(" ".join(cell.split()) for cell in cells)
    if not problems and any(row[1] == other[1] for other in rows):
        problems = [Problem(line, "skill", "this skill stands above already: give it another name")]
    if not problems and len(set(row[2:])) < len(row[2:]):
        problems = [Problem(line, "with guidance", "two levels have the same wording: say what is different")]
    if problems:
        done.problems.extend(problems)
    else:
        rows.append(row)


def _problem(line: int, column: str, cell: str) -> Problem | None:
    longest = LONGEST.get(column, LONGEST_DESCRIPTOR)
    if not cell.strip():
        return Problem(line, column, "write something here")
    if len(cell.encode()) > longest:
        return Problem(line, column, f"shorten it to {longest} characters")
    if not all(character.isprintable() or character in "\r\n\t" for character in cell):
        return Problem(line, column, "take out the invisible characters")
    return None


def publish(
    session: Session, version: FrameworkVersion, employer_signer: str, school_signer: str, at: datetime
) -> FrameworkVersion:
    """Publish a draft that an employer and a school signed off; the version before it is retired.

    Raises Refused without both names, for one name twice, and for a version without skills.
    """
    if version.state is not FrameworkState.DRAFT:
        return version
    names = [employer_signer.strip(), school_signer.strip()]
    if not all(names) or len({name.casefold() for name in names}) < len(names):
        raise Refused("two-signers-needed")
    if not version.skills:
        raise Refused("no-skills")
    for other in db.frameworks.versions(session, version.framework):
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
