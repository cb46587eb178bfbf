"""The desk of an institution: up to a thousand rows for its signed-in staff, and its latest lists."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from passport.jobs import queue as job_queue
from passport.services.checking import desk
from passport.services.checking.desk import receiving
from passport.services.core.errors import Refused
from passport.services.core.rights import Action, allows
from passport.services.people import institutions
from passport.web.checking.desk import (
    OVERHEAD,
    HandedIn,
    answer_file,
    form_page,
    list_page,
    taking_in,
    told_progress,
)
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.work import OwnWork, changing_own, reading_own

blueprint = Blueprint("institution", __name__, url_prefix="/institution")


@blueprint.before_app_request
def let_long_lists_in() -> None:
    """Raise the request size limit for an institution's list, before the form is read for its token."""
    if request.endpoint == "institution.take":
        user = current()
        if user is not None and allows(user.roles, Action.CHECK_MANY):
            request.max_content_length = receiving.MOST_BYTES + OVERHEAD


@blueprint.get("")
@who.may(Action.CHECK_MANY)
def new() -> ResponseReturnValue:
    """Show the form for a list or files, and the lists of the last days."""
    with reading_own() as work:
        return _page(work)


@blueprint.post("")
@who.may(Action.CHECK_MANY)
def take() -> ResponseReturnValue:
    """Store the posted list or files, and redirect to their page."""
    with reading_own() as own:
        institution = institutions.of(own.session, own.account).id
    try:
        with taking_in():
            handed_in = HandedIn.read(institution)
            with changing_own() as work:
                batch = handed_in.receive(work, institution)
    except Refused as error:
        with reading_own() as own:
            return _page(own, problem=refusals.at_box(error))
    job_queue.wake()
    return redirect(url_for("institution.show", reference=batch.reference), 303)


@blueprint.get("/lists/<reference>")
@who.may(Action.CHECK_MANY)
def show(reference: str) -> ResponseReturnValue:
    """Show the progress of a list, and its results."""
    with reading_own() as work:
        return list_page("institution", work, desk.of_account(work.session, work.account, reference))


@blueprint.get("/lists/<reference>/progress")
@who.may(Action.CHECK_MANY)
def progress(reference: str) -> ResponseReturnValue:
    """Return the progress, for the page's script."""
    with reading_own() as work:
        return told_progress(work, desk.of_account(work.session, work.account, reference))


@blueprint.get("/lists/<reference>/answer.csv")
@who.may(Action.CHECK_MANY)
def answer(reference: str) -> ResponseReturnValue:
    """Return the list with its results as a file."""
    with reading_own() as work:
        return answer_file(work, desk.of_account(work.session, work.account, reference))


@blueprint.post("/lists/<reference>/delete")
@who.may(Action.CHECK_MANY)
def delete(reference: str) -> ResponseReturnValue:
    """Delete the list now."""
    with changing_own() as work:
        desk.delete(work.session, desk.of_account(work.session, work.account, reference))
    return redirect(url_for("institution.show", reference=reference), 303)


def _page(work: OwnWork, problem: str = "") -> ResponseReturnValue:
    name = institutions.of(work.session, work.account).name
    return form_page("institution", name, problem=problem, lists=desk.mine(work.session, work.account))
