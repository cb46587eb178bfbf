"""Another printed code in the same tab is another question: by the address bar, a link, or the history."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from werkzeug.wrappers import Response

from tests import chromium
from tests.fixtures.browsers import FLAGS, OpenPage
from tests.fixtures.firefoxes import Firefox
from tests.fixtures.towns import Town
from tests.web.checking.check_page.doing import NAME, Recorder, Visit, another_digit, answer, paste

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser

HOLDS = "its signature holds"
ALTERED = "Do not rely on the printed code"
UNCHECKED = "The printed code was not checked"
NOT_GENUINE = "Not genuine: do not rely on this"
# digits as a bad scan, a chat or a broken printer leaves them
UNREADABLE = ["12", "1" * 2000, "9123456", "1x"]
# every text of the page's heading and of what is said of the paper, as it changes
WATCH = """
window.seen = [];
const look = () => seen.push(document.querySelector("main").innerText);
const all = { childList: true, subtree: true, attributes: true };
new MutationObserver(look).observe(document.documentElement, all);
"""


@pytest.fixture
def forged(printed: str) -> str:
    """The printed code with one digit changed."""
    return another_digit(printed)


def test_on_the_page_of_a_code(
    printed: str, forged: str, server: Recorder, open_page: OpenPage, visit: Visit
) -> None:
    bare = printed.partition("#")[0]
    page = visit(open_page("phone").context, printed.removeprefix(server.url))
    page.get_by_text(HOLDS).wait_for()
    page.goto(forged)
    page.get_by_role("alert").get_by_text(ALTERED).wait_for()
    assert page.get_by_text(HOLDS).count() == 0
    assert page.url == bare
    assert page.title().startswith(ALTERED)

    page.goto(printed)
    page.get_by_text(HOLDS).wait_for()
    assert page.get_by_role("alert").count() == 0
    for digits in UNREADABLE:
        page.evaluate("digits => { location.hash = digits; }", digits)
        page.get_by_text(UNCHECKED).wait_for()
        assert page.get_by_role("alert").count() == 0
        assert page.url == bare, digits
        page.goto(printed)
        page.get_by_text(HOLDS).wait_for()


def test_the_history_says_of_each_paper_only_what_is_known(
    printed: str, forged: str, server: Recorder, open_page: OpenPage, visit: Visit
) -> None:
    page = visit(open_page("phone").context, printed.removeprefix(server.url))
    page.get_by_text(HOLDS).wait_for()
    page.goto(forged)
    page.get_by_role("alert").get_by_text(ALTERED).wait_for()
    page.get_by_role("link", name="Skip to main content").evaluate("link => link.click()")
    page.wait_for_url("**#main-content")
    assert page.get_by_role("alert").is_visible(), "a jump on the page is no other paper"
    page.reload()
    page.get_by_role("alert").get_by_text(ALTERED).wait_for()
    page.go_back()
    page.get_by_role("alert").get_by_text(ALTERED).wait_for()
    page.go_back()
    page.get_by_text(UNCHECKED).wait_for()
    assert page.get_by_role("alert").count() == 0
    assert page.get_by_text(HOLDS).count() == 0, "its digits are gone: nothing vouches for that paper"


def test_a_late_answer_is_not_shown_under_a_newer_code(
    printed: str, forged: str, server: Recorder, open_page: OpenPage, visit: Visit
) -> None:
    """The first paper cannot be judged until the lists have come; by then there is a second."""
    server.slow["/bundle.json"] = threading.Event()
    page = visit(open_page("phone").context, printed.removeprefix(server.url))
    page.get_by_text("Checking what the printed code holds").wait_for()
    assert page.get_by_text("Genuine and current").is_hidden(), "it may be another code's"
    page.evaluate(WATCH)
    page.goto(forged)
    server.slow["/bundle.json"].set()
    page.get_by_role("alert").get_by_text(ALTERED).wait_for()
    assert not any(HOLDS in words for words in page.evaluate("seen"))


def test_on_the_page_that_stands_in_without_a_connection(
    printed: str, forged: str, server: Recorder, open_page: OpenPage, installed: Visit, visit: Visit
) -> None:
    bare = printed.partition("#")[0]
    context = open_page("phone").context
    installed(context).close()
    server.kill()
    page = visit(context, printed.removeprefix(server.url))
    assert answer(page) == "Genuine and current"
    page.evaluate(WATCH)
    page.goto(forged)
    page.get_by_role("heading", name=NOT_GENUINE).wait_for()
    assert page.url == bare
    assert NAME not in page.inner_text("main")
    # between the two nothing stands there: what was said of the first is cleared before the second is read
    assert any("Genuine" not in words and NOT_GENUINE not in words for words in page.evaluate("seen"))
    for digits in UNREADABLE:
        page.goto(printed)
        page.get_by_role("heading", name="Genuine and current").wait_for()
        page.evaluate("digits => { location.hash = digits; }", digits)
        page.get_by_role("heading", name="We could not finish the check").wait_for()
        page.get_by_text("This code is damaged: scan it again or type it.").wait_for()
        assert page.url == bare, digits


def test_a_jump_on_the_page_keeps_the_answer_and_back_leads_to_the_question(
    printed: str, open_page: OpenPage, installed: Visit
) -> None:
    page = installed(open_page("phone").context)
    assert paste(page, printed) == "Genuine and current"
    page.get_by_role("link", name="Skip to main content").evaluate("link => link.click()")
    page.wait_for_url("**#main-content")
    assert page.get_by_role("heading", name="Genuine and current").is_visible()
    page.go_back()
    assert page.get_by_role("heading", name="Genuine and current").is_visible()
    page.go_back()
    page.get_by_role("heading", name="Check a skills passport code").wait_for()
    page.go_forward()
    expect(page.locator(".sp-answered")).to_have_count(0)
    assert page.get_by_role("button", name="Scan with the camera").is_visible()


@pytest.mark.parametrize("status", [429, 503])
def test_an_error_takes_the_digits_out_of_the_address_too(
    status: int, printed: str, server: Recorder, open_page: OpenPage, visit: Visit
) -> None:
    server.broken["/c/"] = status
    page = visit(open_page("phone").context, printed.removeprefix(server.url))
    page.locator("h1").wait_for()
    assert page.url == printed.partition("#")[0]


def test_a_page_that_the_browser_kept_is_not_believed(
    printed: str, server: Recorder, browser: Browser, visit: Visit
) -> None:
    """Chromium keeps pages for the way back even where they say no-store; Playwright turns that off."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    keeping = browser.browser_type.launch(
        executable_path=chromium.whole(), args=flags, ignore_default_args=["--disable-back-forward-cache"]
    )
    try:
        page = visit(keeping.new_context(), printed.removeprefix(server.url))
        page.get_by_text(HOLDS).wait_for()
        page.evaluate("addEventListener('pageshow', ({ persisted }) => { sessionStorage.kept = persisted; })")
        page.goto(f"{server.url}/help")
        asked = len(server.heard)
        page.go_back(wait_until="commit")
        page.get_by_text(UNCHECKED).wait_for()
        assert page.get_by_text(HOLDS).count() == 0
        assert page.evaluate("sessionStorage.kept") == "true"
        path = printed.removeprefix(server.url).partition("#")[0]
        assert any(f" {path}" in line for line in server.heard[asked:])
    finally:
        keeping.close()


