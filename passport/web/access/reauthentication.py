"""Reauthentication before signing and before changing sign-in factors: a stolen cookie must not be enough.

A view declares it with `fresh`, below its audience. An account that authenticated more than a quarter of an
hour ago must do so again; it then returns to the page, with what was typed there restored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import PasswordField, StringField

from passport.services.access import passkeys, passwords, second_factor, sign_ins
from passport.services.core.errors import Locked, TooSoon, WrongPasskey
from passport.services.core.rights import Action
from passport.services.people import accounts
from passport.web.access import second_factor_pages, second_step
from passport.web.access.signing_in import PASSWORD_DOOR, asked_for, why_not
from passport.web.core import cookies, kept_forms
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.limits import who_asks
from passport.web.core.runtime import attempts, runtime
from passport.web.core.widgets import Form, PasswordInput, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("confirming", __name__, url_prefix="/confirm")
log = structlog.get_logger()
View = TypeVar("View", bound=Callable[..., Any])
DECLARED = "passport_fresh"
FRESH = timedelta(minutes=15)


def fresh(view: View) -> View:
    """Declare that a view requires authentication within the last quarter of an hour."""
    setattr(view, DECLARED, True)
    return view


def enforce(app: Flask) -> None:
    """Check the requirement before each request. Call this after `route_access.enforce`."""
    app.before_request(_ask_again)


def _ask_again() -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    row = cookies.here().row if getattr(view, DECLARED, False) and current() else None
    if row is None or row.confirmed_at + FRESH > runtime().clock():
        return None
    kept_forms.keep_posted()
    kept_forms.stays()
    return redirect(url_for("confirming.show", next=who.way_back() or None))


class ConfirmForm(Form):
    """A password, or a code: whichever the account has."""

    password = PasswordField(_l("Password"), widget=PasswordInput())
    code = StringField(_l("Code of your authenticator app"), widget=TextInput())


@blueprint.route("", methods=["GET", "POST"])
@who.may(Action.OWN_ACCOUNT)
def show() -> ResponseReturnValue:
    """Ask for the password, a code or a passkey, and return to the page."""
    form = ConfirmForm()
    with reading_own() as work:
        has = {
            "password": passwords.has_one(work.account),
            "app": second_factor.has_app(work.session, work.account),
            "passkey": bool(passkeys.listed(work.session, work.account)),
        }
        reference, email = work.account.reference, work.account.email or work.account.reference
    if form.validate_on_submit():
        problem = _judge(form, has, reference, email)
        if not problem:
            return _confirmed()
        form.add_error("code" if has["app"] and form.code.data else "password", problem)
    return render_template("access/second_step/confirm.html", form=form, has=has)


def _judge(form: ConfirmForm, has: dict[str, bool], reference: str, email: str) -> str:
    if has["app"] and form.code.data:
        return second_step.check_code(reference, form.code.data, "app")
    if not (has["password"] and form.password.data):
        return _("Enter your password") if has["password"] else _("Enter the code")
    try:
        with changing_own() as work:
            attempts().take(work.session, PASSWORD_DOOR, email, who_asks(), work.at)
        with reading_own() as work:
            good = accounts.matches(work.account.password_hash, form.password.data)
        if good:
            with changing_own() as work:
                attempts().clear(work.session, PASSWORD_DOOR, email, who_asks())
            return ""
    except (TooSoon, Locked) as error:
        return why_not(error)
    log.warning("confirmation refused", actor=reference)
    return _("This is not your password")


@blueprint.post("/passkey")
@who.may(Action.OWN_ACCOUNT)
def passkey() -> ResponseReturnValue:
    """Reauthenticate with a passkey of this account."""
    try:
        with changing_own() as work:
            whose = passkeys.use(
                work.session, second_factor_pages.posted_answer(), second_factor_pages.site(), work.at
            )
            if whose.id != work.account.id:
                raise WrongPasskey("it is another account's")
    except WrongPasskey as error:
        log.warning("passkey refused", reason=str(error))
        return redirect(url_for("confirming.show", next=asked_for() or None))
    return _confirmed()


def _confirmed() -> ResponseReturnValue:
    with changing_own() as work:
        sign_ins.confirm(work.session, cookies.here().token, work.at)
    user = current()
    return redirect(asked_for() or (user.home if user else url_for("home.front")))
