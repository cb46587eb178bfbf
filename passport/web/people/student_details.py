"""Edit a student: name, what they are called, address, year group, cohort and date of birth."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import StringField

from passport.jobs import queue as job_queue
from passport.services.core.errors import EditConflict, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.credentials import student_details
from passport.services.credentials.student_details import Details, Tools
from passport.services.evidence import reading_log
from passport.services.people import students
from passport.services.programmes import cohorts
from passport.web.access.reauthentication import fresh
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.runtime import runtime
from passport.web.core.widgets import CharacterCount, DayField, OneOf, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own
from passport.web.programmes.managing import EmailField, NameField, told

blueprint = Blueprint("student_details", __name__, url_prefix="/students")
NONE = "none"


class DetailsForm(StoredForm):
    """What a school may correct about a student."""

    name = NameField(_l("Full name"), missing=_l("Enter the full name"))
    first_name = NameField(_l("First name"), missing=_l("Enter the first name"))
    email = EmailField(_l("School email address (optional)"))
    year = OneOf(
        _l("Year group"),
        message=_l("Choose the year group"),
        choices=choices(*students.YEARS),
        coerce=int,
    )
    cohort = OneOf(_l("Which cohort?"), message=_l("Choose the cohort, or none"))
    born_on = DayField(_l("Date of birth"), wrong=_l("Enter a day that exists, like 14 3 2026"))
    reason = StringField(_l("Why is the name corrected?"), widget=CharacterCount())

    def offer(self, work: OwnWork, student: students.Student) -> None:
        """Set the programme's cohorts as choices, and show what is stored."""
        intakes = {one.reference: one.name for one in cohorts.offered(work.session, work.account)}
        self.cohort.choices = named({NONE: _("None yet")} | intakes)
        account = student.account
        self.show(
            student_details.said(student),
            name=account.name,
            first_name=account.first_name,
            email=account.email or "",
            year=student.year_group,
            cohort=student.cohort.reference if student.cohort else NONE,
        )

    def details(self) -> Details:
        """Return what was typed."""
        return Details(
            name=self.name.data or "",
            first_name=self.first_name.data or "",
            email=self.email.data or "",
            year_group=self.year.data,
            cohort="" if self.cohort.data == NONE else self.cohort.data,
            born_on=self.born_on.data,
        )


@blueprint.route("/<reference>/edit", methods=["GET", "POST"])
@who.may(Action.BRING_IN_STUDENTS)
@fresh
def edit(reference: str) -> ResponseReturnValue:
    """Correct a student's details; a name that stands in entries replaces them."""
    form = DetailsForm()
    with changing_own() as work:
        student = students.find(work.session, work.account, reference, lock=False)
        reading_log.record(work.session, work.account, student.account_id, work.at)
        form.offer(work, student)
        entries = student_details.entries_with_name(work.session, student)
    if form.validate_on_submit():
        replaced = _edited(form, reference)
        if replaced is not None:
            flash(_("Corrected. The student is told, and it stands in their history."))
            if replaced:
                job_queue.wake()
                flash(
                    ngettext(
                        "%(num)s entry is being made anew.", "%(num)s entries are being made anew.", replaced
                    )
                )
            return redirect(url_for("students.show", reference=reference))
    if form.is_overtaken:
        form.show(student_details.said(student))
    return render_template("people/students/edit.html", form=form, student=student, entries=entries)


def _edited(form: DetailsForm, reference: str) -> int | None:
    """Store what was typed; return how many entries are replaced, or None after adding an error."""
    tools = Tools(runtime().keys, runtime().settings.public_url)
    given = form.details(), form.reason.data or ""
    try:
        with changing_own() as work:
            return student_details.edit(
                work.session, tools, work.account, reference, *given, work.at, form.seen.data
            )
    except EditConflict:
        form.overtaken("name")
    except Refused as refused:
        if refused.reason is Reason.REASON_MISSING:
            form.add_error("reason", refusals.at_box(refused))
        else:
            told(form, refused)
    return None
