"""The real application over a small town, and people who visit it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from types import MethodType
from typing import TYPE_CHECKING, Any, cast

import pytest
from jinja2 import FileSystemBytecodeCache

from tests.fixtures.beginnings import File
from tests.fixtures.towns import PASSWORD, Clock, Made, Town, build, prepare, prepare_logged

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.fixtures.databases import PostgreSQL
    from tests.web.everybody import World

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
# what a form says that it showed goes back with it, as in a browser
SEEN = re.compile(r'name="seen"[^>]*value="([^"]+)"')
Arrive = Callable[..., "Visitor"]


@pytest.fixture(scope="session")
def first_town(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, cheap_passwords: None
) -> Made:
    """A town that is made once, in a folder that holds all of it."""
    from passport.db import Database

    folder = tmp_path_factory.mktemp("town")
    shutil.copyfile(sqlite_template, folder / "passport.sqlite3")
    database = Database(f"sqlite:///{folder / 'passport.sqlite3'}")
    made = Made(build(database, folder / "instance"), str(folder / "passport.sqlite3"))
    database.close()
    for steps in (prepare, prepare_logged):
        with copied(made, tmp_path_factory.mktemp("begun") / "town") as town:
            made.prepared |= steps(town)
    return made


@pytest.fixture
def town(first_town: Made, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Town]:
    """A copy of the town for one test: quicker than making its people and keys again."""
    with copied(first_town, tmp_path / "town") as one:
        if "monkeypatch" in request.fixturenames:
            one.beginning = None  # the test may be about how it is done
        yield one


@contextmanager
def copied(made: Made, copy: Path) -> Iterator[Town]:
    """A copy of the town in a folder."""
    from passport.adapters.files import PublicFiles
    from passport.config import Settings
    from passport.db import Database

    shutil.copytree(Path(made.database).parent, copy)
    database = Database(f"sqlite:///{copy / 'passport.sqlite3'}")
    settings = Settings(
        instance=copy / "instance",
        public_url=made.town.runtime.settings.public_url,
        database_url=database.url,
        status_batch_seconds=0,
        # most tests are about other things; test_second.py demands it
        second_factor="offered",
    )
    clock = Clock()
    public = PublicFiles(copy / "instance" / "public")
    runtime = replace(made.town.runtime, settings=settings, database=database, public=public, clock=clock)
    town = Town(runtime, clock, dict(made.town.references), made.town.activity)
    made.begin(town, File(copy / "passport.sqlite3", Path(made.database)))
    yield town
    database.close()


@pytest.fixture(scope="session")
def addresses() -> Iterator[None]:
    """Routes, compiled once for all tests: what is made of one does not depend on the application."""
    from werkzeug.routing import Rule

    compile_rule = Rule.compile
    kept: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def once(rule: Rule) -> None:
        key = rule.rule, rule.subdomain, rule.merge_slashes, repr(rule.defaults)
        if key not in kept:
            compile_rule(rule)
            made = rule._parts, rule._trace, rule._converters, frozenset(rule.arguments)
            builds = (cast(MethodType, build) for build in (rule._build, rule._build_unknown))
            kept[key] = made, [build.__func__ for build in builds]
            return
        (rule._parts, rule._trace, rule._converters, names), functions = kept[key]
        rule.arguments |= names
        rule._build, rule._build_unknown = (one.__get__(rule, None) for one in functions)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", once)
        yield


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates, compiled once for all tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture
def app(town: Town, compiled: FileSystemBytecodeCache, addresses: None) -> Flask:
    """The application as it is served."""
    from passport.app import create_app

    made = create_app(town.runtime)
    made.jinja_env.bytecode_cache = compiled
    return made


@pytest.fixture(scope="session")
def world(
    first_town: Made, tmp_path_factory: pytest.TempPathFactory, compiled: FileSystemBytecodeCache
) -> Iterator[World]:
    """Everybody of the town and its neighbours, made once: the person who changes something puts it back."""
    from tests.web.everybody import settled

    with settled(first_town, tmp_path_factory.mktemp("everybody") / "town", compiled) as one:
        yield one


@pytest.fixture(scope="session")
def postgresql_world(
    postgresql: PostgreSQL,
    postgresql_template: str,
    tmp_path_factory: pytest.TempPathFactory,
    compiled: FileSystemBytecodeCache,
    cheap_passwords: None,
) -> Iterator[World]:
    """Everybody of a town on PostgreSQL and its neighbours, made once, and put back after each change."""
    from tests.web.everybody import settled_on_postgresql

    folder = tmp_path_factory.mktemp("everybody-on-postgresql")
    with settled_on_postgresql(postgresql, postgresql_template, folder, compiled) as one:
        yield one


# the product's fixed reasons, as people read them
REASON_WORDS = {
    "say-what-you-did": "Say what you did yourself",
    "say-what-happened": "Say what happened in the end",
    "different-level": "Choose a different level",
    "not-there": "I was not there, so ask someone who was",
    "about-others": "Too much about other people",
    "cannot-say": "I cannot say from what I saw",
    "not-this-skill": "This is not the skill described",
}


class Visitor:
    """A person with a browser: follows redirects by hand and sends forms with their token."""

    def __init__(self, client: FlaskClient) -> None:
        """Start without cookies."""
        self.client = client

    def sign_in(self, who: str, address: str = "/sign-in") -> TestResponse:
        """Sign in as one of the town's people."""
        return self.send(address, email=f"{who}@example.test", password=PASSWORD)

    def open(self, address: str, **more: Any) -> TestResponse:
        """Look at a page."""
        return self.client.get(address, buffered=True, **more)

    def read(self, address: str) -> str:
        """A page's text, as the browser reads it; it must be there."""
        page = self.open(address)
        assert page.status_code == 200, (address, page.status_code)
        return unescape(page.text)

    def token(self, address: str) -> str:
        """The token of a page's form."""
        found = TOKEN.search(self.open(address).text)
        assert found, f"{address} has no form"
        return found.group(1)

    def send(self, address: str, **fields: Any) -> TestResponse:
        """Fill in a page's form and send it."""
        return self.press(address, address, **fields)

    def press(self, page: str, address: str, **fields: Any) -> TestResponse:
        """Send a form of one page to another address."""
        shown = self.open(page).text
        token, seen = TOKEN.search(shown), SEEN.search(shown)
        assert token, f"{page} has no form"
        data = {"csrf_token": token.group(1), **({"seen": seen.group(1)} if seen else {}), **fields}
        return self.client.post(address, data=data)


@pytest.fixture
def arrive(app: Flask) -> Arrive:
    """`arrive()` is a stranger, `arrive("amara")` is signed in."""

    def arriving(who: str | None = None) -> Visitor:
        visitor = Visitor(app.test_client())
        if who:
            assert visitor.sign_in(who).status_code == 302
        return visitor

    return arriving
