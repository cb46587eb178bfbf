"""Signing in and out."""

from __future__ import annotations

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from passport.limits import WRONG_PASSWORDS
from passport.services.access.sign_ins import Way
from passport.services.core.errors import Locked, Suspended, TooSoon, WrongPassword
from passport.services.people import accounts
from passport.web.access.signing_in import PASSWORD_DOOR, asked_for, begin_session, has_mail, onwards, why_not
from passport.web.core import route_access as who
from passport.web.core.identity import current, leave
from passport.web.core.limits import who_asks
from passport.web.core.runtime import attempts, runtime
from passport.web.core.widgets import Form, PasswordInput, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import changing, reading

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
    """Sign in and redirect to the page that was asked for."""
    user = current()
    if user and request.method == "GET":
        return redirect(onwards(user, asked_for()))
    form = SignInForm()
    answer = _sign_in(form) if form.validate_on_submit() else None
    return answer or render_template(
        "access/sessions/sign_in.html",
        form=form,
        done=request.args.get("done", ""),
        has_mail=has_mail(runtime()),
        providers=runtime().settings.providers,
    )


def _sign_in(form: SignInForm) -> ResponseReturnValue | None:
    email, network = form.email.data or "", who_asks()
    try:
        with changing() as work:
            attempts().spend(work.session, WRONG_PASSWORDS, network, work.at)
            attempts().take(work.session, PASSWORD_DOOR, email.strip(), network, work.at)
        with reading() as work:
            account = accounts.sign_in(work.session, email, form.password.data or "")
        with changing() as work:
            attempts().give_back(work.session, WRONG_PASSWORDS, network)
            attempts().clear(work.session, PASSWORD_DOOR, email.strip(), network)
        return begin_session(account.reference, Way.PASSWORD)
    except (WrongPassword, TooSoon, Locked, Suspended) as error:
        log.warning("sign-in refused", why=type(error).__name__)
        form.add_error("email", why_not(error))
    return None


@blueprint.post("/sign-out")
@who.public
def sign_out() -> ResponseReturnValue:
    """End the session, if there is one."""
    leave()
    return redirect(url_for("sessions.sign_in"))
