"""Lists of students as files, and Casey who brings them in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from passport.jobs import import_students
from passport.services.people.imports import comparing, receiving, working
from passport.services.people.imports.receiving import Choice
from passport.services.programmes import sectors

if TYPE_CHECKING:
    from passport.services.people.imports.working import Progress, Shown
    from tests.fixtures.towns import Town

HEADING = ("Surname", "Forename", "Date of birth", "Year", "Email")
SCHOOL = "Lanternmoor High School"


def listed(*rows: Sequence[str], heading: Sequence[str] = HEADING) -> bytes:
    """A file in CSV."""
    file = io.StringIO()
    csv.writer(file).writerows([heading, *rows])
    return file.getvalue().encode()


def several(number: int) -> list[tuple[str, ...]]:
    """Rows of students with names of their own, as they have them in a programme of that many."""
    return [
        (
            f"Family{'abcdefghij'[one % 10]}{_word(one)}",
            f"Given{_word(one * 7)}",
            "14/09/2010",
            "10",
            f"s{one}@lists.example.test",
        )
        for one in range(number)
    ]


def _word(number: int) -> str:
    return "".join("bcdfghjklm"[int(digit)] + "aeiou"[int(digit) % 5] for digit in str(number))


def received(town: Town, data: bytes, who: str = "casey", school: str = SCHOOL, **chosen: object) -> str:
    """Casey sends a file, and takes its columns for what they are guessed to be; gives its reference."""
    listing = receiving.read(data, school)
    with town.transaction() as session:
        casey = town.account(session, who)
        made = receiving.receive(session, casey, "list.csv", listing, town.clock())
        sector = sectors.offered(session, casey)[0].reference
        choice = Choice(columns=receiving.layout_of(made).columns, sector=sector, **chosen)  # type: ignore[arg-type]  # by name
        receiving.match(session, casey, made.reference, choice)
        plan = comparing.plan(session, made, town.clock())
        comparing.store(session, casey, made.reference, plan)
        return made.reference


def confirmed(town: Town, reference: str, who: str = "casey") -> None:
    """Casey confirms a dry run, and the jobs do the work."""
    with town.transaction() as session:
        number = working.confirm(session, town.account(session, who), reference, town.clock()).id
    while import_students.work_bounded(town.runtime, number):
        pass


def brought_in(town: Town, data: bytes, who: str = "casey", school: str = SCHOOL, **chosen: object) -> str:
    """All of it; gives the import's reference."""
    reference = received(town, data, who, school, **chosen)
    confirmed(town, reference, who)
    return reference


def report(town: Town, reference: str, who: str = "casey") -> list[Shown]:
    """What became of each row."""
    with town.transaction() as session:
        return working.report(session, receiving.find(session, town.account(session, who), reference))


def outcomes(town: Town, reference: str, who: str = "casey") -> list[str]:
    """The outcome of each row, with its reason."""
    return [":".join(filter(None, (one.outcome.value, one.reason))) for one in report(town, reference, who)]


def progress(town: Town, reference: str) -> Progress:
    """How far it is."""
    with town.transaction() as session:
        return working.progress(session, receiving.find(session, town.account(session, "casey"), reference))
