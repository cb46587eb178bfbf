"""Schools and colleges: add, change, and the sectors that they work in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.people import champions
from passport.services.programmes import schools, sectors
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.widgets import DayField, Form, OneOf, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.managing import NameField, NeededDay, done

blueprint = Blueprint("schools", __name__, url_prefix="/manage/schools")


class SchoolForm(Form):
    """The name and the kind of a school."""

    name = NameField(_l("Name of the school"), missing=_l("Enter the name of the school"))
    kind = OneOf(_l("What is it?"), message=_l("Choose what it is"), choices=choices(*schools.KINDS))


class ChangeForm(StoredForm, SchoolForm):
    """The new name and kind of a school."""


class SectorForm(Form):
    """The sector, and its first and last day."""

    sector = OneOf(_l("Which sector?"), message=_l("Choose the sector"))
    since = NeededDay(_l("From which day?"), missing=_l("Enter the first day"))
    until = DayField(_l("Until which day?"), wrong=_l("Enter a day that exists, like 14 3 2026"))


@blueprint.get("")
@who.may(Action.STRUCTURE)
def listed() -> ResponseReturnValue:
    """List the schools, with their sectors today and their numbers of students and staff."""
    with reading_own() as work:
        lines = schools.listed(work.session, work.account, work.at)
        return render_template("programmes/schools/list.html", account=work.account, lines=lines)


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def new() -> ResponseReturnValue:
    """Add a school."""
    form = SchoolForm()
    if form.validate_on_submit():
        typed = form.name.data or "", form.kind.data
        added = done(form, lambda work: schools.add(work.session, work.account, *typed, work.at).reference)
        if added:
            flash(_("%(name)s is in the programme now.", name=form.name.data))
            return redirect(url_for("schools.show", reference=added))
    return render_template("programmes/schools/new.html", form=form, school=None)


@blueprint.get("/<reference>")
@who.may(Action.STRUCTURE)
def show(reference: str) -> ResponseReturnValue:
    """Show one school: its sectors with their days, and its champions."""
    with reading_own() as work:
        school = schools.find(work.session, work.account, reference, lock=False)
        everybody = champions.listed(work.session, work.account, work.at)
        theirs = [
            (one, line)
            for one, lines in everybody
            for line in lines
            if line.attachment.school_id == school.id
        ]
        return render_template(
            "programmes/schools/show.html",
            school=school,
            times=schools.of_school(work.session, school),
            staff=schools.staff_of(work.session, school),
            attached=theirs,
            form=Form(),
            now=work.at,
        )


@blueprint.route("/<reference>/change", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def change(reference: str) -> ResponseReturnValue:
    """Change the name or kind, for what is signed from now on."""
    form = ChangeForm()
    if form.validate_on_submit():
        typed = reference, form.name.data or "", form.kind.data
        if done(
            form,
            lambda work: (
                schools.change(work.session, work.account, *typed, work.at, form.seen.data).reference
            ),
        ):
            flash(_("Changed."))
            return redirect(url_for("schools.show", reference=reference))
    with reading_own() as work:
        school = schools.find(work.session, work.account, reference, lock=False)
        form.show(schools.said(school), name=school.name, kind=school.kind)
        return render_template("programmes/schools/new.html", form=form, school=school)


@blueprint.route("/<reference>/sectors", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def work_in(reference: str) -> ResponseReturnValue:
    """Add a sector to a school."""
    form = SectorForm()
    with reading_own() as work:
        school = schools.find(work.session, work.account, reference, lock=False)
        offered = sectors.offered(work.session, work.account)
        form.sector.choices = named({one.reference: one.name for one in offered})
        name = school.name
    if form.validate_on_submit() and form.since.data:
        typed = reference, form.sector.data, form.since.data, form.until.data
        if done(form, lambda work: schools.work_in(work.session, work.account, *typed, work.at).reference):
            flash(_("Added."))
            return redirect(url_for("schools.show", reference=reference))
    return render_template("programmes/schools/sector.html", form=form, reference=reference, name=name)


@blueprint.post("/<reference>/sectors/<time>/end")
@who.may(Action.STRUCTURE)
def leave(reference: str, time: str) -> ResponseReturnValue:
    """End a school's time in a sector."""
    with changing_own() as work:
        schools.leave(work.session, work.account, reference, time, work.at)
    flash(_("Ended today."))
    return redirect(url_for("schools.show", reference=reference))
