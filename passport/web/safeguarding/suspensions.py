"""Suspensions: close an account at once and open it again, for staff of a school or a programme."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import ValidationError

from passport.services.core.rights import Action, How
from passport.services.safeguarding import suspensions
from passport.web.core import route_access as who
from passport.web.core.widgets import CharacterCount, Form, OneOf, choices
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("suspensions", __name__, url_prefix="/suspensions")
may_suspend = who.may(Action.SUSPEND, How.FULLY, How.OWN_SCHOOL)


class SuspendForm(Form):
    """The reason, for those who may suspend."""

    reason = OneOf(_l("Why?"), message=_l("Choose why"), choices=choices(*suspensions.REASONS))
    note = StringField(_l("A note (optional)"), widget=CharacterCount())

    def validate_note(self, field: StringField) -> None:
        """Require at most the maximum length."""
        if len((field.data or "").replace("\r\n", "\n").strip()) > suspensions.LONGEST_NOTE:
            raise ValidationError(_("Use at most %(most)s characters", most=suspensions.LONGEST_NOTE))


@blueprint.get("")
@may_suspend
def listed() -> ResponseReturnValue:
    """List the suspended accounts, with a search by name or address."""
    typed = request.args.get("who", "")[:200]
    with reading_own() as work:
        return render_template(
            "safeguarding/suspensions/list.html",
            account=work.account,
            typed=typed,
            found=suspensions.search(work.session, work.account, typed, work.at),
            closed=suspensions.closed(work.session, work.account, work.at),
        )


@blueprint.route("/<reference>", methods=["GET", "POST"])
@may_suspend
def show(reference: str) -> ResponseReturnValue:
    """Suspend an account, or show why it is suspended and offer to readmit it."""
    form = SuspendForm()
    if form.validate_on_submit():
        typed = reference, form.reason.data, form.note.data or ""
        with changing_own() as work:
            suspensions.suspend(work.session, work.account, *typed, work.at)
        flash(_("Suspended. Whatever they had open has ended."))
        return redirect(url_for("suspensions.show", reference=reference))
    with reading_own() as work:
        whom = suspensions.find(work.session, work.account, reference, work.at, lock=False)
        history = suspensions.history(work.session, whom)
        return render_template("safeguarding/suspensions/show.html", whom=whom, form=form, history=history)


@blueprint.post("/<reference>/end")
@may_suspend
def readmit(reference: str) -> ResponseReturnValue:
    """End a suspension: the person can sign in again."""
    with changing_own() as work:
        suspensions.readmit(work.session, work.account, reference, work.at)
    flash(_("They can sign in again."))
    return redirect(url_for("suspensions.show", reference=reference))
