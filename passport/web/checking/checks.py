"""Checking: open to everyone, without an account, and without leaving a cookie.

What is typed, pasted or uploaded comes by POST, so that no address and no server log contains what a code
says. A code then has a page of its own; an entry that was handed in itself is answered at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge

from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.services.checking import (
    handed_in,
    pasted,
    receipts,
    stored_entries,
    text_search,
    typed_codes,
    uploads,
)
from passport.services.checking.handed_in import Busy, Found, Unreadable
from passport.services.checking.uploads import TooMany
from passport.services.core.errors import NotFound
from passport.web.checking import reader_time, verdicts
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.words import unreadable
from passport.web.core.work import reading as looking

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

blueprint = Blueprint("checks", __name__)
LONGEST_TYPED = 300
SHOWN = 10
# Seconds after which to hand in a file again for which no reader was free
RETRY_SECONDS = 10
MINUTE = 60
# a photo above the limit gets an error message; a body above this limit is not read at all
LARGEST_UPLOAD = 32 * 1024 * 1024
LARGEST_TEXT = 2 * 1024 * 1024


@blueprint.get("/check")
@who.public
def check() -> ResponseReturnValue:
    """Show every way to check; a code in the address leads to its own page."""
    if "code" in request.args:
        return _code(request.args["code"])
    return render_template("checking/check.html")


@blueprint.post("/check")
@who.question
def ask() -> ResponseReturnValue:
    """Answer what was typed, pasted or uploaded with its verdict."""
    request.max_content_length, request.max_form_memory_size = LARGEST_UPLOAD, LARGEST_TEXT
    try:
        form, file = request.form, request.files.get("file")
    except RequestEntityTooLarge:
        return _again("file", unreadable("too large"), status=413)
    if file is not None:
        return _file(file)
    if "text" in form:
        return _text(form["text"])
    return _code(form.get("code", ""))


def _code(entered: str) -> ResponseReturnValue:
    """Answer what was entered where a code is expected: a code, an address, or a text with either."""
    if pasted.holds_entry(entered.strip()):
        return _text(entered)
    return _short(entered)


def _short(entered: str) -> ResponseReturnValue:
    """Answer a code or an address that contains no entry."""
    entered = entered.strip()
    if not entered:
        return _again("code", _("Enter the code that you were given"))
    whole, entered = entered, entered[:LONGEST_TYPED]
    if not typed_codes.looks_like_an_address(entered):
        return _written(typed_codes.as_code(entered), whole, entered)
    if not typed_codes.is_ours(entered, runtime().settings.public_url):
        return _elsewhere((entered,))
    found = typed_codes.code_in(entered)
    if not found:
        words = _(
            "That is a page of this service, but not the page of a code. Enter the code that you were given"
        )
        return _again("code", words, entered)
    return _to_its_page(found, entered)


def _text(text: str) -> ResponseReturnValue:
    if not text.strip():
        return _again("text", _("Paste the text that you want to check"))
    answer = _held_in(text)
    return _short(text) if answer is None else answer


def _held_in(text: str) -> ResponseReturnValue | None:
    """Answer what a text contains; None if it contains nothing of ours and no other address."""
    try:
        found = pasted.everything_in(text, runtime().settings.public_url)
    except Unreadable as error:
        return _again("text", unreadable(error.reason, pasted=True), text)
    return None if found.nothing else _found(found, "text", text)


def _file(file: FileStorage) -> ResponseReturnValue:
    data = file.read(handed_in.MAX_BYTES + 1)
    if not data:
        return _again("file", _("Choose a file first, and one that is not empty"))
    try:
        found = reader_time.read(data)
    except Unreadable as error:
        return _again("file", unreadable(error.reason))
    except Busy:
        words = _(
            "We are reading other files at the moment. Your file was not read and not kept."
            " Choose it again in a few seconds, or type the code"
        )
        return _later(words, 503, RETRY_SECONDS)
    except reader_time.UsedUp as error:
        words = ngettext(
            "Reading files from your network has taken a long time. Your file was not read and not kept."
            " Choose it again in a minute, or type the code",
            "Reading files from your network has taken a long time. Your file was not read and not kept."
            " Choose it again in %(num)s minutes, or type the code",
            -(-error.retry_after // MINUTE),
        )
        return _later(words, 429, error.retry_after)
    if found.nothing:
        return _again("file", unreadable("no code"))
    return _found(found, "file")


def _found(found: Found, at: str, entered: str = "") -> ResponseReturnValue:
    """Redirect to the page of a single code; answer everything else at once and keep only receipts of it."""
    if not found.is_ours:
        return _elsewhere(found.others)
    if found == Found(found.codes) and len(found.codes) == 1:
        return _to_its_page(found.codes[0], "")
    published = stored_entries.look(runtime().public)
    try:
        with looking() as work:
            max_age = runtime().settings.status_max_age
            several = uploads.check_all(work.session, published, found, work.at, max_age)
            around = [verdicts.surroundings(work, result) for result in several.results]
    except TooMany:
        words = _("There are more than %(number)s codes in it. Check them in parts", number=uploads.MOST)
        return _again(at, words, entered)
    if not several.results and several.unread:
        return _again(at, unreadable("broken lines"), entered)
    if not several.results:
        return _no_credential(several) if several.kinds else _elsewhere(several.others)
    return verdicts.all_of(several, around)


def _to_its_page(code: str, entered: str) -> ResponseReturnValue:
    try:
        return redirect(url_for("checks.show", code=share_code.parse(code)), 303)
    except BadCode:
        return verdicts.of_code(code if typed_codes.grouped(code) != code else entered)


def _written(code: str, whole: str, entered: str) -> ResponseReturnValue:
    """Answer a code, or a text with codes in it, or a receipt number: people use one box for all of them."""
    try:
        share_code.parse(code)
    except BadCode:
        # never `_text`, which calls this again for a text without codes
        if pasted.written_codes(whole) and (answer := _held_in(whole)) is not None:
            return answer
        try:
            return redirect(url_for("receipts.show", number=receipts.read_number(entered)), 303)
        except NotFound:
            pass
    return _to_its_page(code, entered)


def _elsewhere(others: tuple[str, ...]) -> ResponseReturnValue:
    shown = others[:SHOWN]
    codes = text_search.codes_inside(shown)
    return render_template("checking/elsewhere.html", others=shown, codes=codes), 400


def _no_credential(several: uploads.Several) -> ResponseReturnValue:
    """Render the page of what gets no verdict: what it seems to be, and what to ask for."""
    return render_template("checking/no_credential.html", kinds=several.kinds), 400


def _again(at: str, problem: str, entered: str = "", status: int = 400) -> tuple[str, int]:
    typed_in = {at: entered}
    return render_template("checking/check.html", problem=problem, at=at, entered=typed_in), status


def _later(problem: str, status: int, seconds: int) -> ResponseReturnValue:
    """Render the form with what was typed, beside a file that cannot be read now."""
    typed_in = {name: request.form.get(name, "") for name in ("code", "text")}
    page = render_template("checking/check.html", problem=problem, at="file", entered=typed_in)
    return page, status, {"Retry-After": str(seconds)}


@blueprint.get("/c/<code>", strict_slashes=False)
@who.public
def show(code: str) -> ResponseReturnValue:
    """Show the verdict on a code. With a slash or a query at its end, an address leads to the one without.

    A browser takes what follows the `#` along.
    """
    entered = typed_codes.as_code(code[:LONGEST_TYPED])
    try:
        own = url_for("checks.show", code=share_code.parse(entered))
    except BadCode:
        return verdicts.of_code(entered)
    if request.path.endswith("/") or request.query_string:
        return redirect(own, 301)
    return verdicts.of_code(entered)


@blueprint.post("/c/<code>/birthdate")
@who.question
def compare(code: str) -> ResponseReturnValue:
    """Compare a date of birth: match or no match. Answered at once: no address contains the result."""
    entered = typed_codes.as_code(code[:LONGEST_TYPED])
    born_on = typed_codes.day(*(request.form.get(part, "") for part in ("day", "month", "year")))
    return verdicts.compared(entered, born_on)
