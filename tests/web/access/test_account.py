from __future__ import annotations

from datetime import timedelta

import pytest

from passport.services.people import accounts
from passport.web.core import devices
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive, Visitor

LIKE = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
PHONE = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {LIKE} Mobile Safari/537.36"
DESKTOP = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {LIKE} Safari/537.36 Edg/140.0.0.0"


def with_cookie(visitor: Visitor, arrive: Arrive) -> Visitor:
    """A person who copied a cookie before its owner signed out."""
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None
    thief = arrive()
    thief.client.set_cookie("session", cookie.value)
    assert thief.open("/account").status_code == 200
    return thief


def test_the_cookie_says_nothing_and_is_new_at_every_sign_in(arrive: Arrive) -> None:
    amara = arrive("amara")
    first = amara.client.get_cookie("session")
    amara.press("/home", "/sign-out")
    amara.sign_in("amara")
    second = amara.client.get_cookie("session")
    assert first is not None
    assert second is not None
    assert first.value != second.value
    assert len(first.value) == len(second.value) == 43
    assert "." not in first.value
    assert second.max_age is None, "it ends with the browser: many share a computer"


@pytest.mark.parametrize("ending", ["/sign-out", "/account/sign-out-everywhere"])
def test_a_cookie_that_was_copied_is_dead_after_signing_out(ending: str, arrive: Arrive) -> None:
    amara = arrive("amara")
    thief = with_cookie(amara, arrive)
    assert amara.press("/account", ending).location == "/sign-in"
    assert thief.open("/account").location == "/sign-in?next=/account"
    assert amara.open("/account").status_code == 302


def test_a_suspension_ends_it_in_the_middle(town: Town, arrive: Arrive) -> None:
    robin = arrive("robin")
    with town.transaction() as session:
        accounts.suspend(
            session, town.account(session, "morgan"), town.account(session, "robin"), town.clock()
        )
    assert robin.open("/queue").status_code == 302
    answer = arrive().sign_in("robin")
    assert "Your account is closed for now" in answer.text
    assert answer.status_code == 200


def test_a_session_ends_after_twelve_hours_whatever_is_done_in_it(town: Town, arrive: Arrive) -> None:
    amara = arrive("amara")
    for _hour in range(11):
        town.clock.forward(hours=1)
        assert amara.open("/home").status_code == 200
    town.clock.now += timedelta(hours=1)
    assert amara.open("/home").status_code == 302


def test_everybody_sees_where_they_are_signed_in_and_signs_out_there(arrive: Arrive) -> None:
    phone, desktop = arrive(), arrive()
    phone.client.environ_base["HTTP_USER_AGENT"] = PHONE
    desktop.client.environ_base["HTTP_USER_AGENT"] = DESKTOP
    phone.sign_in("amara")
    desktop.sign_in("amara")
    seen = desktop.read("/account")
    assert "Chrome on Android" in seen
    assert "Edge on Windows" in seen
    assert "since 14 March 2026, 3:00pm" in seen
    [action] = [
        part.split('"')[0] for part in seen.split('action="') if part.startswith("/account/sign-ins/")
    ]
    assert arrive("kit").press("/account", action).status_code == 404
    assert desktop.press("/account", action).location == "/account"
    assert "Signed out there." in desktop.read("/account")
    assert "Signed out there." not in desktop.read("/account")
    assert phone.open("/home").status_code == 302
    assert "Chrome on Android" not in desktop.read("/account")


def test_a_sealed_cookie_lets_no_one_in_whatever_it_says(town: Town, arrive: Arrive) -> None:
    from flask.sessions import SecureCookieSessionInterface

    stranger = arrive()
    serializer = SecureCookieSessionInterface().get_signing_serializer(stranger.client.application)
    assert serializer is not None
    forged = serializer.dumps({"_user_id": town.references["amara"], "_fresh": True})
    stranger.client.set_cookie("session", str(forged))
    assert stranger.open("/home").status_code == 302


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (PHONE, "Chrome", "Android"),
        (DESKTOP, "Edge", "Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari",
            "iPhone",
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36",
            "Chrome",
            "Chromebook",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox",
            "Mac",
        ),
        ("curl/8", "", ""),
        ("", "", ""),
    ],
    ids=["phone", "desktop", "iphone", "chromebook", "mac", "program", "nothing"],
)
def test_a_device_is_named_as_people_know_it(agent: str, browser: str, system: str) -> None:
    assert (devices.browser_of(agent), devices.system_of(agent)) == (browser, system)
