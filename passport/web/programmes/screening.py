"""Screening rules: which texts a programme holds for a person to read. To edit and to try."""

from __future__ import annotations

import difflib

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField

from passport.services.core.errors import EditConflict
from passport.services.core.rights import Action
from passport.services.programmes import screening
from passport.services.programmes.screening import BadRule, rules
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.widgets import TextArea
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("screening", __name__, url_prefix="/screening")


class RulesForm(StoredForm):
    """The rules, and a text to try them on."""

    rules = StringField(_l("Rules"), widget=TextArea())
    sample = StringField(_l("A text to try them on"), widget=TextArea())


@blueprint.route("", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def edit() -> ResponseReturnValue:
    """Change the rules, or show what they would hold in a text; trying changes nothing."""
    form, found = RulesForm(), None
    typed = form.rules.data or ""
    if form.is_submitted():
        try:
            found = screening.found_by(rules.parse(typed), form.sample.data or "")
            if form.validate() and request.form.get("step") == "save":
                with changing_own() as work:
                    screening.save(work.session, work.account, typed, work.at, form.seen.data)
                flash(_("Saved. Texts that are sent from now on are judged by these rules."))
                return redirect(url_for("screening.edit"))
        except BadRule as error:
            form.add_error("rules", _why(error))
        except EditConflict:
            form.overtaken("rules")
    with reading_own() as work:
        stored = screening.text_of(work.session, work.account.programme_id)
    form.show((stored,), rules=stored)
    differs = _differs(stored, typed) if form.is_overtaken else None
    return render_template(
        "programmes/screening/edit.html", form=form, default=rules.DEFAULT, found=found, differs=differs
    )


def _differs(stored: str, typed: str) -> tuple[list[str], list[str]]:
    """Return the lines that only the stored rules have, and those that only the typed ones have."""
    lines = list(difflib.ndiff(stored.splitlines(), typed.splitlines()))
    only = ([line[2:] for line in lines if line.startswith(sign)] for sign in ("- ", "+ "))
    theirs, own = only
    return theirs, own


def _why(error: BadRule) -> str:
    why = refusals.at_box(error)
    return _("Line %(line)s, “%(text)s”: %(why)s", line=error.line, text=error.text[:60], why=why)
