"""Imports of students: send a list, match its columns, look at the dry run, confirm, download the report.

A file is read between two transactions. What the jobs do is in rows; an import's page shows how far it is.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, allows
from passport.services.people.imports import comparing, receiving, tables_out, working
from passport.services.people.imports.receiving import ImportState, Listing, Outcome
from passport.services.people.imports.working import Decision, Shown
from passport.services.people.students import Student
from passport.services.programmes.managing import own_school
from passport.web.checking import reader_time
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.paging import page_number
from passport.web.core.widgets import Form
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.people.imports import list_words as words
from passport.web.people.imports.forms import AT, ColumnsForm

blueprint = Blueprint("student_lists", __name__, url_prefix="/students/import")
OVERHEAD = 1024 * 1024
LEFT = "left"
# as many digits as the id of a row has at most
ROW = re.compile(r"row-[0-9]{1,19}")


@blueprint.before_app_request
def let_lists_in() -> ResponseReturnValue | None:
    """Raise the request size limit for a coordinator's list, before the form is read for its token.

    A larger one is refused here, with the words of the page: nothing of it is read.
    """
    if request.endpoint != "student_lists.send" or request.method != "POST":
        return None
    user = current()
    if user is None or not allows(user.roles, Action.BRING_IN_STUDENTS):
        return None
    request.max_content_length = receiving.MAX_BYTES + OVERHEAD
    if (request.content_length or 0) <= request.max_content_length:
        return None
    refused = Refused(Reason.STUDENTS_TOO_LARGE, megabytes=receiving.MAX_BYTES // (1024 * 1024))
    return _send_page(refusals.at_box(refused))


@blueprint.route("", methods=["GET", "POST"])
@who.may(Action.BRING_IN_STUDENTS)
def send() -> ResponseReturnValue:
    """Take a list, and show the school's latest ones."""
    if request.method == "GET":
        return _send_page()
    file = request.files.get("file")
    try:
        with reading_own() as own:
            school = own_school(own.account, Action.BRING_IN_STUDENTS).name
        listing = _read(file.stream.read(receiving.MAX_BYTES + 1) if file else b"", school)
        with changing_own() as work:
            name = file.filename if file and file.filename else ""
            made = receiving.receive(work.session, work.account, name, listing, work.at).reference
    except Refused as error:
        return _send_page(refusals.at_box(error))
    return redirect(url_for("student_lists.columns", reference=made))


