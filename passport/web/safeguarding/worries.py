"""Worries: raise one about a text, and the pages of the leads who deal with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import ValidationError

from passport.services.core.rights import Action, How
from passport.services.evidence import evidence_history, worry_reports
from passport.services.safeguarding import worries
from passport.web.core import route_access as who
from passport.web.core.widgets import AnyOf, CharacterCount, Form, named
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own

if TYPE_CHECKING:
    from passport.db.evidence.evidence import Evidence
    from passport.db.people.accounts import Account

blueprint = Blueprint("worries", __name__)


class WorryForm(Form):
    """What the person wants to say about it; it may be empty."""

    words = StringField(_l("What worries you?"), widget=CharacterCount())
    subjects = AnyOf(_l("Is it about one of them?"), gone=_l("Choose one of the names below, or none"))

    def validate_words(self, field: StringField) -> None:
        """Refuse a text that is too long, instead of cutting it: a worry is kept in full."""
        most = worries.LONGEST
        if len((field.data or "").replace("\r\n", "\n")) > most:
            raise ValidationError(
                _("Use at most %(most)s characters: begin with what matters most", most=most)
            )


@blueprint.route("/worried/<reference>", methods=["GET", "POST"])
@who.may(Action.WORRIES, How.RAISE, How.FULLY)
def tell(reference: str) -> ResponseReturnValue:
    """Raise a worry about a text that one has read."""
    form = WorryForm()
    with reading_own() as work:
        # after the first request held the text, a repeated one from the same champion must still be accepted
        opening = worry_reports.known if form.is_submitted() else worry_reports.about
        item = opening(work.session, work.account, reference, work.at)
        readers = worry_reports.readers(work.session, work.account, item)
        form.subjects.choices = named({person.reference: person.name for person in readers})
        if not form.validate_on_submit():
            return _tell_page(item, readers, form)
    with changing_own() as work:
        said = (reference, form.words.data or "", work.at, form.subjects.data or [])
        worry_reports.raise_one(work.session, work.account, *said)
    return redirect(url_for("worries.told"))


def _tell_page(item: Evidence, readers: list[Account], form: WorryForm) -> ResponseReturnValue:
    return render_template(
        "safeguarding/worries/tell.html", evidence=item, form=form, readers=readers, longest=worries.LONGEST
    )


@blueprint.get("/worried")
@who.may(Action.WORRIES, How.RAISE, How.FULLY)
def told() -> ResponseReturnValue:
    """Confirm that the school has the worry, and show what to do when it cannot wait."""
    return render_template("safeguarding/worries/told.html")


@blueprint.get("/school/worries")
@who.may(Action.WORRIES)
def listed() -> ResponseReturnValue:
    """List the worries that are not dealt with yet."""
    with reading_own() as work:
        found = worries.of_school(work.session, work.account)
        return render_template("safeguarding/worries/list.html", worries=found)


@blueprint.route("/school/worries/<reference>", methods=["GET", "POST"])
@who.may(Action.WORRIES)
def show(reference: str) -> ResponseReturnValue:
    """Show one worry and the history of its text; on POST acknowledge or close it."""
    form = Form()
    if form.validate_on_submit():
        close = request.form.get("step") == "close"
        with changing_own() as work:
            worry = worries.opened(work.session, work.account, reference)
            worries.acknowledge(work.session, work.account, worry, work.at, close=close)
        flash(_("Noted: it is dealt with.") if close else _("Noted: you are dealing with it."))
        return redirect(url_for("worries.listed"))
    with reading_own() as work:
        worry = worries.opened(work.session, work.account, reference)
        events = evidence_history.of(work.session, worry.evidence)
        return render_template("safeguarding/worries/show.html", worry=worry, events=events, form=form)


@blueprint.route("/school/worries/<reference>/about-me", methods=["GET", "POST"])
@who.may(Action.WORRIES)
def about_me(reference: str) -> ResponseReturnValue:
    """Hand on a worry about the lead who reads it, so that another person deals with it."""
    form = Form()
    if form.validate_on_submit():
        with changing_own() as work:
            worries.name_self(work.session, work.account, reference, work.at)
        flash(_("Handed on. Somebody else has been told."))
        return redirect(url_for("worries.listed"))
    with reading_own() as work:
        worry = worries.opened(work.session, work.account, reference)
        return render_template("safeguarding/worries/about_me.html", worry=worry, form=form)
