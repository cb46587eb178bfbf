"""The check page's own reader, in a real browser, and what it is given to check with."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from passport.proofs import keys
from passport.setup import ROOT
from tests.fixtures.browsers import OpenPage
from tests.fixtures.servers import Serve
from tests.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Page

STATIC = ROOT / "passport" / "static"
PAGE = b"<!doctype html><title>A page for modules</title>"

Judge = Callable[..., list[Any]]

JUDGE = """async ([bundle, rootKeys, at, texts, maxAge, held, inShort]) => {
  const { Trust } = await import("/static/check/trust.js");
  const { verify } = await import("/static/check/verdict.js");
  const { NoEntryInside, OtherSite } = await import("/static/check/errors.js");
  const trust = await Trust.fromBundle(bundle, rootKeys, held ?? undefined);
  const said = [];
  for (const text of texts) {
    try {
      const found = await verify(text, trust, at, { maxAge });
      const failed = found.checks.find((check) => check.outcome === "failed");
      said.push(inShort ? `${found.verdict} ${failed?.name ?? ""}` : found);
    } catch (error) {
      said.push({ refused: error instanceof OtherSite ? "other site"
        : error instanceof NoEntryInside ? "no entry" : String(error) });
    }
  }
  return said;
}"""


def static_files(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve our static files, and an empty page for any other address."""
    file = STATIC / environ["PATH_INFO"].removeprefix("/static/")
    if not file.is_file():
        start_response("200 OK", [("Content-Type", "text/html")])
        return [PAGE]
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    start_response("200 OK", [("Content-Type", kind)])
    return [file.read_bytes()]


@pytest.fixture
def modules(open_page: OpenPage, serve: Serve) -> Page:
    """A page from which the check page's modules can be called."""
    page = open_page("desktop")
    page.set_default_timeout(60_000)
    page.goto(serve(static_files) + "/")
    return page


@pytest.fixture
def judge(modules: Page) -> Judge:
    """`judge(world, at, texts)`: what the page's reader says of each text; in short, verdict and check."""

    def judging(
        world: World,
        at: datetime,
        texts: Iterable[str],
        *,
        max_age_hours: float = 24,
        held: dict[str, float] | None = None,
        in_short: bool = False,
    ) -> list[Any]:
        roots = [keys.to_multibase(key) for key in world.registry.root_keys]
        max_age = max_age_hours * 3_600_000
        given = [world.bundle().decode(), roots, milliseconds(at), list(texts), max_age, held, in_short]
        said: list[Any] = modules.evaluate(JUDGE, given)
        return said

    return judging


def milliseconds(at: datetime) -> float:
    """A time as JavaScript has it."""
    return at.timestamp() * 1000
