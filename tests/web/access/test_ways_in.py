"""Each way in, in a real browser: by keyboard alone, on a narrow phone, and what the pages look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pyotp
import pytest

from passport.adapters.mail import Postman
from passport.app import create_app
from passport.jobs import send_mail
from passport.services.access import class_codes
from passport.services.core import mails
from tests.fixtures.browsers import OpenPage
from tests.fixtures.servers import Serve, free_port
from tests.fixtures.towns import PASSWORD, Town
from tests.web.by_keyboard import finger, good, press, sign_in, tab_to

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOTP_LETTERS = re.compile(r"Letters to type: ([A-Z2-7 ]+)")


@pytest.fixture
def town(town: Town) -> Town:
    """A real instance with an address that a browser reaches, which demands a second factor of adults."""
    update = {"public_url": f"http://localhost:{free_port()}", "second_factor": "demanded"}
    settings = town.runtime.settings.model_copy(update=update)
    return replace(town, runtime=replace(town.runtime, settings=settings))


@pytest.fixture
def address(town: Town, serve: Serve) -> str:
    """Where it is served."""
    port = int(town.runtime.settings.public_url.rpartition(":")[2])
    return serve(create_app(town.runtime), port)


@pytest.fixture
def phone(open_page: OpenPage) -> Iterator[Page]:
    """A narrow phone whose owner shows a finger when it asks."""
    page = open_page("narrow")
    with finger(page):
        yield page


def test_with_a_passkey_made_at_the_first_sign_in(address: str, phone: Page) -> None:
    sign_in(phone, address, "robin")
    assert phone.get_by_role("heading", level=1).inner_text() == "Set up a second step"
    good(phone)
    tab_to(phone, "Make a passkey on this device")
    press(phone)
    assert phone.get_by_role("heading", level=1).inner_text() == "Your recovery codes"
    good(phone)
    tab_to(phone, "I have kept them: continue")
    press(phone)
    phone.goto(f"{address}/queue")
    tab_to(phone, "Sign out")
    press(phone)
    tab_to(phone, "Sign in with a passkey")
    press(phone)
    good(phone)
    tab_to(phone, "Use a passkey")
    press(phone)
    assert phone.url == f"{address}/queue", "a passkey shows two things: no second step follows"
    phone.goto(f"{address}/account")
    assert "With a passkey" in phone.get_by_role("main").inner_text()
    good(phone)


def test_a_password_and_then_the_passkey(address: str, town: Town, phone: Page) -> None:
    sign_in(phone, address, "robin")
    tab_to(phone, "Make a passkey on this device")
    press(phone)
    phone.goto(f"{address}/queue")
    tab_to(phone, "Sign out")
    press(phone)
    sign_in(phone, address, "robin")
    assert phone.get_by_role("heading", level=1).inner_text() == "Second step"
    good(phone)
    tab_to(phone, "Use a passkey")
    press(phone)
    assert phone.url == f"{address}/queue"
    reference = town.sent()
    town.clock.forward(minutes=15)
    phone.goto(f"{address}/queue/{reference}/endorse?version=1")
    assert phone.get_by_role("heading", level=1).inner_text() == "Confirm that it is you"
    good(phone)
    tab_to(phone, "Use a passkey")
    press(phone)
    assert phone.url == f"{address}/queue/{reference}/endorse?version=1"


def test_a_passkey_that_does_not_come_is_told_and_nothing_is_lost(address: str, open_page: OpenPage) -> None:
    page = open_page("narrow")
    page.add_init_script(
        "navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    page.goto(f"{address}/sign-in/passkey")
    assert not page.get_by_text("Nothing was done").is_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("Nothing was done").wait_for()
    good(page)


def test_with_an_app_and_without_scripts(address: str, town: Town, open_page: OpenPage) -> None:
    page = open_page("no javascript", viewport={"width": 320, "height": 640})
    page.goto(f"{address}/sign-in")
    page.fill("#email", "casey@example.test")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    with page.expect_navigation():
        page.get_by_role("button", name="Use an authenticator app").click()
    found = TOTP_LETTERS.search(page.get_by_role("main").inner_text())
    assert found is not None
    app = pyotp.TOTP(found[1].replace(" ", ""))
    page.get_by_label("Code that the app shows").fill(app.at(town.clock()))
    with page.expect_navigation():
        page.get_by_role("button", name="Finish").click()
    assert page.locator("main li .sp-code").count() == 10
    with page.expect_navigation():
        page.get_by_role("button", name="I have kept them: continue").click()
    assert page.url.endswith(("/account", "/overview"))


def test_with_a_link_by_mail(address: str, town: Town, phone: Page) -> None:
    phone.goto(f"{address}/sign-in/link")
    good(phone)
    tab_to(phone, "email")
    phone.keyboard.type("amara@example.test")
    press(phone)
    good(phone)
    send_mail.answer_requests(town.runtime)
    with town.transaction() as session:
        mail = mails.newest(session, 1)[0]
        text = Postman(town.runtime.settings).write(mail.kind, mails.facts_of(mail)).text
    link = next(line for line in text.splitlines() if line.startswith("http"))
    phone.goto(link)
    good(phone)
    tab_to(phone, "Continue")
    press(phone)
    assert phone.url == f"{address}/home"
    phone.goto(link)
    assert "already been used" in phone.get_by_role("heading", level=1).inner_text()
    good(phone)


def test_with_a_class_code(address: str, town: Town, phone: Page) -> None:
    with town.transaction() as session:
        casey, amara = town.account(session, "casey"), town.account(session, "amara")
        lesson = class_codes.make(session, casey, 60, town.clock()).code
        [card] = class_codes.give(session, casey, [amara.reference], town.clock())
    phone.goto(f"{address}/sign-in")
    tab_to(phone, "Sign in with a class code")
    press(phone)
    good(phone)
    tab_to(phone, "class_code")
    phone.keyboard.type(lesson.lower())
    tab_to(phone, "pupil_code")
    phone.keyboard.type("wrong")
    press(phone)
    assert phone.title().startswith("Error:")
    good(phone)
    tab_to(phone, "pupil_code")
    phone.keyboard.press("Control+A")
    phone.keyboard.type(card.code)
    press(phone)
    assert phone.url == f"{address}/home"
