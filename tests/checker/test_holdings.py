"""What the page holds and how it gets newer: never back, never past a version, never another service's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from passport.proofs import jws, keys, signing
from passport.proofs.keys import Role
from tests.checker.conftest import milliseconds, static_files
from tests.checker.test_agreement import INDEX, code
from tests.world import LIST_URL, NOW, World

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.fixtures.browsers import OpenPage
    from tests.fixtures.servers import Serve

OPEN = """async ([roots, at]) => {
  const { Holdings } = await import("/static/check/holdings.js");
  window.holdings = new Holdings(roots, () => window.at);
  window.at = at;
  await window.holdings.open();
}"""
REFRESH = "at => { window.at = at; return window.holdings.refresh(); }"
CHECK = """async text => {
  const { answerTo } = await import("/static/check/checking.js");
  return (await answerTo(text, window.holdings, 24)).result.verdict;
}"""
VERSION = "window.holdings.isEmpty ? null : window.holdings.trust.registry.version"


class Service:
    """What a service publishes: a test puts its files here."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []

    def publish(self, world: World, **changes: Any) -> None:
        """Publish a world as it is now."""
        world.registry = replace(world.registry, **changes)
        self.files["/bundle.json"] = world.bundle()
        self.files[f"/registry/{world.registry.version}.json"] = world.signed_registry()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"]
        if path.startswith("/static/") or path == "/":
            return static_files(environ, start_response)
        self.asked.append(path)
        found = self.files.get(path)
        start_response("200 OK" if found else "404 Not Found", [("Content-Type", "application/json")])
        return [found or b"{}"]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def device(service: Service, serve: Serve, open_page: OpenPage) -> Page:
    """A device that opens a page of the service."""
    page = open_page("desktop")
    page.goto(serve(service) + "/")
    return page


def open_holdings(page: Page, world: World, at: datetime = NOW) -> None:
    page.evaluate(OPEN, [[keys.to_multibase(world.signers[Role.ROOT].public_key)], milliseconds(at)])


def refresh(page: Page, at: datetime = NOW) -> bool:
    return bool(page.evaluate(REFRESH, milliseconds(at)))


def test_what_was_fetched_is_there_at_the_next_visit(service: Service, device: Page) -> None:
    world = World()
    open_holdings(device, world)
    assert device.evaluate(CHECK, code(world)) == "V8"
    assert refresh(device) is False  # there is nothing to be had yet
    service.publish(world)
    assert refresh(device) is True
    assert device.evaluate(CHECK, code(world)) == "V1"
    service.files.clear()
    device.reload()
    open_holdings(device, world)
    assert refresh(device) is False
    assert device.evaluate(CHECK, code(world)) == "V1"
    assert set(service.asked) - {"/favicon.ico"} == {"/bundle.json"}


def test_a_newer_list_is_taken_and_an_older_one_is_not(service: Service, device: Page) -> None:
    world = World()
    open_holdings(device, world)
    service.publish(world)
    refresh(device)
    world.withdrawn, world.list_made = {INDEX}, NOW + timedelta(minutes=1)
    service.publish(world)
    assert refresh(device, NOW + timedelta(minutes=2)) is True
    assert device.evaluate(CHECK, code(world)) == "V2"
    world.withdrawn, world.list_made = set(), NOW - timedelta(minutes=1)
    service.publish(world)
    refresh(device, NOW + timedelta(minutes=3))
    assert device.evaluate(CHECK, code(world)) == "V2"


def test_a_list_that_no_one_signed_takes_no_good_ones_place(service: Service, device: Page) -> None:
    world = World()
    open_holdings(device, world)
    service.publish(world)
    refresh(device)
    bundle = json.loads(service.files["/bundle.json"])
    bundle["statusLists"][LIST_URL]["credentialSubject"]["ttl"] = 1
    service.files["/bundle.json"] = json.dumps(bundle).encode()
    refresh(device)
    assert device.evaluate(CHECK, code(world)) == "V1"
    device.reload()
    open_holdings(device, world)
    assert device.evaluate(CHECK, code(world)) == "V1"


def test_from_version_to_version_and_never_back(service: Service, device: Page) -> None:
    world = World()
    open_holdings(device, world)
    service.publish(world, version=2)
    assert refresh(device) is True
    for version in (3, 4, 5):
        service.publish(world, version=version)
    assert refresh(device) is True
    assert device.evaluate(VERSION) == 5
    assert [path for path in service.asked if "registry" in path] == ["/registry/3.json", "/registry/4.json"]
    service.publish(world, version=4)
    assert refresh(device) is False
    assert device.evaluate(VERSION) == 5
    device.reload()
    open_holdings(device, world)
    assert device.evaluate(VERSION) == 5


def test_a_version_that_is_not_to_be_had_is_not_skipped(service: Service, device: Page) -> None:
    world = World()
    open_holdings(device, world)
    service.publish(world, version=2)
    refresh(device)
    world.list_made = NOW + timedelta(minutes=1)
    service.publish(world, version=4)
    assert refresh(device, NOW + timedelta(minutes=2)) is False
    assert device.evaluate(VERSION) == 2
    # its lists are signed with a key that version 2 knows, and are taken
    made = device.evaluate("window.holdings.madeAt")
    assert made == milliseconds(world.list_made)


def test_another_services_registry_is_refused_and_its_remains_are_forgotten(
    service: Service, device: Page
) -> None:
    world, other = World(), World()
    other.signers[Role.ROOT] = signing.generate(Role.ROOT)
    other.__post_init__()
    open_holdings(device, world)
    service.publish(world, version=7)
    refresh(device)
    service.publish(other)
    assert refresh(device) is False
    assert device.evaluate(VERSION) == 7
    # a demo was made again at the same address: the page itself comes with other keys now
    device.reload()
    open_holdings(device, other)
    assert device.evaluate(VERSION) is None
    assert refresh(device) is True
    assert device.evaluate(VERSION) == 1


def test_two_tabs_keep_the_later_registry(service: Service, device: Page) -> None:
    world = World()
    open_holdings(device, world)
    service.publish(world, version=2)
    refresh(device)
    service.publish(world, version=3)
    refresh(device)
    late = jws.sign_json(json.dumps({"version": 2}).encode(), [world.signers[Role.ROOT]]).decode()
    device.evaluate(
        """async registry => {
          const { save } = await import("/static/check/store.js");
          await save({ version: 2, registry, lists: {} });
        }""",
        late,
    )
    device.reload()
    open_holdings(device, world)
    assert device.evaluate(VERSION) == 3


def test_a_browser_that_keeps_nothing_checks_while_the_page_is_open(service: Service, device: Page) -> None:
    world = World()
    service.publish(world)
    device.evaluate("() => { Object.defineProperty(window, 'indexedDB', { value: undefined }); }")
    open_holdings(device, world)
    assert refresh(device) is True
    assert device.evaluate(CHECK, code(world)) == "V1"
