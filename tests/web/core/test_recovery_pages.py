"""What people read while a recovery is open: what is closed, why, and that nothing they typed is lost."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest

from passport.services.core import recovery
from passport.services.core.recovery import Finding, Problem
from passport.services.sharing import shares
from tests.web.conftest import Arrive

if TYPE_CHECKING:
    from tests.fixtures.towns import Town

CLOSED = "The service is being put right after a fault."
WHY = "The register of that day says something else."


@pytest.fixture
def opened(town: Town) -> str:
    """An entry of Amara's, in a town where a recovery is open; its reference."""
    entry = town.issued()
    with town.transaction() as session:
        found = [Finding(problem, f"status/1/{problem}") for problem in Problem]
        recovery.open_for(session, found, town.clock())
    return entry


def test_a_manager_reads_what_is_closed_why_and_what_to_run(town: Town, arrive: Arrive) -> None:
    morgan = arrive("morgan")
    assert "Issuing and sharing are closed" not in morgan.read("/manage")
    assert "Nothing has to be put right" in morgan.read("/manage/recovery")
    with town.transaction() as session:
        found = [Finding(problem, f"status/1/{problem}") for problem in Problem]
        recovery.open_for(session, found, town.clock())
    assert "Issuing and sharing are closed" in morgan.read("/manage")
    page = morgan.read("/manage/recovery")
    assert "python3 -m passport recover" in page
    assert page.count("status/1/") == len(Problem)
    for problem in Problem:
        assert f"<li>{problem.value}" not in page, "every problem has its words"


def test_a_student_shares_later_and_keeps_the_draft(town: Town, opened: str, arrive: Arrive) -> None:
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        draft = shares.draft(session, amara, [opened], at)
        shares.address_it(session, amara, draft.reference, "Northlark", shares.usual_end(at), at)
    visitor, page = arrive("amara"), f"/shares/{draft.reference}/preview"
    answer = visitor.send(page)
    assert answer.status_code == 409
    assert CLOSED in unescape(answer.text)
    assert "Northlark" in visitor.read(f"/shares/{draft.reference}/audience")


def test_a_correction_is_refused_and_its_reason_stays_on_the_page(
    town: Town, opened: str, arrive: Arrive
) -> None:
    page = f"/overview/entries/{opened}/correct/day"
    answer = arrive("casey").send(page, held_on=["9", "3", "2026"], reason=WHY)
    assert answer.status_code == 409
    assert CLOSED in unescape(answer.text)
    assert WHY in unescape(answer.text)
