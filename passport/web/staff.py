"""The adults of a programme: coordinators' accounts, and the invitations of everybody."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport import jobs
from passport.services import schools, staff
from passport.services.rights import Action
from passport.web import access as who
from passport.web.managing import PersonForm, done
from passport.web.runtime import runtime
from passport.web.widgets import Form, OneOf, named
from passport.web.words import later as _l
from passport.web.work import OwnWork, changing_own, reading_own

blueprint = Blueprint("staff", __name__, url_prefix="/manage/people")


class CoordinatorForm(PersonForm):
    """Who it is, and at which school."""

    school = OneOf(_l("Which school?"), message=_l("Choose the school"))


@blueprint.get("")
@who.may(Action.STRUCTURE)
def listed() -> ResponseReturnValue:
    """Everybody with an account but students, and how far their invitations are."""
    with reading_own() as work:
        lines = staff.listed(work.session, work.account, work.at)
        return render_template("staff/list.html", account=work.account, lines=lines, form=Form())


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def new() -> ResponseReturnValue:
    """Make a coordinator's account, and invite the person at once."""
    form = CoordinatorForm()
    with reading_own() as work:
        offered = schools.listed(work.session, work.account, work.at)
        form.school.choices = named({line.school.reference: line.school.name for line in offered})
    if form.validate_on_submit():
        typed = form.school.data, form.name.data or "", form.email.data or ""
        if done(form, lambda work: _invited(work, *typed)):
            jobs.wake()
            flash(_("%(name)s has an account now. The invitation is on its way.", name=typed[1]))
            return redirect(url_for("staff.listed"))
    return render_template("staff/new.html", form=form)


def _invited(work: OwnWork, school: str, name: str, email: str) -> str:
    account = staff.add_coordinator(work.session, work.account, school, name, email, work.at)
    if staff.line(work.session, account, work.at).invitation is None:
        staff.invite(work.session, work.account, account.reference, runtime().settings.public_url, work.at)
    return account.reference


@blueprint.post("/<reference>/invite")
@who.may(Action.STRUCTURE)
def invite(reference: str) -> ResponseReturnValue:
    """Send an invitation again."""
    with changing_own() as work:
        staff.invite(work.session, work.account, reference, runtime().settings.public_url, work.at)
    jobs.wake()
    flash(_("The invitation is on its way."))
    return redirect(url_for("staff.listed"))
