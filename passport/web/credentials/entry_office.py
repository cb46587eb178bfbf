"""Entries for staff of a school or a programme: search, view, hold, lift, correct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import StringField
from wtforms.validators import ValidationError

from passport.jobs import queue as job_queue
from passport.services.checking import typed_codes
from passport.services.checking.stored_entries import Published
from passport.services.core.errors import EditConflict, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.core.text_rules import LONGEST_REASON, SHORTEST_REASON
from passport.services.core.text_rules import problem as text_problem
from passport.services.credentials import corrections, entry_search, holds, withdrawals
from passport.services.credentials.corrections import Tools, What
from passport.services.evidence import reading_log
from passport.web.access.reauthentication import fresh
from passport.web.checking.soundness import look, unsound
from passport.web.core import filters, refusals
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.paging import page_number
from passport.web.core.runtime import runtime
from passport.web.core.widgets import (
    CharacterCount,
    DayField,
    Form,
    OneOf,
    TextInput,
    choices,
    named,
)
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own

if TYPE_CHECKING:
    from passport.db.credentials.records import Credential

blueprint = Blueprint("entries", __name__, url_prefix="/overview/entries")
LONGEST_TYPED = 300


class ReasonForm(Form):
    """A reason, for those who may read it later. A check never shows it."""

    reason = StringField(_l("Why?"), widget=CharacterCount())

    def validate_reason(self, field: StringField) -> None:
        """Require 10 to 500 characters."""
        kept = (field.data or "").replace("\r\n", "\n").strip()
        if len(kept) < SHORTEST_REASON:
            raise ValidationError(_("Enter why, in at least %(least)s characters", least=SHORTEST_REASON))
        if len(kept) > LONGEST_REASON:
            raise ValidationError(_("Use at most %(most)s characters", most=LONGEST_REASON))


class HoldForm(ReasonForm):
    """The kind of question that is open, and the reason."""

    ground = OneOf(
        _l("What is it about?"), message=_l("Choose what it is about"), choices=choices(*holds.GROUNDS)
    )


class NameForm(StoredForm, ReasonForm):
    """The correct name."""

    name = StringField(_l("Full name"), widget=TextInput())
    first_name = StringField(_l("First name"), widget=TextInput())

    def validate_name(self, field: StringField) -> None:
        """Require a name that can be signed."""
        _usable(field, _("Enter the full name"))

    def validate_first_name(self, field: StringField) -> None:
        """Require a first name that can be signed."""
        _usable(field, _("Enter the first name"))


class SchoolForm(ReasonForm):
    """The correct school."""

    school = OneOf(_l("Which school was it?"), message=_l("Choose the school"))


class DateForm(ReasonForm):
    """The correct day."""

    held_on = DayField(_l("When was it?"), wrong=_l("Enter a day that exists, like 14 3 2026"))

    def validate_held_on(self, field: DayField) -> None:
        """Require a day that is not in the future."""
        if not field.process_errors and field.data is None:
            raise ValidationError(_("Enter the day it happened"))
        if field.data is not None and field.data > filters.today():
            raise ValidationError(_("Enter a day that is not in the future"))


def _usable(field: StringField, missing: str) -> None:
    field.data = " ".join((field.data or "").split())
    if not field.data:
        raise ValidationError(missing)
    if text_problem(field.data, quoted=True):
        raise ValidationError(_("Leave out signs that cannot be seen, and unusual quotation marks"))


@blueprint.route("", methods=["GET", "POST"])
@who.may(Action.HOLD)
def listed() -> ResponseReturnValue:
    """List the entries, by student, or those under the code that was posted."""
    if request.method == "POST":
        return _by_code()
    school, state = request.args.get("school", ""), request.args.get("state", "")
    published = look()
    with reading_own() as work:
        found = entry_search.listed(work.session, work.account, school, state, page_number())
        return _list(work, published, found=found, school=school, state=state)


def _by_code() -> ResponseReturnValue:
    entered = request.form.get("code", "").strip()[:LONGEST_TYPED]
    published = look()
    with reading_own() as work:
        code = (
            typed_codes.code_in(entered)
            if typed_codes.looks_like_an_address(entered)
            else typed_codes.as_code(entered)
        )
        found = entry_search.by_code(work.session, work.account, code or "")
        if len(found) == 1:
            return redirect(url_for("entries.show", reference=found[0].reference), 303)
        if found:
            return _list(work, published, shown=found, entered=entered)
        words = _("We cannot find an entry of yours with this code. Compare it letter by letter")
        problem = words if entered else _("Enter the code")
        return _list(work, published, problem=problem, entered=entered), 404 if entered else 400


def _list(work: OwnWork, published: Published, **more: Any) -> str:
    rows = more["found"].rows if "found" in more else more.get("shown", ())
    more |= {"damaged": unsound(work, published, rows), "code_form": Form(), "now": work.at}
    schools = entry_search.schools(work.session, work.account)
    return render_template("credentials/entries/list.html", account=work.account, schools=schools, **more)


@blueprint.get("/<reference>")
@who.may(Action.HOLD)
def show(reference: str) -> ResponseReturnValue:
    """Show one entry and its history. The reading is recorded for the student."""
    published = look()
    with reading_own() as work:
        damaged = unsound(work, published, [entry_search.entry(work.session, work.account, reference)])
    with changing_own() as work:
        entry = entry_search.entry(work.session, work.account, reference)
        newest = entry_search.current(work.session, entry)
        if newest is not entry:
            return redirect(url_for("entries.show", reference=newest.reference))
        reading_log.record(work.session, work.account, entry.student_id, work.at, credential=entry)
        return render_template(
            "credentials/entries/show.html",
            account=work.account,
            entry=entry,
            damaged=damaged,
            said=corrections.said(entry),
            changes=entry_search.history(work.session, work.account, entry),
            notice=holds.notice(work.session, entry),
            asked=withdrawals.open_for(work.session, entry.id),
            now=work.at,
        )


@blueprint.route("/<reference>/hold", methods=["GET", "POST"])
@who.may(Action.HOLD)
@fresh
def hold(reference: str) -> ResponseReturnValue:
    """Put an entry on hold."""
    form = HoldForm()
    if form.validate_on_submit():
        with changing_own() as work:
            holds.hold(
                work.session, work.account, reference, form.ground.data, form.reason.data or "", work.at
            )
        return _done(reference, _("On hold. Within a minute every check of this entry says so."))
    return _step("credentials/entries/hold.html", reference, form)


@blueprint.route("/<reference>/lift", methods=["GET", "POST"])
@who.may(Action.HOLD)
@fresh
def lift(reference: str) -> ResponseReturnValue:
    """Lift the hold of an entry."""
    form = ReasonForm()
    if form.validate_on_submit():
        with changing_own() as work:
            holds.lift(work.session, work.account, reference, form.reason.data or "", work.at)
        return _done(reference, _("Off hold. Within a minute every check of this entry says so."))
    return _step("credentials/entries/lift.html", reference, form)


@blueprint.get("/<reference>/correct")
@who.may(Action.CORRECT)
def correct(reference: str) -> ResponseReturnValue:
    """Ask what is wrong: the name, the school or the day."""
    return _step("credentials/entries/correct.html", reference, None)


@blueprint.route("/<reference>/correct/name", methods=["GET", "POST"])
@who.may(Action.CORRECT)
@fresh
def correct_name(reference: str) -> ResponseReturnValue:
    """Correct the student's name, in all their entries."""
    form = NameForm()
    if form.validate_on_submit():
        names = form.name.data or "", form.first_name.data or ""
        try:
            with changing_own() as work:
                given = (work.account, reference, *names, form.reason.data or "", work.at, form.seen.data)
                made = corrections.correct_name(work.session, _tools(), *given)
        except EditConflict:
            form.overtaken("name")
        else:
            return _done(reference, _renamed(made))
    with reading_own() as work:
        holder = entry_search.entry(work.session, work.account, reference).student.account
        form.show(corrections.name_of(holder), name=holder.name, first_name=holder.first_name)
    return _step("credentials/entries/correct_name.html", reference, form)


