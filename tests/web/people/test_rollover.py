"""The page that moves years up: it says what would happen, does it and undoes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.services.people.imports.lists import brought_in, listed
from tests.services.people.test_rollover import ROWS, reference
from tests.web.conftest import Arrive
from tests.web.programmes.test_managing import went

if TYPE_CHECKING:
    from tests.fixtures.towns import Town


def test_years_move_up_on_a_page_and_back(town: Town, arrive: Arrive) -> None:
    brought_in(town, listed(*ROWS))
    casey, sam = arrive("casey"), reference(town, "Sam")
    page = f"/students/rollover?last=11&stays={sam}"
    shown = casey.read(page)
    assert "Year 9 becomes Year 10" in shown
    assert f'value="{sam}" checked' in shown
    went(casey.press(page, "/students/rollover", last="11", stays=sam))
    shown = casey.read("/students/rollover")
    assert "Casey Exampleby moved the years up" in shown
    assert casey.press("/students/rollover", "/students/rollover", last="11").status_code == 409
    undo = shown.partition('action="/students/rollover/')[2].partition('"')[0]
    went(casey.press("/students/rollover", f"/students/rollover/{undo}"))
    assert "Year 9 becomes Year 10" in casey.read(page)
