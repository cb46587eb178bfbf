"""Challenges on pages: from a champion's brief to a file that any teacher takes along."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import Arrive

BRIEF: dict[str, Any] = {
    "name": "Cut waste on line 3",
    "employer": "tinderbeck",
    "brief": "One part in twelve is thrown away & nobody knows why.",
    "needed": "Callipers",
    "lessons": "3",
    "first_year": "9",
    "last_year": "11",
}
PUBLIC = "/programmes/brindlemoor/challenges"


def test_a_champions_brief_is_published_and_any_teacher_takes_it_along(arrive: Arrive) -> None:
    robin, casey, stranger = arrive("robin"), arrive("casey"), arrive()
    assert 'href="/challenges"' in robin.read("/queue")
    wrong = robin.send("/challenges/new", **BRIEF | {"brief": "Ring 07700 900123"})
    assert "leave out phone numbers" in wrong.text
    assert "Ring 07700 900123" in wrong.text
    address = robin.send("/challenges/new", **BRIEF).location
    assert "Waits for an organiser" in robin.read(address)
    assert "Cut waste" not in stranger.read(PUBLIC)
    casey.press(address, f"{address}/publish")
    casey.send(f"{address}/result", team="5", outcome="The stop was moved by two millimetres.")
    filled = casey.read(f"{address}/classes")
    assert "Lanternmoor High School" in filled, "a coordinator's own school is there already"
    count = {"held_on": ["10", "3", "2026"], "school": "Copperlark", "year_group": "9", "students": "28"}
    assert casey.send(f"{address}/classes", **count).status_code == 302
    page = stranger.read(f"{PUBLIC}{address.removeprefix('/challenges')}")
    assert "A team of 5 students worked on it. It reached 1 class, 28 students." in page
    file = stranger.open(f"{PUBLIC}{address.removeprefix('/challenges')}/brief.txt")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "One part in twelve is thrown away & nobody knows why." in file.text
    assert file.text.startswith("\ufeffCut waste on line 3\r\n")
    casey.press(address, f"{address}/close")
    assert stranger.open(f"{PUBLIC}{address.removeprefix('/challenges')}").status_code == 404


def test_a_student_does_not_reach_them(arrive: Arrive) -> None:
    assert arrive("amara").open("/challenges").status_code == 404
