"""Kept forms: restore what was typed when the sign-in ended before the form was sent."""

from __future__ import annotations

from flask import Flask, Response, g, has_request_context, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from passport.services.core import kept_forms
from passport.web.core import cookies
from passport.web.core.runtime import secrets
from passport.web.core.work import changing, reading

OWN = {"same-origin", "none"}


def page() -> str:
    """Return the page that a form belongs to: its address with the query."""
    return request.full_path.rstrip("?")


def keep_posted() -> bool:
    """Keep the posted form if the browser's account is known. Return whether it was kept."""
    row = cookies.here().row
    from_here = request.headers.get("Sec-Fetch-Site", "none") in OWN
    if row is None or request.method != "POST" or not from_here or row.account.suspended_at is not None:
        return False
    fields = {name: request.form.getlist(name) for name in request.form}
    with changing() as work:
        return kept_forms.keep(work.session, row.account_id, page(), fields, secrets(), work.at)


def restored() -> MultiDict[str, str] | None:
    """Return what this account had typed into this page's form, or None if nothing was kept."""
    if not has_request_context() or request.method != "GET" or cookies.here().is_over:
        return None
    row = cookies.here().row
    if row is None:
        return None
    with reading() as work:
        found = kept_forms.find(work.session, row.account_id, page(), secrets(), work.at)
    if found is None:
        return None
    g.form_was_kept = True
    return ImmutableMultiDict([(name, value) for name, values in found.items() for value in values])


def was_kept() -> bool:
    """Return whether this page shows a form with restored values."""
    return bool(g.get("form_was_kept"))


def stays() -> None:
    """Keep the form that this request stored, although the response redirects."""
    g.form_is_kept_now = True


def use(app: Flask) -> None:
    """Delete a kept form when it was sent and accepted (the response is a 302)."""

    def forget(response: Response) -> Response:
        row = None if request.method != "POST" or response.status_code != 302 else cookies.here().row
        if row is not None and not cookies.here().is_over and not g.get("form_is_kept_now"):
            with changing() as work:
                kept_forms.drop(work.session, row.account_id, page())
        return response

    app.after_request(forget)
