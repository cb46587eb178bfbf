"""The desk in a real browser: a list goes in, its page follows the work, and its results are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from tests.fixtures.browsers import OpenPage, accessibility_problems, overflow
from tests.fixtures.servers import Serve

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page

    from tests.fixtures.towns import Town

NOBODY = "SP-2222-2222-2222"


def look_at(page: Page) -> None:
    assert accessibility_problems(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("device", ["narrow", "desktop", "no javascript"])
def test_a_list_goes_in_and_its_page_follows_the_work(
    device: str, town: Town, app: Flask, serve: Serve, open_page: OpenPage, tmp_path: Path
) -> None:
    code = share_code.pretty(town.shared(town.issued()))
    file = tmp_path / "list.csv"
    file.write_text(f"Code,Our reference,Surname\n{code},A1,Demoson\n{code},A2,Other\n{NOBODY},A3,\n")
    page = open_page(device)
    page.goto(f"{serve(app)}/desk")
    page.get_by_label("Upload a list or files").set_input_files(str(file))
    with page.expect_navigation():
        page.get_by_role("button", name="Check the list").click()
    assert "0 of 3" in page.locator("main").inner_text()
    if device != "no javascript":
        look_at(page)
    if device == "no javascript":
        with page.expect_navigation():
            page.get_by_role("link", name="See how far it is").click()
        assert "0 of 3" in page.locator("main").inner_text()
    # with scripts or without, the page loads itself again
    job_queue.run_due(town.runtime)
    page.get_by_role("heading", name="Your list is checked").wait_for()
    assert "Amara Demoson" in page.get_by_role("row", name="A1").inner_text()
    with page.expect_navigation():
        page.get_by_role("link", name="Needs attention (1)").click()
    assert "the last name does not match" in page.locator("main").inner_text()
    with page.expect_navigation():
        page.get_by_role("link", name="Not found (1)").click()
    assert NOBODY in page.locator("main").inner_text()
    assert (
        page.get_by_role("navigation", name="Results").locator("[aria-current]").inner_text()
        == "Not found (1)"
    )
    if device != "no javascript":
        look_at(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all results (CSV)").click()
    assert download.value.path().read_text("utf-8-sig").count("\n") == 4
    page.get_by_role("button", name="Delete it now").click()
    page.get_by_role("heading", name="This list has been deleted").wait_for()
