"""A student's entries: read, download, replace by a higher level, withdraw."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.rights import Action, How
from passport.services.credentials import corrections, entry_search, holds, lifecycle, replacement
from passport.services.sharing import downloads
from passport.web.checking.soundness import can_be_handed_out, look, unsound
from passport.web.core import route_access as who
from passport.web.core.widgets import Form
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("credentials", __name__, url_prefix="/entries")


@blueprint.get("/<reference>")
@who.may(Action.OWN_RECORD, How.OWN)
def show(reference: str) -> ResponseReturnValue:
    """Show one entry of the passport."""
    published = look()
    with reading_own() as work:
        entry = lifecycle.own(work.session, work.account, reference)
        newest = entry_search.current(work.session, entry)
        if newest is not entry:
            return redirect(url_for("credentials.show", reference=newest.reference))
        mine = lifecycle.mine(work.session, work.account)
        damaged = unsound(work, published, [entry])
        return render_template(
            "credentials/show.html",
            entry=entry,
            damaged=damaged,
            whom_to_ask=holds.whom_to_ask(work.session, entry) if damaged else None,
            said=corrections.said(entry),
            notice=holds.notice(work.session, entry),
            withdrawn_by_holder=entry_search.withdrawn_by_holder(work.session, entry),
            higher=replacement.offers(mine).get(entry.reference),
            contact=work.account.programme.contact,
            now=work.at,
        )


@blueprint.get("/<reference>/entry.<any(json, jwt, png, svg):form>")
@who.may(Action.OWN_RECORD, How.OWN)
def download(reference: str, form: str) -> ResponseReturnValue:
    """Send the entry as a file: the signed bytes exactly as signed, or a picture that contains them."""
    published = look()
    with reading_own() as work:
        entry = lifecycle.own(work.session, work.account, reference)
        if entry_search.current(work.session, entry) is not entry:
            abort(404)  # it was corrected: the older edition is not handed out any more
        if not can_be_handed_out(work, published, entry, downloads.Form(form)):
            # the entry's page shows what is wrong with it and the contact
            return redirect(url_for("credentials.show", reference=entry.reference, _anchor="damaged"))
        file = downloads.download(work.session, entry, downloads.Form(form))
    return send_file(
        BytesIO(file.content),
        mimetype=file.media_type,
        as_attachment=True,
        download_name=file.name,
        etag=False,
    )


@blueprint.route("/<reference>/withdraw", methods=["GET", "POST"])
@who.may(Action.WITHDRAW, How.OWN)
def withdraw(reference: str) -> ResponseReturnValue:
    """Withdraw the entry permanently, after a page that says so."""
    form = Form()
    if form.validate_on_submit():
        with changing_own() as work:
            lifecycle.withdraw(work.session, work.account, reference, work.at)
        job_queue.wake()
        flash(_("Withdrawn. Within a minute every check of this entry says so."))
        return redirect(url_for("credentials.show", reference=reference))
    with reading_own() as work:
        entry = lifecycle.own(work.session, work.account, reference)
        if entry.state == "withdrawn":
            return redirect(url_for("credentials.show", reference=reference))
        return render_template("credentials/withdraw.html", entry=entry, form=form)


@blueprint.route("/<reference>/replace", methods=["GET", "POST"])
@who.may(Action.WITHDRAW, How.OWN)
def replace(reference: str) -> ResponseReturnValue:
    """Replace the entry by a higher level of the same skill, after a page that shows the effect."""
    form = Form()
    if form.validate_on_submit():
        with changing_own() as work:
            replacement.replace(work.session, work.account, reference, work.at)
        job_queue.wake()
        flash(_("Replaced. Within a minute every check of the older entry says so."))
        return redirect(url_for("credentials.show", reference=reference))
    with reading_own() as work:
        entry = lifecycle.own(work.session, work.account, reference)
        higher = replacement.offers(lifecycle.mine(work.session, work.account)).get(entry.reference)
        if higher is None:
            return redirect(url_for("credentials.show", reference=reference))
        return render_template("credentials/replace.html", entry=entry, higher=higher, form=form)
