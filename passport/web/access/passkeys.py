"""Passkeys: the challenges that a browser asks for, and signing in with one."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.access import passkeys, second_factor
from passport.services.access.sign_ins import Way
from passport.services.core.errors import Suspended, WrongPasskey
from passport.services.people import accounts
from passport.web.access import second_factor_pages, second_step
from passport.web.access.signing_in import begin_session, why_not
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.widgets import Form
from passport.web.core.work import changing, reading

blueprint = Blueprint("passkeys", __name__, url_prefix="/sign-in/passkey")
log = structlog.get_logger()


@blueprint.post("/options")
@who.public
def options() -> Response:
    """Return a new challenge for any of our passkeys."""
    with changing() as work:
        return Response(
            passkeys.options_to_use(work.session, second_factor_pages.host(), work.at),
            mimetype="application/json",
        )


@blueprint.post("/new-options")
@who.public
def new_options() -> Response:
    """Return a challenge for a new passkey, signed in or on the way in without a second factor; else 404."""
    user, row = current(), second_step.waiting()
    if user is not None:
        return second_factor_pages.options_to_add(user.reference)
    if row is None:
        abort(404)
    with reading() as work:
        if second_factor.has_any(work.session, accounts.known(work.session, row.account.reference)):
            abort(404)
    return second_factor_pages.options_to_add(row.account.reference)


@blueprint.route("", methods=["GET", "POST"])
@who.public
def sign_in() -> ResponseReturnValue:
    """Sign in with a passkey: it proves two factors at once, so no second step follows."""
    form, problem = Form(), ""
    if form.validate_on_submit():
        try:
            with changing() as work:
                account = passkeys.use(
                    work.session, second_factor_pages.posted_answer(), second_factor_pages.site(), work.at
                )
            return begin_session(account.reference, Way.PASSKEY, has_shown_second=True)
        except WrongPasskey as error:
            log.warning("passkey refused", reason=str(error))
            problem = _("This passkey does not open an account here. Sign in another way")
        except Suspended as error:
            problem = why_not(error)
    return render_template("access/second_step/passkey.html", form=form, problem=problem)
