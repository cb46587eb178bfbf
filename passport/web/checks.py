"""Checking a code: anyone, without an account, and without leaving a cookie."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.services import checks, programmes
from passport.web import access as who
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
    typed = request.args["code"].strip()[:LONGEST_TYPED]
    if not typed:
        return render_template("home/front.html", problem=_("Enter the code that you were given")), 400
    if looks_like_an_address(typed):
        if not is_ours(typed, runtime().settings.public_url):
            return render_template("checks/elsewhere.html", typed=typed), 400
        typed = path_of(typed).removeprefix("/c/").strip("/")
    try:
        return redirect(url_for("checks.show", code=share_code.parse(typed)), 303)
    except BadCode:
        return _verdict(typed)


@blueprint.get("/c/<code>")
@who.public
def show(code: str) -> ResponseReturnValue:
    """The verdict on a code."""
    return _verdict(code[:LONGEST_TYPED])


def _verdict(typed: str) -> ResponseReturnValue:
    with reading() as work:
        result = checks.by_code(work.session, runtime().public, typed, work.at)
        programme = programmes.only_programme(work.session, None)
        page = render_template("checks/verdict.html", result=result, programme=programme)
    return page, 404 if result.verdict == "V9" else 200


def looks_like_an_address(typed: str) -> bool:
    """Whether it is an address and not a code: both may be pasted into the same box."""
    return re.match(r"//|[a-z][a-z0-9+.-]*://|[^/<>\s]+/", typed, re.IGNORECASE) is not None


def is_ours(typed: str, public_url: str) -> bool:
    """Whether a pasted address leads to a code of this very service, and nowhere that only looks like it."""
    try:
        parts = urlsplit(_with_scheme(typed))
        here = parts.scheme in {"http", "https"} and parts.netloc.lower() == urlsplit(public_url).netloc
        return here and parts.path.startswith("/c/")
    except ValueError:
        return False


def path_of(typed: str) -> str:
    """The path of a pasted address."""
    return urlsplit(_with_scheme(typed)).path


def _with_scheme(typed: str) -> str:
    return typed if "://" in typed else f"https://{typed}"
