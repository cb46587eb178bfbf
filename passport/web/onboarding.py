"""Before a champion may work: the briefing for the champion, the checks for the school and the manager."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from passport.services import onboarding
from passport.services.rights import Action, How
from passport.web import access as who
from passport.web.runtime import runtime
from passport.web.widgets import AnyOf, DayField, Form, OneOf, choices
from passport.web.words import later as _l
from passport.web.work import changing_own, reading_own

blueprint = Blueprint("onboarding", __name__)


class DeclareForm(Form):
    """All declarations, each with a tick of its own. None is ticked beforehand."""

    declared = AnyOf(
        _l("What you declare"),
        message=_l("Tick each of them to go on"),
        gone=_l("Tick each of them to go on"),
        choices=choices(*onboarding.DECLARATIONS),
    )

    def validate_declared(self, field: AnyOf) -> None:
        """None may be left out."""
        if set(field.data or ()) != set(onboarding.DECLARATIONS):
            raise ValidationError(_("Tick each of them to go on"))


class SupervisionForm(Form):
    """Yes or no, and when it was decided. There is no place for a certificate's number."""

    decision = OneOf(
        _l("May this champion work with your students?"),
        message=_l("Choose yes or no"),
        choices=choices("yes", "no"),
    )
    decided_on = DayField(_l("When was it decided?"), wrong=_l("Enter a day that exists, like 14 3 2026"))

    def validate_decided_on(self, field: DayField) -> None:
        """A day in the last twelve months: an older decision does not hold any more."""
        if field.process_errors:
            return
        if field.data is None:
            raise ValidationError(_("Enter the day on which it was decided"))
        if not onboarding.is_possible_day(field.data, runtime().clock()):
            raise ValidationError(_("Enter a day in the last 12 months that is not in the future"))


@blueprint.route("/briefing", methods=["GET", "POST"])
@who.may(Action.DECIDE)
def briefing() -> ResponseReturnValue:
    """Read it, then declare what it asks."""
    form = DeclareForm()
    if form.validate_on_submit():
        with changing_own() as work:
            onboarding.brief(work.session, work.account, form.declared.data or (), work.at)
        flash(_("Thank you. Your declarations are kept with today's date and hold for a year."))
        return redirect(url_for("endorsements.queue"))
    with reading_own() as work:
        standing = onboarding.own(work.session, work.account, work.at)
        return render_template("onboarding/briefing.html", form=form, standing=standing)


@blueprint.get("/overview/champions")
@who.may(Action.ONBOARD_CHAMPION, How.SCHOOL_CHECKS, How.IDENTITY)
def listed() -> ResponseReturnValue:
    """The champions of the school or of the programme, and what each still lacks."""
    with reading_own() as work:
        found = onboarding.listed(work.session, work.account, work.at)
        return render_template("onboarding/list.html", account=work.account, champions=found)


@blueprint.get("/overview/champions/<reference>")
@who.may(Action.ONBOARD_CHAMPION, How.SCHOOL_CHECKS, How.IDENTITY)
def show(reference: str) -> ResponseReturnValue:
    """One champion, and how each thing stands that is asked of one."""
    with reading_own() as work:
        found = onboarding.one(work.session, work.account, reference, work.at)
        return render_template(
            "onboarding/show.html",
            account=work.account,
            champion=found.champion,
            standing=found.standing,
            form=Form(),
        )


@blueprint.route("/overview/champions/<reference>/supervision", methods=["GET", "POST"])
@who.may(Action.ONBOARD_CHAMPION, How.SCHOOL_CHECKS)
def supervision(reference: str) -> ResponseReturnValue:
    """The school's own decision about supervision."""
    form = SupervisionForm()
    if form.validate_on_submit() and form.decided_on.data:
        with changing_own() as work:
            decided = (form.decision.data == "yes", form.decided_on.data, work.at)
            onboarding.decide_supervision(work.session, work.account, reference, *decided)
        flash(_("Your school's decision is kept. It holds for a year."))
        return redirect(url_for("onboarding.show", reference=reference))
    with reading_own() as work:
        found = onboarding.one(work.session, work.account, reference, work.at)
        return render_template("onboarding/supervision.html", form=form, champion=found.champion)


@blueprint.post("/overview/champions/<reference>/identity")
@who.may(Action.ONBOARD_CHAMPION, How.IDENTITY)
def identity(reference: str) -> ResponseReturnValue:
    """The manager has seen who it is."""
    with changing_own() as work:
        onboarding.check_identity(work.session, work.account, reference, work.at)
    flash(_("It is kept that you checked who this champion is. It holds for a year."))
    return redirect(url_for("onboarding.show", reference=reference))
