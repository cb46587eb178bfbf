"""Compare a list with the students that a school has: the dry run, and the check before each row's work.

1. A row is a student of the school who has the same name and date of birth, or the same address and one of
   the two. Accents, hyphens and capitals of a name make no difference.
2. A row that is no one may be a student whom no other row is, with the same date of birth and one name in
   common, or with the same name and another date of birth: a coordinator decides. So twins are two people.
3. A row may be a student of another school of the programme: a manager decides. The school is told that it
   must wait, and neither whose student it is nor where.
4. Any other row is new.

Dates of birth are compared and never read: `accounts.born_on` answers for the days of the list alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.people.claims import Verdict
from passport.db.people.imports import Decision, ImportState, Known, Outcome, StudentImport
from passport.openbadges.signed_texts import name_words, search_name
from passport.services.core import dates
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.people import accounts, students
from passport.services.people.imports import receiving, row_reading
from passport.services.people.imports.row_reading import Layout, Person

__all__ = ["Line", "Result", "compare", "plan", "store"]

Changes = dict[str, Any]
# names whose words are remembered: each part of a list is compared with all students of the school
MOST_NAMES = 10_000
# A list with more dates of birth for one name could find out which one another school's child has.
MOST_DATES = 5


@dataclass(frozen=True)
class Line:
    """A row to compare: its id, its number in the file, its cells, and a decision on a possible duplicate."""

    id: int
    number: int
    cells: list[str]
    decision: Decision | None = None


@dataclass(frozen=True)
class Result:
    """What a row is. ``student_id`` is the student that it is, or might be."""

    line: Line
    outcome: Outcome
    name: str = ""
    person: Person | None = None
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    student_id: int | None = None

    @property
    def stored(self) -> dict[str, Any]:
        """The values of the row's columns."""
        return {
            "id": self.line.id,
            "outcome": self.outcome,
            "name": self.name,
            "reason": self.reason,
            "details": json.dumps(self.details, ensure_ascii=False),
            "changes": json.dumps(self.changes, ensure_ascii=False),
            "student_id": self.student_id,
        }


@dataclass(frozen=True)
class Plan:
    """The result of a dry run, and the layout with what was found in the file."""

    layout: Layout
    results: list[Result]


def plan(session: Session, made: StudentImport, at: datetime) -> Plan:
    """Compare all rows of an import. Reads only."""
    layout = receiving.layout_of(made)
    rows = db.people.imports.rows(session, made.id)
    lines = [Line(row.id, row.number, json.loads(row.cells or "[]")) for row in rows]
    results = compare(session, made, layout, lines, at, set())
    people = [one.person for one in results if one.person is not None]
    layout = replace(
        layout,
        found_years=sorted({one.year_group for one in people if one.year_group is not None}),
        without_email=sum(one.email is None for one in people),
    )
    return Plan(layout, results)


def store(session: Session, actor: Account, reference: str, made: Plan) -> None:
    """Store a dry run; decisions on possible duplicates begin anew. Raises Refused once it was confirmed."""
    found = receiving.find(session, actor, reference, lock=True)
    receiving.require_open(found)
    db.people.imports.set_outcomes(session, [one.stored | {"decision": None} for one in made.results])
    found.layout, found.state = made.layout.to_json(), ImportState.COMPARED
    session.flush()


def compare(
    session: Session,
    made: StudentImport,
    layout: Layout,
    lines: Sequence[Line],
    at: datetime,
    found_before: Collection[int],
) -> list[Result]:
    """Compare rows with the students of the import's school.

    Args:
        found_before: students that other rows of the same file are; no row of these may be one of them.
    """
    read = [_read(layout, line, at) for line in lines]
    people = [one.person for one in read if one.person is not None]
    return _School(session, made, people, found_before).judge(read)


def _read(layout: Layout, line: Line, at: datetime) -> Result:
    """Read a row: with a person, or refused, or left out by its year group."""
    name = row_reading.shown_name(layout, line.cells)
    try:
        who = row_reading.person(layout, line.cells, dates.today(at))
        if layout.years and who.year_group not in layout.years:
            return Result(line, Outcome.LEFT_OUT, name)
        students.judge(who.born_on, who.year_group, at)
    except Refused as error:
        return Result(line, Outcome.REFUSED, name, reason=error.reason.value, details=_told(error))
    return Result(line, Outcome.NEW, who.name, who)


def _told(error: Refused) -> dict[str, Any]:
    return {name: value for name, value in error.details.items() if isinstance(value, int | str)}


