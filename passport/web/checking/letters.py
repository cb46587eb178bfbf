"""The mail of a demo, shown on a page: its addresses belong to no real person."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from passport.adapters.mail import Postman
from passport.services.core import mails
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.work import reading

blueprint = Blueprint("letters", __name__, url_prefix="/demo/mail")
SHOWN = 50


@blueprint.get("")
@who.public
def show() -> ResponseReturnValue:
    """Show the messages that a mail server would have received, newest first."""
    if not runtime().demo:
        abort(404)
    postman = Postman(runtime().settings)
    with reading() as work:
        letters = [
            (mail, postman.write(mail.kind, mails.facts_of(mail)))
            for mail in mails.newest(work.session, SHOWN)
            if mails.facts_of(mail)
        ]
        return render_template("checking/demo_codes/mail.html", letters=letters)
