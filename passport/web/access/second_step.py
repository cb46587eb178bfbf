"""The second step of signing in, for accounts that have or must have a second factor; and setting one up.

Until then the sign-in is in stage WAITING: it opens no page but these, for a quarter of an hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired

from passport.services.access import passkeys, second_factor
from passport.services.access.sign_ins import Stage
from passport.services.core.errors import Locked, TooSoon, WrongCode
from passport.services.people import accounts
from passport.web.access import second_factor_pages
from passport.web.access.signing_in import asked_for, begin_session, why_not, why_wrong
from passport.web.core import cookies
from passport.web.core import route_access as who
from passport.web.core.limits import who_asks
from passport.web.core.runtime import attempts, secrets
from passport.web.core.widgets import Form, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import changing, reading

if TYPE_CHECKING:
    from passport.services.access.sign_ins import SignIn

blueprint = Blueprint("second", __name__, url_prefix="/sign-in/second")
log = structlog.get_logger()


class CodeForm(Form):
    """A code of an authenticator app, or a recovery code."""

    code = StringField(_l("Code"), [InputRequired(_l("Enter the code"))], widget=TextInput())


def waiting() -> SignIn | None:
    """Return this browser's sign-in that waits for its second step, or None."""
    here = cookies.here()
    row = None if here.is_over else here.row
    return row if row is not None and row.stage is Stage.WAITING else None


def _back() -> ResponseReturnValue:
    return redirect(url_for("sessions.sign_in", next=asked_for() or None))


@blueprint.route("", methods=["GET", "POST"])
@who.public
def show() -> ResponseReturnValue:
    """Ask for the second factor, or begin to set one up."""
    row = waiting()
    if row is None:
        return _back()
    form = CodeForm()
    with reading() as work:
        account = accounts.known(work.session, row.account.reference)
        has_app, keys = second_factor.has_app(work.session, account), passkeys.listed(work.session, account)
    if not has_app and not keys:
        return render_template("access/second_step/begin.html", onwards=asked_for())
    if has_app and form.validate_on_submit():
        problem = check_code(row.account.reference, form.code.data or "", "app")
        if not problem:
            return begin_session(row.account.reference, row.way, has_shown_second=True)
        form.add_error("code", problem)
    return render_template("access/second_step/show.html", form=form, has_app=has_app, has_keys=bool(keys))


@blueprint.route("/recovery", methods=["GET", "POST"])
@who.public
def recovery() -> ResponseReturnValue:
    """Accept a recovery code instead of a lost device."""
    row = waiting()
    if row is None:
        return _back()
    form = CodeForm()
    if form.validate_on_submit():
        problem = check_code(row.account.reference, form.code.data or "", "recovery")
        if not problem:
            return begin_session(row.account.reference, row.way, has_shown_second=True)
        form.add_error("code", problem)
    return render_template("access/second_step/recovery.html", form=form)


@blueprint.post("/app/begin")
@who.public
def begin_app() -> ResponseReturnValue:
    """Begin to set up an authenticator app during sign-in."""
    row = _without_any()
    if row is None:
        return _back()
    second_factor_pages.begin_app(row.account.reference)
    return redirect(url_for("second.app", next=asked_for() or None))


@blueprint.route("/app", methods=["GET", "POST"])
@who.public
def app() -> ResponseReturnValue:
    """Set up an authenticator app during sign-in."""
    row = _without_any()
    if row is None:
        return _back()
    with reading() as work:
        account = accounts.known(work.session, row.account.reference)
        if second_factor.letters_of(work.session, account, secrets()) is None:
            return redirect(url_for("second.show", next=asked_for() or None))
    done = second_factor_pages.set_up_app(row.account.reference, url_for("second.show"))
    return done if done is not None else _kept(row)


def _without_any() -> SignIn | None:
    """Return the waiting sign-in if its account has no second factor: a password alone adds no other one."""
    row = waiting()
    if row is None:
        return None
    with reading() as work:
        has_any = second_factor.has_any(work.session, accounts.known(work.session, row.account.reference))
    return None if has_any else row


@blueprint.post("/passkey")
@who.public
def passkey() -> ResponseReturnValue:
    """Make a passkey during sign-in, only for an account without a second factor."""
    row = _without_any()
    if row is None:
        return _back()
    problem = second_factor_pages.add_passkey(row.account.reference)
    if problem:
        return render_template("access/second_step/begin.html", onwards=asked_for(), problem=problem)
    return _kept(row)


def _kept(row: SignIn) -> ResponseReturnValue:
    """Complete the sign-in with the new factor; show the recovery codes once before the next page."""
    reference = row.account.reference
    onwards = make_response(begin_session(reference, row.way, has_shown_second=True)).location
    return second_factor_pages.recovery_page(reference, onwards or "")


def check_code(reference: str, code: str, kind: str) -> str:
    """Check a code of `kind` "app" or "recovery"; return why it is refused, or an empty string."""
    network = who_asks()
    try:
        with changing() as work:
            attempts().take(work.session, second_factor.SECOND_DOOR, reference, network, work.at)
        with changing() as work:
            account = accounts.known(work.session, reference)
            if kind == "app":
                second_factor.check_app(work.session, account, code, secrets(), work.at)
            else:
                second_factor.use_recovery(work.session, account, code, work.at)
            attempts().clear(work.session, second_factor.SECOND_DOOR, reference, network)
    except WrongCode as wrong:
        log.warning("second factor refused", actor=reference)
        second_factor_pages.remember(reference, wrong)
        return why_wrong(wrong)
    except Locked:
        log.warning("second factor locked", actor=reference)
        return _("There were too many wrong codes. Ask your programme to let you in again")
    except TooSoon as error:
        return why_not(error)
    return ""
