"""A person who uses a page with the keyboard alone, and looks at each page on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.fixtures.browsers import accessibility_problems, overflow
from tests.fixtures.towns import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def finger(page: Page) -> Iterator[None]:
    """The page's owner shows a finger when the device asks for it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield
    devtools.detach()


def good(page: Page) -> None:
    """The page fits, and axe finds nothing."""
    assert overflow(page) == 0, page.url
    assert accessibility_problems(page) == [], page.url


def press(page: Page, key: str = "Enter") -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def tab_to(page: Page, what: str) -> None:
    """Go on with the Tab key until the focus is on something with these words or this id."""
    for _step in range(60):
        page.keyboard.press("Tab")
        told: dict[str, Any] = page.evaluate(
            "() => { const e = document.activeElement; return {words: e.innerText || '', id: e.id || '',"
            " seen: getComputedStyle(e).boxShadow !== 'none'"
            " || getComputedStyle(e).outlineStyle !== 'none'} }"
        )
        if what in {told["id"], str(told["words"]).strip()}:
            assert told["seen"], f"the focus on {what} cannot be seen"
            return
    raise AssertionError(f"the Tab key does not reach {what} on {page.url}")


def sign_in(page: Page, address: str, who: str) -> None:
    """With the keyboard alone."""
    page.goto(f"{address}/sign-in")
    good(page)
    tab_to(page, "email")
    page.keyboard.type(f"{who}@example.test")
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    press(page)
