"""Requests of students about their own data, for the school and the managers who answer them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.rights import Action, How
from passport.services.privacy import requests
from passport.web.access.reauthentication import fresh
from passport.web.core import route_access as who
from passport.web.core.paging import page_number
from passport.web.core.work import changing_own, reading_own
from passport.web.credentials.entry_office import ReasonForm
from passport.web.programmes.managing import done

blueprint = Blueprint("privacy_requests", __name__, url_prefix="/privacy-requests")
ANSWERED = (How.PREPARE, How.APPROVE)


@blueprint.get("")
@who.may(Action.SUBJECT_ACCESS, *ANSWERED)
def listed() -> ResponseReturnValue:
    """List the requests, those that wait first."""
    with reading_own() as work:
        found = requests.listed(work.session, work.account, page_number(), work.at)
        return render_template("privacy/requests.html", account=work.account, found=found)


@blueprint.route("/<reference>", methods=["GET", "POST"])
@who.may(Action.SUBJECT_ACCESS, *ANSWERED)
def show(reference: str) -> ResponseReturnValue:
    """Show one request, and answer it: a POST says that it is done, with words for the student."""
    form = ReasonForm()
    if form.validate_on_submit():
        words = form.reason.data or ""
        if done(
            form,
            lambda work: requests.answer(work.session, work.account, reference, words, work.at).reference,
        ):
            flash(_("Answered. The student has been told."))
            return redirect(url_for("privacy_requests.listed"))
    with changing_own() as work:
        asked = requests.show(work.session, work.account, reference, work.at)
        return render_template("privacy/request.html", account=work.account, asked=asked, form=form)


@blueprint.route("/<reference>/refuse", methods=["GET", "POST"])
@who.may(Action.SUBJECT_ACCESS, *ANSWERED)
def refuse(reference: str) -> ResponseReturnValue:
    """Refuse a request, with words for the student."""
    form = ReasonForm()
    if form.validate_on_submit():
        words = form.reason.data or ""
        if done(
            form,
            lambda work: requests.refuse(work.session, work.account, reference, words, work.at).reference,
        ):
            flash(_("Refused. The student has been told why."))
            return redirect(url_for("privacy_requests.listed"))
    with changing_own() as work:
        asked = requests.show(work.session, work.account, reference, work.at)
        return render_template("privacy/refuse.html", asked=asked, form=form)


@blueprint.post("/<reference>/pass-on")
@who.may(Action.SUBJECT_ACCESS, How.PREPARE)
def pass_on(reference: str) -> ResponseReturnValue:
    """Pass an erasure on to the managers of the programme."""
    with changing_own() as work:
        requests.pass_on(work.session, work.account, reference, work.at)
    flash(_("Passed on. A manager of the programme carries it out."))
    return redirect(url_for("privacy_requests.show", reference=reference))


@blueprint.post("/<reference>/erase")
@who.may(Action.SUBJECT_ACCESS, How.APPROVE)
@fresh
def erase(reference: str) -> ResponseReturnValue:
    """Erase the student for good."""
    with changing_own() as work:
        requests.carry_out(work.session, work.account, reference, work.at)
    job_queue.wake()
    flash(_("Erased. Within a minute every check says so."))
    return redirect(url_for("privacy_requests.listed"))
