"""The account page: current sign-ins, and the ways to sign in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.access import identities, passkeys, passwords, second_factor, sign_ins
from passport.services.core.rights import Action
from passport.services.endorsements import endorser_mails
from passport.web.core import cookies
from passport.web.core import route_access as who
from passport.web.core.identity import leave
from passport.web.core.runtime import runtime
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@who.may(Action.OWN_ACCOUNT)
def show() -> ResponseReturnValue:
    """Show the account to its own person."""
    own = cookies.here().row
    with reading_own() as work:
        return render_template(
            "access/account/show.html",
            account=work.account,
            sign_ins=sign_ins.listed(work.session, work.account, work.at),
            own=own.reference if own else "",
            has_password=passwords.has_one(work.account),
            has_app=second_factor.has_app(work.session, work.account),
            providers=runtime().settings.providers,
            identities={one.issuer: one for one in identities.listed(work.session, work.account)},
            keys=passkeys.listed(work.session, work.account),
            wants_digest=endorser_mails.wants_digest(work.session, work.account),
            codes_left=second_factor.recovery_left(work.session, work.account),
        )


@blueprint.post("/sign-ins/<reference>/end")
@who.may(Action.OWN_ACCOUNT)
def end(reference: str) -> ResponseReturnValue:
    """Sign out one other browser."""
    with changing_own() as work:
        sign_ins.end_one(work.session, work.account, reference, work.at)
    flash(_("Signed out there."))
    return redirect(url_for("account.show"))


@blueprint.post("/sign-out-everywhere")
@who.may(Action.OWN_ACCOUNT)
def end_all() -> ResponseReturnValue:
    """Sign out every browser, including this one."""
    with changing_own() as work:
        sign_ins.end_all(work.session, work.account, work.at)
    leave()
    return redirect(url_for("sessions.sign_in"))
