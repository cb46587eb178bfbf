"""A student asks about their own data: a mistake, what staff wrote, or to be deleted."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import ValidationError

from passport.services.core.rights import Action, How
from passport.services.privacy import requests
from passport.services.privacy.requests import RequestKind
from passport.web.core import route_access as who
from passport.web.core.widgets import CharacterCount, Form, OneOf, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.managing import done

blueprint = Blueprint("my_requests", __name__, url_prefix="/my-data/requests")


class AskForm(Form):
    """What the student asks for, in their own words."""

    kind = OneOf(
        _l("What would you like?"),
        message=_l("Choose what you would like"),
        choices=named(
            {
                RequestKind.MISTAKE.value: _l("Put a mistake right"),
                RequestKind.STAFF_NOTES.value: _l("See what staff wrote about me"),
                RequestKind.ERASURE.value: _l("Delete my data"),
            }
        ),
    )
    words = StringField(_l("Say more (needed for a mistake)"), widget=CharacterCount())

    def validate_words(self, field: StringField) -> None:
        """Require words for a mistake, and at most the limit."""
        typed = (field.data or "").replace("\r\n", "\n").strip()
        if self.kind.data == RequestKind.MISTAKE and not typed:
            raise ValidationError(_("Say what is wrong, and how it should be"))
        if len(typed) > requests.LONGEST:
            raise ValidationError(_("Use at most %(most)s characters", most=requests.LONGEST))


@blueprint.route("", methods=["GET", "POST"])
@who.may(Action.OWN_RECORD, How.OWN)
def mine() -> ResponseReturnValue:
    """Show what was asked and its answers, and ask for something."""
    form = AskForm()
    if form.validate_on_submit():
        kind, words = form.kind.data or "", form.words.data or ""
        if done(form, lambda work: requests.ask(work.session, work.account, kind, words, work.at).reference):
            flash(_("Sent to your school. You get an answer within a month."))
            return redirect(url_for("my_requests.mine"))
    with reading_own() as work:
        asked = requests.mine(work.session, work.account)
        return render_template("privacy/my_requests.html", form=form, requests=asked)


@blueprint.post("/<reference>/take-back")
@who.may(Action.OWN_RECORD, How.OWN)
def take_back(reference: str) -> ResponseReturnValue:
    """Take a request back that has no answer yet."""
    with changing_own() as work:
        requests.take_back(work.session, work.account, reference, work.at)
    flash(_("Taken back. Nothing changes."))
    return redirect(url_for("my_requests.mine"))
