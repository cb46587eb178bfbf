"""Onboarding a champion: the briefing for the champion, the checks for the school and the manager."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import StringField
from wtforms.validators import ValidationError

from passport.jobs import queue as job_queue
from passport.services.core.dates import HOME, today
from passport.services.core.errors import EditConflict
from passport.services.core.rights import Action, How
from passport.services.credentials import champion_holds
from passport.services.people import onboarding
from passport.web.access.reauthentication import fresh
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.runtime import runtime
from passport.web.core.widgets import AnyOf, DayField, Form, OneOf, TextInput, choices
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.credentials.entry_office import ReasonForm

blueprint = Blueprint("onboarding", __name__)


class DeclareForm(Form):
    """All declarations, each with its own checkbox. None is ticked beforehand."""

    declared = AnyOf(
        _l("What you declare"),
        message=_l("Tick each of them to go on"),
        gone=_l("Tick each of them to go on"),
        choices=choices(*onboarding.DECLARATIONS),
    )

    def validate_declared(self, field: AnyOf) -> None:
        """Require every declaration."""
        if set(field.data or ()) != set(onboarding.DECLARATIONS):
            raise ValidationError(_("Tick each of them to go on"))


class SupervisionForm(StoredForm):
    """Yes or no, and the day of the decision. There is no field for a certificate's number."""

    decision = OneOf(
        _l("May this champion work with your students?"),
        message=_l("Choose yes or no"),
        choices=choices("yes", "no"),
    )
    decided_on = DayField(_l("When was it decided?"), wrong=_l("Enter a day that exists, like 14 3 2026"))

    def validate_decided_on(self, field: DayField) -> None:
        """Require a day in the last twelve months: an older decision has expired."""
        if field.process_errors:
            return
        if field.data is None:
            raise ValidationError(_("Enter the day on which it was decided"))
        if not onboarding.is_possible_day(field.data, runtime().clock()):
            raise ValidationError(_("Enter a day in the last 12 months that is not in the future"))


@blueprint.route("/briefing", methods=["GET", "POST"])
@who.may(Action.DECIDE)
def briefing() -> ResponseReturnValue:
    """Show the briefing, and take its declarations."""
    form = DeclareForm()
    if form.validate_on_submit():
        with changing_own() as work:
            onboarding.brief(work.session, work.account, form.declared.data or (), work.at)
        flash(_("Thank you. Your declarations are kept with today's date and hold for a year."))
        return redirect(url_for("endorsements.queue"))
    with reading_own() as work:
        standing = onboarding.own(work.session, work.account, work.at)
        return render_template(
            "people/onboarding/briefing.html", account=work.account, form=form, standing=standing
        )


@blueprint.get("/overview/champions")
@who.may(Action.ONBOARD_CHAMPION, How.SCHOOL_CHECKS, How.IDENTITY)
def listed() -> ResponseReturnValue:
    """List the champions of the school or of the programme, and what each still lacks."""
    with reading_own() as work:
        found = onboarding.listed(work.session, work.account, work.at)
        return render_template("people/onboarding/list.html", account=work.account, champions=found)


@blueprint.get("/overview/champions/<reference>")
@who.may(Action.ONBOARD_CHAMPION, How.SCHOOL_CHECKS, How.IDENTITY)
def show(reference: str) -> ResponseReturnValue:
    """Show one champion, and the state of each requirement."""
    with reading_own() as work:
        found = onboarding.one(work.session, work.account, reference, work.at)
        return render_template(
            "people/onboarding/show.html",
            account=work.account,
            champion=found.champion,
            standing=found.standing,
            form=Form(),
        )


@blueprint.route("/overview/champions/<reference>/supervision", methods=["GET", "POST"])
@who.may(Action.ONBOARD_CHAMPION, How.SCHOOL_CHECKS)
def supervision(reference: str) -> ResponseReturnValue:
    """Record the school's own decision about supervision. A form with an outdated stamp is shown again."""
    form = SupervisionForm()
    if form.validate_on_submit() and form.decided_on.data:
        try:
            with changing_own() as work:
                decided = (form.decision.data == "yes", form.decided_on.data, work.at, form.seen.data)
                onboarding.decide_supervision(work.session, work.account, reference, *decided)
        except EditConflict:
            form.overtaken("decision")
        else:
            flash(_("Your school's decision is kept. It holds for a year."))
            return redirect(url_for("onboarding.show", reference=reference))
    with reading_own() as work:
        found = onboarding.one(work.session, work.account, reference, work.at)
        stands = onboarding.decided(work.session, work.account, reference, work.at)
        form.show(onboarding.said(stands))
        return render_template(
            "people/onboarding/supervision.html", form=form, champion=found.champion, stands=stands
        )


class HoldForm(ReasonForm):
    """The start of the period, and the reason."""

    since = DayField(_l("Since which day?"), wrong=_l("Enter a day that exists, like 14 3 2026"))
    hour = StringField(_l("From what time on that day? (optional)"), widget=TextInput())

    def validate_since(self, field: DayField) -> None:
        """Require a day that is not in the future."""
        if not field.process_errors and field.data is None:
            raise ValidationError(_("Enter the day"))
        if field.data is not None and field.data > today(runtime().clock()):
            raise ValidationError(_("Enter a day that is not in the future"))

    def validate_hour(self, field: StringField) -> None:
        """Accept a time like 14:30, or nothing."""
        try:
            self.begins = time.fromisoformat((field.data or "").strip() or "00:00")
        except ValueError as error:
            raise ValidationError(_("Enter a time like 14:30")) from error

    @property
    def moment(self) -> datetime:
        """Return day and time together, in the programme's time zone."""
        day = self.since.data or today(runtime().clock())
        return datetime.combine(day, self.begins.replace(tzinfo=None), tzinfo=HOME)


@blueprint.route("/overview/champions/<reference>/hold", methods=["GET", "POST"])
@who.may(Action.ATTACH_CHAMPION)
@fresh
def hold(reference: str) -> ResponseReturnValue:
    """Put everything that this champion endorsed since a given time on hold, in one step."""
    form = HoldForm()
    if form.validate_on_submit():
        with changing_own() as work:
            why = form.reason.data or ""
            held = champion_holds.hold(work.session, work.account, reference, form.moment, why, work.at)
        job_queue.wake()
        flash(ngettext("%(num)s entry is on hold now.", "%(num)s entries are on hold now.", held.entries))
        if held.undone:
            flash(
                ngettext(
                    "%(num)s not signed yet waits again.", "%(num)s not signed yet wait again.", held.undone
                )
            )
        if held.signing:
            flash(_("Some are being signed at this moment. Do the same again in a minute."))
        return redirect(url_for("onboarding.show", reference=reference))
    with reading_own() as work:
        whose = champion_holds.champion(work.session, work.account, reference)
        return render_template("people/onboarding/hold.html", form=form, whose=whose)


@blueprint.post("/overview/champions/<reference>/identity")
@who.may(Action.ONBOARD_CHAMPION, How.IDENTITY)
def identity(reference: str) -> ResponseReturnValue:
    """Record that the manager has checked the champion's identity."""
    with changing_own() as work:
        onboarding.check_identity(work.session, work.account, reference, work.at)
    flash(_("It is kept that you checked who this champion is. It holds for a year."))
    return redirect(url_for("onboarding.show", reference=reference))