def _refused(one: Result, reason: Reason, **details: Any) -> Result:
    return replace(one, outcome=Outcome.REFUSED, reason=reason.value, details=details)


class _School:
    """What is known about the people of a list: in the school, and in the rest of the programme."""

    def __init__(
        self, session: Session, made: StudentImport, people: Sequence[Person], found_before: Collection[int]
    ) -> None:
        programme_id = made.school.programme_id
        own = db.people.imports.of_a_school(session, made.school_id)
        emails = {one.email for one in people if one.email}
        elsewhere = db.people.imports.elsewhere(
            session, programme_id, made.school_id, {search_name(one.name) for one in people}, emails
        )
        days = {one.born_on for one in people if one.born_on is not None}
        claims = db.people.claims.of_school(session, made.school_id, {one.id for one in elsewhere})
        self._separate = {one for one, claim in claims.items() if claim.decision is Verdict.SEPARATE}
        schools = {made.school_id} | {one.school_id for one in elsewhere}
        self._born = accounts.born_on(session, schools, days)
        self._born_by_word: dict[date, dict[str, list[Known]]] = {}
        self._taken = db.people.imports.taken(session, emails)
        self._signed = db.credentials.records.holders(session, made.school_id)
        self._found = set(found_before)
        self._own = {one.id: one for one in own}
        self._by_name, self._by_email = _index(own)
        self._there_by_name, self._there_by_email = _index(elsewhere)

    def judge(self, read: Sequence[Result]) -> list[Result]:
        """Return what each row is. Rows that are a student come first: the others are not that student."""
        results = _repeated(read)
        places = [place for place, one in enumerate(results) if one.outcome is Outcome.NEW]
        for place in places:
            results[place] = self._as_known(results[place])
        for place in places:
            if results[place].outcome is Outcome.NEW:
                results[place] = self._as_unknown(results[place])
        return results

    def _as_known(self, one: Result) -> Result:
        who = _person(one)
        student = self._same(who)
        if student is None:
            return one
        self._found.add(student.id)
        return self._as_student(one, student)

    def _same(self, who: Person) -> Known | None:
        """Return the student of the school that a person is (rule 1)."""
        named = [one for one in self._by_name.get(search_name(who.name), []) if one.id not in self._found]
        mailed = [one for one in self._by_email.get(who.email or "", []) if one.id not in self._found]
        if who.born_on is None:
            both = [one for one in named if one in mailed]
            certain = both or mailed or (named if len(named) == 1 else [])
            return certain[0] if certain else None
        same = [one for one in named if self._is_born(one, who)]
        same += [one for one in mailed if one in named or self._is_born(one, who)]
        return same[0] if same else None

    def _as_unknown(self, one: Result) -> Result:
        who = _person(one)
        missing = _missing(who)
        if missing is not None:
            return _refused(one, missing)
        if one.line.decision is Decision.OUT:
            return replace(one, outcome=Outcome.LEFT_OUT)
        alike = self._alike(who)
        if alike is not None and one.line.decision is not Decision.OTHER:
            return self._as_alike(one, alike)
        return self._as_new(one)

    def _as_alike(self, one: Result, alike: Known) -> Result:
        if one.line.decision is Decision.SAME:
            self._found.add(alike.id)
            return self._as_student(one, alike)
        return replace(one, outcome=Outcome.DUPLICATE, student_id=alike.id)

    def _as_new(self, one: Result) -> Result:
        who = _person(one)
        there = self._elsewhere(who)
        if there is not None:
            told = {"claim": there.id}
            return replace(one, outcome=Outcome.CLAIMED, reason=Reason.STUDENT_CLAIMED.value, details=told)
        return _refused(one, Reason.EMAIL_TAKEN) if who.email in self._taken else one

    def _alike(self, who: Person) -> Known | None:
        """Return a student of the school that a person may be (rule 2)."""
        born = self._born_with(who.born_on) if who.born_on is not None else {}
        found = [one for word in _words(who.name) | {who.first_name} for one in born.get(word, ())]
        found += self._by_name.get(search_name(who.name), [])
        return next((one for one in sorted(found, key=lambda one: one.id) if one.id not in self._found), None)

    def _born_with(self, day: date) -> dict[str, list[Known]]:
        """Return the students of the school who were born on a day, by each word of their names."""
        if day not in self._born_by_word:
            found: defaultdict[str, list[Known]] = defaultdict(list)
            for one in self._born.get(day, ()):
                if one in self._own:
                    known = self._own[one]
                    for word in _words(known.name) | {known.first_name}:
                        found[word].append(known)
            self._born_by_word[day] = dict(found)
        return self._born_by_word[day]

    def _elsewhere(self, who: Person) -> Known | None:
        """Return a student of another school of the programme that a person is (rule 3)."""
        named = self._there_by_name.get(search_name(who.name), [])
        mailed = self._there_by_email.get(who.email or "", [])
        found = [one for one in named if self._is_born(one, who)]
        found += [one for one in mailed if one in named or self._is_born(one, who)]
        return next((one for one in found if one.id not in self._separate), None)

    def _is_born(self, one: Known, who: Person) -> bool:
        day: date | None = who.born_on
        return day is not None and one.id in self._born.get(day, ())

    def _as_student(self, one: Result, student: Known) -> Result:
        """Return a row that is a student: unchanged, changed, or refused where that cannot be."""
        who = _person(one)
        if who.email and who.email != student.email and who.email in self._taken:
            return _refused(replace(one, student_id=student.id), Reason.EMAIL_TAKEN)
        changes = self._changes(who, student)
        is_signed = "name" in changes and student.id in self._signed
        if is_signed:
            del changes["name"]
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
        if is_signed and not changes:
            return _refused(replace(one, student_id=student.id), Reason.NAME_SIGNED)
        reason = Reason.NAME_SIGNED.value if is_signed else ""
        return replace(one, outcome=outcome, student_id=student.id, changes=changes, reason=reason)

    def _changes(self, who: Person, student: Known) -> Changes:
        """Return the stored and the new value of what differs. What a file leaves out stays as it is."""
        changes: Changes = {}
        if who.name != student.name:
            changes["name"] = [student.name, who.name]
        if (who.preferred or "name" in changes) and who.first_name != student.first_name:
            changes["first_name"] = [student.first_name, who.first_name]
        if who.year_group is not None and who.year_group != student.year_group:
            changes["year_group"] = [student.year_group, who.year_group]
        if who.email and who.email != student.email:
            changes["email"] = [student.email or "", who.email]
        if who.born_on is not None and not self._is_born(student, who):
            changes["born_on"] = []
        return changes


