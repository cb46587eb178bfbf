"""Error handlers: the only place that picks an error page. Refusals are logged without names and codes."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    RequestEntityTooLarge,
    ServiceUnavailable,
    TooManyRequests,
)

from passport.adapters.files import StoreUnavailable
from passport.limits import POSTS
from passport.services import DatabaseUnavailable
from passport.services.core import unexpected
from passport.services.core.errors import (
    ChecksClosed,
    IssuingClosed,
    NotAnyMore,
    NotFound,
    Refused,
)
from passport.verifier.unexpected import Unexpected
from passport.web.core import kept_forms, limits, refusals
from passport.web.core.identity import current
from passport.web.core.limits import LARGEST_FORM
from passport.web.core.problems import NO_MORE_TO_SAY, Problem, plain_problem, problem
from passport.web.core.route_access import audience_of, is_for_machines, way_back
from passport.web.core.words import waiting

log = structlog.get_logger()
STEPS = {
    *(f"evidence.{step}" for step in ("skill", "level", "story", "check", "remove")),
    *(f"evidence_holds.{step}" for step in ("release", "hold", "send_back")),
    *(f"endorsements.{step}" for step in ("endorse", "review", "send_back", "decline")),
    "confirmations.confirm",
    "credentials.withdraw",
    "credentials.replace",
    *(f"entries.{step}" for step in ("hold", "lift", "correct_name", "correct_school", "correct_date")),
    *(f"withdrawals.{step}" for step in ("confirm", "refuse", "cancel")),
}
# free-text fields
WRITTEN = ("narrative", "words", "reason", "note", "why", "rules")
# blueprints whose items are shown by another blueprint
SHOWN_BY = {"confirmations": "evidence_holds"}
PAGES = {400, 403, 404, 405, 413, 415, 429, 500, 503}


def use(app: Flask) -> None:
    """Register a handler for every error."""
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotFound, lambda _error: _page(404))
    app.register_error_handler(NotAnyMore, _not_any_more)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(IssuingClosed, _closed)
    app.register_error_handler(DatabaseUnavailable, _unavailable)
    app.register_error_handler(ChecksClosed, _unavailable)
    app.register_error_handler(StoreUnavailable, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def _log(event: str, status: int, **more: object) -> None:
    user = None if is_for_machines() else current()
    actor = user.reference if user else None
    log.warning(event, status=status, method=request.method, endpoint=request.endpoint, actor=actor, **more)


def _page(status: int) -> ResponseReturnValue:
    _log("refused", status)
    if is_for_machines():
        return plain_problem(status)
    shown = status if status in PAGES else (500 if status >= 500 else 400)
    return render_template("core/errors/error.html", status=shown, typed=_typed()), status


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, TooManyRequests | ServiceUnavailable) and isinstance(error.retry_after, int):
        return _wait(error.code, error.retry_after)
    answer = make_response(_page(error.code))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)  # RFC 9110, section 15.5.6
    return answer


def _wait(status: int, seconds: int) -> ResponseReturnValue:
    """Refuse with a time to wait, in words and in Retry-After, and return what was typed.

    429 is about the caller's network or key; 503 about the service, which is overloaded.
    """
    _log("refused", status, seconds=seconds)
    limits.come_again(seconds)
    if is_for_machines():
        title, detail = HTTPStatus(status).phrase, f"Ask again in {seconds} seconds"
        return problem(Problem(type=NO_MORE_TO_SAY, title=title, status=status, detail=detail))
    needs_token = audience_of(current_app, request.endpoint).needs_token
    page = render_template(
        "core/errors/wait.html",
        status=status,
        wait=waiting(seconds),
        fields=_given_back(),
        needs_token=needs_token,
        here=way_back(),
    )
    return page, status


def _given_back() -> dict[str, str]:
    """Return the values of the fields that the route declares to give back; empty where there are none."""
    post = POSTS.get(request.endpoint or "")
    if request.method != "POST" or post is None or not post.keeps:
        return {}
    request.max_content_length = request.max_form_memory_size = LARGEST_FORM
    try:
        return {name: request.form[name] for name in post.keeps if request.form.get(name)}
    except HTTPException:  # too large, or broken off
        return {}


def _no_token(error: CSRFError) -> ResponseReturnValue:
    """Refuse a form whose token is missing, wrong or older than the session; nothing was changed."""
    if isinstance(error.__cause__, RequestEntityTooLarge):
        return _page(413)
    _log("token refused", 400, reason=error.description)
    kept_now = current() is None and kept_forms.keep_posted()
    page = render_template(
        "core/errors/token.html",
        asking=audience_of(current_app, request.endpoint).asks,
        kept=kept_now,
        signed_in=current() is not None,
        signing_in=request.endpoint == "sessions.sign_in",
        here=way_back(),
        typed="" if kept_now else _typed(),
    )
    return page, 400


def _refused(error: Refused) -> ResponseReturnValue:
    """Show a refusal of a business rule that the view did not handle itself."""
    _log("rule refused", 409, reason=error.reason)
    if is_for_machines():
        return plain_problem(409)
    page = render_template(
        "core/errors/refused.html",
        words=refusals.words(error),
        about=_page_of_it(),
        typed=_typed(),
    )
    return page, 409


def _not_any_more(_error: NotAnyMore) -> ResponseReturnValue:
    """Refuse a page that was open when the champion's time at the school or their onboarding ended."""
    _log("not any more", 404)
    return render_template("core/errors/not_any_more.html", typed=_typed()), 404


def _typed() -> str:
    """Return the longest text of the form, so that it is not lost; values without a space were chosen."""
    try:
        texts = [request.form.get(name, "").strip() for name in WRITTEN]
    except HTTPException:  # too large, or broken off
        return ""
    return max((text for text in texts if " " in text), key=len, default="")


def _page_of_it() -> str:
    """Return the address of the page about the item of a refused step; empty if there is no such page."""
    reference = (request.view_args or {}).get("reference")
    if reference is None or request.endpoint not in STEPS:
        return ""
    room = request.blueprint or ""
    return url_for(f"{SHOWN_BY.get(room, room)}.show", reference=reference)


def _closed(error: IssuingClosed) -> ResponseReturnValue:
    _log("issuing closed", 503, reason=str(error))
    if is_for_machines():
        return plain_problem(503)
    return render_template("core/errors/closed.html"), 503


def _unavailable(error: DatabaseUnavailable | ChecksClosed | StoreUnavailable) -> ResponseReturnValue:
    log.error("unavailable", reason=str(error))
    if is_for_machines():
        return plain_problem(503)
    return render_template("core/errors/error.html", status=503, standalone=True, typed=_typed()), 503


def _unexpected(error: Exception) -> ResponseReturnValue:
    unexpected.note(
        "unexpected error", Unexpected.of(error), method=request.method, endpoint=request.endpoint
    )
    if is_for_machines():
        return plain_problem(500)
    return render_template("core/errors/error.html", status=500, standalone=True, typed=_typed()), 500
