"""Reassignment: a champion states that they are related, or a student asks another endorser."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.endorsements import exclusions, related_champions
from passport.web.core import route_access as who
from passport.web.core.work import changing_own

blueprint = Blueprint("passing_on", __name__)


@blueprint.post("/queue/<reference>/related")
@who.may(Action.DECIDE)
def related(reference: str) -> ResponseReturnValue:
    """Pass the evidence on to another endorser of the school."""
    with changing_own() as work:
        related_champions.declare_related(work.session, work.account, reference, work.at)
    flash(_("Thank you. Somebody else decides about it now."))
    return redirect(url_for("endorsements.queue"))


@blueprint.post("/evidence/<reference>/ask-another")
@who.may(Action.WRITE_EVIDENCE)
def ask_another(reference: str) -> ResponseReturnValue:
    """Ask another endorser, once."""
    with changing_own() as work:
        exclusions.ask_another(work.session, work.account, reference, work.at)
    flash(_("Sent again. Somebody else reads it now."))
    return redirect(url_for("evidence.show", reference=reference))
