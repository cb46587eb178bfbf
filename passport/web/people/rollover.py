"""The year rollover: one page that shows what would happen, does it, and undoes it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from passport.services.core.rights import Action
from passport.services.people import rollover
from passport.web.core import route_access as who
from passport.web.core.widgets import Form
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("rollover", __name__, url_prefix="/students/rollover")


@blueprint.get("")
@who.may(Action.BRING_IN_STUDENTS)
def show() -> ResponseReturnValue:
    """Show what would happen to each year group, who would leave, and the latest rollover."""
    staying = request.args.getlist("stays")
    with reading_own() as work:
        usual = rollover.usual_last_year(work.session, work.account)
        last = request.args.get("last", usual, type=int)
        last = last if last in rollover.LAST_YEARS else usual
        return render_template(
            "people/students/rollover.html",
            plan=rollover.plan(work.session, work.account, last, staying),
            staying=staying,
            last=last,
            last_years=rollover.LAST_YEARS,
            latest=rollover.latest(work.session, work.account),
            now=work.at,
            form=Form(),
        )


@blueprint.post("")
@who.may(Action.BRING_IN_STUDENTS)
def roll_over() -> ResponseReturnValue:
    """Move years up and complete leavers."""
    last = request.form.get("last", 0, type=int)
    with changing_own() as work:
        rollover.roll_over(work.session, work.account, last, request.form.getlist("stays"), work.at)
    flash(_("Done. You can undo it for 14 days."))
    return redirect(url_for("rollover.show"))


@blueprint.post("/<reference>/undo")
@who.may(Action.BRING_IN_STUDENTS)
def undo(reference: str) -> ResponseReturnValue:
    """Undo it. Students who were changed since stay as they are."""
    with changing_own() as work:
        others = rollover.undo(work.session, work.account, reference, work.at)
    words = _("Undone.")
    if others:
        words += " " + ngettext(
            "%(num)s student was changed since and stays as they are.",
            "%(num)s students were changed since and stay as they are.",
            others,
        )
    flash(words)
    return redirect(url_for("rollover.show"))
