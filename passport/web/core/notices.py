"""Notices: messages for an account inside the service, and the number of new ones."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from passport.services.core import notices
from passport.services.core.rights import Action
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.paging import page_number
from passport.web.core.work import changing_own, looking

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@who.may(Action.OWN_ACCOUNT)
def mine() -> ResponseReturnValue:
    """Show the account's own notices, newest first, and mark those shown as read."""
    with changing_own() as work:
        opened = notices.opened(work.session, work.account, page_number(), work.at)
    return render_template("core/notices/mine.html", opened=opened)


def unread() -> int:
    """Return the number of new notices of the signed-in account, for the page header: one query."""
    user = current()
    if user is None:
        return 0
    with looking() as session:
        return notices.unread(session, user.reference)
