"""The page of an invitation. Viewing it changes nothing; the button sends a link to the invited address."""

from __future__ import annotations

import structlog
from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from passport.jobs import queue as job_queue
from passport.services.access import links
from passport.services.core.errors import LinkGone
from passport.services.people import invitations
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.widgets import Form
from passport.web.core.work import changing, reading

blueprint = Blueprint("invitations", __name__, url_prefix="/invitation")
log = structlog.get_logger()


@blueprint.route("/<token>", methods=["GET", "POST"])
@who.public
def show(token: str) -> ResponseReturnValue:
    """Show who is invited to what, and how to sign in."""
    form, user = Form(), current()
    try:
        if form.validate_on_submit():
            with changing() as work:
                links.ask_as_invited(work.session, token, work.at)
            job_queue.wake()
            return redirect(url_for("links.asked"))
        with reading() as work:
            row = invitations.find(work.session, token, work.at)
            return render_template(
                "access/links/invitation.html",
                form=form,
                account=row.account,
                address=invitations.hint(row.account.email or ""),
                ends_at=row.ends_at,
                other=user if user and user.reference != row.account.reference else None,
            )
    except LinkGone as gone:
        log.warning("invitation refused", reason=gone.reason)
        return render_template("access/links/uninvited.html", reason=gone.reason), 410
