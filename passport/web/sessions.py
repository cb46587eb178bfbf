"""Signing in and out."""

from __future__ import annotations

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from passport.services import accounts
from passport.services.errors import Suspended, WrongPassword
from passport.services.sign_ins import Way
from passport.web import access as who
from passport.web.doors import come_in, onwards
from passport.web.identity import current, leave
from passport.web.widgets import Form, PasswordInput, TextInput
from passport.web.words import later as _l
from passport.web.work import reading

blueprint = Blueprint("sessions", __name__)
log = structlog.get_logger()


class SignInForm(Form):
    """An address and a password."""

    email = StringField(
        _l("Email address"), [InputRequired(_l("Enter your email address"))], widget=TextInput()
    )
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Enter your password"))], widget=PasswordInput()
    )


@blueprint.route("/sign-in", methods=["GET", "POST"])
@who.public
def sign_in() -> ResponseReturnValue:
    """Sign in and go on to the page that was asked for."""
    user = current()
    if user and request.method == "GET":
        return redirect(onwards(user))
    form = SignInForm()
    answer = _let_in(form) if form.validate_on_submit() else None
    return answer or render_template("sessions/sign_in.html", form=form)


def _let_in(form: SignInForm) -> ResponseReturnValue | None:
    try:
        with reading() as work:
            account = accounts.sign_in(work.session, form.email.data or "", form.password.data or "")
        return come_in(account.reference, Way.PASSWORD)
    except WrongPassword:
        log.warning("sign-in refused")
        form.add_error("email", _("The email address and password do not belong together"))
    except Suspended:
        log.warning("sign-in of a suspended account refused")
        form.add_error("email", _("Your account is closed for now. Ask your programme why."))
    return None


@blueprint.post("/sign-out")
@who.public
def sign_out() -> ResponseReturnValue:
    """End the session, if there still is one."""
    leave()
    return redirect(url_for("sessions.sign_in"))
