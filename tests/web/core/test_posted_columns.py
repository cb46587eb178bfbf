"""A form changes what it asks for and nothing else, whatever is posted with it.

Every form is posted twice from the same beginning: filled in, and with every column of every table besides,
each with a value that would mean something. Both leave the same rows. Which columns a form takes by its own
fields stands in TAKES: a form that asks for another one has to be entered there, and looked at.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Enum, Integer

from passport.db import Base
from passport.web.core import route_access
from passport.web.core.errors import WRITTEN
from tests.web.everybody import PEOPLE, STRANGER, Asked, World, cells

if TYPE_CHECKING:
    from werkzeug.routing import Rule

TABLES = [table for table in Base.metadata.sorted_tables if table.name != "alembic_version"]
COLUMNS = {column.name for table in TABLES for column in table.columns}
Rows = dict[str, list[dict[str, object]]]

# what each form takes of what is also the name of a column
TAKES = {
    "my_requests.mine": "kind",
    "sessions.sign_in": "done email",
    "framework_imports.show": "step title",
    "student_details.edit": "born_on email first_name name",
    "student_lists.columns": "born_on email",
    "student_lists.decide": "page",
    "claims.show": "decision",
    "framework_drafts.new": "name",
    "framework_drafts.rename": "name",
    "framework_drafts.add_skill": "level_1 level_2 level_3 level_4 name",
    "framework_drafts.skill": "level_1 level_2 level_3 level_4 name",
    "framework_drafts.move_skill": "way",
    "framework_crosswalks.show": "code framework name url",
    "framework_crosswalks.add_from_esco": "url",
    "links.ask_to_sign_in": "email",
    "links.ask_for_password": "email",
    "confirming.show": "code",
    "evidence.level": "level",
    "evidence.story": "held_on hours narrative page",
    "evidence_holds.show": "why",
    "evidence_holds.send_back": "reason",
    "scribing.write": "held_on hours level narrative page",
    "scribing.rewrite": "held_on hours level narrative page",
    "screening.edit": "step",
    "endorsements.queue": "page step",
    "endorsements.endorse": "basis level seen_as step version",
    "endorsements.send_back": "note reason version",
    "endorsements.decline": "reason version",
    "onboarding.supervision": "decision",
    "onboarding.hold": "since",
    "digests.choose": "wanted",
    "confirmations.confirm": "basis level version",
    "shares.audience": "audience until",
    "prints.new": "layout",
    "checks.ask": "code text",
    "receipts.find": "number",
    "entries.listed": "code",
    "entries.hold": "ground reason",
    "entries.lift": "reason",
    "entries.correct_name": "first_name name reason",
    "entries.correct_school": "reason",
    "entries.correct_date": "held_on reason",
    "evidence_reading.read": "reason",
    "withdrawals.ask": "reason",
    "withdrawals.refuse": "reason",
    "grants.propose": "email reason role",
    "grants.propose_newcomer": "email name reason role",
    "desk.take": "files",
    "institution.take": "files",
    "sectors.listed": "name",
    "sectors.change": "name",
    "schools.new": "kind name",
    "schools.change": "kind name",
    "schools.work_in": "since until",
    "employers.new": "name slug",
    "champions.new": "email job_title name",
    "champions.attach": "since until",
    "cohorts.new": "ends name starts",
    "cohorts.change": "ends name starts",
    "students.new": "born_on email first_name name",
    "students.move": "note",
    "transfers.check": "note",
    "suspensions.show": "note reason",
    "worries.tell": "words",
    "worries.show": "step",
    "institutions.listed": "name",
    "institutions.new_person": "email name",
    "closed_days.listed": "name since until",
    "visit_forms.offer": (
        "organisation about place times most first_year last_year access kit risk_assessment insurance"
        " contact email phone listed"
    ),
    "visit_forms.wish": "year_group students adults wish times contact email phone",
    "visits.plan": "held_on students adults meeting transport kit school_phone host_phone",
    "visits.change": "held_on students adults meeting transport kit school_phone host_phone",
    "visits.stop": "why film captions worksheet",
    "visits.count": "came",
    "visit_pages.show": "came",
    "calendar.make": "kind",
    "calendar.end": "kind",
    "challenges.new": "name brief needed lessons first_year last_year",
    "challenges.change": "name brief needed lessons first_year last_year",
    "challenges.record": "team outcome",
    "challenges.add_class": "held_on year_group students",
    "activities.new": (
        "about captions ends held_on hours kind name places route setting starts year_from year_to"
    ),
    "activities.change": "about captions hours kind name places route setting year_from year_to",
    "activities.cancel": "why",
    "activity_sessions.new": "ends held_on starts",
    "activity_sessions.change": "ends held_on starts",
    "attendance.sheet": "listed present",
    "attendance.count": "number",
    "attendance.here": "code",
    "proposals.propose": "held_on host hours kind name setting",
    "proposals.refuse": "why",
}
# the page that says that a rule refused it shows what was typed once more
SHOWN_AGAIN = set(WRITTEN)
FIRST, LAST = ["1", "9", "2026"], ["31", "7", "2027"]
VISIT = {"held_on": LAST, "from_time": "9", "to_time": "10", "students": "24", "adults": "3"}
BRIEF = {"brief": "Much is thrown away.", "lessons": "2", "first_year": "6", "last_year": "9"}
# what these forms need before they change anything
FILLED: dict[str, dict[str, Any]] = {
    "class_codes.make": {"minutes": "60"},
    "evidence.level": {"level": "2"},
    "evidence.story": {"hours": "2"},
    "endorsements.send_back": {"reason": "not-there"},
    "endorsements.decline": {"reason": "cannot-say"},
    "evidence_holds.send_back": {"reason": "about-others"},
    "shares.audience": {"until": LAST},
    "grants.propose": {"email": "casey@example.test", "role": "steering"},
    "grants.propose_newcomer": {"email": "jo@example.test", "role": "author", "school": "none"},
    "schools.new": {"kind": "school"},
    "schools.change": {"kind": "school"},
    "schools.work_in": {"since": ["1", "9", "2029"], "until": ["1", "9", "2030"]},
    "employers.new": {"slug": "another"},
    "champions.new": {"email": "new@example.test", "employer": "tinderbeck", "job_title": "Director"},
    "cohorts.new": {"starts": FIRST, "ends": LAST},
    "cohorts.change": {"starts": FIRST, "ends": LAST},
    "students.new": {"email": "new@example.test", "born_on": ["1", "2", "2012"], "year": "9"},
    "suspensions.show": {"reason": "other", "note": "Somebody said so."},
    "institutions.new_person": {"email": "new@example.test"},
    "closed_days.listed": {"since": FIRST, "until": FIRST},
    "visits.plan": VISIT,
    "visits.change": VISIT,
    "visits.stop": {"instead": "cancelled", "why": "Snow."},
    "visits.count": {"came": "23"},
    "calendar.make": {"kind": "own"},
    "calendar.end": {"kind": "own"},
    "challenges.new": {"employer": "tinderbeck", **BRIEF},
    "challenges.change": BRIEF,
    "challenges.record": {"team": "5", "outcome": "It worked."},
    "challenges.add_class": {
        "held_on": ["10", "3", "2026"],
        "school": "Copperlark",
        "year_group": "7",
        "students": "24",
    },
    "activity_sessions.new": {"held_on": FIRST},
    "activity_sessions.change": {"held_on": FIRST},
    "activities.cancel": {"why": "host"},
    "proposals.refuse": {"why": "ask-me"},
    "activities.new": {
        "kind": "event",
        "employer": "tinderbeck",
        "setting": "school",
        "held_on": FIRST,
        "hours": "2",
    },
}
# so many of the forms change something when they are posted here: the rest is refused with both
MOST_CHANGE = 0.5


@pytest.fixture(scope="module")
def chosen(world: World) -> dict[str, dict[str, str]]:
    """What has to be chosen in some forms, among what is offered there."""
    from passport.db.programmes.cohorts import Cohort
    from passport.db.programmes.programme import School

    with world.town.transaction() as session:
        programme = world.town.account(session, "morgan").programme_id
        schools = session.query(School).filter_by(programme_id=programme).order_by(School.id).all()
        there = schools[1].reference
        cohort = session.query(Cohort).first()
    sector = world.places.set_up["sectors"]
    return {
        "evidence.new": {"activity": world.town.activity},
        "shares.new": {"entries": world.places.entry},
        "entries.correct_school": {"school": there},
        "transfers.choose": {"school": there},
        "champions.attach": {"school": there},
        "employers.new": {"sector": sector},
        "schools.work_in": {"sector": sector},
        "students.new": {"sector": sector, "cohort": cohort.reference if cohort else ""},
    }


def test_no_form_takes_a_column_that_it_does_not_ask_for(
    world: World, chosen: dict[str, dict[str, str]]
) -> None:
    before, values = rows(world), hostile(world)
    wrong, changing, posted = [], 0, 0
    for rule, method in cells(world.app):
        if method == "GET" or route_access.declared(world.app, rule.endpoint).machine:
            continue
        endpoint = str(rule.endpoint)
        takes = set(TAKES.get(endpoint, "").split())
        good = FILLED.get(endpoint, {}) | chosen.get(endpoint, {})
        worse = {name: value for name, value in values.items() if name not in takes}
        first = left(world, rule, good, takes, before)
        asked = (Asked.names & COLUMNS) - takes - SHOWN_AGAIN
        wrong += [f"{endpoint} asks for {name}: enter it in TAKES" for name in sorted(asked)]
        second = left(world, rule, good | worse, COLUMNS, before)
        if first != second:
            again = left(world, rule, good, takes, before)
            wrong += [f"{endpoint}: {what}" for what in differences(first, again, second)]
        posted, changing = posted + 1, changing + bool(first)
    assert not wrong, "\n".join(wrong)
    assert changing > posted * MOST_CHANGE


def left(world: World, rule: Rule, fields: dict[str, Any], takes: set[str], before: Rows) -> Rows:
    """The rows that are new or other after a form was posted by a person who may."""
    roles = route_access.declared(world.app, rule.endpoint).roles
    who = next((one for one in PEOPLE if one in roles), STRANGER)
    none: dict[str, list[str]] = {name: [] for name in COLUMNS - takes - fields.keys()}
    with world.unchanged():
        world.ask(world.people[who], rule, "POST", **none, **fields)
        if not world.written:
            return {}
        after = rows(world)
    changed = {name: [row for row in after[name] if row not in before[name]] for name in after}
    return {name: some for name, some in changed.items() if some}


def differences(first: Rows, again: Rows, second: Rows) -> list[str]:
    """What came of the second that did not of the first, but for what is never twice the same."""
    found = []
    for table in sorted(first.keys() | second.keys()):
        good, twice, bad = (some.get(table, []) for some in (first, again, second))
        if len(good) != len(bad):
            found.append(f"{len(bad)} rows of {table}, not {len(good)}")
            continue
        for one, other, worse in zip(good, twice, bad, strict=True):
            same = {name for name in one if one[name] == other[name]}
            found += [f"{table}.{name} is {worse[name]}" for name in same if worse[name] != one[name]]
    return found


def rows(world: World) -> Rows:
    """Every row there is."""
    with closing(sqlite3.connect(world.file)) as connection:
        connection.row_factory = sqlite3.Row
        every = {table.name: connection.execute(f'SELECT * FROM "{table.name}"') for table in TABLES}  # noqa: S608 - ours
        return {name: [dict(row) for row in some] for name, some in every.items()}


def hostile(world: World) -> dict[str, str]:
    """A value for every column that a person might wish for."""
    with closing(sqlite3.connect(world.file)) as connection:
        return {
            column.name: wish(column, connection) for table in reversed(TABLES) for column in table.columns
        }


def wish(column: Column[Any], connection: sqlite3.Connection) -> str:
    """Another role or state, another person's row, a day far away."""
    if isinstance(column.type, Enum):
        return "manager" if "manager" in column.type.enums else str(column.type.enums[-1])
    for key in column.foreign_keys:
        table, name = key.column.table.name, key.column.name
        return str(connection.execute(f'SELECT max("{name}") FROM "{table}"').fetchone()[0])  # noqa: S608 - ours
    if isinstance(column.type, Date):
        return "2031-01-01"
    if isinstance(column.type, Boolean | Integer):
        return "1"
    return "2031-01-01T00:00:00+00:00" if isinstance(column.type, DateTime) else "hostile"
