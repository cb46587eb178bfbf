"""Every page in a real browser: nothing overflows, axe finds nothing, and hostile names stay text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from passport.app import create_app
from passport.db.checking.demo_codes import DemoCode
from passport.web.core import route_access
from tests.fixtures.browsers import FINGERS, OpenPage, accessibility_problems, overflow, resizing
from tests.fixtures.servers import Serve
from tests.fixtures.towns import PASSWORD, Town
from tests.web.places import Places, gets

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page


NAME = "Zażółć-Featherstonehaugh-Cholmondeley 😀 <script>alert(1)</script>"
SCHOOL = "مدرسة الاختبار & “Wolfeschlegelsteinhausenbergerdorff” Academy"
TITLE = "גלגל <img src=x onerror=alert(1)> Rindfleischetikettierungsüberwachungsaufgabe"
PEOPLE = {"student": "amara", "champion": "robin", "coordinator": "casey", "admissions": "ash"}
NO_PAGES = {
    "static",
    "credentials.download",
    "api.openapi",
    "checker.worker",
    "checker.manifest",
    "codes.picture",
    "codes.entry_picture",
    "codes.text",
    "codes.paper",
    # a photo in a sandbox: no script runs there, axe's neither
    "evidence_files.show",
    "prints.progress",
    "student_lists.progress",
    "student_lists.report",
    "student_lists.export",
    "prints.document",
    "home.colour",
    "health.health",
    "health.alive",
    "health.ready",
    "demo.codes_json",
    "desk.progress",
    "desk.answer",
    "institution.progress",
    "institution.answer",
    "hosts.download",
    # files, and answers for programs
    *(f"framework_files.{one}" for one in ("as_csv", "as_xlsx", "as_case", "draft_as_xlsx")),
    *(f"case.{one}" for one in ("documents", "show", "nothing")),
    "calendar.feed",
    "challenges.brief",
}
PRIMARY = ".govuk-button:not(.govuk-button--secondary, .govuk-button--warning)"


@pytest.fixture
def address(app: Flask, town: Town, serve: Serve) -> str:
    """Where the town is served."""
    return serve(app)


@pytest.fixture
def places(town: Town) -> Places:
    """Amara's things, under names that are hard to show."""
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert amara.student is not None
        amara.name, amara.first_name = NAME, NAME.split(maxsplit=1)[0]
        amara.student.school.name = SCHOOL
    with town.transaction() as session:
        from passport.services.programmes.activities import menu

        for activity in menu.for_student(session, town.account(session, "amara"), town.clock()):
            activity.title = TITLE
    return Places(town)


