"""Two people save at the same moment what both had open: one does, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from passport.services.core import edit_conflict
from passport.services.core.edit_conflict import EditConflict
from passport.services.programmes import schools, screening
from tests.fixtures.towns import Town

if TYPE_CHECKING:
    from passport.services import Session

Save = Callable[["Session", str], None]


def school(town: Town) -> Save:
    """Another name for a school, by Morgan."""
    with town.transaction() as session:
        first = schools.listed(session, town.account(session, "morgan"), town.clock())[0].school
        reference, kind, shown = first.reference, first.kind, edit_conflict.stamp(schools.said(first))

    def save(session: Session, name: str) -> None:
        schools.change(session, town.account(session, "morgan"), reference, name, kind, town.clock(), shown)

    return save


def rules(town: Town) -> Save:
    """The rules of a programme that never changed them: there is no row to lock yet."""
    with town.transaction() as session:
        stored = screening.text_of(session, town.account(session, "morgan").programme_id)
    shown = edit_conflict.stamp((stored,))

    def save(session: Session, word: str) -> None:
        screening.save(session, town.account(session, "morgan"), f"[odd words]\n{word}", town.clock(), shown)

    return save


@pytest.mark.parametrize("what", [school, rules])
def test_of_two_at_once_one_is_told(town: Town, what: Callable[[Town], Save]) -> None:
    save, start = what(town), Barrier(2)

    def press(words: str) -> str:
        start.wait()
        try:
            with town.transaction() as session:
                save(session, words)
        except EditConflict:
            return "told"
        return "saved"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(press, ["Northern words", "Southern words"])) == ["saved", "told"]


def test_a_stamp_tells_values_apart_and_gives_none_away() -> None:
    stamps = {
        edit_conflict.stamp(one)
        for one in [("a", "b"), ("ab", ""), ("a",), ("a", None), ("a", 1), ("a", "1")]
    }
    assert len(stamps) == 6
    assert all(len(one) == edit_conflict.SIGNS and one.isalnum() for one in stamps)


def test_a_second_click_and_a_command_are_no_conflict() -> None:
    edit_conflict.require(edit_conflict.stamp(("old",)), ("new",), ("new",))
    edit_conflict.require(None, ("other",), ("new",))
    for unknown in ("", "forged", edit_conflict.stamp(("old",))):
        with pytest.raises(EditConflict):
            edit_conflict.require(unknown, ("other",), ("new",))
