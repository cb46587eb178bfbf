"""Activities that students propose, and what their school answers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field
from wtforms.validators import ValidationError

from passport.services.core.rights import Action, How
from passport.services.programmes.activities import menu, planning, proposals
from passport.services.programmes.activities.proposals import Proposed
from passport.web.core import route_access as who
from passport.web.core.widgets import Form, OneOf, TextInput, choices
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.evidence.story_form import HoursField
from passport.web.programmes.managing import NameField, NeededDay, done

blueprint = Blueprint("proposals", __name__, url_prefix="/activities")


class ProposalForm(Form):
    """What a student did that is not in the list."""

    kind = OneOf(_l("What was it?"), message=_l("Choose what it was"), choices=choices(*proposals.KINDS))
    name = NameField(_l("What would you call it?"), missing=_l("Enter what you would call it"))
    host = NameField(_l("Who did you do it with?"), missing=_l("Enter the name of the employer or place"))
    setting = OneOf(_l("Where was it?"), message=_l("Choose where it was"), choices=choices(*menu.SETTINGS))
    held_on = NeededDay(_l("When was it?"), missing=_l("Enter the day"))
    hours = HoursField(_l("How many hours did it take?"), places=None, widget=TextInput())

    def validate_hours(self, field: Field) -> None:
        """Require more than 0 hours and at most the limit."""
        if field.process_errors:
            return
        if field.data is None or not 0 < field.data <= planning.MOST_HOURS:
            raise ValidationError(
                _("Enter the hours it took, more than 0 and at most %(most)s", most=planning.MOST_HOURS)
            )

    def proposed(self) -> Proposed | None:
        """Return the values, or None without a day and hours."""
        if self.held_on.data is None or self.hours.data is None:
            return None
        names = self.name.data or "", self.host.data or ""
        return Proposed(self.kind.data, *names, self.setting.data, self.held_on.data, self.hours.data)


class RefuseForm(Form):
    """Why a proposal is refused: a fixed reason, which the student reads."""

    why = OneOf(_l("Why not?"), message=_l("Choose why not"), choices=choices(*proposals.REFUSED_BECAUSE))


@blueprint.route("/propose", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES, How.SIGN_UP)
def propose() -> ResponseReturnValue:
    """Ask the school for an activity that is missing, and show what was asked before."""
    form = ProposalForm()
    wanted = form.proposed() if form.validate_on_submit() else None
    if wanted and done(
        form, lambda work: proposals.propose(work.session, work.account, wanted, work.at).reference
    ):
        flash(_("Sent to your school. You are told when they have answered."))
        return redirect(url_for("proposals.propose"))
    with reading_own() as work:
        mine = proposals.mine(work.session, work.account)
        return render_template("programmes/activities/propose.html", form=form, mine=mine)


@blueprint.get("/proposals")
@who.may(Action.BRING_IN_STUDENTS)
def waiting() -> ResponseReturnValue:
    """List what students of the own school ask for."""
    with reading_own() as work:
        found = proposals.waiting(work.session, work.account)
        return render_template("programmes/activities/proposals.html", found=found)


@blueprint.post("/proposals/<reference>/accept")
@who.may(Action.BRING_IN_STUDENTS)
def accept(reference: str) -> ResponseReturnValue:
    """Accept a proposal in one step."""
    with changing_own() as work:
        proposals.accept(work.session, work.account, reference, work.at)
    flash(_("Added for this student alone, who was told and can log it now."))
    return redirect(url_for("proposals.waiting"))


@blueprint.route("/proposals/<reference>/refuse", methods=["GET", "POST"])
@who.may(Action.BRING_IN_STUDENTS)
def refuse(reference: str) -> ResponseReturnValue:
    """Refuse a proposal with a fixed reason."""
    form = RefuseForm()
    if form.validate_on_submit():
        with changing_own() as work:
            proposals.refuse(work.session, work.account, reference, form.why.data, work.at)
        flash(_("Your answer is recorded, and the student was told."))
        return redirect(url_for("proposals.waiting"))
    with reading_own() as work:
        found = proposals.find(work.session, work.account, reference)
        return render_template("programmes/activities/refuse.html", form=form, proposal=found)