@lru_cache(maxsize=MOST_NAMES)
def _words(name: str) -> frozenset[str]:
    return frozenset(name_words(name))


def _index(known: Sequence[Known]) -> tuple[dict[str, list[Known]], dict[str, list[Known]]]:
    names: defaultdict[str, list[Known]] = defaultdict(list)
    emails: defaultdict[str, list[Known]] = defaultdict(list)
    for one in known:
        names[one.search_name].append(one)
        if one.email:
            emails[one.email].append(one)
    return dict(names), dict(emails)


def _repeated(read: Sequence[Result]) -> list[Result]:
    """Refuse rows that repeat a person or an address of a row before them, or try a name with many dates."""
    born = _dates(read)
    people: dict[tuple[str, date | None, str | None], int] = {}
    emails: dict[str, int] = {}
    results = []
    for one in read:
        who = one.person
        if one.outcome is not Outcome.NEW or who is None:
            results.append(one)
            continue
        if len(born[search_name(who.name)]) > MOST_DATES:
            results.append(_refused(one, Reason.NAME_WITH_MANY_DATES, most=MOST_DATES))
            continue
        key = search_name(who.name), who.born_on, who.email if who.born_on is None else None
        before, same_email = people.setdefault(key, one.line.number), None
        if who.email:
            same_email = emails.setdefault(who.email, one.line.number)
        results.append(_judged(one, before, same_email))
    return results


def _dates(read: Sequence[Result]) -> dict[str, set[date]]:
    """Return the different dates of birth that the rows give for each name."""
    found: dict[str, set[date]] = defaultdict(set)
    for one in read:
        if one.person is not None and one.person.born_on is not None:
            found[search_name(one.person.name)].add(one.person.born_on)
    return found


def _judged(one: Result, before: int, same_email: int | None) -> Result:
    """Return a row, refused where another row before it is the same person or has the same address."""
    if before != one.line.number:
        return _refused(one, Reason.STUDENT_TWICE, row=before)
    if same_email not in {None, one.line.number}:
        return _refused(one, Reason.EMAIL_TWICE, row=same_email)
    return one


def _missing(who: Person) -> Reason | None:
    """Return why a person cannot be a new student, where the row leaves something out."""
    if who.born_on is None:
        return Reason.BORN_ON_MISSING
    return Reason.COLUMN_YEAR_MISSING if who.year_group is None else None


def _person(one: Result) -> Person:
    if one.person is None:
        raise ValueError("a row that was not read is no person")
    return one.person
