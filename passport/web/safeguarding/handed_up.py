"""Worries that no staff of the school may read: a manager reads and decides them, each with a reason."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField

from passport.services.core import edit_conflict
from passport.services.core.rights import Action, How
from passport.services.evidence import evidence_history, evidence_holds, worry_escalations
from passport.services.safeguarding import worries
from passport.web.core import route_access as who
from passport.web.core.widgets import OneOf, choices
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.credentials.entry_office import ReasonForm

blueprint = Blueprint("handed_up", __name__, url_prefix="/overview/worries")


class DecideForm(ReasonForm):
    """The decision about the text or the worry, and the reason."""

    seen = HiddenField()
    choice = OneOf(
        _l("What do you decide?"),
        message=_l("Choose what you decide"),
        choices=choices(*worry_escalations.CHOICES),
    )


@blueprint.get("")
@who.may(Action.WORRIES, How.WITH_REASON)
def listed() -> ResponseReturnValue:
    """List the open worries, without any of their text."""
    with reading_own() as work:
        found = worries.handed_up(work.session, work.account)
        return render_template("safeguarding/handed_up/list.html", worries=found)


@blueprint.route("/<reference>", methods=["GET", "POST"])
@who.may(Action.WORRIES, How.WITH_REASON)
def show(reference: str) -> ResponseReturnValue:
    """Ask for a reason, then show the worry, its text and the text's history."""
    form = ReasonForm()
    with changing_own() as work:
        worry = worries.opened_by_manager(work.session, work.account, reference)
        if not form.validate_on_submit():
            return render_template("safeguarding/handed_up/why.html", worry=worry, form=form)
        worry_escalations.read(work.session, work.account, reference, form.reason.data or "", work.at)
        return render_template(
            "safeguarding/handed_up/show.html",
            worry=worry,
            version=evidence_history.newest(work.session, worry.evidence),
            events=evidence_history.of(work.session, worry.evidence),
        )


@blueprint.route("/<reference>/decide", methods=["GET", "POST"])
@who.may(Action.WORRIES, How.WITH_REASON)
def decide(reference: str) -> ResponseReturnValue:
    """Show what each choice does, then carry it out."""
    form = DecideForm()
    if form.validate_on_submit():
        with changing_own() as work:
            chosen = (reference, form.choice.data, form.reason.data or "", work.at, form.seen.data or "")
            worry_escalations.decide(work.session, work.account, *chosen)
        flash(_("Done. It is written down with your name and your reason."))
        return redirect(url_for("handed_up.listed"))
    with reading_own() as work:
        worry = worries.opened_by_manager(work.session, work.account, reference)
        if not form.is_submitted():
            read = evidence_holds.read_before_deciding(work.session, work.account, worry.evidence)
            form.seen.data = edit_conflict.stamp(read)
        return render_template("safeguarding/handed_up/decide.html", worry=worry, form=form)
