"""All ten verdicts in a real browser: for screen readers, without colour, on paper, on a small phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from passport.db.credentials.records import CredentialState
from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from passport.services.sharing import shares
from tests.fixtures.browsers import FINGERS, OpenPage, accessibility_problems, overflow, resizing
from tests.fixtures.servers import Serve
from tests.fixtures.towns import Town

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page


# heading, and what of the entry may be read
WORDS = {
    "V1": ("Genuine and current", "person"),
    "V2": ("Genuine, but withdrawn", "name and skill"),
    "V3": ("Genuine, but on hold: ask again later", "name and skill"),
    "V4": ("Genuine, but replaced by a newer entry", "skill"),
    "V5": ("Genuine, but past its review date", "person"),
    "V6": ("We do not recognise who issued this", "nothing"),
    "V7": ("Not genuine: do not rely on this", "nothing"),
    "V8": ("We could not finish the check", "nothing"),
    "V9": ("We cannot find this code", "nothing"),
    "V10": ("The holder has stopped sharing this", "nothing"),
}
NAME, SKILL = "Amara Demoson", "Measuring and checking"
MORE = ("Lanternmoor", "Robin Fixturely", "Tinderbeck", "On my own", "sets aside parts")
SHOWN = {
    "person": (NAME, SKILL, *MORE),
    "name and skill": (NAME, SKILL),
    "skill": (SKILL,),
    "nothing": (),
}


@dataclass
class Verdicts:
    """A page of each verdict."""

    town: Town
    address: str
    codes: dict[str, str]
    badge: bytes

    def open(self, page: Page, verdict: str) -> None:
        """Go there as people do: by the code, or with a file in hand."""
        bundle = self.town.runtime.public.directory / "bundle.json"
        aside = bundle.with_name("aside.json")
        if verdict == "V6":
            page.goto(f"{self.address}/check")
            file: Any = {"name": "badge.json", "mimeType": "application/json", "buffer": self.badge}
            page.set_input_files("#file", file)
            with page.expect_navigation():
                page.get_by_role("button", name="Check the file").click()
            return
        if verdict == "V8":
            bundle.rename(aside)
        try:
            page.goto(f"{self.address}/c/{self.codes[verdict]}")
        finally:
            if aside.exists():
                aside.rename(bundle)


@pytest.fixture
def verdicts(app: Flask, town: Town, serve: Serve) -> Verdicts:
    """The town with an entry for each verdict."""
    from tests.services.checking.test_handed_in import strangers

    with town.transaction() as session:
        town.account(session, "amara").programme.review_months = 1
    codes = {"V5": town.shared(town.issued())}
    town.clock.forward(days=32)
    with town.transaction() as session:
        town.account(session, "amara").programme.review_months = 36
    entries = {verdict: town.issued() for verdict in ("V1", "V2", "V3", "V4", "V7", "V10")}
    codes |= {verdict: town.shared(entry) for verdict, entry in entries.items()}
    codes["V8"], codes["V9"] = codes["V1"], share_code.new()
    states = {"V2": CredentialState.WITHDRAWN, "V3": CredentialState.ON_HOLD, "V4": CredentialState.REPLACED}
    with town.transaction() as session:
        from passport.db.credentials.records import Credential

        rows = {row.reference: row for row in session.query(Credential)}
        for verdict, state in states.items():
            rows[entries[verdict]].state = state
        spoilt = rows[entries["V7"]]
        spoilt.document = (spoilt.document or b"").replace(b"On my own", b"Guiding others")
        amara = town.account(session, "amara")
        stopped = next(one for one in shares.mine(session, amara) if one.code == codes["V10"])
        shares.stop(session, amara, stopped.reference, town.clock())
    job_queue.publish_all(town.runtime)
    return Verdicts(town, serve(app), codes, strangers())


def all_ten(look: Callable[[str], None]) -> None:
    """Look at each."""
    for verdict in WORDS:
        look(verdict)


def test_each_fits_and_is_read_in_order(verdicts: Verdicts, open_page: OpenPage) -> None:
    page = open_page("narrow")
    resize = resizing(page)
    problems: list[str] = []

    def look(verdict: str) -> None:
        verdicts.open(page, verdict)
        for device in ("narrow", "desktop"):
            resize(device)
            read(verdict, device)
        resize("narrow")

    def read(verdict: str, device: str) -> None:
        words, shown = WORDS[verdict]
        heard = page.locator("main").aria_snapshot()
        first = heard.splitlines()[1].strip().replace("- '", "- ").removesuffix("'")
        assert first == f'- heading "{words}" [level=1]', (verdict, heard[:200])
        assert page.title().startswith(words)
        text = page.locator("main").inner_text() + page.locator("main").inner_html()
        allowed = SHOWN[shown]
        told = {word for word in (NAME, SKILL, *MORE) if word in text}
        assert told == set(allowed), (verdict, told)
        problems.extend(f"{verdict} {device}: {one}" for one in accessibility_problems(page, FINGERS))
        if wider := overflow(page):
            problems.append(f"{verdict} {device}: {wider} px too wide")

    all_ten(look)
    assert problems == []


def test_they_differ_without_colour(verdicts: Verdicts, open_page: OpenPage) -> None:
    """The words differ, and so does the drawn shape, whatever colour it has."""
    page = open_page("desktop")
    shapes: dict[str, str] = {}
    headings: dict[str, str] = {}

    def look(verdict: str) -> None:
        verdicts.open(page, verdict)
        headings[verdict] = page.locator("h1").inner_text()
        shapes[verdict] = page.locator(".sp-verdict__icon").inner_html()

    all_ten(look)
    assert len(set(headings.values())) == 10
    # V6 and V9 both ask a question: product, section 4
    assert len(set(shapes.values())) == 9
    assert shapes["V6"] == shapes["V9"]


def test_on_paper(verdicts: Verdicts, open_page: OpenPage) -> None:
    """When it was checked and the receipt's number; no form, no button, no sign that could be cut out."""
    page = open_page("desktop")

    def look(verdict: str) -> None:
        verdicts.open(page, verdict)
        page.emulate_media(media="print")
        text = page.locator("main").inner_text()
        assert WORDS[verdict][0] in text
        assert "Checked on 15 April 2026 at" in text
        known = verdict not in {"V6", "V9"}
        assert ("Receipt: R-" in text) is known, verdict
        for hidden in ("Compare their date of birth", "Print this page", "Check another code"):
            assert hidden not in text
        assert not page.locator(".sp-verdict__icon").is_visible()
        page.emulate_media(media="screen")

    all_ten(look)


