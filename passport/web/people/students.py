"""The students of a coordinator's school: listed, added, invited, paused, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import StringField
from wtforms.validators import ValidationError

from passport.jobs import queue as job_queue
from passport.services.core.rights import Action
from passport.services.evidence import reading_log
from passport.services.people import details, enrolments, staff, students
from passport.services.people.enrolments import EnrolmentState
from passport.services.people.students import Newcomer
from passport.services.programmes import cohorts, sectors
from passport.services.safeguarding import transfers
from passport.web.core import route_access as who
from passport.web.core.paging import page_number
from passport.web.core.runtime import runtime
from passport.web.core.widgets import CharacterCount, Form, OneOf, choices, named
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.programmes.managing import EmailField, NameField, NeededDay, done

if TYPE_CHECKING:
    from passport.services.people.students import Student

blueprint = Blueprint("students", __name__, url_prefix="/students")
NONE = "none"
# the steps that have a page, by the word in its address
MOVES = {
    "pause": EnrolmentState.PAUSED,
    "go-on": EnrolmentState.ACTIVE,
    "complete": EnrolmentState.COMPLETED,
    "withdraw": EnrolmentState.WITHDRAWN,
}


class NewForm(Form):
    """What a school enters about a student."""

    name = NameField(_l("Full name"), missing=_l("Enter the full name"))
    first_name = NameField(_l("First name"), missing=_l("Enter the first name"))
    born_on = NeededDay(_l("Date of birth"), missing=_l("Enter the date of birth"))
    year = OneOf(
        _l("Year group"),
        message=_l("Choose the year group"),
        choices=choices(*students.YEARS),
        coerce=int,
    )
    sector = OneOf(_l("Which sector?"), message=_l("Choose the sector"))
    cohort = OneOf(_l("Which cohort?"), message=_l("Choose the cohort, or none"))
    email = EmailField(_l("School email address (optional)"))

    def offer(self, work: OwnWork) -> None:
        """Set the programme's sectors and cohorts as choices."""
        account, session = work.account, work.session
        self.sector.choices = named({one.reference: one.name for one in sectors.offered(session, account)})
        intakes = {one.reference: one.name for one in cohorts.offered(session, account)}
        self.cohort.choices = named({NONE: _("None yet")} | intakes)

    def newcomer(self) -> Newcomer | None:
        """Return the values as a Newcomer, or None without a date of birth."""
        if self.born_on.data is None:
            return None
        return Newcomer(
            name=self.name.data or "",
            first_name=self.first_name.data or "",
            born_on=self.born_on.data,
            year_group=self.year.data,
            sector=self.sector.data,
            cohort="" if self.cohort.data == NONE else self.cohort.data,
            email=self.email.data or "",
        )


class NoteForm(Form):
    """A note for those who run the school and the programme."""

    note = StringField(_l("A note (optional)"), widget=CharacterCount())

    def validate_note(self, field: StringField) -> None:
        """Require at most the maximum length."""
        if len((field.data or "").replace("\r\n", "\n").strip()) > enrolments.LONGEST_NOTE:
            raise ValidationError(_("Use at most %(most)s characters", most=enrolments.LONGEST_NOTE))


class WithdrawForm(NoteForm):
    """The reason why a student leaves."""

    reason = OneOf(_l("Why do they leave?"), message=_l("Choose why"), choices=choices(*enrolments.REASONS))


@blueprint.get("")
@who.may(Action.BRING_IN_STUDENTS)
def listed() -> ResponseReturnValue:
    """List the school's students, page by page."""
    name, state = request.args.get("name", ""), request.args.get("state", "")
    with reading_own() as work:
        found = students.listed(work.session, work.account, name, state, page_number())
        return render_template(
            "people/students/list.html",
            account=work.account,
            found=found,
            to_invite=students.count_to_invite(work.session, work.account, work.at),
            coming=transfers.incoming(work.session, work.account, work.at),
            going=transfers.outgoing(work.session, work.account),
            name=name[: students.LONGEST_SEARCH],
            state=state,
            states=list(EnrolmentState),
        )


@blueprint.route("/new", methods=["GET", "POST"])
@who.may(Action.BRING_IN_STUDENTS)
def new() -> ResponseReturnValue:
    """Add one student."""
    form = NewForm()
    with reading_own() as work:
        form.offer(work)
    newcomer = form.newcomer() if form.validate_on_submit() else None
    if newcomer:
        added = done(
            form,
            lambda work: students.add(work.session, work.account, newcomer, work.at).account.reference,
        )
        if added:
            flash(_("%(name)s is on your list now.", name=newcomer.name))
            return redirect(url_for("students.show", reference=added))
    return render_template("people/students/new.html", form=form)


@blueprint.get("/<reference>")
@who.may(Action.BRING_IN_STUDENTS)
def show(reference: str) -> ResponseReturnValue:
    """Show one student's place in the programme, and record the reading for the student."""
    with changing_own() as work:
        student = students.find(work.session, work.account, reference, lock=False)
        reading_log.record(work.session, work.account, student.account_id, work.at)
        sent = students.invitation(work.session, student)
        return render_template(
            "people/students/show.html",
            student=student,
            invited=staff.came(sent, work.at),
            invitation=sent,
            history=enrolments.history(work.session, student),
            corrected=details.history(work.session, student),
            own_school=student.school_id,
            moves=_moves(student),
            offered=transfers.waiting(work.session, student.account_id),
            form=Form(),
        )


def _moves(student: Student) -> list[str]:
    return [word for word, state in MOVES.items() if student.enrolment in enrolments.STEPS[state]]


@blueprint.post("/<reference>/invite")
@who.may(Action.BRING_IN_STUDENTS)
def invite(reference: str) -> ResponseReturnValue:
    """Send the invitation, or a new one."""
    with changing_own() as work:
        students.invite(work.session, work.account, reference, runtime().settings.public_url, work.at)
    job_queue.wake()
    flash(_("The invitation is on its way."))
    return redirect(url_for("students.show", reference=reference))


@blueprint.post("/invite")
@who.may(Action.BRING_IN_STUDENTS)
def invite_some() -> ResponseReturnValue:
    """Send invitations to students who have an address and none that can be used."""
    with changing_own() as work:
        public_url = runtime().settings.public_url
        number = students.invite_some(work.session, work.account, public_url, work.at)
        left = students.count_to_invite(work.session, work.account, work.at)
    job_queue.wake()
    words = ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", number)
    flash(words + (" " + _("%(number)s more wait: press again.", number=left) if left else ""))
    return redirect(url_for("students.listed", state=EnrolmentState.INVITED.value))


@blueprint.route("/<reference>/<any(pause, 'go-on', complete, withdraw):step>", methods=["GET", "POST"])
@who.may(Action.BRING_IN_STUDENTS)
def move(reference: str, step: str) -> ResponseReturnValue:
    """Pause, resume, complete or withdraw the enrolment."""
    form = WithdrawForm() if step == "withdraw" else NoteForm()
    if form.validate_on_submit():
        reason = form.reason.data if isinstance(form, WithdrawForm) else ""
        typed = reference, MOVES[step], reason, form.note.data or ""
        with changing_own() as work:
            students.enrol(work.session, work.account, *typed, work.at)
        flash(_("Changed. It stands in the student's history."))
        return redirect(url_for("students.show", reference=reference))
    with reading_own() as work:
        student = students.find(work.session, work.account, reference, lock=False)
        if step not in _moves(student) and not form.is_submitted():
            return redirect(url_for("students.show", reference=reference))
        return render_template("people/students/move.html", form=form, student=student, step=step)
