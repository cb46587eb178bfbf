"""Signing in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from passport.services import accounts
from passport.services.errors import WrongPassword
from passport.web import access as who
from passport.web.identity import User, current, homes
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
        return redirect(_onwards(user))
    form = SignInForm()
    if form.validate_on_submit():
        user = _user(form.email.data or "", form.password.data or "")
        if user:
            return _welcome(user)
        form.add_error("email", _("The email address and password do not belong together"))
    return render_template("sessions/sign_in.html", form=form)


def _user(email: str, password: str) -> User | None:
    try:
        with reading() as work:
            return User(accounts.sign_in(work.session, email, password))
    except WrongPassword:
        log.warning("sign-in refused")
        return None


def _welcome(user: User) -> ResponseReturnValue:
    """Begin a fresh session: nothing of what was before goes into it."""
    session.clear()
    session.permanent = True
    login_user(user)
    return redirect(_onwards(user))


def _onwards(user: User) -> str:
    """The page that was asked for; who took another role's way in on the front page still comes home."""
    asked = own_path(request.args.get("next", ""))
    return user.home if asked in {"", *homes()} else asked


@blueprint.post("/sign-out")
@who.public
def sign_out() -> ResponseReturnValue:
    """End the session, if there still is one."""
    logout_user()
    session.clear()
    return redirect(url_for("sessions.sign_in"))


def own_path(address: str) -> str:
    """``address`` if it is a path of ours, else nothing: never a way to another site."""
    strange = any(character <= " " or character in "\\\x7f" for character in address)
    if strange or not address.startswith("/") or address.startswith("//"):
        return ""
    parts = urlsplit(address)
    return "" if parts.scheme or parts.netloc else address
