"""Without the service or a network: what is called ready is ready, and nothing that was typed is lost."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import Error, expect

from tests.fixtures.browsers import OpenPage
from tests.fixtures.towns import PASSWORD
from tests.web.checking.check_page.doing import NAME, Recorder, Visit, paste

READY = "Ready to check, also without a connection"
LARGEST = "/static/vendor/checker/zxing_reader.wasm"


def test_ready_is_said_once_all_of_it_is_kept(
    printed: str, server: Recorder, open_page: OpenPage, visit: Visit
) -> None:
    """A slow line: the lists have come long before the last file of the page."""
    server.slow[LARGEST] = threading.Event()
    context = open_page("phone").context
    page = visit(context)
    expect(page.locator("#scanner")).to_contain_text(re.compile("check without one: [1-9][0-9]% done"))
    assert page.get_by_text(READY).count() == 0
    server.slow[LARGEST].set()
    page.get_by_text(READY).wait_for()
    server.kill()
    assert paste(visit(context), printed) == "Genuine and current"


def test_a_browser_that_keeps_nothing_is_not_called_ready(
    printed: str, open_page: OpenPage, visit: Visit
) -> None:
    page = visit(open_page("phone", service_workers="block").context)
    page.get_by_text("Ready to check while this page is open").wait_for()
    assert page.get_by_text(READY).count() == 0


def test_what_the_browser_threw_away_is_fetched_again_before_it_is_called_ready(
    printed: str, server: Recorder, open_page: OpenPage, installed: Visit, visit: Visit
) -> None:
    context = open_page("phone").context
    page = installed(context)
    page.evaluate(
        """async path => {
          const [name] = await caches.keys();
          await (await caches.open(name)).delete(path);
        }""",
        LARGEST,
    )
    page.close()
    page = visit(context)
    page.get_by_text(READY).wait_for()
    assert page.evaluate("path => caches.match(path).then(Boolean)", LARGEST)


@pytest.mark.parametrize(("path", "field"), [("/check", "#code"), ("/check", "#text"), ("/", "#code")])
def test_what_was_typed_stays_when_the_service_is_down_and_the_network_is_not(
    path: str, field: str, printed: str, server: Recorder, open_page: OpenPage, visit: Visit
) -> None:
    page = visit(open_page("phone").context, path)
    server.kill()
    assert page.evaluate("navigator.onLine")
    page.fill(field, "SP-4F7K-9QXM-2TW9")
    page.locator(field).evaluate("field => field.form.requestSubmit()")
    page.get_by_role("status").get_by_text("cannot be reached now").wait_for()
    assert page.input_value(field) == "SP-4F7K-9QXM-2TW9"
    page.get_by_role("status").get_by_text("What you entered is still here").wait_for()


def test_a_typed_code_goes_to_its_page(
    printed: str, server: Recorder, open_page: OpenPage, visit: Visit
) -> None:
    code = printed.partition("#")[0].rpartition("/")[2]
    for path in ("/", "/check"):
        page = visit(open_page("phone").context, path)
        page.fill("#code", code)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Genuine and current").wait_for()
        assert page.url == f"{server.url}/c/{code}"


def test_a_shared_device_keeps_the_check_page_and_nothing_of_an_account(
    printed: str, server: Recorder, open_page: OpenPage, visit: Visit
) -> None:
    context = open_page("phone").context
    page = visit(context, "/")
    page.evaluate("navigator.serviceWorker.ready")
    page.goto(f"{server.url}/sign-in")
    page.fill("[name=email]", "amara@example.test")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    own = ["/home", "/account", "/shares", "/notices"]
    for path in [*own, "/", "/check", printed.removeprefix(server.url).partition("#")[0]]:
        page.goto(server.url + path)
    page.goto(f"{server.url}/home")
    assert NAME.split(" ")[0] in page.inner_text("main")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{server.url}/check")
    page.get_by_text(READY).wait_for()

    kept = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              found.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
            }
          }
          return found;
        }"""
    )
    pages = {path for path, _ in kept if not path.startswith("/static/")}
    assert pages == {"/check", "/programme.css", "/check.webmanifest"}
    assert not any(NAME in text or "Sign out" in text for _, text in kept)
    server.kill()
    context.set_offline(True)
    for path in own:
        with pytest.raises(Error, match="ERR_"):
            page.goto(server.url + path)
    page = visit(context, "/")
    assert paste(page, printed) == "Genuine and current"
