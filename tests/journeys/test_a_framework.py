"""J6 in real browsers: an author changes a version in review, both sides sign, a manager publishes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fixtures.browsers import OpenPage
from tests.fixtures.processes import Start
from tests.journeys.test_life_of_an_entry import follow, good, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

SKILL = "Measuring and checking"


def press(page: Page, name: str) -> None:
    """Press a button, or a link that looks like one, and see that the page after it is in order."""
    follow(page, page.get_by_role("button", name=name))
    good(page)


def open_draft(page: Page) -> None:
    """Open the demo's version 2, which is in review."""
    follow(page, page.get_by_role("link", name="Frameworks", exact=True).first)
    good(page)
    follow(page, page.get_by_role("link", name="Version 2"))
    good(page)


def sign(page: Page) -> None:
    """Read all of it and sign."""
    open_draft(page)
    press(page, "Read it all and sign")
    page.get_by_label("I have read every skill").check()
    press(page, "Sign this version")


def test_from_a_comment_to_a_published_version(start_made: Start, open_page: OpenPage) -> None:
    started = start_made()
    dev, robin, casey = open_page("desktop"), open_page("phone"), open_page("narrow")
    for page, who in ((dev, "dev"), (robin, "robin"), (casey, "casey")):
        sign_in(page, started, who)
    open_draft(dev)
    follow(dev, dev.get_by_role("link", name=re.compile(f"Edit.*{SKILL}")))
    good(dev)
    assert dev.get_by_text("too much for a first visit?").count()
    dev.get_by_label("Guiding others").fill("shows others, and explains why readings differ")
    press(dev, "Save")
    press(dev, "Resolve")
    follow(dev, dev.get_by_role("link", name="version 1", exact=True))
    good(dev)
    assert dev.get_by_text("1 skill differs.").count()
    sign(robin)
    sign(casey)
    morgan = open_page("desktop")
    sign_in(morgan, started, "morgan")
    morgan.goto(f"{started.url}/manage/frameworks")
    follow(morgan, morgan.get_by_role("link", name="Version 2"))
    press(morgan, "See what publishing changes")
    press(morgan, "Publish this version")
    follow(morgan, morgan.get_by_role("link", name="Its public page"))
    good(morgan)
    assert morgan.get_by_text("Agreed by Robin Fixturely, Tinderbeck Precision Ltd for employers").count()
    assert morgan.get_by_text("carry out work-related measurements").count() == 0
    follow(morgan, morgan.get_by_role("link", name=SKILL).last)
    good(morgan)
    assert morgan.get_by_text("carry out work-related measurements").count()
