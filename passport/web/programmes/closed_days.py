"""Holidays: days that do not count as school days."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.programmes import closed_days
from passport.web.core import route_access as who
from passport.web.core.widgets import Form
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.managing import NameField, NeededDay, done

blueprint = Blueprint("closed_days", __name__, url_prefix="/manage/closed-days")


class ClosedForm(Form):
    """The first and last day, and what it is."""

    name = NameField(_l("What is it?"), missing=_l("Enter what it is, like Easter holidays"))
    since = NeededDay(_l("First day without school"), missing=_l("Enter the first day"))
    until = NeededDay(_l("Last day without school"), missing=_l("Enter the last day"))


@blueprint.route("", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def listed() -> ResponseReturnValue:
    """List the closed days, with a form to add some."""
    form = ClosedForm()
    if form.validate_on_submit() and form.since.data and form.until.data:
        typed = form.since.data, form.until.data, form.name.data or ""
        if done(form, lambda work: closed_days.add(work.session, work.account, *typed, work.at).reference):
            flash(_("Added. These days count as no school days."))
            return redirect(url_for("closed_days.listed"))
    with reading_own() as work:
        days = closed_days.listed(work.session, work.account)
        return render_template("programmes/closed_days/list.html", account=work.account, form=form, days=days)


@blueprint.post("/<reference>/remove")
@who.may(Action.STRUCTURE)
def remove(reference: str) -> ResponseReturnValue:
    """Remove a period of closed days."""
    with changing_own() as work:
        closed_days.remove(work.session, work.account, reference, work.at)
    flash(_("Removed. These days count again."))
    return redirect(url_for("closed_days.listed"))
