"""J1 in a browser on a phone: a student logs an experience, and then another one like it, with a thumb.

Each letter is one of the product's acceptance checks. B stands in test_drafts.py, with lost connections.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from passport.jobs import queue as job_queue
from tests.fixtures import hostile
from tests.fixtures.browsers import OpenPage
from tests.fixtures.servers import Serve
from tests.fixtures.towns import STORY, Town
from tests.web.access.test_links import newest
from tests.web.by_keyboard import good
from tests.web.conftest import Arrive

__all__ = ["newest"]

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Locator, Page

MOST_TAPS, MOST_SECONDS = 10, 120
# a thumb types three signs a second and takes two seconds to find the next thing on a page
SIGNS_A_SECOND, SECONDS_A_TAP = 3, 2
REACHED = (
    "Afterwards they said that I can call 07700 900123 with questions about the pump, and I wrote it down."
)
COUNT = "addEventListener('pointerdown', (event) => event.isTrusted && window.tapped(), true)"


@pytest.fixture
def town(town: Town) -> Town:
    """A town whose mail is kept, as a demo's is."""
    return replace(town, runtime=replace(town.runtime, demo=True))


@dataclass
class Thumb:
    """Taps and types on a phone, and counts as the browser does, not as the test does."""

    page: Page
    taps: int = 0
    signs: int = 0
    began: float = 0

    def begin(self) -> None:
        """Count from here."""
        self.taps, self.signs, self.began = 0, 0, time.monotonic()

    def __post_init__(self) -> None:
        """Hear every tap."""
        self.page.expose_function("tapped", self._tapped)
        self.page.add_init_script(COUNT)

    def _tapped(self) -> None:
        self.taps += 1

    def taps_on(self, place: Locator) -> None:
        """Tap on something of this page."""
        place.tap()

    def goes_on(self, place: Locator) -> None:
        """Tap on something that leads to another page; it is in order."""
        with self.page.expect_navigation():
            place.tap()
        good(self.page)

    def types(self, text: str) -> None:
        """Type where the focus is."""
        self.page.keyboard.type(text)
        self.signs += len(text)

    def seconds(self) -> float:
        """How long it took, with a thumb's pace."""
        machine = time.monotonic() - self.began
        return machine + self.signs / SIGNS_A_SECOND + self.taps * SECONDS_A_TAP


def button(page: Page, name: str) -> Locator:
    """A button, or a link that looks like one."""
    return page.get_by_role("button", name=name)


def test_an_experience_is_logged_within_ten_taps_and_the_same_again_in_half_of_them(
    app: Flask, town: Town, serve: Serve, open_page: OpenPage, newest: Callable[[], str], arrive: Arrive
) -> None:
    address = serve(app)
    phone = open_page("phone")
    thumb = Thumb(phone)
    _signs_in_by_link(thumb, address, newest, arrive)
    _logs(thumb)
    print(f"first: {thumb.taps} taps, {thumb.seconds():.0f} s")  # noqa: T201 - the figures of this journey
    assert thumb.taps <= MOST_TAPS
    assert thumb.seconds() < MOST_SECONDS
    reference = phone.locator(".sp-code").inner_text()
    _is_not_changed_any_more(phone, address, reference)
    phone.goto(f"{address}/home")
    thumb.begin()
    thumb.goes_on(button(phone, "Log an experience"))
    thumb.goes_on(button(phone, "Measuring and checking"))
    expect(phone.get_by_text("What did you decide yourself, and why?")).to_be_visible()
    thumb.taps_on(phone.get_by_label("What happened?"))
    thumb.types(STORY.replace("five", "six"))
    thumb.goes_on(button(phone, "Save and continue"))
    _double_taps_on_a_slow_line(phone)
    print(f"again: {thumb.taps} taps, {thumb.seconds():.0f} s")  # noqa: T201
    assert thumb.taps <= MOST_TAPS / 2 + 1, "one of them was a double tap"
    assert thumb.seconds() < MOST_SECONDS
    assert arrive("robin").read("/queue").count('name="version-') == 2, "each of them waits once"


def _signs_in_by_link(thumb: Thumb, address: str, newest: Callable[[], str], arrive: Arrive) -> None:
    """E: a scanner of mail opens the link, the student opens it twice; pressing Continue signs in, once."""
    page = thumb.page
    page.goto(f"{address}/sign-in/link")
    page.get_by_label("Email address").fill("amara@example.test")
    button(page, "Send").first.tap()
    expect(page.get_by_text("Look in your mailbox")).to_be_visible()
    link = newest()
    assert arrive().open(link).status_code == 200
    page.goto(address + link)
    page.goto(address + link)
    good(page)
    thumb.begin()
    thumb.goes_on(button(page, "Continue"))
    expect(page.get_by_role("heading", name="Hello Amara")).to_be_visible()
    assert arrive().open(link).status_code == 410


