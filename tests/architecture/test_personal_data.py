"""The map of personal data names every table and every column, so that none is forgotten or given out."""

from __future__ import annotations

import importlib
import pkgutil

import passport.db
from passport.db.base import Base
from passport.db.privacy.data_map import ACCOUNTS, HELD, OTHERS, table

DECIDE = (
    "decide in passport/db/privacy/data_map.py what its student sees of it and what an erasure does to it"
)


def all_tables() -> set[str]:
    """The name of every table of the service."""
    for module in pkgutil.walk_packages(passport.db.__path__, "passport.db."):
        importlib.import_module(module.name)
    return set(Base.metadata.tables)


def test_every_table_is_in_the_map_once() -> None:
    held = [one.table for one in HELD]
    assert all_tables() - set(held) - set(OTHERS) == set(), DECIDE
    assert set(held) & set(OTHERS) == set()
    assert set(held) | set(OTHERS) == all_tables(), "a table that is gone is still in the map"
    assert len(held) == len(set(held))


def test_every_column_of_a_student_is_shown_or_withheld_with_a_reason() -> None:
    all_tables()
    for one in HELD:
        withheld = [name for names in one.withheld.values() for name in names]
        assert sorted([*one.shown, *withheld]) == sorted(table(one.table).c.keys()), f"{one.table}: {DECIDE}"
        assert bool(one.shown) == (one.section is not None), one.table


def test_what_is_in_no_table_of_students_refers_to_none() -> None:
    all_tables()
    # adults whom a worry is about, and the menu that an activity of one's own is part of
    apart = {ACCOUNTS, "worries", "activities"}
    students = {"students.account_id", *(f"{one.table}.id" for one in HELD if one.table not in apart)}
    for name in OTHERS:
        references = {key.target_fullname for key in table(name).foreign_keys}
        assert references & students == set(), f"{name}: {DECIDE}"


def test_what_an_erasure_overwrites_are_columns_that_hold_it() -> None:
    all_tables()
    for one in HELD:
        for name, value in (one.erased or {}).items():
            column = table(one.table).c[name]
            assert value is not None or column.nullable, f"{one.table}.{name} cannot be empty"