def _renamed(made: int) -> str:
    anew = ngettext("%(num)s entry is being made anew.", "%(num)s entries are being made anew.", made)
    return _("The name is corrected.") + " " + anew


@blueprint.route("/<reference>/correct/school", methods=["GET", "POST"])
@who.may(Action.CORRECT)
@fresh
def correct_school(reference: str) -> ResponseReturnValue:
    """Correct the school named in the entry."""
    form = SchoolForm()
    with reading_own() as work:
        offered = entry_search.schools(work.session, work.account)
        form.school.choices = named({school.reference: school.name for school in offered})
    if form.validate_on_submit():
        with changing_own() as work:
            chosen = (reference, form.school.data, form.reason.data or "", work.at)
            corrections.correct_school(work.session, _tools(), work.account, *chosen)
        return _done(reference, _("The school is corrected. The entry is being made anew."))
    return _step("credentials/entries/correct_school.html", reference, form, schools=offered)


@blueprint.route("/<reference>/correct/day", methods=["GET", "POST"])
@who.may(Action.CORRECT)
@fresh
def correct_date(reference: str) -> ResponseReturnValue:
    """Correct the day on which it happened."""
    form = DateForm()
    if form.validate_on_submit() and form.held_on.data:
        try:
            with changing_own() as work:
                chosen = (reference, form.held_on.data, form.reason.data or "", work.at)
                corrections.correct_date(work.session, _tools(), work.account, *chosen)
            return _done(reference, _("The day is corrected. The entry is being made anew."))
        except Refused as refused:
            if refused.reason is not Reason.DATE_AFTER_ENDORSEMENT:
                raise
            form.add_error("held_on", refusals.at_box(refused))
    return _step("credentials/entries/correct_date.html", reference, form)


def _tools() -> Tools:
    return Tools(runtime().keys, runtime().settings.public_url)


def _done(reference: str, words: str) -> ResponseReturnValue:
    job_queue.wake()
    flash(words)
    return redirect(url_for("entries.show", reference=reference))


STEPS = {"hold": {"issued"}, "lift": {"on_hold"}}


def _step(template: str, reference: str, form: Form | None, **more: object) -> ResponseReturnValue:
    """Render a form about one entry, or redirect to the entry if the step does not apply any more."""
    with reading_own() as work:
        entry = entry_search.entry(work.session, work.account, reference)
        if not _is_of_use(entry) and not (form and form.is_submitted()):
            return redirect(url_for("entries.show", reference=reference))
        return render_template(
            template, entry=entry, said=corrections.said(entry), form=form, what=list(What), **more
        )


def _is_of_use(entry: Credential) -> bool:
    step = (request.endpoint or "").rpartition(".")[2]
    return str(entry.state) in STEPS.get(step, {"issued", "on_hold"})
