"""Access by mail: a link to sign in, and a link to choose a new password.

Every request for a link gets the same answer, and a job sends the mail. Opening a link changes nothing.
"""

from __future__ import annotations

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired

from passport.jobs import queue as job_queue
from passport.services import Session
from passport.services.access import links, passwords, sign_ins
from passport.services.access.links import Purpose
from passport.services.access.sign_ins import Way
from passport.services.core.errors import LinkGone, Refused, Suspended
from passport.services.people import accounts
from passport.web.access import new_passwords
from passport.web.access.signing_in import PASSWORD_DOOR, asked_for, begin_session, why_not
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.limits import who_asks
from passport.web.core.runtime import attempts
from passport.web.core.widgets import Form, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import changing, reading

blueprint = Blueprint("links", __name__)
log = structlog.get_logger()


class AddressForm(Form):
    """An address to send a link to."""

    email = StringField(
        _l("Email address"), [InputRequired(_l("Enter your email address"))], widget=TextInput()
    )


@blueprint.route("/sign-in/link", methods=["GET", "POST"])
@who.public
def ask_to_sign_in() -> ResponseReturnValue:
    """Ask for a link to sign in."""
    return _asking(Purpose.SIGN_IN)


@blueprint.route("/new-password", methods=["GET", "POST"])
@who.public
def ask_for_password() -> ResponseReturnValue:
    """Ask for a link to choose a new password."""
    return _asking(Purpose.NEW_PASSWORD)


def _asking(purpose: Purpose) -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template("access/links/ask.html", form=form, purpose=purpose)
    email = (form.email.data or "").strip()
    if "@" not in email:
        form.add_error("email", _l("Enter an email address in full, like name@example.com"))
        return render_template("access/links/ask.html", form=form, purpose=purpose)
    with changing() as work:
        links.ask(work.session, purpose, email, asked_for(), work.at)
    job_queue.wake()
    return redirect(url_for("links.asked", purpose=purpose.name.lower()))


@blueprint.get("/sign-in/link-sent")
@who.public
def asked() -> ResponseReturnValue:
    """Show what happens next; the page does not depend on the address."""
    return render_template("access/links/asked.html", purpose=request.args.get("purpose", ""))


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@who.public
def sign_in(token: str) -> ResponseReturnValue:
    """Show the page of a sign-in link: viewing it changes nothing, pressing Continue uses the link."""
    try:
        form = Form()
        if not form.validate_on_submit():
            with reading() as work:
                links.find(work.session, Purpose.SIGN_IN, token, work.at)
            return render_template("access/links/sign_in.html", form=form)
        with changing() as work:
            account = links.use(work.session, Purpose.SIGN_IN, token, work.at)
            _open_again(work.session, account)
        return begin_session(account.reference, Way.LINK)
    except LinkGone as gone:
        return _gone(gone, Purpose.SIGN_IN)
    except Suspended as error:
        return render_template("access/links/gone.html", words=why_not(error), again=""), 403


@blueprint.route("/new-password/<token>", methods=["GET", "POST"])
@who.public
def new_password(token: str) -> ResponseReturnValue:
    """Show the page of a password link. A new password ends every earlier sign-in."""
    form = new_passwords.NewPasswordForm()
    try:
        with reading() as work:
            account = links.find(work.session, Purpose.NEW_PASSWORD, token, work.at).account
            needed = passwords.shortest(new_passwords.has_factor(work.session, account))
        if form.validate_on_submit() and _changed(form, token):
            return redirect(url_for("sessions.sign_in", done="password"))
        return render_template("access/links/new_password.html", form=form, shortest=needed)
    except LinkGone as gone:
        return _gone(gone, Purpose.NEW_PASSWORD)


def _changed(form: new_passwords.NewPasswordForm, token: str) -> bool:
    try:
        with changing() as work:
            account = links.use(work.session, Purpose.NEW_PASSWORD, token, work.at)
            has_factor = new_passwords.has_factor(work.session, account)
            passwords.change(work.session, account, form.password.data or "", has_factor, work.at)
            sign_ins.end_all(work.session, account, work.at)
            _open_again(work.session, account)
    except Refused as refusal:
        # the transaction is rolled back, so the link is still valid
        form.add_error("password", refusals.at_box(refusal))
        return False
    job_queue.wake()
    return True


def _open_again(session: Session, account: accounts.Account) -> None:
    attempts().clear(session, PASSWORD_DOOR, account.email or "", who_asks())


def _gone(gone: LinkGone, purpose: Purpose) -> ResponseReturnValue:
    log.warning("link refused", reason=gone.reason, purpose=purpose.value)
    again = url_for("links.ask_to_sign_in" if purpose is Purpose.SIGN_IN else "links.ask_for_password")
    return render_template("access/links/gone.html", reason=gone.reason, again=again), 410
