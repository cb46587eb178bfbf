"""Changing one's own factors: password, app, passkeys, recovery codes. Each requires reauthentication."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.access import passkeys, passwords, second_factor, sign_ins
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.web.access import new_passwords, second_factor_pages
from passport.web.access.reauthentication import fresh
from passport.web.access.signing_in import policy
from passport.web.core import cookies, refusals
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.runtime import secrets
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("own_factors", __name__, url_prefix="/account")


@blueprint.route("/password", methods=["GET", "POST"])
@who.may(Action.OWN_ACCOUNT)
@fresh
def password() -> ResponseReturnValue:
    """Change the password; every other browser is signed out."""
    form = new_passwords.NewPasswordForm()
    with reading_own() as work:
        has_factor = second_factor.has_any(work.session, work.account)
    if form.validate_on_submit():
        try:
            with changing_own() as work:
                passwords.change(work.session, work.account, form.password.data or "", has_factor, work.at)
                sign_ins.end_all(work.session, work.account, work.at, but=cookies.here().token)
            job_queue.wake()
            return _done(_("Your new password is saved, and you are signed out everywhere else."))
        except Refused as refusal:
            form.add_error("password", refusals.at_box(refusal))
    return render_template(
        "access/links/new_password.html", form=form, shortest=passwords.shortest(has_factor)
    )


@blueprint.post("/app/begin")
@who.may(Action.OWN_ACCOUNT)
@fresh
def begin_app() -> ResponseReturnValue:
    """Begin to set up an authenticator app."""
    second_factor_pages.begin_app(_reference())
    return redirect(url_for("own_factors.app"))


@blueprint.route("/app", methods=["GET", "POST"])
@who.may(Action.OWN_ACCOUNT)
@fresh
def app() -> ResponseReturnValue:
    """Set up an authenticator app; then show the recovery codes, once."""
    with reading_own() as work:
        if second_factor.letters_of(work.session, work.account, secrets()) is None:
            return redirect(url_for("account.show"))
    done = second_factor_pages.set_up_app(_reference(), url_for("account.show"))
    return done if done is not None else second_factor_pages.recovery_page(_reference(), "")


@blueprint.post("/app/remove")
@who.may(Action.OWN_ACCOUNT)
@fresh
def remove_app() -> ResponseReturnValue:
    """Remove the app. Raises Refused if it is the last second factor and one is required."""
    with changing_own() as work:
        if not passkeys.listed(work.session, work.account) and second_factor.is_demanded(
            work.account, policy()
        ):
            raise Refused(Reason.LAST_FACTOR)
        second_factor.remove_app(work.session, work.account, work.at)
    return _done(_("The app is removed."))


@blueprint.post("/passkeys")
@who.may(Action.OWN_ACCOUNT)
@fresh
def add_passkey() -> ResponseReturnValue:
    """Store a passkey that the browser has just made."""
    problem = second_factor_pages.add_passkey(_reference())
    if problem:
        return _done(problem)
    with reading_own() as work:
        has_codes = second_factor.recovery_left(work.session, work.account)
    return (
        _done(_("The passkey is kept.")) if has_codes else second_factor_pages.recovery_page(_reference(), "")
    )


@blueprint.post("/passkeys/<reference>/remove")
@who.may(Action.OWN_ACCOUNT)
@fresh
def remove_passkey(reference: str) -> ResponseReturnValue:
    """Remove a passkey. Raises Refused if it is the last second factor and one is required."""
    with changing_own() as work:
        others = [key for key in passkeys.listed(work.session, work.account) if key.reference != reference]
        is_last = not others and not second_factor.has_app(work.session, work.account)
        if is_last and second_factor.is_demanded(work.account, policy()):
            raise Refused(Reason.LAST_FACTOR)
        passkeys.remove(work.session, work.account, reference, work.at)
    return _done(_("The passkey is removed."))


@blueprint.post("/recovery-codes")
@who.may(Action.OWN_ACCOUNT)
@fresh
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes; the old ones become invalid."""
    return second_factor_pages.recovery_page(_reference(), "")


def _done(words: str) -> ResponseReturnValue:
    flash(words)
    job_queue.wake()
    return redirect(url_for("account.show"))


def _reference() -> str:
    user = current()
    return user.reference if user else ""
