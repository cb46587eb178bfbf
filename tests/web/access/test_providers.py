"""Signing in with an account elsewhere, against a small real provider."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask

from passport.adapters.mail import Postman
from passport.app import create_app
from passport.config import Settings, WrongSetting
from passport.services.core import mails
from tests.fixtures.providers import CLIENT, SECRET, Provider
from tests.fixtures.servers import Serve, free_port
from tests.fixtures.towns import PASSWORD, Town
from tests.web.conftest import Visitor

Come = Callable[..., Any]
ROBIN = {"sub": "1234", "email": "robin@example.test", "email_verified": True}


@pytest.fixture
def provider(serve: Serve) -> Provider:
    """A provider that runs, with Robin at it."""
    made = Provider(person=dict(ROBIN))
    made.issuer = serve(made.app())
    return made


@pytest.fixture
def app(town: Town, provider: Provider, tmp_path: Path) -> Flask:
    """The application, with this provider among its settings."""
    file = tmp_path / "providers.json"
    one = {
        "key": "dfe",
        "name": "DfE Sign-in",
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "secret": SECRET,
    }
    other = one | {"key": "gone", "name": "Gone", "issuer": f"http://localhost:{free_port()}"}
    file.write_text(json.dumps([one, other]))
    settings = town.runtime.settings.model_copy(update={"providers_file": file})
    return create_app(replace(town.runtime, settings=settings))


@pytest.fixture
def come(app: Flask) -> Come:
    """Go to the provider and back: `come(visitor)` gives our answer at the end."""

    def go(visitor: Visitor | None = None, begin: str = "/sign-in/with/dfe") -> Any:
        visitor = visitor or Visitor(app.test_client())
        there = visitor.open(begin).location
        back = requests.get(there, allow_redirects=False, timeout=10).headers["Location"]
        parts = urlsplit(back)
        return visitor.open(f"{parts.path}?{parts.query}")

    return go


def test_who_is_known_by_a_verified_address_comes_in_and_later_by_the_subject(
    come: Come, provider: Provider, app: Flask
) -> None:
    assert 'href="/sign-in/with/dfe"' in Visitor(app.test_client()).read("/sign-in")
    assert come(begin="/sign-in/with/dfe?next=/decisions").location == "/decisions"
    provider.person |= {"email": "somebody.else@example.test", "email_verified": False}
    robin = Visitor(app.test_client())
    assert come(robin).location == "/queue"
    assert "With another account" in robin.read("/account")


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "of another visit"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "somebody-else"},
    "issuer": {"iss": "http://localhost:1"},
    "old": {"exp": int(time.time()) - 600},
    "nobody": {"sub": ""},
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_an_answer_that_does_not_fit_lets_no_one_in(
    spoil: dict[str, Any], come: Come, provider: Provider
) -> None:
    provider.spoil = spoil
    answer = come()
    assert answer.status_code == 400
    assert "did not fit what we asked" in answer.text
    assert "Begin again" in answer.text


def test_a_key_that_is_not_the_providers_lets_no_one_in(come: Come, provider: Provider) -> None:
    provider.signs_with = "other"
    assert come().status_code == 400


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(
    come: Come, app: Flask, provider: Provider
) -> None:
    victim = Visitor(app.test_client())
    assert victim.open("/sign-in/with/dfe/back?code=x&state=y").status_code == 400
    thief = Visitor(app.test_client())
    there = thief.open("/sign-in/with/dfe").location
    parts = urlsplit(requests.get(there, allow_redirects=False, timeout=10).headers["Location"])
    assert victim.open(f"{parts.path}?{parts.query}").status_code == 400
    assert thief.open(f"{parts.path}?{parts.query}").status_code == 302
    assert thief.open(f"{parts.path}?{parts.query}").status_code == 400


def test_a_provider_that_is_down_is_said_so(app: Flask, come: Come, provider: Provider) -> None:
    visitor = Visitor(app.test_client())
    answer = visitor.open("/sign-in/with/gone")
    assert answer.status_code == 503
    assert "Gone does not answer just now" in answer.text
    assert visitor.open("/sign-in/with/nobody").status_code == 404


def test_a_provider_that_goes_down_while_a_person_is_there_is_said_so(come: Come, provider: Provider) -> None:
    provider.is_down = True
    answer = come()
    assert answer.status_code == 503
    assert "DfE Sign-in does not answer just now" in answer.text
    assert "sign in another way" in answer.text
    provider.is_down = False
    assert come().location == "/queue"


def test_a_person_who_stops_at_the_provider(app: Flask) -> None:
    visitor = Visitor(app.test_client())
    visitor.open("/sign-in/with/dfe")
    state = urlsplit(visitor.open("/sign-in/with/dfe").location).query.partition("state=")[2].split("&")[0]
    answer = visitor.open(f"/sign-in/with/dfe/back?error=access_denied&state={state}")
    assert "You stopped at DfE Sign-in" in answer.text


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ({"email": "nobody@example.test"}, "Nobody here has the address"),
        ({"email_verified": False}, "does not say that the address is yours"),
        (
            {"email": "nobody@example.test", "email_verified": False},
            "does not say that the address is yours",
        ),
        ({"email_verified": "true"}, "does not say that the address is yours"),
        ({"email": None}, "Nobody here has the address"),
    ],
    ids=["unknown", "unverified", "unverified and unknown", "a word", "none"],
)
def test_an_address_that_is_no_ones_or_no_one_vouches_for(
    person: dict[str, Any], words: str, come: Come, provider: Provider
) -> None:
    provider.person |= person
    answer = come()
    assert answer.status_code == 400
    assert words in answer.text


def test_two_accounts_of_one_person(app: Flask, come: Come, provider: Provider) -> None:
    assert come().status_code == 302
    provider.person["sub"] = "a second account with the same address"
    assert "connected to another account of DfE Sign-in" in come().text
    sky = Visitor(app.test_client())
    sky.send("/sign-in", email="sky@example.test", password=PASSWORD)
    provider.person["sub"] = "1234"
    answer = come(sky, "/account/providers/dfe")
    assert "connected to another account here" in answer.text
    provider.person |= {"sub": "skys own", "email_verified": False}
    assert come(sky, "/account/providers/dfe").location == "/account"
    assert "The account is connected" in sky.read("/account")
    assert come().location == "/queue"
    [action] = [
        part.split('"')[0] for part in sky.read("/account").split('action="') if "/connected/" in part[:40]
    ]
    sky.press("/account", action)
    assert "does not say" in come().text


def test_the_owner_is_mailed_when_a_provider_is_connected_and_when_it_is_removed(
    app: Flask, come: Come, provider: Provider, town: Town
) -> None:
    def mailed() -> list[str]:
        with town.transaction() as session:
            rows = mails.newest(session, 10)
            return [str(mails.facts_of(row).get("what")) for row in rows if row.kind == "changed"]

    assert come().status_code == 302
    assert mailed() == ["provider added"]
    robin = Visitor(app.test_client())
    robin.send("/sign-in", email="robin@example.test", password=PASSWORD)
    [action] = [
        part.split('"')[0] for part in robin.read("/account").split('action="') if "/connected/" in part[:40]
    ]
    robin.press("/account", action)
    assert mailed() == ["provider removed", "provider added"]
    postman = Postman(town.runtime.settings)
    for what, words in (("provider added", "was added"), ("provider removed", "was removed")):
        assert words in postman.write("changed", {"what": what, "link": "http://localhost:8000"}).text


def test_an_adult_shows_a_second_factor_here_whatever_the_provider_asked(
    app: Flask, town: Town, come: Come
) -> None:
    settings = app.extensions["passport"].settings.model_copy(update={"second_factor": "demanded"})
    app.extensions["passport"] = replace(town.runtime, settings=settings)
    assert come().location == "/sign-in/second"


BAD = {
    "no json": "{",
    "no list": "{}",
    "no secret": '[{"key": "dfe", "name": "x", "issuer": "https://x.example", "client_id": "x"}]',
    "no https": '[{"key": "dfe", "name": "x", "issuer": "http://x.example", "client_id": "", "secret": ""}]',
    "another name": (
        '[{"key": "D/", "name": "x", "issuer": "https://x.example", "client_id": "", "secret": ""}]'
    ),
}


@pytest.mark.parametrize("words", BAD.values(), ids=BAD)
def test_settings_that_cannot_be_used_are_named_in_one_line(words: str, tmp_path: Path) -> None:
    file = tmp_path / "providers.json"
    file.write_text(words)
    with pytest.raises(WrongSetting, match=r"^PASSPORT_PROVIDERS_FILE") as told:
        _ = Settings(providers_file=file).providers
    assert "\n" not in str(told.value)
