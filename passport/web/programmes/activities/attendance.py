"""Who was there: the list of a session, its code for the wall, and headcounts without names."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import StringField
from wtforms.validators import InputRequired

from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How
from passport.services.programmes.activities import attendance
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.widgets import Form, OneOf, TextInput, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.programmes.activities.forms import WholeNumber
from passport.web.programmes.managing import done

blueprint = Blueprint("attendance", __name__, url_prefix="/activities")
WRONG_CODE = {
    Reason.WALL_CODE_UNKNOWN,
    Reason.WALL_CODE_CLOSED,
    Reason.NO_PLACE,
    Reason.ATTENDANCE_RECORDED,
}


class HereForm(Form):
    """The code that stands on the wall."""

    code = StringField(
        _l("Code on the wall"), [InputRequired(_l("Enter the code from the wall"))], widget=TextInput()
    )


class CountForm(Form):
    """How many came of one school and year group. It has no field for a name."""

    school = OneOf(_l("Which school?"), message=_l("Choose the school"))
    year = OneOf(
        _l("Which year group?"),
        message=_l("Choose the year group"),
        choices=choices(*attendance.HEADCOUNT_YEARS),
        coerce=int,
    )
    number = WholeNumber(_l("How many were there?"), wrong=_l("Enter a whole number, like 24"))

    def offer(self, work: OwnWork) -> None:
        """Set the schools that the person may count for; where there is one, it is chosen."""
        there = attendance.schools(work.session, work.account)
        self.school.choices = named({one.reference: one.name for one in there})
        if len(there) == 1 and not self.is_submitted():
            self.fill(school=there[0].reference)


@blueprint.route("/sessions/<reference>/list", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def sheet(reference: str) -> ResponseReturnValue:
    """Tick who was at a session."""
    if request.method == "POST":
        listed, present = (set(request.form.getlist(name)) for name in ("listed", "present"))
        with changing_own() as work:
            number = attendance.mark(work.session, work.account, reference, listed, present, work.at)
        flash(ngettext("Saved: %(num)s student was there.", "Saved: %(num)s students were there.", number))
        return redirect(url_for("attendance.sheet", reference=reference))
    with reading_own() as work:
        found = attendance.sheet(work.session, work.account, reference, work.at)
        counts = attendance.headcounts(work.session, work.account, reference)
        return render_template("programmes/activities/sheet.html", found=found, counts=counts)


@blueprint.post("/sessions/<reference>/code")
@who.may(Action.ACTIVITIES)
def make_code(reference: str) -> ResponseReturnValue:
    """Make a new code for the wall."""
    with changing_own() as work:
        attendance.make_code(work.session, work.account, reference, work.at)
    return redirect(url_for("attendance.wall", reference=reference))


@blueprint.get("/sessions/<reference>/wall")
@who.may(Action.ACTIVITIES)
def wall(reference: str) -> ResponseReturnValue:
    """Show the code in large letters, for a screen or a print."""
    with reading_own() as work:
        found = attendance.sheet(work.session, work.account, reference, work.at).session
        return render_template("programmes/activities/wall.html", session=found)


@blueprint.route("/sessions/<reference>/count", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES)
def count(reference: str) -> ResponseReturnValue:
    """Count a group of whom no names are kept."""
    form = CountForm()
    with reading_own() as work:
        form.offer(work)
    if form.validate_on_submit() and done(form, lambda work: _count(work, form, reference)):
        flash(_("Counted."))
        return redirect(url_for("attendance.sheet", reference=reference))
    with reading_own() as work:
        found = attendance.sheet(work.session, work.account, reference, work.at)
        return render_template("programmes/activities/count.html", form=form, found=found)


def _count(work: OwnWork, form: CountForm, reference: str) -> bool:
    school, year, number = form.school.data, form.year.data, form.number.data
    if number is None:
        raise Refused(Reason.HEADCOUNT_OUT_OF_RANGE, most=attendance.MOST_COUNTED)
    attendance.count(work.session, work.account, reference, school, year, number, work.at)
    return True


@blueprint.route("/here", methods=["GET", "POST"])
@who.may(Action.ACTIVITIES, How.SIGN_UP)
def here() -> ResponseReturnValue:
    """Enter the code on the wall, as a student who is there."""
    form = HereForm()
    if form.validate_on_submit():
        try:
            with changing_own() as work:
                came = attendance.come(work.session, work.account, form.code.data or "", work.at)
                title = came.activity.title
        except Refused as refused:
            if refused.reason not in WRONG_CODE:
                raise
            form.add_error("code", refusals.at_box(refused))
        else:
            flash(_("You are at “%(activity)s”. Log it when it is over.", activity=title))
            return redirect(url_for("home.student"))
    return render_template("programmes/activities/here.html", form=form)
