"""The other ways in, in a real browser: by keyboard alone, on a narrow phone.

By an account elsewhere, the whole way with a real provider on another site; with a recovery code; with a new
password by mail; with an invitation; with an app's code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyotp
import pytest

from passport.adapters.mail import Postman
from passport.app import create_app
from passport.jobs import send_mail
from passport.services.access import second_factor
from passport.services.core import mails
from passport.services.people import invitations
from tests.fixtures.browsers import OpenPage
from tests.fixtures.providers import CLIENT, SECRET, Provider
from tests.fixtures.servers import Serve, free_port
from tests.fixtures.towns import Town
from tests.web.by_keyboard import finger, good, press, sign_in, tab_to

if TYPE_CHECKING:
    from playwright.sync_api import Page

LETTERS = re.compile(r"Letters to type: ([A-Z2-7 ]+)")
NEW = "another four words here"


@pytest.fixture
def provider(serve: Serve) -> Provider:
    """A provider on another site than ours, which asks Robin before it lets them go on."""
    robin = {"sub": "1234", "email": "robin@example.test", "email_verified": True}
    made = Provider(person=robin, asks=True)
    made.issuer = serve(made.app())
    made.door = made.issuer.replace("localhost", "127.0.0.1")
    return made


@pytest.fixture
def town(town: Town, provider: Provider, tmp_path: Path) -> Town:
    """A real instance that demands a second factor of adults, with this provider."""
    file = tmp_path / "providers.json"
    own = {"client_id": CLIENT, "secret": SECRET}
    file.write_text(json.dumps([{"key": "dfe", "name": "DfE Sign-in", "issuer": provider.issuer, **own}]))
    update = {
        "public_url": f"http://localhost:{free_port()}",
        "second_factor": "demanded",
        "smtp_host": "127.0.0.1",
        "providers_file": file,
    }
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


def heading(page: Page) -> str:
    """What the page is about."""
    return page.get_by_role("heading", level=1).inner_text()


def newest_link(town: Town) -> str:
    """The address in the mail that was told last."""
    send_mail.answer_requests(town.runtime)
    with town.transaction() as session:
        mail = mails.newest(session, 1)[0]
        text = Postman(town.runtime.settings).write(mail.kind, mails.facts_of(mail)).text
    return next(line for line in text.splitlines() if line.startswith("http"))


def begin_elsewhere(page: Page, address: str) -> None:
    """From the page for signing in to the provider, and on from there."""
    page.goto(f"{address}/sign-in?next=/decisions")
    good(page)
    tab_to(page, "Sign in with DfE Sign-in")
    press(page)
    assert heading(page) == "The other account"
    tab_to(page, "Continue")
    press(page)


def test_with_an_account_elsewhere_the_whole_way(address: str, phone: Page) -> None:
    begin_elsewhere(phone, address)
    assert heading(phone) == "Set up a second step", "whatever the provider asked, it is asked here too"
    good(phone)
    tab_to(phone, "Make a passkey on this device")
    press(phone)
    tab_to(phone, "I have kept them: continue")
    press(phone)
    assert phone.url == f"{address}/decisions"
    good(phone)
    tab_to(phone, "Sign out")
    press(phone)
    begin_elsewhere(phone, address)
    assert heading(phone) == "Second step"
    tab_to(phone, "Use a passkey")
    press(phone)
    assert phone.url == f"{address}/decisions"


def test_an_account_elsewhere_that_no_one_here_has(address: str, provider: Provider, phone: Page) -> None:
    provider.person["email"] = "nobody@example.test"
    begin_elsewhere(phone, address)
    assert heading(phone) == "You are not signed in"
    assert "Nobody here has the address" in phone.get_by_role("main").inner_text()
    good(phone)
    tab_to(phone, "Sign in another way")
    press(phone)
    assert heading(phone) == "Sign in"


def test_with_the_code_of_an_app_and_then_with_a_recovery_code(address: str, town: Town, phone: Page) -> None:
    sign_in(phone, address, "casey")
    tab_to(phone, "Use an authenticator app")
    press(phone)
    good(phone)
    found = LETTERS.search(phone.get_by_role("main").inner_text())
    assert found is not None
    app = pyotp.TOTP(found[1].replace(" ", ""))
    tab_to(phone, "code")
    phone.keyboard.type(app.at(town.clock()))
    press(phone)
    codes = phone.locator("main li .sp-code").all_inner_texts()
    assert len(codes) == 10
    for second in ("an app", "a recovery code"):
        phone.context.clear_cookies()
        town.clock.forward(seconds=30)
        sign_in(phone, address, "casey")
        assert heading(phone) == "Second step"
        if second == "a recovery code":
            tab_to(phone, "I have lost my device: use a recovery code")
            press(phone)
            good(phone)
        tab_to(phone, "code")
        phone.keyboard.type(app.at(town.clock()) if second == "an app" else codes[0].lower())
        press(phone)
        assert phone.url == f"{address}/overview"
    with town.transaction() as session:
        assert second_factor.recovery_left(session, town.account(session, "casey")) == 9


def test_with_a_new_password_by_mail(address: str, town: Town, phone: Page) -> None:
    phone.goto(f"{address}/sign-in")
    tab_to(phone, "I have forgotten my password")
    press(phone)
    good(phone)
    tab_to(phone, "email")
    phone.keyboard.type("amara@example.test")
    press(phone)
    good(phone)
    phone.goto(newest_link(town))
    good(phone)
    tab_to(phone, "password")
    phone.keyboard.type("short")
    press(phone)
    assert phone.title().startswith("Error:")
    tab_to(phone, "password")
    phone.keyboard.type(NEW)
    press(phone)
    good(phone)
    tab_to(phone, "email")
    phone.keyboard.type("amara@example.test")
    tab_to(phone, "password")
    phone.keyboard.type(NEW)
    press(phone)
    assert phone.url == f"{address}/home"


def test_with_an_invitation(address: str, town: Town, phone: Page) -> None:
    with town.transaction() as session:
        morgan, amara = town.account(session, "morgan"), town.account(session, "amara")
        amara.password_hash = ""
        invitations.invite(session, morgan, amara, town.runtime.settings.public_url, town.clock())
    phone.goto(newest_link(town))
    good(phone)
    tab_to(phone, "Send the link")
    press(phone)
    good(phone)
    phone.goto(newest_link(town))
    tab_to(phone, "Continue")
    press(phone)
    assert phone.url == f"{address}/home"
