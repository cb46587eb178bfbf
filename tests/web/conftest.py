"""The real application over a small town, and people who visit it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from tests.fixtures.towns import PASSWORD

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.fixtures.towns import Town

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
Arrive = Callable[..., "Visitor"]


@pytest.fixture
def database_kind() -> str:
    """Pages are the same on every database: the services' tests run on both."""
    return "sqlite"


@pytest.fixture
def app(town: Town) -> Flask:
    """The application as it is served."""
    from passport.app import create_app

    return create_app(town.runtime)


class Visitor:
    """Somebody with a browser: follows redirects by hand and sends forms with their token."""

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

    def send(self, address: str, form_at: str | None = None, **fields: Any) -> TestResponse:
        """Fill in a page's form and send it."""
        return self.client.post(address, data={"csrf_token": self.token(form_at or address), **fields})


@pytest.fixture
def arrive(app: Flask) -> Arrive:
    """`arrive()` is a stranger, `arrive("amara")` is signed in."""

    def arriving(who: str | None = None) -> Visitor:
        visitor = Visitor(app.test_client())
        if who:
            assert visitor.sign_in(who).status_code == 302
        return visitor

    return arriving
