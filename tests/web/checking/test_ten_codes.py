"""The ten demo codes as people meet them: heard by a screen reader, seen without colour, on a phone."""

from __future__ import annotations

import io
import re
import shutil
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.fixtures.browsers import OpenPage, accessibility_problems, overflow, resizing
from tests.fixtures.servers import Serve

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page


HEADINGS = {
    "V1": "Genuine and current",
    "V2": "Genuine, but withdrawn",
    "V3": "Genuine, but on hold: ask again later",
    "V4": "Genuine, but replaced by a newer entry",
    "V5": "Genuine, but past its review date",
    "V6": "We do not recognise who issued this",
    "V7": "Not genuine: do not rely on this",
    "V8": "We could not finish the check",
    "V9": "We cannot find this code",
    "V10": "The holder has stopped sharing this",
}
# product, section 4: what of the person and the entry each verdict may show
NAMES = {
    "V1": ("Amara Demoson", "Measuring and checking", "Robin Fixturely"),
    "V2": ("Amara Demoson", "Solving problems"),
    "V3": ("Priya Testwell", "Recording and handing over"),
    "V4": ("Measuring and checking",),
    "V5": ("Frankie Pasttest", "Working safely", "Pat Formerly"),
}
PEOPLE = (
    "Amara Demoson",
    "Priya Testwell",
    "Frankie Pasttest",
    "Alex Sampleton",
    "Jordan Mockford",
    "Noor Offlineton",
)
SHAPES = {"V2": "cross", "V7": "cross", "V6": "question", "V9": "question"}


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """The demo, made once."""
    from passport import demo
    from passport.adapters.files import PrivateFiles, PublicFiles
    from passport.db import Database
    from passport.proofs.signing import KeyPlace, KeyRing, new_passphrase
    from passport.publisher import Publisher
    from passport.services.core.runtime import utc_now
    from passport.services.evidence import evidence_files

    folder = tmp_path_factory.mktemp("demo")
    shutil.copyfile(sqlite_template, folder / "passport.sqlite3")
    database = Database(f"sqlite:///{folder / 'passport.sqlite3'}")
    place = KeyPlace(folder / "keys", new_passphrase())
    (folder / "keys-passphrase").write_text(place.passphrase)
    (folder / "secret-key").write_text("not a secret: a test's")
    public, passwords = PublicFiles(folder / "public"), demo.new_passwords()
    photo = evidence_files.store(PrivateFiles.in_folder(folder / "files"), demo.PHOTO)
    with database.transaction() as session:
        demo.make(session, photo, "http://localhost:8000", place, passwords, utc_now())
    keys = KeyRing.load(place.directory, place.passphrase)
    Publisher(database, keys, public, "http://localhost:8000").publish_all(utc_now())
    database.close()
    return folder


@pytest.fixture
def demo_app(demo_folder: Path) -> Flask:
    """The demo as it is served."""
    from passport.app import create_app
    from passport.config import Settings
    from passport.services.core.runtime import open_runtime

    url = f"sqlite:///{demo_folder / 'passport.sqlite3'}"
    settings = Settings(instance=demo_folder, database_url=url, keys=demo_folder / "keys")
    return create_app(open_runtime(settings))


@pytest.fixture
def codes(demo_app: Flask) -> dict[str, str]:
    """The code of each verdict."""
    listed = demo_app.test_client().get("/demo/codes.json").get_json()
    return {row["verdict"]: row["code"] for row in listed}


def test_the_table_has_all_ten_in_order_and_programs_read_the_same(demo_app: Flask) -> None:
    client = demo_app.test_client()
    rows = client.get("/demo/codes.json").get_json()
    assert [row["verdict"] for row in rows] == list(HEADINGS)
    page = client.get("/demo/codes").text
    assert [page.index(row["code"]) for row in rows] == sorted(page.index(row["code"]) for row in rows)
    assert all(row["address"].startswith("http://localhost:8000/c/SP") for row in rows)


