"""CSRF protection: a change needs a token of the session and must not come from another site."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from passport.web.core import route_access

SAFE = {"GET", "HEAD", "OPTIONS"}
OWN = {"same-origin", "none"}


def use(app: Flask) -> None:
    """Refuse every unsafe request without its token or from another site.

    Routes for machines are exempt: they read no cookie and change nothing, so there is nothing to forge. The
    questions of public checks are exempt from the token, which needs a cookie, but must come from our own
    pages.
    """
    # The token lives as long as its session. Sec-Fetch-Site and SameSite replace the referrer's check.
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    app.before_request(_same_site)
    guard = CSRFProtect(app)
    for endpoint, view in app.view_functions.items():
        if not route_access.declared(app, endpoint).needs_token:
            guard.exempt(view)


def _same_site() -> None:
    site = request.headers.get("Sec-Fetch-Site", "none")
    if route_access.is_for_machines():
        return
    if request.method not in SAFE and site not in OWN:
        raise CSRFError("The request comes from another site.")
