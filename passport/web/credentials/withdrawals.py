"""Withdrawals by two managers: one requests it; another one confirms or refuses."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.rights import Action, How
from passport.services.credentials import corrections, entry_search, withdrawals
from passport.services.evidence import reading_log
from passport.web.access.reauthentication import fresh
from passport.web.core import route_access as who
from passport.web.core.widgets import Form
from passport.web.core.work import changing_own, reading_own
from passport.web.credentials.entry_office import ReasonForm

blueprint = Blueprint("withdrawals", __name__, url_prefix="/overview")


@blueprint.route("/entries/<reference>/withdraw", methods=["GET", "POST"])
@who.may(Action.WITHDRAW, How.TWO_PEOPLE)
@fresh
def ask(reference: str) -> ResponseReturnValue:
    """Request a withdrawal, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        with changing_own() as work:
            made = withdrawals.ask(work.session, work.account, reference, form.reason.data or "", work.at)
            asked = made.reference
        flash(_("Asked. Another manager has to confirm it. Until then the entry stays as it is."))
        return redirect(url_for("withdrawals.show", reference=asked))
    with reading_own() as work:
        entry = entry_search.entry(work.session, work.account, reference)
        standing = withdrawals.open_for(work.session, entry.id)
        if standing is not None and not form.is_submitted():
            return redirect(url_for("withdrawals.show", reference=standing.reference))
        if entry.state not in {"issued", "on_hold"} and not form.is_submitted():
            return redirect(url_for("entries.show", reference=reference))
        return render_template("credentials/withdrawals/ask.html", entry=entry, form=form)


@blueprint.get("/withdrawals")
@who.may(Action.WITHDRAW, How.TWO_PEOPLE)
def listed() -> ResponseReturnValue:
    """List the requests that wait for a second manager, and those decided."""
    with reading_own() as work:
        return render_template(
            "credentials/withdrawals/list.html",
            account=work.account,
            requests=withdrawals.of_programme(work.session, work.account),
        )


@blueprint.get("/withdrawals/<reference>")
@who.may(Action.WITHDRAW, How.TWO_PEOPLE)
def show(reference: str) -> ResponseReturnValue:
    """Show one request. It shows a student's entry, so the reading is recorded."""
    with changing_own() as work:
        asked = withdrawals.find(work.session, work.account, reference)
        entry = asked.credential
        reading_log.record(work.session, work.account, entry.student_id, work.at, credential=entry)
        return render_template(
            "credentials/withdrawals/show.html",
            account=work.account,
            asked=asked,
            entry=entry,
            said=corrections.said(entry),
            form=Form(),
            now=work.at,
        )


@blueprint.post("/withdrawals/<reference>/confirm")
@who.may(Action.WITHDRAW, How.TWO_PEOPLE)
@fresh
def confirm(reference: str) -> ResponseReturnValue:
    """Withdraw the entry permanently, as the second of two managers."""
    with changing_own() as work:
        withdrawals.confirm(work.session, work.account, reference, work.at)
    job_queue.wake()
    flash(_("Withdrawn. Within a minute every check of this entry says so."))
    return redirect(url_for("withdrawals.show", reference=reference))


@blueprint.route("/withdrawals/<reference>/refuse", methods=["GET", "POST"])
@who.may(Action.WITHDRAW, How.TWO_PEOPLE)
def refuse(reference: str) -> ResponseReturnValue:
    """Refuse a request, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        with changing_own() as work:
            withdrawals.refuse(work.session, work.account, reference, form.reason.data or "", work.at)
        flash(_("Refused. The entry stays as it is."))
        return redirect(url_for("withdrawals.show", reference=reference))
    with reading_own() as work:
        asked = withdrawals.find(work.session, work.account, reference)
        if (asked.state != "asked" or asked.asked_by_id == work.account.id) and not form.is_submitted():
            return redirect(url_for("withdrawals.show", reference=reference))
        return render_template(
            "credentials/withdrawals/refuse.html", asked=asked, entry=asked.credential, form=form
        )


@blueprint.post("/withdrawals/<reference>/cancel")
@who.may(Action.WITHDRAW, How.TWO_PEOPLE)
def cancel(reference: str) -> ResponseReturnValue:
    """Cancel one's own request."""
    with changing_own() as work:
        withdrawals.cancel(work.session, work.account, reference, work.at)
    flash(_("Taken back. The entry stays as it is."))
    return redirect(url_for("withdrawals.show", reference=reference))
