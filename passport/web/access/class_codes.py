"""Class codes: pupils sign in with two codes, which their coordinator makes and gives out."""

from __future__ import annotations

import structlog
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired

from passport.limits import JUNK_CLASS_CODES
from passport.services.access import class_codes
from passport.services.access.sign_ins import Way
from passport.services.core.errors import Refused, Suspended, TooSoon
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.web.access.signing_in import begin_session, why_not
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.limits import who_asks
from passport.web.core.runtime import attempts
from passport.web.core.widgets import Form, NumberOf, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import changing, changing_own, reading_own

blueprint = Blueprint("class_codes", __name__)
log = structlog.get_logger()


class EnterForm(Form):
    """The code on the board and the code on the card."""

    class_code = StringField(
        _l("Class code"),
        [InputRequired(_l("Enter the class code that your teacher shows"))],
        widget=TextInput(),
    )
    pupil_code = StringField(
        _l("Your own code"), [InputRequired(_l("Enter the code on your card"))], widget=TextInput()
    )


class LengthForm(Form):
    """The validity of a class code, in minutes."""

    minutes = NumberOf(message=_l("Choose how long the code is good for"))


@blueprint.route("/sign-in/class", methods=["GET", "POST"])
@who.public
def enter() -> ResponseReturnValue:
    """Sign a pupil in with a class code and their own code."""
    form = EnterForm()
    answer = _sign_in(form) if form.validate_on_submit() else None
    return answer or render_template("access/class_codes/enter.html", form=form)


def _sign_in(form: EnterForm) -> ResponseReturnValue | None:
    lesson, own = form.class_code.data or "", form.pupil_code.data or ""
    try:
        with changing() as work:
            # an open class code has its own count of failures, so a network's count never blocks it
            is_open = class_codes.record_attempt(work.session, lesson, work.at)
            attempts().spend(work.session, JUNK_CLASS_CODES, who_asks(), work.at, is_free=is_open)
        with changing() as work:
            account = class_codes.find(work.session, lesson, own, work.at)
        if account is not None:
            return begin_session(account.reference, Way.CLASS_CODE)
        words = _(
            "These two codes do not belong together. Check both, and ask your teacher if they are still good"
        )
    except (TooSoon, Suspended) as error:
        words = why_not(error)
    log.warning("class code refused")
    form.add_error("class_code", words)
    return None


@blueprint.get("/class-codes")
@who.may(Action.BRING_IN_STUDENTS)
def show() -> ResponseReturnValue:
    """Show the valid codes, and the coordinator's students."""
    return _page(LengthForm())


def _page(form: LengthForm, problem: str = "") -> ResponseReturnValue:
    with reading_own() as work:
        return render_template(
            "access/class_codes/show.html",
            form=form,
            problem=problem,
            lengths=class_codes.LENGTHS,
            open_ones=class_codes.open_ones(work.session, work.account, work.at),
            pupils=class_codes.pupils(work.session, work.account),
            grouped=class_codes.grouped,
            address=url_for("class_codes.enter"),
        )


@blueprint.post("/class-codes/new")
@who.may(Action.BRING_IN_STUDENTS)
def make() -> ResponseReturnValue:
    """Make a class code."""
    form = LengthForm()
    if not form.validate_on_submit():
        return _page(form)
    with changing_own() as work:
        class_codes.make(work.session, work.account, form.minutes.data or 0, work.at)
    return redirect(url_for("class_codes.show"))


@blueprint.post("/class-codes/<reference>/end")
@who.may(Action.BRING_IN_STUDENTS)
def end(reference: str) -> ResponseReturnValue:
    """End a class code early."""
    with changing_own() as work:
        class_codes.end(work.session, work.account, reference, work.at)
    flash(_("The class code is over. Who is signed in stays signed in."))
    return redirect(url_for("class_codes.show"))


@blueprint.get("/class-codes/<reference>/wall")
@who.may(Action.BRING_IN_STUDENTS)
def wall(reference: str) -> ResponseReturnValue:
    """Show one class code in large letters, to project in a lesson: no name stands on it."""
    with reading_own() as work:
        lesson = class_codes.open_one(work.session, work.account, reference, work.at)
        return render_template(
            "access/class_codes/wall.html",
            lesson=lesson,
            grouped=class_codes.grouped,
            address=url_for("class_codes.enter"),
        )


@blueprint.post("/class-codes/cards")
@who.may(Action.BRING_IN_STUDENTS)
def cards() -> ResponseReturnValue:
    """Make new cards for chosen pupils: shown in this response only, and never again."""
    try:
        with changing_own() as work:
            made = class_codes.give(work.session, work.account, request.form.getlist("pupil"), work.at)
    except Refused as refusal:
        if refusal.reason is not Reason.NO_STUDENT_CHOSEN:
            raise
        return _page(LengthForm(), problem=refusals.at_box(refusal))
    return render_template("access/class_codes/cards.html", cards=made)
