"""Cohorts: the intakes of a programme, with counts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.programmes import cohorts, sectors
from passport.services.programmes.cohorts import Intake
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.widgets import Form, OneOf, named
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, reading_own
from passport.web.programmes.managing import NameField, NeededDay, done

blueprint = Blueprint("cohorts", __name__, url_prefix="/manage/cohorts")
ALL = "all"


class CohortForm(Form):
    """A cohort's name, sector, and first and last day."""

    name = NameField(_l("Name of the cohort"), missing=_l("Enter the name of the cohort"))
    sector = OneOf(_l("Which sector?"), message=_l("Choose the sector"))
    starts = NeededDay(_l("First day"), missing=_l("Enter the first day"))
    ends = NeededDay(_l("Last day"), missing=_l("Enter the last day"))

    def offer(self, work: OwnWork) -> None:
        """Set every sector, and all of them, as choices."""
        offered = sectors.offered(work.session, work.account)
        self.sector.choices = named({ALL: _("All sectors")} | {one.reference: one.name for one in offered})

    def intake(self) -> Intake | None:
        """Return the values as an Intake, or None without both days."""
        if self.starts.data is None or self.ends.data is None:
            return None
        sector = "" if self.sector.data == ALL else self.sector.data
        return Intake(self.name.data or "", sector, self.starts.data, self.ends.data)


class ChangeForm(StoredForm, CohortForm):
    """The new name, sector and days of an existing cohort."""


@blueprint.get("")
@who.may(Action.STRUCTURE)
def listed() -> ResponseReturnValue:
    """List the cohorts, with counts by state."""
    with reading_own() as work:
        lines = cohorts.listed(work.session, work.account)
        return render_template("programmes/cohorts/list.html", account=work.account, lines=lines)


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def new() -> ResponseReturnValue:
    """Add a cohort."""
    form = CohortForm()
    with reading_own() as work:
        form.offer(work)
    intake = form.intake() if form.validate_on_submit() else None
    if intake:
        added = done(form, lambda work: cohorts.add(work.session, work.account, intake, work.at).reference)
        if added:
            flash(_("%(name)s is a cohort now.", name=intake.name))
            return redirect(url_for("cohorts.listed"))
    return render_template("programmes/cohorts/new.html", form=form, cohort=None)


@blueprint.route("/<reference>", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def change(reference: str) -> ResponseReturnValue:
    """Change a cohort's name, sector or days."""
    form = ChangeForm()
    with reading_own() as work:
        form.offer(work)
        cohorts.find(work.session, work.account, reference)
    intake = form.intake() if form.validate_on_submit() else None
    if intake and done(
        form,
        lambda work: (
            cohorts.change(work.session, work.account, reference, intake, work.at, form.seen.data).reference
        ),
    ):
        flash(_("Changed."))
        return redirect(url_for("cohorts.listed"))
    with reading_own() as work:
        found = cohorts.find(work.session, work.account, reference)
        sector = found.sector.reference if found.sector else ALL
        form.show(cohorts.said(found), name=found.name, sector=sector, starts=found.starts, ends=found.ends)
        return render_template("programmes/cohorts/new.html", form=form, cohort=found)
