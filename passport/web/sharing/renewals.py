"""Renewals: replace a code that shows a replaced entry by a new code, in one step."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.rights import Action
from passport.services.sharing import renewals
from passport.web.core import route_access as who
from passport.web.core.work import changing_own

blueprint = Blueprint("renewals", __name__, url_prefix="/shares")


@blueprint.post("/<reference>/renew")
@who.may(Action.SHARE)
def renew(reference: str) -> ResponseReturnValue:
    """Make the new code, and show it."""
    with changing_own() as work:
        made = renewals.renew(work.session, work.account, reference, work.at).reference
    job_queue.wake()
    flash(_("Here is your new code. Give it to whoever has the old one, then stop the old one."))
    return redirect(url_for("shares.show", reference=made))
