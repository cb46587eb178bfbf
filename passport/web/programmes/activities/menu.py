"""Activities, for those who run a school, visits or the programme: list, add, change, cancel, take away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from passport.services.core.rights import Action, How
from passport.services.programmes.activities import menu, planning, sign_ups
from passport.services.programmes.activities.planning import When
from passport.web.core import route_access as who
from passport.web.core.paging import page_number
from passport.web.core.widgets import Form, OneOf, choices
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.activities.forms import ActivityForm, ChangeActivityForm
from passport.web.programmes.managing import done

blueprint = Blueprint("activities", __name__, url_prefix="/activities")


class CancelForm(Form):
    """Why an activity is cancelled: a fixed reason, which students read."""

    why = OneOf(
        _l("Why?"), message=_l("Choose why it is cancelled"), choices=choices(*planning.CANCELLED_BECAUSE)
    )


@blueprint.get("")
@who.may(Action.ACTIVITIES)
def listed() -> ResponseReturnValue:
    """List the activities, newest first."""
    with reading_own() as work:
        found = menu.listed(work.session, work.account, page_number())
        return render_template(
            "programmes/activities/list.html", account=work.account, found=found, now=work.at
        )


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def new() -> ResponseReturnValue:
    """Add an activity, shown to students at once or kept as a draft."""
    form = ActivityForm()
    with reading_own() as work:
        form.offer(work)
    plan = form.plan() if form.validate_on_submit() else None
    draft = "draft" in request.form
    if plan and done(
        form, lambda work: planning.add(work.session, work.account, plan, work.at, draft=draft).reference
    ):
        if draft:
            flash(_("Kept. Students do not see it until you publish it."))
        else:
            flash(_("Added. Students can log it from its day on."))
        return redirect(url_for("activities.listed"))
    return render_template("programmes/activities/new.html", form=form, activity=None)


@blueprint.get("/<reference>")
@who.may(Action.ACTIVITIES)
def show(reference: str) -> ResponseReturnValue:
    """Show an activity, its sessions and who signed up."""
    with reading_own() as work:
        found = menu.find(work.session, work.account, reference)
        [line] = menu.lines(work.session, [found])
        return render_template(
            "programmes/activities/show.html",
            account=work.account,
            activity=found,
            line=line,
            skills=menu.skills_shown(work.session, found),
            signed_up=sign_ups.who_signed_up(work.session, work.account, found),
            now=work.at,
        )


@blueprint.get("/<reference>/open")
@who.may(Action.ACTIVITIES, How.FULLY, How.SIGN_UP)
def opened(reference: str) -> ResponseReturnValue:
    """Lead to the page of an activity that is meant for the reader, from a notice."""
    with reading_own() as work:
        if who.can("activities"):
            menu.find(work.session, work.account, reference)
            return redirect(url_for("activities.show", reference=reference))
        sign_ups.offer(work.session, work.account, reference, work.at)
        return redirect(url_for("own_activities.show", reference=reference))


@blueprint.route("/<reference>/change", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def change(reference: str) -> ResponseReturnValue:
    """Change an activity; students who signed up are told what changes."""
    form = ChangeActivityForm()
    with reading_own() as work:
        found = menu.find(work.session, work.account, reference)
        form.offer(work, found)
        when = When(found.held_on)
    plan = form.plan_at(when) if form.validate_on_submit() else None
    seen = form.seen.data
    if plan and done(
        form,
        lambda work: planning.change(work.session, work.account, reference, plan, work.at, seen).reference,
    ):
        flash(_("Changed."))
        return redirect(url_for("activities.show", reference=reference))
    with reading_own() as work:
        found = menu.find(work.session, work.account, reference)
        skills = menu.skills_shown(work.session, found)
        form.open_on(found, [one.number for one in skills])
        return render_template("programmes/activities/new.html", form=form, activity=found, skills=skills)


@blueprint.post("/<reference>/publish")
@who.may(Action.ACTIVITIES)
def publish(reference: str) -> ResponseReturnValue:
    """Show a draft to students."""
    with changing_own() as work:
        planning.publish(work.session, work.account, reference, work.at)
    flash(_("Published. Students of its sectors and year groups see it now."))
    return redirect(url_for("activities.show", reference=reference))


@blueprint.route("/<reference>/cancel", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def cancel(reference: str) -> ResponseReturnValue:
    """Cancel an activity and tell everybody who signed up."""
    form = CancelForm()
    if form.validate_on_submit():
        with changing_own() as work:
            told = planning.cancel(work.session, work.account, reference, form.why.data, work.at)
        flash(
            ngettext("Cancelled. %(num)s student was told.", "Cancelled. %(num)s students were told.", told)
        )
        return redirect(url_for("activities.show", reference=reference))
    with reading_own() as work:
        found = menu.find(work.session, work.account, reference)
        [line] = menu.lines(work.session, [found])
        return render_template("programmes/activities/cancel.html", form=form, activity=found, line=line)


@blueprint.post("/<reference>/remove")
@who.may(Action.ACTIVITIES)
def remove(reference: str) -> ResponseReturnValue:
    """Remove an activity that was never used."""
    with changing_own() as work:
        planning.remove(work.session, work.account, reference, work.at)
    flash(_("Taken away."))
    return redirect(url_for("activities.listed"))


@blueprint.post("/<reference>/sign-ups/<sign_up>/approve")
@who.may(Action.BRING_IN_STUDENTS)
def approve(reference: str, sign_up: str) -> ResponseReturnValue:
    """Say yes to a student of the own school."""
    with changing_own() as work:
        sign_ups.approve(work.session, work.account, reference, sign_up, work.at)
    flash(_("Your yes is recorded, and the student was told."))
    return redirect(url_for("activities.show", reference=reference))


@blueprint.post("/<reference>/sign-ups/<sign_up>/refuse")
@who.may(Action.BRING_IN_STUDENTS)
def refuse(reference: str, sign_up: str) -> ResponseReturnValue:
    """Say no to a student of the own school; the place goes to the next who waits."""
    with changing_own() as work:
        sign_ups.refuse(work.session, work.account, reference, sign_up, work.at)
    flash(_("Your no is recorded. The place goes to the next who waits, and the student was told."))
    return redirect(url_for("activities.show", reference=reference))
