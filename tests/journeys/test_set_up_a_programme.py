"""A manager sets up what a programme is made of, in a real browser; a second manager lets the employer in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.fixtures.browsers import OpenPage
from tests.fixtures.processes import Start
from tests.journeys.test_life_of_an_entry import follow, good, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page


def press(page: Page, name: str) -> None:
    """Press a button, or a link that looks like one, and see that the page after it is in order."""
    follow(page, page.get_by_role("button", name=name))
    good(page)


def go(page: Page, name: str) -> None:
    """Follow a link in the page."""
    follow(page, page.get_by_role("main").get_by_role("link", name=name, exact=True))
    good(page)


def day(page: Page, legend: str, *parts: str) -> None:
    """Type a day into its three boxes."""
    boxes = page.get_by_role("group", name=legend)
    for label, part in zip(("Day", "Month", "Year"), parts, strict=True):
        boxes.get_by_label(label).fill(part)


def sector_and_school(morgan: Page, address: str) -> None:
    """A new sector, and a school that works in it."""
    follow(morgan, morgan.get_by_role("link", name="Programme", exact=True))
    go(morgan, "Sectors")
    morgan.get_by_label("Name of the sector").fill("Railways")
    press(morgan, "Add the sector")
    morgan.goto(f"{address}/manage/schools/new")
    morgan.get_by_label("Name of the school").fill("Signalbox Academy")
    morgan.get_by_label("School", exact=True).check()
    press(morgan, "Add it")
    press(morgan, "Add a sector")
    morgan.get_by_label("Railways").check()
    day(morgan, "From which day?", "1", "9", "2026")
    press(morgan, "Add the sector")


def employer(morgan: Page, quinn: Page, address: str) -> None:
    """One asks, the other lets it in."""
    morgan.goto(f"{address}/manage/employers")
    press(morgan, "Ask for an employer to be let in")
    morgan.get_by_label("Name of the employer").fill("Buffer Stop Rail")
    morgan.get_by_label("Short word for its address").fill("buffer-stop")
    morgan.get_by_label("Railways").check()
    press(morgan, "Ask another manager")
    assert morgan.get_by_text("another manager decides").count()
    quinn.goto(f"{address}/manage/employers")
    go(quinn, "Let in: Buffer Stop Rail")
    press(quinn, "Let it in")
    assert quinn.get_by_text("Done. Everybody who checks knows it from now on.").count()


def champion(morgan: Page, address: str) -> None:
    """Made, attached, invited."""
    morgan.goto(f"{address}/manage/champions/new")
    morgan.get_by_label("Full name").fill("Pip Invented")
    morgan.get_by_label("Job title").fill("Head of Signals")
    morgan.get_by_label("Email address").fill("pip.invented@buffer-stop.example.test")
    morgan.get_by_label("Buffer Stop Rail").check()
    press(morgan, "Make the account")
    press(morgan, "Attach a school")
    morgan.get_by_label("Lanternmoor High School").check()
    first = datetime.now(UTC).year
    day(morgan, "From which day?", "1", "1", str(first))
    day(morgan, "Until which day?", "31", "8", str(first + 2))
    press(morgan, "Attach the school")
    press(morgan, "Send the invitation")


def cohort_and_coordinator(morgan: Page, quinn: Page, address: str) -> None:
    """An intake, and a person who brings in its students: one manager proposes, the other confirms."""
    morgan.goto(f"{address}/manage/cohorts/new")
    morgan.get_by_label("Name of the cohort").fill("Railway intake")
    morgan.get_by_label("Railways").check()
    day(morgan, "First day", "1", "9", "2026")
    day(morgan, "Last day", "31", "7", "2028")
    press(morgan, "Add the cohort")
    morgan.goto(f"{address}/manage/people")
    press(morgan, "Propose a coordinator or somebody else")
    morgan.get_by_label("Full name").fill("Drew Invented")
    morgan.get_by_label("Email address").fill("drew.invented@brindlemoor.example.test")
    morgan.get_by_label("Coordinator").check()
    morgan.get_by_label("Signalbox Academy").check()
    morgan.get_by_label("Why?").fill("Runs it at the school from this term on.")
    press(morgan, "Propose them")
    assert morgan.get_by_text("Another manager has to confirm it").count()
    quinn.goto(f"{address}/roles")
    follow(quinn, quinn.get_by_role("button", name=re.compile("Confirm.*Drew Invented")))
    morgan.goto(f"{address}/manage/people")
    assert morgan.get_by_text("drew.invented@brindlemoor.example.test").count()


def student(casey: Page) -> None:
    """Added and invited."""
    follow(casey, casey.get_by_role("link", name="Students", exact=True).first)
    press(casey, "Add a student")
    casey.get_by_label("Full name").fill("Mina Invented")
    casey.get_by_label("First name").fill("Mina")
    day(casey, "Date of birth", "1", "7", "2011")
    casey.get_by_label("Year 10").check()
    casey.get_by_label("Railways").check()
    casey.get_by_label("Railway intake").check()
    casey.get_by_label("School email address (optional)").fill("mina.invented@brindlemoor.example.test")
    press(casey, "Add the student")
    press(casey, "Send the invitation")


def test_from_a_sector_to_an_invited_student(start_made: Start, open_page: OpenPage) -> None:
    started = start_made()
    morgan, quinn, casey = open_page("desktop"), open_page("narrow"), open_page("phone")
    for page, who in ((morgan, "morgan"), (quinn, "quinn"), (casey, "casey")):
        sign_in(page, started, who)
    sector_and_school(morgan, started.url)
    employer(morgan, quinn, started.url)
    champion(morgan, started.url)
    cohort_and_coordinator(morgan, quinn, started.url)
    student(casey)
    casey.goto(f"{started.url}/demo/mail")
    assert casey.get_by_text("mina.invented@brindlemoor.example.test").count()
