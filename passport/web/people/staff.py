"""The adults of a programme, and their invitations. Accounts need two managers: see `grants`."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.rights import Action
from passport.services.people import staff
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("staff", __name__, url_prefix="/manage/people")


@blueprint.get("")
@who.may(Action.STRUCTURE)
def listed() -> ResponseReturnValue:
    """List all accounts except students', and the state of their invitations."""
    with reading_own() as work:
        lines = staff.listed(work.session, work.account, work.at)
        return render_template("people/staff/list.html", account=work.account, lines=lines, form=Form())


@blueprint.post("/<reference>/invite")
@who.may(Action.STRUCTURE)
def invite(reference: str) -> ResponseReturnValue:
    """Send an invitation again."""
    with changing_own() as work:
        staff.invite(work.session, work.account, reference, runtime().settings.public_url, work.at)
    job_queue.wake()
    flash(_("The invitation is on its way."))
    return redirect(url_for("staff.listed"))