def test_an_answer_that_the_browser_kept_is_checked_again(
    printed: str, town: Town, server: Recorder, open_page: OpenPage, installed: Visit
) -> None:
    page = installed(open_page("phone").context)
    assert paste(page, printed) == "Genuine and current"
    server.kill()
    page.clock.set_fixed_time(town.clock.forward(hours=30))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.get_by_role("heading", name="We could not finish the check").wait_for()


# ------------------------------------------------------------------------- Firefox


def in_the_towns_time(app: Flask, town: Town) -> Callable[..., Iterable[bytes]]:
    """Let every page of ``app`` set the browser's clock to the town's before its own scripts run."""
    script = f"Date.now = () => {town.clock().timestamp() * 1000:.0f};".encode()

    def answering(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/clock.js":
            return Response(script, mimetype="text/javascript")(environ, start_response)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        answer = Response.from_app(app, environ)
        if answer.mimetype == "text/html":
            answer.data = answer.data.replace(b"<head>", b'<head><script src="/clock.js"></script>', 1)
        return answer(environ, start_response)

    return answering


def test_in_firefox(
    printed: str, forged: str, app: Flask, town: Town, server: Recorder, firefox_page: Firefox
) -> None:
    bare = printed.partition("#")[0]
    server.answer = in_the_towns_time(app, town)
    page = firefox_page
    page.goto(printed)
    page.wait_for(HOLDS)
    page.goto(forged)
    page.wait_for(ALTERED)
    assert HOLDS not in page.text
    assert page.url == bare
    page.run("location.hash = '1x'")
    page.wait_for(UNCHECKED)
    assert page.url == bare
    page.back()
    page.wait_for(ALTERED)
    page.back()
    page.wait_for(UNCHECKED)
    assert HOLDS not in page.text

    page.goto(printed)
    page.wait_for(HOLDS)
    page.goto(server.url + "/help")
    page.back()  # as Firefox kept it, or made again: what was said of the paper is not said again
    page.wait_for(UNCHECKED)
    assert HOLDS not in page.text

    page.goto(server.url + "/check")
    page.wait_for("Ready to check, also without a connection")
    assert page.errors(server.url) == []
    server.kill()
    page.goto(server.url + "/")
    page.wait_for("Scan the code")
    assert page.url == server.url + "/check"
