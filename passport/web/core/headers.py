"""Headers of every response. The policy is constant, so that pages may be cached for use offline."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CustomHeader,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The one inline script of the page kit's template, which marks that scripts run
KIT_SCRIPT = "'sha256-GUQ5ad8JK5KmEWmROf3LZd9ge94daqNvd8xy9YS1iDw='"
YEAR = 365 * 24 * 60 * 60
# Signed files and static files are public and may be cached; the front page may be indexed
OPEN_BLUEPRINTS = {"programmes", "published", "case"}
OPEN_ENDPOINTS = {"static", "home.front", "home.colour"}
NO_REFERRER_BLUEPRINTS = {"visit_pages", "invitations", "links", "checks", "receipts", "desk"}


def content_security_policy() -> ContentSecurityPolicy:
    """Return the policy: nothing from other origins, no inline style, no inline script but the kit's own."""
    return (
        ContentSecurityPolicy()
        .default_src("'none'")
        .script_src("'self'", KIT_SCRIPT, "'wasm-unsafe-eval'")
        .style_src("'self'")
        .img_src("'self'", "data:")
        .font_src("'self'")
        .connect_src("'self'")
        .manifest_src("'self'")
        .base_uri("'none'")
        .form_action("'self'")
        .frame_ancestors("'none'")
    )


def policy(https: bool) -> Secure:
    """Return the headers that do not depend on the page."""
    return Secure(
        csp=content_security_policy(),
        hsts=StrictTransportSecurity().max_age(YEAR).include_subdomains() if https else None,
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        referrer=ReferrerPolicy().same_origin(),
        permissions=PermissionsPolicy().camera("self").microphone().geolocation(),
        custom=[CustomHeader("Cross-Origin-Resource-Policy", "same-origin")],
    )


def send(app: Flask, https: bool) -> None:
    """Add the headers to every response of ``app``."""
    constant = list(policy(https).headers.items())
    # as Flask's documentation recommends
    app.wsgi_app = _with(constant, app.wsgi_app)  # type: ignore[assignment, method-assign]

    def add(response: Response) -> Response:
        for name, value in _of(request.endpoint or ""):
            response.headers[name] = value
        return response

    app.after_request(add)


def _with(constant: list[tuple[str, str]], inner: WSGIApplication) -> WSGIApplication:
    """Wrap a WSGI application: add each header of `constant` that the response does not set itself."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *wrong: Any) -> Any:
            own = {name.lower() for name, _ in headers}
            more = [one for one in constant if one[0].lower() not in own]
            return start_response(status, headers + more, *wrong)

        return inner(environ, start)

    return answer


@functools.cache
def _of(endpoint: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that depend on the endpoint."""
    blueprint = endpoint.rpartition(".")[0]
    without = (("Referrer-Policy", "no-referrer"),) if blueprint in NO_REFERRER_BLUEPRINTS else ()
    if endpoint in OPEN_ENDPOINTS or blueprint in OPEN_BLUEPRINTS:
        return without
    return (*without, ("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex"))
