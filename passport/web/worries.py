"""One button for whoever is worried about what they read, and what the school does then."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import ValidationError

from passport.services import worries
from passport.services.rights import Action, How
from passport.web import access as who
from passport.web.widgets import CharacterCount, Form
from passport.web.words import later as _l
from passport.web.work import changing_own, reading_own

blueprint = Blueprint("worries", __name__)


class WorryForm(Form):
    """What somebody wants to say about it; nothing has to be said."""

    words = StringField(_l("What worries you?"), widget=CharacterCount())

    def validate_words(self, field: StringField) -> None:
        """All of it is kept, or none of it is sent: of a worry nothing is cut."""
        most = worries.LONGEST
        if len((field.data or "").replace("\r\n", "\n")) > most:
            raise ValidationError(
                _("Use at most %(most)s characters: begin with what matters most", most=most)
            )


@blueprint.route("/worried/<reference>", methods=["GET", "POST"])
@who.may(Action.WORRIES, How.RAISE, How.FULLY)
def tell(reference: str) -> ResponseReturnValue:
    """Tell the school that you are worried about what you read."""
    form = WorryForm()
    if form.validate_on_submit():
        with changing_own() as work:
            words = form.words.data or ""
            worries.raise_one(work.session, work.account, reference, words, work.at)
        return redirect(url_for("worries.told"))
    with reading_own() as work:
        item = worries.about(work.session, work.account, reference, work.at)
        return render_template("worries/tell.html", evidence=item, form=form, longest=worries.LONGEST)


@blueprint.get("/worried")
@who.may(Action.WORRIES, How.RAISE, How.FULLY)
def told() -> ResponseReturnValue:
    """It is with the school; what to do when it cannot wait."""
    return render_template("worries/told.html")


@blueprint.get("/school/worries")
@who.may(Action.WORRIES)
def listed() -> ResponseReturnValue:
    """What was told and is not dealt with yet."""
    with reading_own() as work:
        found = worries.of_school(work.session, work.account)
        return render_template("worries/list.html", worries=found)


@blueprint.route("/school/worries/<reference>", methods=["GET", "POST"])
@who.may(Action.WORRIES)
def show(reference: str) -> ResponseReturnValue:
    """One worry; say that you deal with it, or that it is done."""
    form = Form()
    if form.validate_on_submit():
        close = request.form.get("step") == "close"
        with changing_own() as work:
            worries.acknowledge(work.session, work.account, reference, work.at, close=close)
        flash(_("Noted: it is dealt with.") if close else _("Noted: you are dealing with it."))
        return redirect(url_for("worries.listed"))
    with reading_own() as work:
        worry = worries.opened(work.session, work.account, reference)
        return render_template("worries/show.html", worry=worry, form=form)
