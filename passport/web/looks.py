"""Who has looked: what a student reads about the adults who opened her entries."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from passport.services import looks
from passport.services.rights import Action, How
from passport.web import access as who
from passport.web.paging import page_number
from passport.web.work import reading_own

blueprint = Blueprint("looks", __name__)


@blueprint.get("/looked")
@who.may(Action.OWN_RECORD, How.OWN)
def mine() -> ResponseReturnValue:
    """Each person, thing and day, page by page: nothing is left out."""
    with reading_own() as work:
        opened = looks.opened(work.session, work.account, page_number())
        return render_template("looks/mine.html", opened=opened)