def _logs(thumb: Thumb) -> None:
    """A: with an activity that is there. C: what is empty says so, and leads to the field."""
    page = thumb.page
    thumb.goes_on(button(page, "Log an experience"))
    thumb.goes_on(button(page, "Gear pump strip-down"))
    thumb.taps_on(page.get_by_label("Measuring and checking"))
    thumb.goes_on(button(page, "Continue"))
    thumb.taps_on(page.get_by_label("On my own"))
    thumb.goes_on(button(page, "Continue"))
    with_an_error = thumb.taps
    thumb.goes_on(button(page, "Save and continue"))
    assert page.title().startswith("Error:")
    assert "There is a problem" in page.locator(":focus").inner_text()
    page.get_by_role("link", name="Enter what you did, in at least 60 characters").tap()
    expect(page.locator("#narrative")).to_be_focused()
    # the mistake was the test's: the student taps on the field instead
    thumb.taps = with_an_error + 1
    thumb.types(STORY)
    thumb.goes_on(button(page, "Save and continue"))
    thumb.goes_on(button(page, "Send to your champion"))
    expect(page.get_by_role("heading", name="Sent to your champion")).to_be_visible()
    expect(page.get_by_text("within 10 school days")).to_be_visible()


def _is_not_changed_any_more(page: Page, address: str, reference: str) -> None:
    """D: there is nothing to change, and no step leads to a form."""
    page.goto(f"{address}/evidence/{reference}")
    assert page.locator(".govuk-summary-list__actions").count() == 0
    for step in ("skill", "level", "story", "check", "files"):
        page.goto(f"{address}/evidence/{reference}/{step}")
        assert page.url == f"{address}/evidence/{reference}", step


def _double_taps_on_a_slow_line(page: Page) -> None:
    """The answer takes its time, so the student presses once more; it is sent once."""
    posts = []
    page.on("request", lambda one: posts.append(one.url) if one.method == "POST" else None)
    # however slow the machine: within a second by the page's own clock, and before any answer
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    slow = page.context.new_cdp_session(page)
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 60_000, "downloadThroughput": 4_000, "uploadThroughput": 4_000},
    )
    send = button(page, "Send to your champion")
    send.scroll_into_view_if_needed()
    box = send.bounding_box()
    assert box is not None
    for _tap in range(2):
        page.touchscreen.tap(box["x"] + 20, box["y"] + 20)
    slow.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    expect(page.get_by_role("heading", name="Sent to your champion")).to_be_visible()
    assert [one for one in posts if one.endswith("/check")] == [posts[-1]]


def test_a_photo_loses_its_place_a_program_is_refused_and_a_phone_number_is_held(
    app: Flask, town: Town, serve: Serve, open_page: OpenPage, arrive: Arrive, tmp_path: Path
) -> None:
    """F and G, and what the school and the champion see then."""
    address, phone = serve(app), open_page("phone")
    amara = arrive("amara")
    start = amara.send("/evidence/new", activity=town.activity).location
    reference = start.split("/")[2]
    amara.send(start, skill=4)
    amara.send(f"/evidence/{reference}/level", level=3)
    fields = {"held_on": ["10", "3", "2026"], "hours": "2.5"}
    amara.send(f"/evidence/{reference}/story", narrative=REACHED, **fields)
    for cookie in ("session", "remember_token"):
        found = amara.client.get_cookie(cookie, domain="localhost")
        if found is not None:
            phone.context.add_cookies([{"name": cookie, "value": found.value, "url": address}])
    program, photo = tmp_path / "holiday.jpg", tmp_path / "IMG_2043.jpg"
    program.write_bytes(b"MZ\x90\x00" + b"\x00" * 500)
    photo.write_bytes(hostile.saved("JPEG", exif=hostile.exif(), comment=b"secret comment"))
    phone.goto(f"{address}/evidence/{reference}/check")
    phone.get_by_role("link", name="Add a photo or a PDF").tap()
    for file, words in ((program, "This is no photo and no PDF"), (photo, "Being checked.")):
        phone.set_input_files("#file", file)
        with phone.expect_navigation():
            button(phone, "Add it").tap()
        expect(phone.get_by_text(words).first).to_be_visible()
        good(phone)
    job_queue.run_due(town.runtime)
    picture = phone.get_by_role("img", name="The photo that was added")
    # without a reload, and nothing on the page says any more that it is being checked
    expect(picture).to_have_js_property("naturalWidth", 240, timeout=15_000)
    expect(phone.get_by_text("being checked")).to_have_count(0)
    good(phone)
    kept = amara.open(str(picture.get_attribute("src"))).data
    assert not [one for one in (*hostile.SECRETS, b"Exif", b"IMG_") if one in kept]
    with phone.expect_navigation():
        phone.get_by_role("link", name="Go on to check your answers").tap()
    expect(phone.get_by_text("Your school will read this first")).to_be_visible()
    expect(phone.get_by_text("A phone number: 07700 900123")).to_be_visible()
    good(phone)
    with phone.expect_navigation():
        button(phone, "Send to your champion").tap()
    expect(phone.get_by_role("heading", name="Sent to your school")).to_be_visible()
    good(phone)
    assert arrive("robin").open(f"/queue/{reference}").status_code == 404
    assert "07700 900123" in arrive("casey").read(f"/school/{reference}")
