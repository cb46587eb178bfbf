from __future__ import annotations

from flask import Flask

from tests.fixtures.towns import Town
from tests.web.conftest import Arrive
from tests.web.places import DOORS, Places, gets

POLICY = (
    "default-src 'none'; "
    "script-src 'self' 'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw=' 'wasm-unsafe-eval'; "
    "style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# what another person sent in is shown with nothing at all around it
OK, FILES, SANDBOX = 200, "/files/", "default-src 'none'; sandbox"
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
NO_REFERRER = ("/c/", "/receipts", "/desk", "/sign-in/link", "/new-password", "/invitation", "/visit/")
MAY_BE_KEPT = ("static", "home.front", "home.colour", "published.", "programmes.", "case.")


def test_every_answer_has_the_headers(app: Flask, town: Town, arrive: Arrive) -> None:
    places = Places(town)
    for who in (None, "amara", "robin", "casey"):
        visitor = arrive(who)
        for address in [places.address(rule) for rule in gets(app)] + ["/nowhere", "/c/SP-BAD"]:
            answer = visitor.open(address)
            headers, is_file = answer.headers, address.startswith(FILES) and answer.status_code == OK
            asked = ALWAYS | {"Content-Security-Policy": SANDBOX if is_file else POLICY}
            assert {name: headers.get(name) for name in asked} == asked, address
            checking = address == "/check" or address.startswith(NO_REFERRER)
            assert headers["Referrer-Policy"] == ("no-referrer" if checking else "same-origin"), address


def test_only_what_is_for_everybody_may_be_kept_or_found(app: Flask, town: Town, arrive: Arrive) -> None:
    places = Places(town)
    for rule in gets(app):
        headers = arrive().open(places.address(rule)).headers
        private = (headers.get("Cache-Control"), headers.get("X-Robots-Tag")) == ("no-store", "noindex")
        assert private is not rule.endpoint.startswith(MAY_BE_KEPT), rule


def test_public_pages_set_no_cookie(app: Flask, town: Town, arrive: Arrive) -> None:
    places = Places(town)
    for rule in gets(app):
        if not rule.endpoint.startswith(DOORS):
            assert "Set-Cookie" not in arrive().open(places.address(rule)).headers, rule


def test_the_cookie_is_for_this_site_alone(arrive: Arrive) -> None:
    cookie = arrive().open("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_the_cookie_is_bound_to_the_host(town: Town) -> None:
    from dataclasses import replace

    from passport.app import create_app

    settings = town.runtime.settings.model_copy(update={"public_url": "https://passport.example"})
    client = create_app(replace(town.runtime, settings=settings)).test_client()
    answer = client.get("/sign-in", base_url="https://passport.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_signed_files_are_for_every_site(arrive: Arrive) -> None:
    for address, kind in (
        ("/registry.json", "application/json"),
        ("/bundle.json", "application/json"),
        ("/employers/tinderbeck/did.json", "application/did+json"),
        ("/programmes/brindlemoor/did.json", "application/did+json"),
    ):
        answer = arrive().open(address)
        assert (answer.status_code, answer.mimetype) == (200, kind), address
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert arrive().open(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_signed_file_that_is_not_there(arrive: Arrive) -> None:
    for address in ("/employers/nobody/did.json", "/status/99/revocation", "/employers/..%2f../did.json"):
        assert arrive().open(address).status_code == 404
