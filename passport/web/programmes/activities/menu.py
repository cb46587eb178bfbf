"""Activities, for those who run a school, visits or the programme: list, add and remove."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from passport.services.core.rights import Action
from passport.services.programmes.activities import menu
from passport.services.programmes.activities.menu import ActivityKind, New
from passport.web.core import route_access as who
from passport.web.core.paging import page_number
from passport.web.core.widgets import Form, OneOf, TextInput, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.evidence.story_form import HoursField
from passport.web.programmes.managing import NameField, NeededDay, done

blueprint = Blueprint("activities", __name__, url_prefix="/activities")


class ActivityForm(Form):
    """The name, kind, employer, place, day and hours of an activity."""

    name = NameField(_l("What is it called?"), missing=_l("Enter what it is called"))
    kind = OneOf(_l("What is it?"), message=_l("Choose what it is"), choices=choices(*ActivityKind))
    employer = OneOf(_l("Which employer?"), message=_l("Choose the employer"))
    setting = OneOf(_l("Where is it?"), message=_l("Choose where it is"), choices=choices(*menu.SETTINGS))
    held_on = NeededDay(_l("When is it?"), missing=_l("Enter the day"))
    hours = HoursField(_l("How many hours does it take?"), places=None, widget=TextInput())

    def offer(self, work: OwnWork) -> None:
        """Set the employers that take part as choices."""
        offered = menu.employers(work.session, work.account)
        self.employer.choices = named({one.issuer.slug: one.name for one in offered})

    def validate_hours(self, field: HoursField) -> None:
        """Require more than 0 hours and at most the limit."""
        if field.process_errors:
            return
        if field.data is None or not 0 < field.data <= menu.MOST_HOURS:
            raise ValidationError(
                _("Enter the hours it takes, more than 0 and at most %(most)s", most=menu.MOST_HOURS)
            )

    def new(self) -> New | None:
        """Return the values as New, or None without a day and hours."""
        if self.held_on.data is None or self.hours.data is None:
            return None
        chosen = self.kind.data, self.employer.data, self.setting.data
        return New(self.name.data or "", *chosen, self.held_on.data, self.hours.data)


@blueprint.get("")
@who.may(Action.ACTIVITIES)
def listed() -> ResponseReturnValue:
    """List what students can log, newest first."""
    with reading_own() as work:
        found = menu.listed(work.session, work.account, page_number())
        return render_template(
            "programmes/activities/list.html", account=work.account, found=found, now=work.at
        )


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def new() -> ResponseReturnValue:
    """Add an activity."""
    form = ActivityForm()
    with reading_own() as work:
        form.offer(work)
    typed = form.new() if form.validate_on_submit() else None
    if typed and done(form, lambda work: menu.add(work.session, work.account, typed, work.at).reference):
        flash(_("Added. Students can log it from its day on."))
        return redirect(url_for("activities.listed"))
    return render_template("programmes/activities/new.html", form=form)


@blueprint.post("/<reference>/remove")
@who.may(Action.ACTIVITIES)
def remove(reference: str) -> ResponseReturnValue:
    """Remove an activity that was never logged."""
    with changing_own() as work:
        menu.remove(work.session, work.account, reference, work.at)
    flash(_("Taken away."))
    return redirect(url_for("activities.listed"))
