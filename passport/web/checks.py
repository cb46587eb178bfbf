"""Checking a code: anyone, without an account, and without leaving a cookie."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.services import checks, programmes
from passport.web import access as who
from passport.web import typed
from passport.web.frameworks import agreements
from passport.web.runtime import runtime
from passport.web.work import reading

blueprint = Blueprint("checks", __name__)
LONGEST_TYPED = 300


@blueprint.get("/check")
@who.public
def check() -> ResponseReturnValue:
    """Take what was typed or pasted to the page of its code."""
    if "code" not in request.args:
        return redirect(url_for("home.front"))
    entered = request.args["code"].strip()[:LONGEST_TYPED]
    if not entered:
        return _ask_again(_("Enter the code that you were given"), "")
    if not typed.looks_like_an_address(entered):
        return _to_its_page(typed.as_code(entered), entered)
    if not typed.is_ours(entered, runtime().settings.public_url):
        return render_template("checks/elsewhere.html", typed=entered), 400
    found = typed.code_in(entered)
    if not found:
        words = _(
            "That is a page of this service, but not the page of a code. Enter the code that you were given"
        )
        return _ask_again(words, entered)
    return _to_its_page(found, entered)


def _to_its_page(code: str, entered: str) -> ResponseReturnValue:
    try:
        return redirect(url_for("checks.show", code=share_code.parse(code)), 303)
    except BadCode:
        return _verdict(code if typed.grouped(code) != code else entered)


def _ask_again(problem: str, entered: str) -> ResponseReturnValue:
    return render_template("home/front.html", problem=problem, entered=entered), 400


@blueprint.get("/c/<code>")
@who.public
def show(code: str) -> ResponseReturnValue:
    """The verdict on a code."""
    return _verdict(typed.as_code(code[:LONGEST_TYPED]))


def _verdict(entered: str) -> ResponseReturnValue:
    with reading() as work:
        result = checks.by_code(
            work.session, runtime().public, entered, work.at, runtime().settings.status_max_age
        )
        page = render_template(
            "checks/verdict.html",
            result=result,
            typed=typed.grouped(entered),
            programme=programmes.only_programme(work.session, None),
            agreed=agreements(work.session, result),
        )
    return page, 404 if result.verdict == "V9" else 200
