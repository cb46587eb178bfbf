"""The API key of a request, looked up once per request."""

from __future__ import annotations

from flask import g, request

from passport.services.people import institutions
from passport.services.people.institutions import ApiKey
from passport.web.core.work import reading

# Endpoints that accept an API key
ENDPOINTS = frozenset({"code_checks.check_codes"})


def shown() -> ApiKey | None:
    """Return the key of the request's `Authorization` header; None if it is missing, wrong or revoked."""
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
