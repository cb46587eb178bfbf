"""Staying signed in: a page warns in time before the sign-in ends, and offers to prolong it."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from passport.services.access import sign_ins
from passport.services.access.sign_ins import Ending
from passport.services.core.rights import Action
from passport.web.core import cookies
from passport.web.core import route_access as who
from passport.web.core.filters import as_time
from passport.web.core.runtime import runtime
from passport.web.core.work import changing_own

blueprint = Blueprint("staying", __name__)


@blueprint.post("/account/stay")
@who.may(Action.OWN_ACCOUNT)
def stay() -> ResponseReturnValue:
    """Prolong the sign-in. A page with a half-filled form stays as it is, with scripts or without."""
    with changing_own() as work:
        ending = sign_ins.prolong(work.session, cookies.here().token, work.at)
    if request.accept_mimetypes.best == "application/json":
        return {"seconds": ending.seconds, "until": as_time(ending.at)}
    return render_template("access/account/stays.html", ending=ending)


def ends() -> Ending | None:
    """Return when this page's sign-in ends, or None. The row is loaded already: this costs no query."""
    row = cookies.here().row
    return None if row is None else sign_ins.ending(row, runtime().clock())
