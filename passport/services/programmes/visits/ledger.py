"""The ledger of visits: who hosted whom, when, and how many came. Numbers alone, and no names of people."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.visits.visits import Visit, VisitState
from passport.services.core.dates import HOME, today
from passport.services.core.rights import Action
from passport.services.core.tables import harmless
from passport.services.programmes.managing import require
from passport.services.programmes.visits import planning

__all__ = ["COLUMNS", "Ledger", "Line", "opened", "school_year", "sheet"]

COLUMNS = ("Date", "Host", "Sector", "School", "Year group", "Students", "Counted", "How")
FIRST_MONTH = 9
MONTHS = 12


@dataclass(frozen=True)
class Line:
    """One group that came. ``counted`` is False where the number is the planned one."""

    day: date
    host: str
    sector: str
    school: str
    year_group: int
    students: int
    counted: bool
    how: str


@dataclass(frozen=True)
class Ledger:
    """The lines of a school year, which begins in September of ``year``, the earliest first."""

    year: int
    years: list[int]
    lines: list[Line]

    @property
    def students(self) -> int:
        """The number of students of all lines; who came twice counts twice."""
        return sum(line.students for line in self.lines)

    def by_host(self) -> list[tuple[str, int, int]]:
        """Return each host with its number of groups and of students, the most students first."""
        return _summed((line.host, line.students) for line in self.lines)

    def by_year_group(self) -> list[tuple[int, int, int]]:
        """Return each year group with its number of groups and of students, the youngest first."""
        return sorted(_summed((line.year_group, line.students) for line in self.lines))

    def by_month(self) -> list[tuple[date, int]]:
        """Return the first day of each month of the school year with its number of students."""
        found: dict[date, int] = defaultdict(int)
        for line in self.lines:
            found[line.day.replace(day=1)] += line.students
        numbers = [(number - 1) for number in range(FIRST_MONTH, FIRST_MONTH + MONTHS)]
        months = [date(self.year + number // MONTHS, number % MONTHS + 1, 1) for number in numbers]
        return [(month, found[month]) for month in months]


def school_year(day: date) -> int:
    """Return the calendar year in which the school year of a day begins."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def opened(session: Session, actor: Account, year: int | None, at: datetime) -> Ledger:
    """Return the ledger of a school year of the actor's programme; without a year, of the current one."""
    require(actor, Action.VISITS)
    this = school_year(today(at))
    chosen = this if year is None or not this - 20 <= year <= this else year
    since, until = (planning.moment(date(chosen + more, FIRST_MONTH, 1), time(0)) for more in (0, 1))
    visits = db.programmes.visits.visits.between(session, actor.programme_id, since, until)
    lines = [_of_visit(one) for one in visits if _has_been(one, at)]
    lines += [
        line
        for line in _of_activities(session, actor.programme_id)
        if chosen == school_year(line.day) and line.day <= today(at)
    ]
    first = db.programmes.visits.visits.first_start(session, actor.programme_id)
    oldest = min(this, school_year(today(first))) if first else this
    years = list(range(this, min(oldest, chosen) - 1, -1))
    return Ledger(chosen, years, sorted(lines, key=lambda line: (line.day, line.host, line.school)))


def sheet(ledger: Ledger) -> bytes:
    """Return the ledger as CSV in UTF-8 with a byte order mark, which spreadsheets open as it is."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in ledger.lines:
        counted = "yes" if line.counted else "planned"
        places = harmless(line.host), harmless(line.sector), harmless(line.school)
        writer.writerow([line.day.isoformat(), *places, line.year_group, line.students, counted, line.how])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _has_been(visit: Visit, at: datetime) -> bool:
    return visit.state is not VisitState.CANCELLED and visit.ends_at <= at


def _of_visit(visit: Visit) -> Line:
    return Line(
        day=visit.starts_at.astimezone(HOME).date(),
        host=visit.host,
        sector=visit.sector.name,
        school=visit.school,
        year_group=visit.year_group,
        students=visit.students if visit.came is None else visit.came,
        counted=visit.came is not None,
        how="online" if visit.state is VisitState.ONLINE else "visit",
    )


def _of_activities(session: Session, programme_id: int) -> list[Line]:
    """Return the headcounts of activities: groups of whom no names are kept."""
    found = []
    for one in db.programmes.activities.attendance.headcounts_of_programme(session, programme_id):
        activity = one.session.activity
        sectors = ", ".join(sector.name for sector in activity.sectors)
        found.append(
            Line(
                day=one.session.held_on,
                host=activity.host_name,
                sector=sectors or (activity.employer.sector.name if activity.employer else ""),
                school=one.school.name,
                year_group=one.year_group,
                students=one.number,
                counted=True,
                how=activity.kind.value,
            )
        )
    return found


Group = TypeVar("Group", str, int)


def _summed(pairs: Iterable[tuple[Group, int]]) -> list[tuple[Group, int, int]]:
    """Return each group with the number of its lines and the sum of their students, the largest first."""
    lines: dict[Group, list[int]] = defaultdict(list)
    for group, students in pairs:
        lines[group].append(students)
    summed = [(group, len(numbers), sum(numbers)) for group, numbers in lines.items()]
    return sorted(summed, key=lambda one: (-one[2], one[0]))
