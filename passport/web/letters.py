"""The mail of a demo, shown on a page: its addresses belong to nobody."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from passport.mail import Postman
from passport.services import mails
from passport.web import access as who
from passport.web.runtime import runtime
from passport.web.work import reading

blueprint = Blueprint("letters", __name__, url_prefix="/demo/mail")
SHOWN = 50


@blueprint.get("")
@who.public
def show() -> ResponseReturnValue:
    """What a mail server would have got, the newest first."""
    if not runtime().demo:
        abort(404)
    postman = Postman(runtime().settings)
    with reading() as work:
        letters = [
            (mail, postman.write(mail.kind, mails.facts_of(mail)))
            for mail in mails.newest(work.session, SHOWN)
            if mails.facts_of(mail)
        ]
        return render_template("demo/mail.html", letters=letters)
