"""The text behind an entry, for a safeguarding lead or a manager who gives a reason."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from passport.services.core.rights import Action, How
from passport.services.credentials import entry_search, evidence_reading
from passport.web.core import route_access as who
from passport.web.core.work import changing_own
from passport.web.credentials.entry_office import ReasonForm

blueprint = Blueprint("evidence_reading", __name__, url_prefix="/overview/entries")


@blueprint.route("/<reference>/evidence", methods=["GET", "POST"])
@who.may(Action.READ_EVIDENCE, How.WITH_REASON)
def read(reference: str) -> ResponseReturnValue:
    """Ask for a reason where one is needed, then show the text. Each reading is recorded."""
    form = ReasonForm()
    with changing_own() as work:
        entry = entry_search.entry(work.session, work.account, reference)
        if evidence_reading.needs_reason(work.account) and not form.validate_on_submit():
            return render_template("credentials/evidence_reading/why.html", entry=entry, form=form)
        chosen = (reference, form.reason.data or "")
        endorsed = evidence_reading.read(work.session, work.account, *chosen, work.at)
        return render_template("credentials/evidence_reading/show.html", entry=entry, endorsed=endorsed)
