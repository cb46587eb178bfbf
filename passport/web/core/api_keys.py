"""The API key that a request shows, looked up once for it."""

from __future__ import annotations

from flask import g, request

from passport.services.people import institutions
from passport.services.people.institutions import ApiKey
from passport.web.core.work import reading

# Where a key may be shown
ENDPOINTS = frozenset({"code_checks.check_codes"})


def shown() -> ApiKey | None:
    """Give the key of the request's `Authorization`; None for none, a wrong and a revoked one."""
    if "passport_api_key" not in g:
        g.passport_api_key = _read()
    key: ApiKey | None = g.passport_api_key
    return key


def _read() -> ApiKey | None:
    if "Authorization" not in request.headers:
        return None
    bearer = request.authorization
    text = (bearer.token or "") if bearer is not None and bearer.type == "bearer" else ""
    with reading() as work:
        return institutions.who_asks(work.session, text)
