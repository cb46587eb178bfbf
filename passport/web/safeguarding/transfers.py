"""Transfers: one school offers a student to another school, which accepts or refuses."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.people import students
from passport.services.safeguarding import transfers
from passport.web.core import route_access as who
from passport.web.core.widgets import Form, OneOf, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.people.students import NoteForm

blueprint = Blueprint("transfers", __name__)


class SchoolForm(Form):
    """The receiving school."""

    school = OneOf(_l("Which school?"), message=_l("Choose the school"))


@blueprint.route("/students/<reference>/transfer", methods=["GET", "POST"])
@who.may(Action.BRING_IN_STUDENTS)
def choose(reference: str) -> ResponseReturnValue:
    """Choose the school. Nothing is changed yet."""
    form = SchoolForm()
    with reading_own() as work:
        student = students.find(work.session, work.account, reference, lock=False)
        offered = students.other_schools(work.session, work.account)
        form.school.choices = named({one.reference: one.name for one in offered})
        if not form.validate_on_submit():
            return render_template("safeguarding/transfers/choose.html", form=form, student=student)
    return redirect(url_for("transfers.check", reference=reference, school=form.school.data))


@blueprint.route("/students/<reference>/transfer/<school>", methods=["GET", "POST"])
@who.may(Action.BRING_IN_STUDENTS)
def check(reference: str, school: str) -> ResponseReturnValue:
    """Show what will happen, then offer the student to the school."""
    form = NoteForm()
    if form.validate_on_submit():
        with changing_own() as work:
            typed = (reference, school, form.note.data or "", work.at)
            transfers.offer(work.session, work.account, *typed)
        flash(_("Offered. The other school can accept now. Until then you can take it back."))
        return redirect(url_for("students.show", reference=reference))
    with reading_own() as work:
        return render_template(
            "safeguarding/transfers/check.html",
            form=form,
            student=students.find(work.session, work.account, reference, lock=False),
            school=transfers.school_for(work.session, work.account, school),
            days=transfers.ANSWERED_WITHIN.days,
        )


@blueprint.post("/transfers/<reference>/take-back")
@who.may(Action.BRING_IN_STUDENTS)
def take_back(reference: str) -> ResponseReturnValue:
    """Cancel an offer of one's own school."""
    with changing_own() as work:
        transfers.take_back(work.session, work.account, reference, work.at)
    flash(_("Taken back. The student stays at your school."))
    return redirect(url_for("students.listed"))


@blueprint.get("/transfers/<reference>")
@who.may(Action.BRING_IN_STUDENTS)
def show(reference: str) -> ResponseReturnValue:
    """Show an offer to one's own school, and what accepting it means."""
    with reading_own() as work:
        found = transfers.opened(work.session, work.account, reference, work.at)
        return render_template(
            "safeguarding/transfers/show.html", transfer=found, account=work.account, form=Form()
        )


@blueprint.post("/transfers/<reference>/accept")
@who.may(Action.BRING_IN_STUDENTS)
def accept(reference: str) -> ResponseReturnValue:
    """Accept the student."""
    with changing_own() as work:
        student = transfers.accept(work.session, work.account, reference, work.at)
    flash(_("Accepted. The student belongs to your school now."))
    return redirect(url_for("students.show", reference=student))


@blueprint.post("/transfers/<reference>/refuse")
@who.may(Action.BRING_IN_STUDENTS)
def refuse(reference: str) -> ResponseReturnValue:
    """Refuse the offer; the student stays at their school."""
    with changing_own() as work:
        transfers.refuse(work.session, work.account, reference, work.at)
    flash(_("Refused. The student stays at their school."))
    return redirect(url_for("students.listed"))
