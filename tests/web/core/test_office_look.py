"""The pages of an entry's life in a real browser, with names that are hard to show."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from passport.db.people.accounts import Role
from passport.jobs import queue as job_queue
from passport.services.credentials import (
    corrections,
    entry_search,
    holds,
    lifecycle,
    replacement,
    withdrawals,
)
from passport.services.credentials.corrections import Tools
from passport.services.people import grants
from tests.fixtures.browsers import OpenPage, accessibility_problems, overflow, resizing
from tests.fixtures.servers import Serve
from tests.fixtures.towns import PASSWORD, Town
from tests.web.core.test_look import NAME, SCHOOL

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page

WHY = "The champion says that he meant another student. <b>Rindfleischetikettierungsüberwachung</b>"
PICTURES = os.environ.get("PASSPORT_TEST_PICTURES")


class Lives:
    """Entries in every state, and a request of either manager."""

    def __init__(self, town: Town) -> None:
        """Make them."""
        with town.transaction() as session:
            amara = town.account(session, "amara")
            assert amara.student is not None
            amara.name, amara.first_name = NAME, "Zażółć"
            amara.student.school.name = SCHOOL
        town.endorsed(town.sent(level=2), level=2)
        job_queue.run_due(town.runtime)
        self.fine, self.held, self.asked, self.mended = (town.issued() for _one in range(4))
        self.shared = town.shared(self.mended)
        tools = Tools(town.runtime.keys, town.runtime.settings.public_url)
        with town.transaction() as session:
            casey, at = town.account(session, "casey"), town.clock()
            holds.hold(session, casey, self.held, "endorsement", WHY, at)
            corrections.correct_date(
                session, tools, casey, self.mended, town.clock().date().replace(day=2), WHY, at
            )
            grants.propose(session, town.account(session, "quinn"), "casey@example.test", Role.LEAD, WHY, at)
            for who, entry in (("morgan", self.asked), ("quinn", self.fine)):
                made = withdrawals.ask(session, town.account(session, who), entry, WHY, at)
                setattr(self, f"of_{who}", made.reference)
        job_queue.run_due(town.runtime)
        with town.transaction() as session:
            amara = town.account(session, "amara")
            mine = lifecycle.mine(session, amara)
            casey = town.account(session, "casey")
            self.mended = entry_search.current(
                session, entry_search.entry(session, casey, self.mended)
            ).reference
            self.lower = next(one.reference for one in mine if one.level == 2)
            assert replacement.offers(mine)[self.lower].level == 3

    of_morgan = of_quinn = ""

    def addresses(self) -> dict[str, list[str]]:
        """The pages, by who looks."""
        one = "/overview/entries/"
        steps = ("hold", "correct", "correct/name", "correct/school", "correct/day")
        return {
            "casey": [
                "/overview",
                "/overview/entries",
                "/overview/entries?state=withdrawn",
                *(f"{one}{entry}" for entry in (self.fine, self.held, self.mended)),
                *(f"{one}{self.fine}/{step}" for step in steps),
                f"{one}{self.held}/lift",
            ],
            "morgan": [
                "/overview",
                "/overview/entries",
                f"{one}{self.held}",
                f"{one}{self.held}/withdraw",
                "/overview/withdrawals",
                f"/overview/withdrawals/{self.of_morgan}",
                f"/overview/withdrawals/{self.of_quinn}",
                f"/overview/withdrawals/{self.of_quinn}/refuse",
                f"{one}{self.fine}/evidence",
                "/roles",
                "/roles/new",
                "/roles/new-person",
                "/account/roles",
            ],
            "amara": [
                "/home",
                "/looked",
                *(f"/entries/{entry}" for entry in (self.held, self.lower)),
                f"/entries/{self.lower}/replace",
            ],
            "": ["/programmes", "/programmes/brindlemoor", "/help/who-may", "/help/formats"],
        }


def sign_in(page: Page, address: str, who: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#email", f"{who}@example.test")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.click("main button[type=submit]")


def test_every_page_fits_and_axe_finds_nothing(
    app: Flask, town: Town, serve: Serve, open_page: OpenPage
) -> None:
    lives, problems = Lives(town), []
    address = serve(app)
    for who, pages in lives.addresses().items():
        page = open_page("narrow")
        resize = resizing(page)
        if who:
            sign_in(page, address, who)
        for place in pages:
            page.goto(address + place)
            assert page.url == address + place
            assert page.locator("h1").count() == 1, place
            for device in ("narrow", "desktop"):
                resize(device)
                problems += [f"{place} {device}: {one}" for one in accessibility_problems(page)]
                wider = overflow(page)
                problems += [f"{place} {device}: {wider} px too wide"] if wider else []
                if PICTURES:
                    name = f"{device}-{who}{place.replace('/', '-').replace('?', '-')}.png"
                    page.screenshot(path=str(Path(PICTURES) / name), full_page=True)
            resize("narrow")
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            wider = overflow(page)
            problems += [f"{place} at 200 %: {wider} px too wide"] if wider else []
    assert problems == []


def test_a_manager_withdraws_what_another_asked_for_with_the_keyboard_alone(
    app: Flask, town: Town, serve: Serve, open_page: OpenPage
) -> None:
    lives, address = Lives(town), serve(app)
    page = open_page("no javascript")
    sign_in(page, address, "morgan")
    page.goto(f"{address}/overview/withdrawals")
    waiting = page.get_by_role("listitem").filter(has_text="Asked by Quinn Mockingham")
    with page.expect_navigation():
        waiting.get_by_role("link").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Withdraw this entry for good?"
    with page.expect_navigation():
        page.get_by_role("button", name="Withdraw for good").press("Enter")
    assert page.url == f"{address}/overview/withdrawals/{lives.of_quinn}"
    assert "Confirmed: the entry is withdrawn" in page.get_by_role("main").inner_text()
