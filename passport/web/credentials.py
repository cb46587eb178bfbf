"""A student's entries: read, download, withdraw."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport import jobs
from passport.services import credentials
from passport.services.errors import NotFound
from passport.web import access as who
from passport.web.widgets import Form
from passport.web.work import changing_own, reading_own

blueprint = Blueprint("credentials", __name__, url_prefix="/entries")
CREDENTIAL_TYPE = "application/vc+ld+json"


@blueprint.get("/<reference>")
@who.student
def show(reference: str) -> ResponseReturnValue:
    """One entry of the passport."""
    with reading_own() as work:
        entry = credentials.own(work.session, work.account, reference)
        return render_template("credentials/show.html", entry=entry, now=work.at)


@blueprint.get("/<reference>/entry.json")
@who.student
def download(reference: str) -> ResponseReturnValue:
    """The signed bytes, exactly as they were signed."""
    with reading_own() as work:
        entry = credentials.own(work.session, work.account, reference)
        if entry.document is None:
            raise NotFound
        response = Response(entry.document, content_type=CREDENTIAL_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="entry-{reference}.json"'
    return response


@blueprint.route("/<reference>/withdraw", methods=["GET", "POST"])
@who.student
def withdraw(reference: str) -> ResponseReturnValue:
    """Withdraw it for good, after a page that says so."""
    form = Form()
    if form.validate_on_submit():
        with changing_own() as work:
            credentials.withdraw(work.session, work.account, reference, work.at)
        jobs.wake()
        flash(_("Withdrawn. Within a minute every check of this entry says so."))
        return redirect(url_for("credentials.show", reference=reference))
    with reading_own() as work:
        entry = credentials.own(work.session, work.account, reference)
        if entry.state == "withdrawn":
            return redirect(url_for("credentials.show", reference=reference))
        return render_template("credentials/withdraw.html", entry=entry, form=form)
