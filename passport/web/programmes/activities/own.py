"""Activities, for students: what is to come for them, sign up, give the place back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action, How
from passport.services.programmes.activities import sign_ups
from passport.services.programmes.activities.sign_ups import SignUpState
from passport.web.core import route_access as who
from passport.web.core.widgets import Form
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("own_activities", __name__, url_prefix="/activities/mine")


@blueprint.get("")
@who.may(Action.ACTIVITIES, How.SIGN_UP)
def listed() -> ResponseReturnValue:
    """List the student's sign-ups, and what is to come for their sector and year."""
    with reading_own() as work:
        return render_template(
            "programmes/activities/mine.html",
            mine=sign_ups.mine(work.session, work.account),
            offers=sign_ups.offers(work.session, work.account, work.at),
            now=work.at,
        )


@blueprint.get("/<reference>")
@who.may(Action.ACTIVITIES, How.SIGN_UP)
def show(reference: str) -> ResponseReturnValue:
    """Show one activity to a student."""
    with reading_own() as work:
        offer = sign_ups.offer(work.session, work.account, reference, work.at)
        return render_template("programmes/activities/offer.html", offer=offer, form=Form(), now=work.at)


@blueprint.post("/<reference>/sign-up")
@who.may(Action.ACTIVITIES, How.SIGN_UP)
def sign_up(reference: str) -> ResponseReturnValue:
    """Sign up for an activity."""
    with changing_own() as work:
        state = sign_ups.sign_up(work.session, work.account, reference, work.at).state
    if state is SignUpState.BOOKED:
        flash(_("A place is kept for you. Your school still has to say yes, and you are told when it does."))
    else:
        flash(_("You are on the waiting list. You are told when a place becomes free."))
    return redirect(url_for("own_activities.show", reference=reference))


@blueprint.post("/<reference>/leave")
@who.may(Action.ACTIVITIES, How.SIGN_UP)
def leave(reference: str) -> ResponseReturnValue:
    """Give a place back, or leave the waiting list."""
    with changing_own() as work:
        sign_ups.leave(work.session, work.account, reference, work.at)
    flash(_("Done. You are not signed up any more."))
    return redirect(url_for("own_activities.listed"))
