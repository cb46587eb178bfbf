"""The reading log: what students see about the adults who opened their entries."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from passport.services.core.rights import Action, How
from passport.services.evidence import reading_log
from passport.web.core import route_access as who
from passport.web.core.paging import page_number
from passport.web.core.work import reading_own

blueprint = Blueprint("looks", __name__)


@blueprint.get("/looked")
@who.may(Action.OWN_RECORD, How.OWN)
def mine() -> ResponseReturnValue:
    """Show each reader, item and day, page by page, without omissions."""
    with reading_own() as work:
        opened = reading_log.opened(work.session, work.account, page_number())
        return render_template("evidence/reading_log/mine.html", opened=opened)
