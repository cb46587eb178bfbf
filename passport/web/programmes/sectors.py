"""Sectors: add, rename, retire and offer again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.programmes import sectors
from passport.web.core import route_access as who
from passport.web.core.edit_conflict import StoredForm
from passport.web.core.widgets import Form
from passport.web.core.words import later as _l
from passport.web.core.work import changing_own, reading_own
from passport.web.programmes.managing import NameField, done

blueprint = Blueprint("sectors", __name__, url_prefix="/manage/sectors")


class SectorForm(Form):
    """The name of a sector."""

    name = NameField(_l("Name of the sector"), missing=_l("Enter the name of the sector"))


class RenameForm(StoredForm, SectorForm):
    """The new name of a sector."""


@blueprint.route("", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def listed() -> ResponseReturnValue:
    """List the sectors, with a form to add one."""
    form = SectorForm()
    if form.validate_on_submit():
        added = done(
            form,
            lambda work: sectors.add(work.session, work.account, form.name.data or "", work.at).reference,
        )
        if added:
            flash(_("%(name)s is a sector now.", name=form.name.data))
            return redirect(url_for("sectors.listed"))
    with reading_own() as work:
        lines = sectors.listed(work.session, work.account)
        return render_template("programmes/sectors/list.html", account=work.account, form=form, lines=lines)


@blueprint.route("/<reference>", methods=["GET", "POST"])
@who.may(Action.STRUCTURE)
def change(reference: str) -> ResponseReturnValue:
    """Rename a sector; the page also offers to retire it."""
    form = RenameForm()
    if form.validate_on_submit():
        typed = reference, form.name.data or ""
        if done(
            form,
            lambda work: (
                sectors.rename(work.session, work.account, *typed, work.at, form.seen.data).reference
            ),
        ):
            flash(_("The sector is called %(name)s now.", name=form.name.data))
            return redirect(url_for("sectors.listed"))
    with reading_own() as work:
        found = sectors.find(work.session, work.account, reference)
        form.show(sectors.said(found), name=found.name)
        return render_template("programmes/sectors/change.html", form=form, sector=found)


@blueprint.post("/<reference>/retire")
@who.may(Action.STRUCTURE)
def retire(reference: str) -> ResponseReturnValue:
    """Retire a sector: it is not offered for anything new."""
    with changing_own() as work:
        sectors.retire(work.session, work.account, reference, work.at)
    flash(_("Retired. What belongs to it stays; nothing new can be put into it."))
    return redirect(url_for("sectors.listed"))


@blueprint.post("/<reference>/revive")
@who.may(Action.STRUCTURE)
def revive(reference: str) -> ResponseReturnValue:
    """Offer a retired sector again."""
    with changing_own() as work:
        sectors.revive(work.session, work.account, reference, work.at)
    flash(_("Offered again."))
    return redirect(url_for("sectors.listed"))
