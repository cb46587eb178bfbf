"""Students whom two schools claim: a manager decides where they belong."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.evidence import reading_log
from passport.services.safeguarding import claims
from passport.services.safeguarding.claims import Verdict
from passport.web.core import route_access as who
from passport.web.core.widgets import Form, OneOf, choices
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("claims", __name__, url_prefix="/manage/claims")


class DecisionForm(Form):
    """Where the student belongs."""

    decision = OneOf(_l("Where do they belong?"), message=_l("Choose one"), choices=choices(*Verdict))


@blueprint.get("")
@who.may(Action.STRUCTURE)
def listed() -> ResponseReturnValue:
    """List the claims that wait, without names."""
    with reading_own() as work:
        return render_template(
            "safeguarding/claims/list.html", claims=claims.listed(work.session, work.account)
        )


@blueprint.route("/<reference>", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def show(reference: str) -> ResponseReturnValue:
    """Show who is claimed and by whom, record the reading for the student, and decide."""
    form = DecisionForm()
    if form.validate_on_submit():
        with changing_own() as work:
            claims.decide(work.session, work.account, reference, Verdict(form.decision.data), work.at)
        flash(_("Decided."))
        return redirect(url_for("claims.listed"))
    with changing_own() as work:
        claim = claims.find(work.session, work.account, reference)
        reading_log.record(work.session, work.account, claim.student_id, work.at)
        return render_template("safeguarding/claims/show.html", claim=claim, form=form)