def test_a_date_of_birth_by_keyboard(verdicts: Verdicts, open_page: OpenPage) -> None:
    page = open_page("no javascript")
    verdicts.open(page, "V1")
    page.get_by_text("Compare their date of birth").click()
    for label, typed in (("Day", "6"), ("Month", "5"), ("Year", "2011")):
        page.get_by_label(label, exact=True).fill(typed)
    with page.expect_navigation():
        page.get_by_role("button", name="Compare").click()
    assert "the one in the school's record" in page.locator(".sp-match").inner_text()
    assert page.locator("h1").inner_text() == "Genuine and current"
    assert "2011" not in page.content()
    assert "2011" not in page.url


def test_a_file_without_javascript(verdicts: Verdicts, open_page: OpenPage) -> None:
    page = open_page("no javascript")
    page.goto(f"{verdicts.address}/check")
    page.get_by_label("Or paste text").fill(f"My code: {share_code.pretty(verdicts.codes['V1'])}")
    with page.expect_navigation():
        page.get_by_role("button", name="Check the text").click()
    assert page.locator("h1").inner_text() == "Genuine and current"
    page.go_back()
    with page.expect_navigation():
        page.get_by_role("button", name="Check the file").click()
    assert page.title().startswith("Error:")
    page.get_by_role("link", name="Choose a file first").click()
    expect(page.locator("#file:focus")).to_have_count(1)
