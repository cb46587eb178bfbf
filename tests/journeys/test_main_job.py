"""The main job in a real browser, against the service as anybody starts it.

Amara is on a phone, Robin at a desktop, and the admissions officer on a phone that has never been here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fixtures.browsers import OpenPage, accessibility_problems, overflow, read_qr
from tests.fixtures.processes import Start, Started

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PATIENCE_SECONDS = 30
STORY = (
    "I set the lathe up from the drawing, measured the first part in three places and wrote the readings"
    " down. The second part was too wide, so I stopped and asked."
)


def test_three_people_do_the_main_job(start_made: Start, open_page: OpenPage, tmp_path: Path) -> None:
    started = start_made(PASSPORT_STATUS_BATCH_SECONDS="0")
    amara, robin, officer = open_page("phone"), open_page("desktop"), open_page("phone")
    _sign_in(amara, started, "amara")
    _log_and_send(amara)
    _sign_in(robin, started, "robin")
    _endorse(robin)
    _wait_for_the_entry(amara, started)
    address, code = _share(amara)
    _check_by_scanning(officer, address)
    _check_by_typing(officer, started, code)
    _one_character_changed(officer, started, code)
    _check_without_the_service(amara, started, tmp_path)
    _withdraw(amara, started)
    _wait_for_the_verdict(officer, address, "Genuine, but withdrawn")
    _stop(amara, started)
    _wait_for_the_verdict(officer, address, "The holder has stopped sharing this")


def _good(page: Page) -> None:
    """No page of the journey is wider than the phone, or says something to eyes alone."""
    assert overflow(page) == 0, page.url
    assert accessibility_problems(page) == [], page.url


def _follow(page: Page, place: Locator) -> None:
    """Press something that leads to another page, and be there."""
    with page.expect_navigation():
        place.click()


def _sign_in(page: Page, started: Started, who: str) -> None:
    passwords = json.loads((started.instance / "demo-passwords.json").read_text())
    names = {"amara": "amara.demoson", "robin": "robin.fixturely"}
    page.goto(f"{started.url}/")
    _good(page)
    _follow(page, page.get_by_role("link", name="Sign in").first)
    _good(page)
    page.get_by_label("Email").fill(f"{names[who]}@brindlemoor.example.test")
    page.get_by_label("Password", exact=True).fill(passwords[who])
    _follow(page, page.get_by_role("button", name="Sign in"))
    _good(page)


def _log_and_send(page: Page) -> None:
    _follow(page, page.get_by_role("link", name="Log another experience"))
    _good(page)
    _follow(page, page.get_by_role("button", name="Gear pump strip-down"))
    _good(page)
    page.get_by_label("From idea to part").check()
    _follow(page, page.get_by_role("button", name="Continue"))
    _good(page)
    page.get_by_label("On my own").check()
    _follow(page, page.get_by_role("button", name="Continue"))
    _good(page)
    page.get_by_label("What happened?").fill("Too short")
    _follow(page, page.get_by_role("button", name="Save and continue"))
    _says_what_is_wrong(page)
    page.get_by_label("What happened?").fill(STORY)
    _follow(page, page.get_by_role("button", name="Save and continue"))
    _good(page)
    assert STORY in page.get_by_role("main").inner_text()
    _follow(page, page.get_by_role("button", name="Send to your champion"))
    assert page.get_by_role("heading", level=1).inner_text() == "Sent to your champion"
    _good(page)


def _says_what_is_wrong(page: Page) -> None:
    """J1 c: a title that says so, focus on the summary, a link to the field, and what was typed."""
    assert page.title().startswith("Error:")
    assert "There is a problem" in page.locator(":focus").inner_text()
    page.get_by_role("link", name="Enter what you did, in at least 60 characters").click()
    assert page.locator(":focus").input_value() == "Too short"
    _good(page)


def _endorse(page: Page) -> None:
    assert page.get_by_role("heading", level=1).inner_text() == "Your queue"
    _good(page)
    row = page.get_by_role("group").filter(has_text=STORY)
    _follow(page, row.get_by_role("link", name="Another level, a note, or I know this student"))
    _good(page)
    assert STORY in page.get_by_role("main").inner_text()
    assert "Demoson" not in page.get_by_role("main").inner_text(), "first name and initial only"
    _follow(page, page.get_by_role("button", name="Endorse"))
    _good(page)
    assert page.locator("input:checked").count() == 0
    page.get_by_label("I saw it").check()
    page.get_by_label("On my own").check()
    _follow(page, page.get_by_role("button", name="Continue"))
    _good(page)
    _follow(page, page.get_by_role("button", name="Confirm and endorse"))
    _good(page)


def _wait_for_the_entry(page: Page, started: Started) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        page.goto(f"{started.url}/home")
        if page.locator("a[href^='/entries/']").filter(has_text="From idea to part").count():
            return _good(page)
    raise AssertionError("the entry was not issued")


def _share(page: Page) -> tuple[str, str]:
    _follow(page, page.get_by_role("link", name="From idea to part").first)
    _good(page)
    _follow(page, page.get_by_role("button", name="Share entries"))
    _good(page)
    assert page.locator("input:checked").count() == 0
    page.get_by_label("From idea to part").check()
    _follow(page, page.get_by_role("button", name="Continue"))
    _good(page)
    page.get_by_label("Who is it for?").fill("University of Northlark, admissions")
    page.get_by_label("For 12 months").check()
    _follow(page, page.get_by_role("button", name="Continue"))
    _good(page)
    preview = page.get_by_role("region", name="Preview").inner_text()
    _follow(page, page.get_by_role("button", name="Share and get the code"))
    _good(page)
    # the share's own code, and the one with the entry inside, which leads to the same page
    [address, with_entry] = sorted(read_qr(page), key=len)
    assert with_entry.startswith(f"{address}#1")
    assert address in page.get_by_role("main").inner_text()
    code = page.locator(".sp-bigcode").inner_text()
    assert "Amara Demoson" in preview
    return address, code


def _check_by_scanning(page: Page, address: str) -> None:
    page.goto(address)
    assert page.get_by_role("heading", level=1).inner_text() == "Genuine and current"
    shown = page.get_by_role("main").inner_text()
    for words in ("Amara Demoson", "Lanternmoor High School", "On my own", "Robin Fixturely", "Tinderbeck"):
        assert words in shown
    assert STORY not in shown
    assert "2011" not in shown, "no date of birth"
    assert page.context.cookies() == []
    _good(page)


def _check_by_typing(page: Page, started: Started, code: str) -> None:
    page.goto(f"{started.url}/")
    page.get_by_label("Code").fill(f"  {code.lower().replace('-', ' ')} ")
    _follow(page, page.get_by_role("button", name="Check the code"))
    assert page.get_by_role("heading", level=1).inner_text() == "Genuine and current"


def _one_character_changed(page: Page, started: Started, code: str) -> None:
    changed = code[:-1] + ("2" if code[-1] != "2" else "3")
    page.goto(f"{started.url}/c/{changed.replace('-', '')}")
    assert page.get_by_role("heading", level=1).inner_text() == "We cannot find this code"
    assert "Amara" not in page.content()
    _good(page)


def _check_without_the_service(page: Page, started: Started, folder: Path) -> None:
    page.goto(f"{started.url}/home")
    _follow(page, page.get_by_role("link", name="From idea to part").first)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Open Badge (JSON)").click()
    entry, bundle = folder / "entry.json", folder / "bundle.json"
    downloading.value.save_as(entry)
    bundle.write_bytes(page.request.get(f"{started.url}/bundle.json").body())
    command = [sys.executable, "-m", "passport", "verify", str(entry), "--trust", str(bundle)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    entry.write_bytes(entry.read_bytes().replace(b"Amara", b"Clara"))
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def _withdraw(page: Page, started: Started) -> None:
    page.goto(f"{started.url}/home")
    _follow(page, page.get_by_role("link", name="From idea to part").first)
    _follow(page, page.get_by_role("link", name="Withdraw this entry"))
    assert "final" in page.get_by_role("main").inner_text()
    _good(page)
    _follow(page, page.get_by_role("button", name="Withdraw for good"))
    _good(page)


def _stop(page: Page, started: Started) -> None:
    page.goto(f"{started.url}/shares")
    _good(page)
    _follow(page, page.get_by_role("link", name="University of Northlark, admissions"))
    _follow(page, page.get_by_role("button", name="Stop sharing"))
    _good(page)


def _wait_for_the_verdict(page: Page, address: str, heading: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        page.goto(address)
        if page.get_by_role("heading", level=1).inner_text() == heading:
            return _good(page)
    raise AssertionError(f"never said {heading}")
