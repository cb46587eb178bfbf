"""Somebody changes how they sign in: password, app, passkeys, recovery codes. Each asks again who it is."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport import jobs
from passport.services import factors, passkeys, passwords, sign_ins
from passport.services.errors import Refused
from passport.services.reasons import Reason
from passport.services.rights import Action
from passport.web import access as who
from passport.web import cookies, factor_pages, new_passwords, refusals
from passport.web.confirming import fresh
from passport.web.doors import policy
from passport.web.identity import current
from passport.web.runtime import secrets
from passport.web.work import changing_own, reading_own

blueprint = Blueprint("own_factors", __name__, url_prefix="/account")


@blueprint.route("/password", methods=["GET", "POST"])
@who.may(Action.OWN_ACCOUNT)
@fresh
def password() -> ResponseReturnValue:
    """Choose a new password; every other browser is signed out."""
    form = new_passwords.NewPasswordForm()
    with reading_own() as work:
        has_factor = factors.has_any(work.session, work.account)
    if form.validate_on_submit():
        try:
            with changing_own() as work:
                passwords.change(work.session, work.account, form.password.data or "", has_factor, work.at)
                sign_ins.end_all(work.session, work.account, work.at, but=cookies.here().token)
            jobs.wake()
            return _done(_("Your new password is saved, and you are signed out everywhere else."))
        except Refused as refusal:
            form.add_error("password", refusals.at_box(refusal))
    return render_template("links/new_password.html", form=form, shortest=passwords.shortest(has_factor))


@blueprint.post("/app/begin")
@who.may(Action.OWN_ACCOUNT)
@fresh
def begin_app() -> ResponseReturnValue:
    """Begin to set an app up."""
    factor_pages.begin_app(_reference())
    return redirect(url_for("own_factors.app"))


@blueprint.route("/app", methods=["GET", "POST"])
@who.may(Action.OWN_ACCOUNT)
@fresh
def app() -> ResponseReturnValue:
    """Set an app up; then the recovery codes are shown, once."""
    with reading_own() as work:
        if factors.letters_of(work.session, work.account, secrets()) is None:
            return redirect(url_for("account.show"))
    done = factor_pages.set_up_app(_reference(), url_for("account.show"))
    return done if done is not None else factor_pages.recovery_page(_reference(), "")


@blueprint.post("/app/remove")
@who.may(Action.OWN_ACCOUNT)
@fresh
def remove_app() -> ResponseReturnValue:
    """Remove the app, if another second factor is left or none is demanded."""
    with changing_own() as work:
        if not passkeys.listed(work.session, work.account) and factors.is_demanded(work.account, policy()):
            raise Refused(Reason.LAST_FACTOR)
        factors.remove_app(work.session, work.account, work.at)
    return _done(_("The app is removed."))


@blueprint.post("/passkeys")
@who.may(Action.OWN_ACCOUNT)
@fresh
def add_passkey() -> ResponseReturnValue:
    """Keep a passkey that the browser has just made."""
    problem = factor_pages.add_passkey(_reference())
    if problem:
        return _done(problem)
    with reading_own() as work:
        has_codes = factors.recovery_left(work.session, work.account)
    return _done(_("The passkey is kept.")) if has_codes else factor_pages.recovery_page(_reference(), "")


@blueprint.post("/passkeys/<reference>/remove")
@who.may(Action.OWN_ACCOUNT)
@fresh
def remove_passkey(reference: str) -> ResponseReturnValue:
    """Remove a passkey, if another second factor is left or none is demanded."""
    with changing_own() as work:
        others = [key for key in passkeys.listed(work.session, work.account) if key.reference != reference]
        is_last = not others and not factors.has_app(work.session, work.account)
        if is_last and factors.is_demanded(work.account, policy()):
            raise Refused(Reason.LAST_FACTOR)
        passkeys.remove(work.session, work.account, reference, work.at)
    return _done(_("The passkey is removed."))


@blueprint.post("/recovery-codes")
@who.may(Action.OWN_ACCOUNT)
@fresh
def recovery_codes() -> ResponseReturnValue:
    """New recovery codes; the old ones are dead."""
    return factor_pages.recovery_page(_reference(), "")


def _done(words: str) -> ResponseReturnValue:
    flash(words)
    jobs.wake()
    return redirect(url_for("account.show"))


def _reference() -> str:
    user = current()
    return user.reference if user else ""
