"""A draft is kept while it is typed: in the service, and on a phone only if its owner said it is hers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from passport.services.evidence import drafting
from tests.fixtures.browsers import OpenPage
from tests.fixtures.servers import Serve
from tests.fixtures.towns import PASSWORD, STORY, Town
from tests.web.by_keyboard import good
from tests.web.conftest import Arrive

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page, Route

OTHER = (
    "I wrote this on the bus, where there is no signal at all: I asked whose gauge it was and put it back."
)
OWN_PHONE = "This is my own phone"
# asked in the page: its security policy forbids what Playwright's own wait for a function does
EMPTY = """() => new Promise((done) => {
  const look = () => (localStorage.length === 0 ? done() : requestAnimationFrame(look));
  look();
})"""


@pytest.fixture
def draft(town: Town) -> str:
    """Something that Amara has begun, with skill and level."""
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        reference = drafting.start(session, amara, town.activity, at).reference
        drafting.choose_skill(session, amara, reference, 4, at)
        drafting.choose_level(session, amara, reference, 3, at)
        return reference


def come(page: Page, address: str, path: str, who: str = "amara") -> None:
    """Sign in and go to a page."""
    page.goto(f"{address}/sign-in?next={path}")
    page.fill("#email", f"{who}@example.test")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    if path.endswith("/story"):
        # the script that keeps what is typed comes after the page, and shows its place
        page.locator("[data-keeping]").wait_for()


def types(page: Page, text: str) -> None:
    """Type a story, and wait as long as a person who thinks about the next word."""
    page.clock.install()
    page.fill("#narrative", text)
    page.clock.fast_forward("00:03")


def on_the_phone(page: Page) -> str:
    """All that this service has put into the browser's own store."""
    return str(page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"))


def story_kept(town: Town, reference: str) -> str:
    """What the service has of it."""
    with town.transaction() as session:
        return drafting.own(session, town.account(session, "amara"), reference).narrative


def test_what_is_typed_is_there_on_another_device_without_a_button(
    app: Flask, town: Town, draft: str, serve: Serve, open_page: OpenPage
) -> None:
    """J1 b: they close the tab at step 4 and sign in elsewhere."""
    address, page = serve(app), f"/evidence/{draft}/story"
    phone, desktop = open_page("phone"), open_page("desktop")
    come(phone, address, page)
    types(phone, STORY)
    expect(phone.get_by_text("Kept at 3:00pm as a draft.")).to_be_visible()
    good(phone)
    assert on_the_phone(phone) == "{}"
    # the person who goes on at once, before a moment has passed, loses nothing either
    phone.fill("#narrative", OTHER)
    phone.get_by_role("link", name="Back", exact=True).click()
    expect(phone.get_by_role("heading", name="How much did you do yourself?")).to_be_visible()
    phone.close()
    come(desktop, address, page)
    assert desktop.input_value("#narrative") == OTHER


def test_without_a_connection_nothing_is_lost_and_nothing_is_put_on_the_phone(
    app: Flask, town: Town, draft: str, serve: Serve, open_page: OpenPage
) -> None:
    address, page = serve(app), f"/evidence/{draft}/story"
    phone = open_page("phone")
    come(phone, address, page)
    phone.context.set_offline(True)
    types(phone, STORY)
    expect(phone.get_by_text("Stay on this page")).to_be_visible()
    phone.get_by_role("button", name="Save and continue").click()
    good(phone)
    assert phone.input_value("#narrative") == STORY
    assert on_the_phone(phone) == "{}"
    phone.context.set_offline(False)
    expect(phone.get_by_text("Kept at 3:00pm as a draft.")).to_be_visible()
    assert story_kept(town, draft) == STORY
    phone.clock.fast_forward("00:02")  # a second click within a second is none
    phone.get_by_role("button", name="Save and continue").click()
    expect(phone.get_by_role("heading", name="Check your answers")).to_be_visible()


def test_her_own_phone_keeps_it_until_the_service_has_it(
    app: Flask, town: Town, draft: str, serve: Serve, open_page: OpenPage, arrive: Arrive
) -> None:
    address, page = serve(app), f"/evidence/{draft}/story"
    phone = open_page("phone")
    come(phone, address, page)
    phone.get_by_label(OWN_PHONE).check()
    phone.context.set_offline(True)
    types(phone, STORY)
    expect(phone.get_by_text("What you type is kept on this phone.")).to_be_visible()
    assert STORY in on_the_phone(phone)
    lost, phone = phone, phone.context.new_page()
    lost.close()
    phone.context.set_offline(False)
    phone.clock.install()
    phone.goto(address + page)
    expect(phone.get_by_text("What you had typed on this phone is in the form again.")).to_be_visible()
    assert phone.input_value("#narrative") == STORY
    assert phone.get_by_label(OWN_PHONE).is_checked()
    phone.clock.fast_forward("00:03")
    expect(phone.get_by_text("Kept at 3:00pm as a draft.")).to_be_visible()
    assert story_kept(town, draft) == STORY
    assert STORY not in on_the_phone(phone)
    # what was changed elsewhere meanwhile is not written over unasked
    phone.context.set_offline(True)
    types(phone, OTHER)
    expect(phone.get_by_text("What you type is kept on this phone.")).to_be_visible()
    elsewhere = STORY.replace("five", "eight")
    arrive("amara").send(page, narrative=elsewhere, held_on=["10", "3", "2026"], hours="2")
    phone.close()
    phone = lost.context.new_page()
    phone.context.set_offline(False)
    phone.goto(address + page)
    expect(phone.get_by_text("This has been changed elsewhere since.")).to_be_visible()
    good(phone)
    assert phone.input_value("#narrative") == elsewhere
    # it stays there to choose, whatever they do first
    phone.fill("#hours", "3")
    phone.clock.fast_forward("00:03")
    expect(phone.get_by_text("Kept at 3:00pm as a draft.")).to_be_visible()
    phone.get_by_role("button", name="Put it into the form").click()
    assert phone.input_value("#narrative") == OTHER
    phone.get_by_role("button", name="Save and continue").click()
    expect(phone.get_by_role("heading", name="Check your answers")).to_be_visible()
    assert story_kept(town, draft) == OTHER
    assert OTHER not in on_the_phone(phone)


def test_what_is_typed_before_the_script_has_come_is_kept_too(
    app: Flask, town: Town, draft: str, serve: Serve, open_page: OpenPage
) -> None:
    address, page = serve(app), f"/evidence/{draft}/story"
    phone = open_page("phone")
    held: list[Route] = []
    come(phone, address, "/home")
    phone.clock.install()
    phone.route("**/drafts.js", lambda route: held.append(route))
    phone.goto(address + page)
    phone.fill("#narrative", STORY)
    held[0].continue_()
    phone.locator("[data-keeping]").wait_for()
    phone.clock.fast_forward("00:03")
    expect(phone.get_by_text("Kept at 3:00pm as a draft.")).to_be_visible()
    assert story_kept(town, draft) == STORY


def test_an_older_page_says_that_it_is_one_and_writes_nothing_over(
    app: Flask, town: Town, draft: str, serve: Serve, open_page: OpenPage
) -> None:
    address, page = serve(app), f"/evidence/{draft}/story"
    desktop, phone = open_page("desktop"), open_page("phone")
    come(desktop, address, page)
    come(phone, address, page)
    types(phone, STORY)
    expect(phone.get_by_text("Kept at 3:00pm as a draft.")).to_be_visible()
    # what is on its way when a page goes from view is as late as what is sent by a button
    desktop.fill("#narrative", OTHER)
    with desktop.expect_response(address + page) as answer:
        desktop.evaluate(
            "Object.defineProperty(document, 'hidden', {get: () => true, configurable: true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    assert answer.value.status == 409
    expect(desktop.get_by_text("This was changed elsewhere while you had this page open.")).to_be_visible()
    good(desktop)
    assert story_kept(town, draft) == STORY
    desktop.get_by_role("button", name="Save and continue").click()
    expect(desktop.get_by_role("blockquote")).to_have_text(STORY)
    good(desktop)
    assert desktop.input_value("#narrative") == OTHER
    assert story_kept(town, draft) == STORY
    desktop.get_by_role("button", name="Save and continue").click()
    expect(desktop.get_by_role("heading", name="Check your answers")).to_be_visible()
    assert story_kept(town, draft) == OTHER


def test_the_phone_forgets_when_she_takes_it_back_signs_out_or_another_person_comes(
    app: Flask, town: Town, draft: str, serve: Serve, open_page: OpenPage
) -> None:
    address, page = serve(app), f"/evidence/{draft}/story"
    phone = open_page("phone")
    come(phone, address, page)

    def leaves_a_copy(text: str) -> None:
        phone.get_by_label(OWN_PHONE).check()
        phone.context.set_offline(True)
        types(phone, text)
        expect(phone.get_by_text("What you type is kept on this phone.")).to_be_visible()
        assert text in on_the_phone(phone)

    leaves_a_copy(STORY)
    phone.get_by_label(OWN_PHONE).uncheck()
    assert on_the_phone(phone) == "{}"
    leaves_a_copy(STORY)
    phone.context.set_offline(False)
    with phone.expect_navigation():
        phone.get_by_role("button", name="Sign out").click()
    assert on_the_phone(phone) == "{}"
    come(phone, address, page)
    assert not phone.get_by_label(OWN_PHONE).is_checked()
    leaves_a_copy(OTHER)
    phone.context.set_offline(False)
    phone.context.clear_cookies()
    come(phone, address, "/home", "kit")
    expect(phone.get_by_role("heading", name="Hello Kit")).to_be_visible()
    phone.evaluate(EMPTY)
