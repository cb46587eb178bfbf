"""J6: an author drafts, reviewers comment, an employer and a school sign, a manager publishes and retires."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.services.programmes.frameworks.people import author

if TYPE_CHECKING:
    from tests.fixtures.towns import Town
    from tests.web.conftest import Arrive, Visitor

ALL, DRAFT = "/manage/frameworks", "/manage/frameworks/1/2"
SKILL = f"{DRAFT}/skills/4"
READ = re.compile(r'name="read"[^>]*value="([^"]+)"')
LEVELS = {
    "level_1": "reads what is shown",
    "level_2": "notes value and unit",
    "level_3": "measures to the drawing's limits, twice",
    "level_4": "shows others",
}
WORDS = {"group": "Engineering", "name": "Measuring and checking", **LEVELS}


@pytest.fixture
def dev(town: Town, arrive: Arrive) -> Visitor:
    """An author who has drafted version 2 from version 1."""
    with town.transaction() as session:
        author(session, town)
        author(session, town, "Ann Otherly")
    visitor = arrive("dev")
    answer = visitor.press(f"{ALL}/1/1", f"{ALL}/1/1/copy")
    assert answer.location == DRAFT
    return visitor


def sign(visitor: Visitor, **more: str) -> str:
    """Read the version and sign it; gives the address or the page."""
    page = visitor.open(f"{DRAFT}/sign").text
    read = READ.search(page)
    assert read
    answer = visitor.send(f"{DRAFT}/sign", **({"read": read[1], "agreed": "yes"} | more))
    return str(answer.location) if answer.status_code == 302 else answer.text


def test_from_a_draft_to_a_retired_version(dev: Visitor, arrive: Arrive) -> None:
    robin, casey, morgan = arrive("robin"), arrive("casey"), arrive("morgan")
    assert "Version 2" not in robin.read(ALL), "a draft is the authors' and managers' alone"
    assert robin.open(DRAFT).status_code == 404
    assert dev.send(SKILL, **WORDS).location == f"{DRAFT}?skill=4#skill-4"
    dev.send(f"{DRAFT}/skills/new", group="Engineering", name="Reading drawings", **LEVELS)
    page = dev.read(DRAFT)
    assert "“Reading drawings” (With guidance) says the same as “Measuring and checking”" in page
    dev.press(DRAFT, f"{DRAFT}/review")
    assert "is in review" in robin.read("/notices")
    robin.send(f"{DRAFT}/comment?skill=4", comment="Twice is too strict.")
    assert "Twice is too strict." in dev.read(SKILL)
    # signed by one side alone it is not published (J6a)
    assert sign(robin) == DRAFT
    assert "cannot be published yet" in morgan.read(f"{DRAFT}/publish")
    assert sign(casey) == DRAFT
    # what a manager has not seen is not carried on with
    page = morgan.read(f"{DRAFT}/publish")
    assert "Twice is too strict." in page
    assert "Drafts whose student chooses again" in page
    assert "Deal with them, or tick" in morgan.send(f"{DRAFT}/publish").text
    casey.send(f"{DRAFT}/comment", comment="Wait for the governors.")
    seen = re.findall(r'name="seen"[^>]*value="([^"]+)"', page)[0]
    late = morgan.send(f"{DRAFT}/publish", seen=seen, carry_on="yes").text
    assert "Somebody has commented or changed something" in late
    assert "Wait for the governors." in late
    assert morgan.send(f"{DRAFT}/publish", carry_on="yes").location == DRAFT
    public = arrive().read("/frameworks/1/2")
    assert "Agreed by Robin Fixturely, Tinderbeck Precision Ltd for employers" in public
    assert "Measures to the drawing's limits, twice" in public
    assert "twice" not in arrive().read("/frameworks/1/1"), "the version before keeps its words"
    # two versions side by side, with the changed words marked (J6c)
    compared = robin.open(f"{DRAFT}/compare/1").text
    assert "<ins>" in compared
    assert "<del>" in compared
    assert "2 skills differ." in compared
    assert "Students are offered no skills any more" in morgan.read(f"{DRAFT}/retire")
    assert morgan.send(f"{DRAFT}/retire").location == DRAFT
    assert "Retired" in morgan.read(ALL)
    assert arrive().open("/frameworks/1/2").status_code == 200


def test_two_authors_of_one_skill_lose_nothing(dev: Visitor, arrive: Arrive) -> None:
    ann = arrive("ann")
    page = ann.open(SKILL).text
    seen = re.findall(r'name="seen"[^>]*value="([^"]+)"', page)[0]
    dev.send(SKILL, **WORDS)
    told = ann.send(SKILL, seen=seen, **(WORDS | {"level_4": "teaches younger students"}))
    assert told.status_code == 200
    assert "This was changed while you had it open" in told.text
    assert "<del>shows others</del>" in told.text
    assert "<ins>teaches younger students</ins>" in told.text
    assert ">teaches younger students</textarea>" in told.text
    assert ann.send(SKILL, **(WORDS | {"level_4": "teaches younger students"})).status_code == 302
    assert "Teaches younger students" in dev.read(DRAFT)


def test_a_change_after_a_signature_takes_it_back(dev: Visitor, arrive: Arrive) -> None:
    robin, sky = arrive("robin"), arrive("sky")
    dev.press(DRAFT, f"{DRAFT}/review")
    old = READ.search(robin.open(f"{DRAFT}/sign").text)
    assert old
    dev.send(SKILL, **WORDS)
    assert "The words have changed since you opened this page" in sign(robin, read=old[1])
    assert "Tick that you have read it and agree" in sign(robin, agreed="")
    assert sign(robin) == DRAFT
    assert "A champion has signed for the employers already" in sign(sky)
    assert "Robin Fixturely, Tinderbeck Precision Ltd" in dev.read(DRAFT)
    dev.send(SKILL, **(WORDS | {"level_4": "teaches others"}))
    assert "Robin Fixturely, Tinderbeck Precision Ltd" not in dev.read(DRAFT)
    assert "your signature was taken back" in robin.read("/notices")
    robin.press(DRAFT, f"{DRAFT}/unsign")


def test_a_draft_with_very_many_skills_is_shown_in_pages(
    dev: Visitor, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from passport.web.programmes.frameworks import drafts

    monkeypatch.setattr(drafts, "PAGE", 5)
    first = dev.read(DRAFT)
    assert ("Page 1 of 3" in first, "Working with others" in first, "Testing and fixing" in first) == (
        True,
        True,
        False,
    )
    assert "Testing and fixing" in dev.read(f"{DRAFT}?page=3")
    assert "Page 3 of 3" in dev.read(f"{DRAFT}?skill=11")
    with town.runtime.database.counting() as few:
        dev.read(DRAFT)
    monkeypatch.setattr(drafts, "PAGE", 100)
    with town.runtime.database.counting() as many:
        dev.read(DRAFT)
    assert len(many) == len(few), "as many queries for any number of skills"


def test_what_is_wrong_with_a_skill_is_told_at_its_box(dev: Visitor) -> None:
    wrong = {
        "Enter the group": {"group": " "},
        "Enter the name of the skill": {"name": ""},
        "Use at most 300 characters": {"level_2": "x" * 301},
        "Leave out signs that cannot be seen": {"level_3": "mea\u202esures"},
        "Another skill of this version has this name": {"name": "working WITH others"},
    }
    for words, typed in wrong.items():
        page = dev.send(SKILL, **(WORDS | typed)).text
        assert words in page
        assert "reads what is shown" in page, "nothing that was typed is lost"
    assert "Write your comment" in dev.send(f"{DRAFT}/comment", comment=" ").text
    assert "its words stay as they are" in dev.send(f"{ALL}/1/1/skills/4", **WORDS).text