def _sign_in(page: Page, address: str, who: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#email", f"{who}@example.test")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.click("main button[type=submit]")


def _problems(page: Page) -> list[str]:
    problems = [f"{page.url} {one}" for one in accessibility_problems(page, FINGERS)]
    wider = overflow(page)
    return [*problems, f"{page.url}: {wider} px too wide"] if wider else problems


@pytest.mark.parametrize("role", ["everyone", *PEOPLE])
def test_every_page_fits_and_axe_finds_nothing(
    role: str, app: Flask, address: str, places: Places, open_page: OpenPage
) -> None:
    page = open_page("narrow")
    resize = resizing(page)
    if role in PEOPLE:
        _sign_in(page, address, PEOPLE[role])
    problems = []
    for rule in gets(app):
        audience = route_access.declared(app, rule.endpoint)
        mine = audience.everyone if role == "everyone" else role in audience.roles
        if not mine or rule.endpoint in NO_PAGES or rule.endpoint.startswith("published."):
            continue
        page.goto(address + places.page(rule))
        for device in ("narrow", "desktop"):
            resize(device)
            problems += [f"{device}: {one}" for one in _problems(page)]
        resize("narrow")
        assert page.locator("h1").count() == 1, page.url
        assert page.locator(PRIMARY).count() <= 1, page.url
    assert problems == []


@pytest.mark.parametrize("role", ["everyone", "student", "champion"])
def test_text_of_twice_the_size_fits_a_small_phone(
    role: str, town: Town, serve: Serve, places: Places, open_page: OpenPage
) -> None:
    """P19: 320 pixels, and the root's text at 200 %, as a phone's own setting for text makes it."""
    with town.transaction() as session:
        session.add(DemoCode(verdict="V1", code=places.code, why="An entry"))
    app = create_app(replace(town.runtime, demo=True))
    address, page = serve(app), open_page("narrow")
    if role in PEOPLE:
        _sign_in(page, address, PEOPLE[role])
    wide = []
    for rule in gets(app):
        audience = route_access.declared(app, rule.endpoint)
        mine = audience.everyone if role == "everyone" else not audience.everyone and role in audience.roles
        if not mine or rule.endpoint in NO_PAGES or rule.endpoint.startswith(("published.", "api.")):
            continue
        page.goto(address + places.page(rule))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wider = overflow(page)
        wide += [f"{page.url}: {wider} px too wide"] if wider else []
    assert wide == []


def test_a_printed_share_holds_no_private_note_and_no_private_address(
    address: str, places: Places, open_page: OpenPage
) -> None:
    page = open_page("desktop")
    _sign_in(page, address, "amara")
    page.goto(f"{address}/shares/{places.share}")
    assert "A college" in page.locator("main").inner_text()
    page.emulate_media(media="print")
    printed = page.locator("main").inner_text()
    assert "A college" not in printed
    assert "SP-" in printed
    after = "links => links.map(link => getComputedStyle(link, '::after').content)"
    assert page.locator("main li a").count() > 0
    assert not any("href" in said or "/" in said for said in page.locator("main a").evaluate_all(after))


def test_going_back_after_endorsing_asks_nothing_and_sends_nothing(
    address: str, places: Places, open_page: OpenPage
) -> None:
    page = open_page("desktop")
    _sign_in(page, address, "robin")
    page.goto(f"{address}/queue/{places.sent}")
    for button in ("Endorse", "Continue", "Confirm and endorse"):
        if button == "Continue":
            page.get_by_label("I saw it").check()
            page.get_by_label("With support").check()
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).click()
    assert page.locator("h1").inner_text() == "What you decided"
    asked = []
    page.on("request", lambda request: asked.append(request.method))
    page.go_back()
    assert page.locator("h1").inner_text() == "This has been decided"
    assert set(asked) == {"GET"}


def test_with_the_keyboard_alone(address: str, phone: Page) -> None:
    phone.goto(address)
    phone.keyboard.press("Tab")
    assert phone.locator(":focus").inner_text() == "Skip to main content"
    phone.keyboard.press("Enter")
    phone.keyboard.press("Tab")
    assert phone.locator(":focus").get_attribute("id") == "code"
    phone.keyboard.type("sp 4f7k 9qxm 2tw9")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/c/SP4F7K9QXM2TW9")
    assert phone.locator("h1").inner_text() == "We cannot find this code"


@pytest.mark.parametrize("device", ["phone", "no javascript"])
def test_after_a_mistake_the_focus_is_on_the_problem(
    device: str, address: str, town: Town, open_page: OpenPage
) -> None:
    page = open_page(device)
    _sign_in(page, address, "amara")
    page.goto(f"{address}/evidence/new")
    page.click(".sp-choice")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title(re.compile("^Error: "))
    if device == "phone":  # without scripts nothing can ask the page where its focus is
        page.locator(".govuk-error-summary:focus").wait_for()
    page.click(".govuk-error-summary a")
    page.locator("#skill").check(force=True)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/level*")


def test_the_verdicts_first_words_are_above_the_fold(address: str, town: Town, open_page: OpenPage) -> None:
    page = open_page("narrow")
    page.goto(f"{address}/c/{town.shared(town.issued())}")
    box = page.locator("h1").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 480


def test_verdicts_differ_without_colour(address: str, town: Town, open_page: OpenPage) -> None:
    shapes = set()
    page = open_page("narrow")
    code = town.shared(town.issued())
    for typed in (code, "SP-4F7K-9QXM-2TW9"):
        page.goto(f"{address}/c/{typed}")
        shapes.add(page.locator(".sp-verdict__icon").inner_html())
    assert len(shapes) == 2


def test_a_check_page_with_all_that_it_loads_is_light(address: str, town: Town, open_page: OpenPage) -> None:
    page, asked = open_page("phone"), []
    page.on("requestfinished", lambda request: asked.extend([request]))
    page.goto(f"{address}/c/{town.shared(town.issued())}", wait_until="networkidle")
    sizes = [request.sizes()["responseBodySize"] for request in asked]
    assert len(sizes) > 4
    assert 20_000 < sum(sizes) < 70_000, sizes
