"""Sessions of an activity: add, move, remove."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.programmes.activities import menu, planning
from passport.web.core import route_access as who
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.activities.forms import ChangeSessionForm, SessionForm
from passport.web.programmes.managing import done

blueprint = Blueprint("activity_sessions", __name__, url_prefix="/activities")


@blueprint.route("/<reference>/sessions/new", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def new(reference: str) -> ResponseReturnValue:
    """Add a session to an activity."""
    form = SessionForm()
    when = form.when() if form.validate_on_submit() else None
    if when and done(
        form, lambda work: planning.add_session(work.session, work.account, reference, when, work.at).id
    ):
        flash(_("Added. Everybody who signed up was told."))
        return redirect(url_for("activities.show", reference=reference))
    with reading_own() as work:
        found = menu.find(work.session, work.account, reference)
        return render_template("programmes/activities/session.html", form=form, activity=found, session=None)


@blueprint.route("/sessions/<reference>/change", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def change(reference: str) -> ResponseReturnValue:
    """Move a session to another day or time."""
    form = ChangeSessionForm()
    when, seen = form.when() if form.validate_on_submit() else None, form.seen.data
    activity = when and done(
        form,
        lambda work: (
            planning.change_session(work.session, work.account, reference, when, work.at, seen).reference
        ),
    )
    if activity:
        flash(_("Changed. Everybody who signed up was told."))
        return redirect(url_for("activities.show", reference=activity))
    with reading_own() as work:
        found = menu.session_of(work.session, work.account, reference)
        form.open_on(found)
        return render_template(
            "programmes/activities/session.html", form=form, activity=found.activity, session=found
        )


@blueprint.post("/sessions/<reference>/remove")
@who.may(Action.ACTIVITIES)
def remove(reference: str) -> ResponseReturnValue:
    """Remove one of several sessions."""
    with changing_own() as work:
        activity = planning.remove_session(work.session, work.account, reference, work.at).reference
    flash(_("Taken away. Everybody who signed up was told."))
    return redirect(url_for("activities.show", reference=activity))
