"""Several programmes in one service: nothing that a person sends ever ties one to another.

People of the far programme send every form that they may call, with the references of things of the town in
every box. Afterwards no row leads to two programmes, however many tables lie between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from passport.services.core.rights import Who
from passport.web.core import route_access
from tests.web.core.test_posted_columns import FILLED, TABLES, Rows, rows
from tests.web.everybody import Asked, World, cells

if TYPE_CHECKING:
    from werkzeug.routing import Rule

FAR_PEOPLE = [f"far {who}" for who in Who if who is not Who.ANYONE]


@pytest.fixture(scope="module")
def theirs(world: World) -> dict[str, str]:
    """Something of the town for every box that takes a reference."""
    from passport.db.programmes.cohorts import Cohort
    from passport.db.programmes.programme import School

    places = world.places
    with world.town.transaction() as session:
        programme = world.town.account(session, "morgan").programme_id
        school = session.query(School).filter_by(programme_id=programme).first()
        cohort = session.query(Cohort).filter_by(programme_id=programme).first()
        assert school
        assert cohort
        return {
            "activity": world.town.activity,
            "pupil": world.town.references["amara"],
            "entries": places.entry,
            "sheets": places.share,
            "like": places.sent,
            "row": places.sent,
            "file": places.file,
            "code": places.code,
            "school": school.reference,
            "sector": places.set_up["sectors"],
            "cohort": cohort.reference,
            "employer": "tinderbeck",
            "email": "casey@example.test",
        }


@pytest.mark.parametrize("who", FAR_PEOPLE)
def test_nothing_that_is_sent_ties_two_programmes_together(
    world: World, theirs: dict[str, str], who: str
) -> None:
    person, wrong = world.people[who], []
    for rule, method in cells(world.app):
        roles = route_access.declared(world.app, rule.endpoint).roles
        if method == "GET" or person.role not in roles or not takes_some(world, rule, who, theirs):
            continue
        with world.unchanged():
            world.ask(person, rule, method, **FILLED.get(str(rule.endpoint), {}) | theirs)
            if world.written:
                wrong += [f"{rule.endpoint}: {one}" for one in ties(rows(world))]
    assert not wrong, "\n".join(wrong)


def takes_some(world: World, rule: Rule, who: str, theirs: dict[str, str]) -> bool:
    """Whether a form asks for one of these boxes."""
    with world.unchanged():
        world.ask(world.people[who], rule, "POST")
        return bool(Asked.names & theirs.keys())


def ties(every: Rows) -> list[str]:
    """The rows that lead to more than one programme."""
    parents = {
        table.name: [(key.parent.name, key.column.table.name) for key in table.foreign_keys]
        for table in TABLES
    }
    by_key: dict[str, dict[Any, dict[str, object]]] = {
        table.name: {row[next(iter(table.primary_key.columns)).name]: row for row in every[table.name]}
        for table in TABLES
    }
    known: dict[tuple[str, Any], frozenset[Any]] = {}

    def programmes(table: str, key: Any) -> frozenset[Any]:
        if table == "programmes":
            return frozenset({key})
        if (table, key) not in known:
            known[table, key] = frozenset()  # a row that leads to itself adds nothing
            known[table, key] = reached(table, by_key[table].get(key, {}))
        return known[table, key]

    def reached(table: str, row: dict[str, object]) -> frozenset[Any]:
        found = [programmes(to, row[name]) for name, to in parents[table] if row.get(name) is not None]
        return frozenset().union(*found)

    return [f"{name} {row}" for name, some in every.items() for row in some if len(reached(name, row)) > 1]


def test_a_row_that_ties_two_programmes_is_found(world: World) -> None:
    every = rows(world)
    assert ties(every) == []
    here, there = every["schools"][0], every["schools"][-1]
    assert here["programme_id"] != there["programme_id"]
    student = next(row for row in every["students"] if row["school_id"] == here["id"])
    student["school_id"] = there["id"]
    assert ties(every)
