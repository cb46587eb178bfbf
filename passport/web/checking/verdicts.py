"""Verdict pages: for one code, and for everything found in a file or text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from flask import render_template, request
from flask.typing import ResponseReturnValue

from passport.services import DatabaseUnavailable
from passport.services.checking import checks, receipts, typed_codes, uploads
from passport.services.checking.results import Result
from passport.services.programmes import creation
from passport.verifier import Verdict
from passport.web.checking import typing_hints, unknown_codes
from passport.web.core.runtime import runtime
from passport.web.core.work import Work, changing, changing_briefly, reading
from passport.web.programmes.frameworks.published import agreements

if TYPE_CHECKING:
    from datetime import date

    from passport.services.checking.uploads import Several

log = structlog.get_logger()
# In Sec-Purpose: a page that a browser fetches before it is requested stores no receipt.
AHEAD = "prefetch"
NO_DAY = "no day"


def of_code(entered: str) -> ResponseReturnValue:
    """Check a code and show its verdict, with a receipt of the check."""
    published = checks.look(runtime().public)
    with reading() as work:
        result = checks.by_code(work.session, published, entered, work.at, runtime().settings.status_max_age)
        receipt = receipts.of_this_minute(work.session, result)
        around = surroundings(work, result)
    return shown(result, entered, receipt or noted(result), around)


def compared(entered: str, born_on: date | None) -> ResponseReturnValue:
    """Show the verdict page with the result of comparing a date of birth. The page does not contain the date.

    The attempt is committed before its result is shown.
    """
    published = checks.look(runtime().public)
    if born_on is None:
        with reading() as work:
            result = checks.by_code(
                work.session, published, entered, work.at, runtime().settings.status_max_age
            )
            around = surroundings(work, result)
        return shown(result, entered, None, around, match=NO_DAY)
    with changing() as work:
        result, match = checks.match_birthdate(
            work.session, published, entered, born_on, work.at, runtime().settings.status_max_age
        )
        receipt = receipts.keep(work.session, result)
        around = surroundings(work, result)
    return shown(result, entered, receipt, around, match=match)


def shown(
    result: Result, entered: str, receipt: str | None, around: dict[str, Any], **more: object
) -> ResponseReturnValue:
    """Render the page of one code. Raises TooManyRequests for an unknown code above the limit."""
    [result] = unknown_codes.answerable([result])
    page = render_template(
        "checking/verdict.html",
        result=result,
        typed=typed_codes.grouped(entered),
        slip=typing_hints.find(entered) if result.hint else None,
        receipt=receipt,
        **around,
        **more,
    )
    return page, 404 if result.verdict is Verdict.UNKNOWN_CODE else 200


def all_of(several: Several, around: list[dict[str, Any]]) -> ResponseReturnValue:
    """Render the page of what was handed in. It has no address, so nothing is stored but receipts."""
    kept = [noted(result) for result in several.results]
    if len(several.results) == 1 and not (several.others or several.unread or several.kinds):
        [result] = several.results
        return shown(result, result.typed, kept[0], around[0], proofs=several.proofs)
    several = uploads.without(several, unknown_codes.answerable(several.results))
    agreed = {address: signed for one in around for address, signed in one["agreed"].items()}
    answers = list(zip(several.results, kept, strict=True))
    return render_template("checking/several.html", several=several, answers=answers, agreed=agreed)


def surroundings(work: Work, result: Result) -> dict[str, Any]:
    """Return what a page shows beside the verdict: the contact, and who agreed the wording."""
    programme = creation.to_ask(work.session, result.issuer)
    return {"programme": programme, "agreed": agreements(work.session, result)}


def noted(result: Result) -> str | None:
    """Store a receipt and return its number; None if the database is unavailable or none is due."""
    if result.share is None or request.method == "HEAD" or AHEAD in request.headers.get("Sec-Purpose", ""):
        return None
    try:
        with changing_briefly() as work:
            return receipts.keep(work.session, result)
    except DatabaseUnavailable as error:
        log.error("a check has no receipt", reason=str(error))
        return None
