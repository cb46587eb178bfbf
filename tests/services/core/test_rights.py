"""The table of rights is the product's matrix of roles, cell by cell.

Everything else asks `core.rights`, the walk of every route too: so the table itself is held against the
matrix as the product states it, written down here once more.
"""

from __future__ import annotations

import pytest

from passport.services.core.rights import RIGHTS, Action, How, Who, allows, how

# the product's columns, in its order; besides, a manager reads a worry that no one at the school may read
COLUMNS = tuple(Who)
MATRIX = """
write evidence      | Y        | -        | scribe     | -      | -         | -     | - | -    | - | -
read evidence       | Y        | Y        | Y          | L      | L         | -     | - | -    | - | -
decide              | -        | Y        | confirm    | -      | -         | -     | - | -    | - | -
release             | -        | -        | Y          | Y      | -         | -     | - | -    | - | -
hold                | -        | -        | Y          | Y      | Y         | -     | - | -    | - | -
withdraw            | own      | -        | -          | -      | two       | -     | - | -    | - | -
share               | Y        | -        | batch      | -      | -         | -     | - | -    | - | -
check               | Y        | Y        | Y          | Y      | Y         | Y     | Y | Y    | Y | Y
check many          | -        | -        | -          | -      | -         | -     | - | -    | Y | fifty
bring in students   | -        | -        | Y          | -      | -         | -     | - | -    | - | -
onboard champion    | -        | -        | checks     | checks | identity  | -     | - | -    | - | -
attach champion     | -        | -        | -          | -      | Y         | -     | - | -    | - | -
activities          | sign up  | propose  | Y          | -      | Y         | -     | Y | -    | - | -
places              | apply    | blind    | blind      | -      | Y         | -     | - | -    | - | -
framework           | -        | comment  | comment    | -      | publish   | draft | - | -    | - | read
equality            | own      | -        | -          | -      | C         | -     | - | C    | - | -
packs               | -        | school C | school C   | -      | Y         | -     | - | read | - | -
worries             | raise    | raise    | raise      | Y      | L         | -     | - | -    | - | -
subject access      | ask      | ask      | prepare    | -      | approve   | -     | - | -    | - | -
suspend             | -        | -        | own school | Y      | Y         | -     | - | -    | - | -
keys                | -        | -        | -          | -      | two       | -     | - | -    | - | read
"""
CELLS = {
    "-": None,
    "Y": How.FULLY,
    "C": How.COUNTS,
    "L": How.WITH_REASON,
    "scribe": How.AS_SCRIBE,
    "two": How.TWO_PEOPLE,
    "batch": How.BATCH_PRINT,
    "fifty": How.FIFTY_ROWS,
    "checks": How.SCHOOL_CHECKS,
    "blind": How.BLIND_PANEL,
    "comment": How.COMMENT_AND_SIGN,
    "school C": How.OWN_SCHOOL_COUNTS,
    **{way.value: way for way in How},
}
ROWS = {
    cells[0].strip(): [cell.strip() for cell in cells[1:]]
    for cells in (line.split("|") for line in MATRIX.strip().splitlines())
}
# what the service needs besides, and no row of the product speaks of
OURS = {
    Action.CORRECT: {Who.COORDINATOR: How.FULLY, Who.MANAGER: How.FULLY},
    Action.STRUCTURE: {Who.MANAGER: How.FULLY},
    Action.VISITS: {Who.MANAGER: How.FULLY, Who.ORGANISER: How.FULLY},
    Action.ROLES: {Who.MANAGER: How.TWO_PEOPLE},
    Action.OVERVIEW: dict.fromkeys((Who.COORDINATOR, Who.LEAD, Who.MANAGER), How.COUNTS),
    Action.OWN_RECORD: {Who.STUDENT: How.OWN},
    Action.OWN_ACCOUNT: dict.fromkeys(set(Who) - {Who.ANYONE}, How.FULLY),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_what_the_products_matrix_says(row: str) -> None:
    cells = ROWS[row]
    assert len(cells) == len(COLUMNS)
    assert {who: how(Action(row), who) for who in Who} == {
        who: CELLS[cell] for who, cell in zip(COLUMNS, cells, strict=True)
    }


def test_there_is_no_row_besides_but_those_that_are_named() -> None:
    assert set(Action) == {Action(row) for row in ROWS} | OURS.keys()
    for action, cells in OURS.items():
        assert {grant.who: grant.how for grant in RIGHTS[action]} == cells


def test_a_right_in_one_way_is_none_in_another() -> None:
    assert allows(["lead"], Action.READ_EVIDENCE, How.WITH_REASON)
    assert not allows(["lead"], Action.READ_EVIDENCE)
    assert allows(["coordinator", "lead"], Action.READ_EVIDENCE)
    assert not allows([], Action.CHECK)
