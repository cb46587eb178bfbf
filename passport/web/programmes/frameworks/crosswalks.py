"""Crosswalk of a skill: items of other frameworks, from ESCO's list or by their address."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField

from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.programmes.frameworks import crosswalks, drafts, visibility
from passport.services.programmes.frameworks.crosswalks import Item
from passport.web.core import refusals
from passport.web.core.widgets import Form, TextInput
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.frameworks.drafts import SKILL, authors

blueprint = Blueprint("framework_crosswalks", __name__, url_prefix="/manage/frameworks")
BOXES = {
    Reason.ALIGNMENT_ADDRESS: "url",
    Reason.ALIGNMENTS_FULL: "url",
    Reason.NAME_MISSING: "name",
    Reason.NAME_TOO_LONG: "name",
    Reason.TEXT_UNUSABLE: "name",
}


class ItemForm(Form):
    """An item of another framework."""

    url = StringField(_l("Address of the item"), widget=TextInput())
    name = StringField(_l("What the item says"), widget=TextInput())
    framework = StringField(_l("Name of its framework"), widget=TextInput())
    code = StringField(_l("Its code, if it has one"), widget=TextInput())


@blueprint.route(SKILL + "/crosswalk", methods=["GET", "POST"])
@authors
def show(framework: int, draft: int, skill: int) -> ResponseReturnValue:
    """Show the items of a skill, search ESCO's list, and take an item by its address."""
    form = ItemForm()
    if form.validate_on_submit():
        typed = Item(*(form[name].data or "" for name in ("name", "url", "framework", "code")))
        try:
            with changing_own() as work:
                crosswalks.add(work.session, work.account, framework, draft, skill, typed, work.at)
            flash(_("Added."))
            return redirect(_here(framework, draft, skill))
        except Refused as refused:
            if refused.reason not in BOXES:
                raise
            form.add_error(BOXES[refused.reason], refusals.at_box(refused))
    words = request.args.get("words", "")[:100]
    with reading_own() as work:
        version = visibility.seen(work.session, work.account, framework, draft)
        found = drafts.find_skill(version, skill)
        return render_template(
            "programmes/frameworks/drafts/crosswalk.html",
            form=form,
            version=version,
            skill=found,
            words_asked=words,
            offered=[] if form.is_submitted() else crosswalks.search(words),
        )


@blueprint.post(SKILL + "/crosswalk/esco")
@authors
def add_from_esco(framework: int, draft: int, skill: int) -> ResponseReturnValue:
    """Add an item of ESCO's list."""
    url = request.form.get("url", "")
    with changing_own() as work:
        crosswalks.add_from_esco(work.session, work.account, framework, draft, skill, url, work.at)
    flash(_("Added."))
    return redirect(_here(framework, draft, skill))


@blueprint.post(SKILL + "/crosswalk/<item>/remove")
@authors
def remove(framework: int, draft: int, skill: int, item: str) -> ResponseReturnValue:
    """Remove an item."""
    with changing_own() as work:
        crosswalks.remove(work.session, work.account, framework, draft, skill, item, work.at)
    flash(_("Removed."))
    return redirect(_here(framework, draft, skill))


def _here(framework: int, draft: int, skill: int) -> str:
    return url_for("framework_crosswalks.show", framework=framework, draft=draft, skill=skill)
