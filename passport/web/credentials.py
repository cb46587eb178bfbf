"""A student's entries: read, download, withdraw."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport import jobs
from passport.services import credentials, downloads
from passport.web import access as who
from passport.web.widgets import Form
from passport.web.work import changing_own, reading_own

blueprint = Blueprint("credentials", __name__, url_prefix="/entries")


@blueprint.get("/<reference>")
@who.student
def show(reference: str) -> ResponseReturnValue:
    """One entry of the passport."""
    with reading_own() as work:
        entry = credentials.own(work.session, work.account, reference)
        return render_template("credentials/show.html", entry=entry, now=work.at)


@blueprint.get("/<reference>/entry.<any(json, jwt, png, svg):form>")
@who.student
def download(reference: str, form: str) -> ResponseReturnValue:
    """The entry as a file: the signed bytes exactly as they were signed, or the same in a picture."""
    with reading_own() as work:
        entry = credentials.own(work.session, work.account, reference)
        file = downloads.download(work.session, entry, downloads.Form(form))
    return send_file(
        BytesIO(file.content),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
        etag=False,
    )


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
