"""What becomes of an entry, in real browsers: on hold and off it, corrected, withdrawn by two managers."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from tests.fixtures.browsers import OpenPage, accessibility_problems, overflow, read_qr
from tests.fixtures.processes import Start, Started

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PATIENCE_SECONDS = 30
WHY = "The register of that day says something else."
PEOPLE = {
    "amara": "amara.demoson",
    "casey": "casey.exampleby",
    "morgan": "morgan.samplewright",
    "quinn": "quinn.mockingham",
    "robin": "robin.fixturely",
    "dev": "dev.draftington",
}


def test_held_and_lifted_corrected_and_withdrawn_by_two(start_made: Start, open_page: OpenPage) -> None:
    started = start_made(PASSPORT_STATUS_BATCH_SECONDS="0")
    officer, amara, casey = open_page("phone"), open_page("phone"), open_page("desktop")
    officer.goto(f"{started.url}/demo/codes")
    code = officer.get_by_role("link", name="SP-").first.inner_text()
    address = f"{started.url}/c/{code}"
    says(officer, address, "Genuine and current")

    sign_in(casey, started, "casey")
    find(casey, started, code)
    follow(casey, casey.get_by_role("link", name="Put it on hold"))
    casey.get_by_label("It may not have been endorsed or confirmed rightly").check()
    casey.get_by_label("Why?").fill(WHY)
    follow(casey, casey.get_by_role("button", name="Put it on hold"))
    says(officer, address, "Genuine, but on hold: ask again later")
    sign_in(amara, started, "amara")
    follow(amara, amara.get_by_role("link", name="Measuring and checking").first)
    assert "Ask Casey Exampleby at Lanternmoor High School" in amara.get_by_role("main").inner_text()
    assert WHY not in amara.content()
    follow(casey, casey.get_by_role("link", name="Take it off hold"))
    casey.get_by_label("Why?").fill(WHY)
    follow(casey, casey.get_by_role("button", name="Take it off hold"))
    says(officer, address, "Genuine and current")

    follow(casey, casey.get_by_role("link", name="Correct it"))
    follow(casey, casey.get_by_role("link", name="The name"))
    casey.get_by_label("Full name").fill("Amara Realname")
    casey.get_by_label("Why?").fill(WHY)
    follow(casey, casey.get_by_role("button", name="Correct the name"))
    says(officer, address, "Genuine, but replaced by a newer entry")
    assert "Amara" not in officer.content()
    renewed = renew(amara, started)
    says(officer, renewed, "Genuine and current")
    assert "Amara Realname" in officer.get_by_role("main").inner_text()
    assert "Demoson" not in officer.content()

    morgan, quinn = open_page("desktop"), open_page("desktop")
    sign_in(morgan, started, "morgan")
    find(morgan, started, renewed.rpartition("/")[2])
    follow(morgan, morgan.get_by_role("link", name="Ask for it to be withdrawn"))
    morgan.get_by_label("Why?").fill(WHY)
    follow(morgan, morgan.get_by_role("button", name="Ask another manager"))
    says(officer, renewed, "Genuine and current")
    sign_in(quinn, started, "quinn")
    follow(quinn, quinn.get_by_role("link", name="Withdrawals"))
    follow(quinn, quinn.get_by_role("link", name="Measuring and checking"))
    good(quinn)
    follow(quinn, quinn.get_by_role("button", name="Withdraw for good"))
    says(officer, renewed, "Genuine, but withdrawn")
    amara.goto(f"{started.url}/looked")
    seen = amara.get_by_role("main").inner_text()
    assert all(name in seen for name in ("Casey Exampleby", "Morgan Samplewright", "Quinn Mockingham"))


def good(page: Page) -> None:
    assert overflow(page) == 0, page.url
    assert accessibility_problems(page) == [], page.url


def follow(page: Page, place: Locator) -> None:
    """Press something that leads to another page, and be there."""
    with page.expect_navigation():
        place.click()


def sign_in(page: Page, started: Started, who: str) -> None:
    passwords = json.loads((started.instance / "demo-passwords.json").read_text())
    page.goto(f"{started.url}/sign-in")
    page.get_by_label("Email").fill(f"{PEOPLE[who]}@brindlemoor.example.test")
    page.get_by_label("Password", exact=True).fill(passwords[who])
    follow(page, page.get_by_role("button", name="Sign in"))


def find(page: Page, started: Started, code: str) -> None:
    """The entry under a code."""
    page.goto(f"{started.url}/overview/entries")
    page.get_by_label("Find an entry by a code").fill(code)
    follow(page, page.get_by_role("button", name="Find"))
    assert page.get_by_role("heading", level=1).inner_text() == "Measuring and checking"
    good(page)


def renew(page: Page, started: Started) -> str:
    """Make a new code in one step; gives the address that its picture leads to."""
    page.goto(f"{started.url}/home")
    good(page)
    button = page.get_by_role("button", name="Make a new code for University of Northlark").first
    follow(page, button)
    good(page)
    return next(text for text in read_qr(page) if "#" not in text)


def says(page: Page, address: str, heading: str) -> None:
    """Wait until a check of the code says this."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        page.goto(address)
        if page.get_by_role("heading", level=1).inner_text() == heading:
            return good(page)
    raise AssertionError(f"never said {heading}")