def _read(data: bytes, school: str) -> Listing:
    """Read a file; a workbook within the reader time that the network may use."""
    if not data:
        raise Refused(Reason.STUDENTS_NO_FILE)
    try:
        with reader_time.counted():
            return receiving.read(data, school)
    except reader_time.UsedUp as error:
        raise Refused(Reason.WORKBOOK_LATER, minutes=-(-error.retry_after // 60)) from error


def _send_page(problem: str = "") -> ResponseReturnValue:
    with reading_own() as work:
        page = render_template(
            "people/imports/send.html",
            problem=problem,
            lists=receiving.listed(work.session, work.account),
            megabytes=receiving.MAX_BYTES // (1024 * 1024),
        )
    return page, 400 if problem else 200


@blueprint.route("/<reference>/columns", methods=["GET", "POST"])
@who.may(Action.BRING_IN_STUDENTS)
def columns(reference: str) -> ResponseReturnValue:
    """Say what the columns mean; then compare the list with the students that the school has."""
    form = ColumnsForm()
    with reading_own() as work:
        made = receiving.find(work.session, work.account, reference)
        if made.state not in {ImportState.RECEIVED, ImportState.COMPARED}:
            return redirect(url_for("student_lists.show", reference=reference))
        form.offer(work, made)
        if not form.is_submitted():
            form.show(made)
    if form.validate_on_submit() and _matched(form, reference):
        _compare(reference)
        return redirect(url_for("student_lists.show", reference=reference))
    return render_template(
        "people/imports/columns.html", form=form, made=made, layout=receiving.layout_of(made), row_words=words
    )


def _matched(form: ColumnsForm, reference: str) -> bool:
    """Store what was chosen; return False after adding a refusal to the form's errors."""
    try:
        with changing_own() as work:
            receiving.match(work.session, work.account, reference, form.choice())
    except Refused as refused:
        if refused.reason not in AT:
            raise
        form.add_error(AT[refused.reason], refusals.at_box(refused))
        return False
    return True


def _compare(reference: str) -> None:
    """Compare while others may write, then store the result."""
    with reading_own() as work:
        made = receiving.find(work.session, work.account, reference)
        plan = comparing.plan(work.session, made, work.at)
    with changing_own() as work:
        comparing.store(work.session, work.account, reference, plan)


@blueprint.get("/<reference>")
@who.may(Action.BRING_IN_STUDENTS)
def show(reference: str) -> ResponseReturnValue:
    """Show an import: its dry run, its progress, or what became of its rows."""
    with reading_own() as work:
        made = receiving.find(work.session, work.account, reference)
        if made.state is ImportState.RECEIVED:
            return redirect(url_for("student_lists.columns", reference=reference))
        if made.state is ImportState.PURGED:
            return render_template("people/imports/gone.html", made=made), 410
        told = working.progress(work.session, made)
        if made.state is ImportState.CONFIRMED:
            return render_template("people/imports/working.html", made=made, progress=told)
        return _rows_page(work, made, told)


def _rows_page(work: OwnWork, made: receiving.StudentImport, told: working.Progress) -> ResponseReturnValue:
    group = _group(told)
    rows: list[Shown] = []
    people: list[Student] = []
    if group == LEFT:
        people, page = working.left(work.session, made, page_number())
    else:
        rows, page = working.shown(work.session, made, Outcome(group), page_number())
    return render_template(
        "people/imports/rows.html",
        made=made,
        progress=told,
        layout=receiving.layout_of(made),
        group=group,
        groups=[*(one.value for one in words.ORDER), LEFT],
        numbers={one.value: told.counts.get(one, 0) for one in Outcome} | {LEFT: told.left},
        rows=rows,
        people=people,
        page=page,
        row_words=words,
        form=Form(),
    )


def _group(told: working.Progress) -> str:
    """Return the group of rows that is asked for, else the first that has rows."""
    asked = request.args.get("show", "")
    if asked == LEFT or asked in set(Outcome):
        return asked
    return next((one.value for one in words.ORDER if told.counts.get(one)), Outcome.NEW.value)


@blueprint.post("/<reference>/decide")
@who.may(Action.BRING_IN_STUDENTS)
def decide(reference: str) -> ResponseReturnValue:
    """Store what was chosen for possible duplicates."""
    chosen = {
        int(name.removeprefix("row-")): Decision(value)
        for name, value in request.form.items()
        if ROW.fullmatch(name) and value in set(Decision)
    }
    with changing_own() as work:
        working.decide(work.session, work.account, reference, chosen)
    flash(_("Kept. It is done when you bring the list in."))
    number = request.form.get("page", "1")
    return redirect(url_for("student_lists.show", reference=reference, show="duplicate", page=number))


@blueprint.post("/<reference>/confirm")
@who.may(Action.BRING_IN_STUDENTS)
def confirm(reference: str) -> ResponseReturnValue:
    """Bring the list in."""
    with changing_own() as work:
        working.confirm(work.session, work.account, reference, work.at)
    job_queue.wake()
    return redirect(url_for("student_lists.show", reference=reference))


@blueprint.get("/<reference>/progress")
@who.may(Action.BRING_IN_STUDENTS)
def progress(reference: str) -> ResponseReturnValue:
    """Return the progress, for the page's script."""
    with reading_own() as work:
        made = receiving.find(work.session, work.account, reference)
        told = working.progress(work.session, made)
        return {"done": told.done, "total": told.total, "finished": made.state is not ImportState.CONFIRMED}


@blueprint.get("/<reference>/report.csv")
@who.may(Action.BRING_IN_STUDENTS)
def report(reference: str) -> ResponseReturnValue:
    """Return what became of each row, or in a dry run would, as a file."""
    with reading_own() as work:
        made = receiving.find(work.session, work.account, reference)
        lines = [words.line(row, made) for row in working.report(work.session, made)]
    return _file(tables_out.as_csv(words.heading(), lines), _("report of a list of students"))


@blueprint.post("/<reference>/delete")
@who.may(Action.BRING_IN_STUDENTS)
def delete(reference: str) -> ResponseReturnValue:
    """Delete a list now. The students whom it brought in stay."""
    with changing_own() as work:
        receiving.delete(work.session, work.account, reference)
    flash(_("The list is deleted."))
    return redirect(url_for("student_lists.send"))


@blueprint.get("/students.csv")
@who.may(Action.BRING_IN_STUDENTS)
def export() -> ResponseReturnValue:
    """Return the school's students as a file that can be corrected and sent again, without dates of birth."""
    with reading_own() as work:
        lines = [words.student(one) for one in working.export(work.session, work.account)]
    return _file(tables_out.as_csv(words.student_heading(), lines), _("students"))


def _file(text: str, name: str) -> Response:
    response = Response(text.encode(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return response
