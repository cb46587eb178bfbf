"""A change needs a token of the session, and must not come from another site."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFError, CSRFProtect

SAFE = {"GET", "HEAD", "OPTIONS"}
OWN = {"same-origin", "none"}


def use(app: Flask) -> None:
    """Refuse every unsafe request without its token or from another site."""
    # The token lives as long as its session. Sec-Fetch-Site and SameSite replace the referrer's check.
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    app.before_request(_same_site)
    CSRFProtect(app)


def _same_site() -> None:
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method not in SAFE and site not in OWN:
        raise CSRFError("The request comes from another site.")
