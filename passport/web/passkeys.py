"""Passkeys: the questions that a browser asks for, and signing in with one."""

from __future__ import annotations

import structlog
from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services import accounts, factors, passkeys
from passport.services.errors import Suspended, WrongPasskey
from passport.services.sign_ins import Way
from passport.web import access as who
from passport.web import factor_pages, second
from passport.web.doors import come_in, why_not
from passport.web.identity import current
from passport.web.widgets import Form
from passport.web.work import changing, reading

blueprint = Blueprint("passkeys", __name__, url_prefix="/sign-in/passkey")
log = structlog.get_logger()


@blueprint.post("/options")
@who.public
def options() -> Response:
    """A fresh question for any passkey of ours."""
    with changing() as work:
        return Response(
            passkeys.options_to_use(work.session, factor_pages.host(), work.at), mimetype="application/json"
        )


@blueprint.post("/new-options")
@who.public
def new_options() -> Response:
    """A fresh question for a new passkey, for somebody who is in, or on the way in with no second factor."""
    user, row = current(), second.waiting()
    if user is not None:
        return factor_pages.options_to_add(user.reference)
    if row is None:
        abort(404)
    with reading() as work:
        if factors.has_any(work.session, accounts.known(work.session, row.account.reference)):
            abort(404)
    return factor_pages.options_to_add(row.account.reference)


@blueprint.route("", methods=["GET", "POST"])
@who.public
def sign_in() -> ResponseReturnValue:
    """Sign in with a passkey: it shows two things at once, so no second step follows."""
    form, problem = Form(), ""
    if form.validate_on_submit():
        try:
            with changing() as work:
                account = passkeys.use(
                    work.session, factor_pages.posted_answer(), factor_pages.site(), work.at
                )
            return come_in(account.reference, Way.PASSKEY, has_shown_second=True)
        except WrongPasskey as error:
            log.warning("passkey refused", reason=str(error))
            problem = _("This passkey does not open an account here. Sign in another way")
        except Suspended as error:
            problem = why_not(error)
    return render_template("second/passkey.html", form=form, problem=problem)
