"""The only place that picks an error page. Every refusal is logged, without names and without codes."""

from __future__ import annotations

import traceback

import structlog
from flask import Flask, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from passport.services import DatabaseUnavailable
from passport.services.errors import ChecksClosed, IssuingClosed, NotAnyMore, NotFound, Refused
from passport.web import kept, refusals
from passport.web.access import audience_of, is_for_machines, way_back
from passport.web.api.problems import plain_problem
from passport.web.identity import current

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
# the fields that people write in
WRITTEN = ("narrative", "words", "reason", "note", "why", "rules")
# where the page of it is another room's
SHOWN_BY = {"confirmations": "evidence_holds"}
PAGES = {400, 403, 404, 405, 413, 415, 429, 500, 503}


def use(app: Flask) -> None:
    """Give every error its page."""
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotFound, lambda _error: _page(404))
    app.register_error_handler(NotAnyMore, _not_any_more)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(IssuingClosed, _closed)
    app.register_error_handler(DatabaseUnavailable, _unavailable)
    app.register_error_handler(ChecksClosed, _unavailable)
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
    return render_template("errors/error.html", status=shown, typed=_typed()), status


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    answer = make_response(_page(error.code))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)  # RFC 9110, section 15.5.6
    return answer


def _no_token(error: CSRFError) -> ResponseReturnValue:
    """The token is missing, wrong or older than the session: nothing was done."""
    if isinstance(error.__cause__, RequestEntityTooLarge):
        return _page(413)
    _log("token refused", 400, reason=error.description)
    kept_now = current() is None and kept.keep_posted()
    page = render_template(
        "errors/token.html",
        asking=audience_of(current_app, request.endpoint).asks,
        kept=kept_now,
        signed_in=current() is not None,
        signing_in=request.endpoint == "sessions.sign_in",
        here=way_back(),
        typed="" if kept_now else _typed(),
    )
    return page, 400


def _refused(error: Refused) -> ResponseReturnValue:
    """A rule said no, and the view had no better place to say so."""
    _log("rule refused", 409, reason=error.reason)
    if is_for_machines():
        return plain_problem(409)
    page = render_template(
        "errors/refused.html",
        words=refusals.words(error),
        about=_page_of_it(),
        typed=_typed(),
    )
    return page, 409


def _not_any_more(_error: NotAnyMore) -> ResponseReturnValue:
    """A champion had this open when her time at the school, or something of her onboarding, ended."""
    _log("not any more", 404)
    return render_template("errors/not_any_more.html", typed=_typed()), 404


def _typed() -> str:
    """The longest text of the form: nothing typed is lost. What has no space was chosen, not written."""
    try:
        texts = [request.form.get(name, "").strip() for name in WRITTEN]
    except HTTPException:  # too large, or broken off
        return ""
    return max((text for text in texts if " " in text), key=len, default="")


def _page_of_it() -> str:
    """The page that shows what a refused step is about, where the step belongs to such a page."""
    reference = (request.view_args or {}).get("reference")
    if reference is None or request.endpoint not in STEPS:
        return ""
    room = request.blueprint or ""
    return url_for(f"{SHOWN_BY.get(room, room)}.show", reference=reference)


def _closed(error: IssuingClosed) -> ResponseReturnValue:
    _log("issuing closed", 503, reason=str(error))
    if is_for_machines():
        return plain_problem(503)
    return render_template("errors/closed.html"), 503


def _unavailable(error: DatabaseUnavailable | ChecksClosed) -> ResponseReturnValue:
    log.error("unavailable", reason=str(error))
    if is_for_machines():
        return plain_problem(503)
    return render_template("errors/error.html", status=503, standalone=True, typed=_typed()), 503


def _unexpected(error: Exception) -> ResponseReturnValue:
    # our own text of it: some renderers print the values of variables, and passwords are among them
    trace = "".join(traceback.format_exception(error))
    log.error("unexpected error", method=request.method, endpoint=request.endpoint, trace=trace)
    if is_for_machines():
        return plain_problem(500)
    return render_template("errors/error.html", status=500, standalone=True, typed=_typed()), 500
