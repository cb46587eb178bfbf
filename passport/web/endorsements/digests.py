"""The weekly mail to a champion about what waits."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.endorsements import endorser_mails
from passport.web.core import route_access as who
from passport.web.core.work import changing_own

blueprint = Blueprint("digests", __name__, url_prefix="/account")


@blueprint.post("/digest")
@who.may(Action.DECIDE)
def choose() -> ResponseReturnValue:
    """Turn the mail on or off."""
    wanted = request.form.get("wanted") == "yes"
    with changing_own() as work:
        endorser_mails.set_digest(work.session, work.account, wanted)
    flash(_("You are told once a week what waits.") if wanted else _("You get no mail about what waits."))
    return redirect(url_for("account.show"))
