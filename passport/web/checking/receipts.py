"""Receipts: an earlier check, opened again by its number."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

from passport.services.checking import receipts, stored_entries
from passport.services.core.errors import NotFound
from passport.web.checking import unknown_codes, verdicts
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.work import reading

blueprint = Blueprint("receipts", __name__, url_prefix="/receipts")
LONGEST_TYPED = 60


@blueprint.get("")
@who.public
def ask() -> ResponseReturnValue:
    """Show the form for a receipt's number."""
    return render_template("checking/receipts/ask.html")


@blueprint.post("")
@who.question
def find() -> ResponseReturnValue:
    """Redirect to the page of a receipt."""
    entered = request.form.get("number", "").strip()[:LONGEST_TYPED]
    if not entered:
        return _again(_("Enter the number of the receipt"), entered)
    try:
        number = receipts.read_number(entered)
    except NotFound:
        words = _("This is no receipt number. Check what you typed. It looks like R-4F7K-9QXM-2TW9")
        return _again(words, entered)
    return redirect(url_for("receipts.show", number=number), 303)


@blueprint.get("/<number>")
@who.public
def show(number: str) -> ResponseReturnValue:
    """Show the result of the check then, and the result now."""
    settings, published = runtime().settings, stored_entries.look(runtime().public)
    with reading() as work:
        try:
            kept = receipts.read_number(number[:LONGEST_TYPED])
        except NotFound:
            return _unknown(number)
        try:
            opened = receipts.reopen(work.session, published, kept, work.at, settings.status_max_age)
        except NotFound:
            if seconds := unknown_codes.count(1):
                raise TooManyRequests(retry_after=seconds) from None
            return _unknown(receipts.pretty(kept))
        around = verdicts.surroundings(work, opened.now)
    return render_template("checking/receipts/show.html", opened=opened, result=opened.now, **around)


def _unknown(number: str) -> ResponseReturnValue:
    return render_template("checking/receipts/unknown.html", number=number), 404


def _again(problem: str, entered: str) -> ResponseReturnValue:
    return render_template("checking/receipts/ask.html", problem=problem, entered=entered), 400