def says_first_and_shows_what_it_may(page: Page, verdict: str) -> None:
    heading = HEADINGS[verdict]
    heard = page.get_by_role("main").aria_snapshot()
    assert f'heading "{heading}" [level=1]' in heard.splitlines()[1], verdict
    assert page.title().startswith(heading)
    assert "- img" not in heard, "the sign says nothing that the words do not say"
    said = page.get_by_role("main").inner_text()
    for name in PEOPLE:
        assert (name in said) is (name in NAMES.get(verdict, ())), (verdict, name)
    for words in NAMES.get(verdict, ()):
        assert words in said, (verdict, words)
    assert accessibility_problems(page) == [], verdict
    assert overflow(page) == 0, verdict


def test_each_of_the_ten_says_its_verdict_first_and_shows_what_it_may(
    demo_app: Flask, codes: dict[str, str], serve: Serve, open_page: OpenPage
) -> None:
    address, page = serve(demo_app), open_page("narrow")
    resize = resizing(page)
    for verdict in HEADINGS:
        page.goto(f"{address}/c/{codes[verdict]}")
        for device in ("narrow", "desktop"):
            resize(device)
            says_first_and_shows_what_it_may(page, verdict)
        resize("narrow")
    assert page.context.cookies() == []


def test_a_genuine_entry_is_told_in_the_order_of_its_weight(
    demo_app: Flask, codes: dict[str, str], serve: Serve, open_page: OpenPage
) -> None:
    page = open_page("phone")
    page.goto(f"{serve(demo_app)}/c/{codes['V1']}")
    said = page.get_by_role("main").inner_text()
    order = (
        "Genuine and current",
        "Amara Demoson",
        "Lanternmoor High School",
        "Confirm this is your applicant",
        "Measuring and checking",
        "On my own: third of four levels. Not a national qualification level.",
        "measures to the drawing's limits",
        "Brindlemoor framework, version 1",
        "Robin Fixturely",
        "Tinderbeck Precision Ltd",
        "Saw it happen",
        "Employer endorsed",
        "What we checked",
        "What this is not",
        "Checked on",
    )
    places = [said.lower().find(words.lower()) for words in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    levels = [int(level) for level in re.findall(r"\[level=(\d)\]", page.get_by_role("main").aria_snapshot())]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


def test_without_colour_the_words_can_be_read_and_the_signs_told_apart(
    demo_app: Flask, codes: dict[str, str], serve: Serve, open_page: OpenPage
) -> None:
    address, page = serve(demo_app), open_page("desktop")
    signs = {}
    for verdict in HEADINGS:
        page.goto(f"{address}/c/{codes[verdict]}")
        assert contrast(grey(page, ".sp-verdict__words")) > 7, verdict
        sign = grey(page, ".sp-verdict__icon")
        assert contrast(sign) > 3, verdict
        # black and white: what is left is the shape alone
        signs[verdict] = sign.resize((48, 48)).point(lambda value: 255 if value > 160 else 0)
    for one, other in combinations(signs, 2):
        difference = ImageStat.Stat(ImageChops.difference(signs[one], signs[other])).mean[0]
        if SHAPES.get(one, one) == SHAPES.get(other, other):
            continue
        assert difference > 8, (one, other, difference)


def grey(page: Page, selector: str) -> Image.Image:
    """An element as a printer without colour has it."""
    return Image.open(io.BytesIO(page.locator(selector).first.screenshot())).convert("L")


def contrast(picture: Image.Image) -> float:
    """Between the darkest and the lightest grey (WCAG 2.2, relative luminance)."""
    darkest, lightest = picture.getextrema()
    assert isinstance(darkest, int)
    assert isinstance(lightest, int)
    return (luminance(lightest) + 0.05) / (luminance(darkest) + 0.05)


def luminance(grey_value: int) -> float:
    """Of a grey from 0 to 255."""
    share = grey_value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
