"""Notes of champions to the students of a school: its staff reads each, and releases those that are held."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.services.core.rights import Action
from passport.services.endorsements import notes
from passport.web.core import route_access as who
from passport.web.core.widgets import Form
from passport.web.core.work import changing_own, reading_own

blueprint = Blueprint("notes", __name__, url_prefix="/overview/notes")


@blueprint.get("")
@who.may(Action.RELEASE)
def listed() -> ResponseReturnValue:
    """List the held notes first, then the newest."""
    with reading_own() as work:
        return render_template(
            "endorsements/notes/list.html", notes=notes.listed(work.session, work.account), form=Form()
        )


@blueprint.post("/<reference>/release")
@who.may(Action.RELEASE)
def release(reference: str) -> ResponseReturnValue:
    """Release a note to the student."""
    with changing_own() as work:
        notes.decide(work.session, work.account, reference, True, work.at)
    flash(_("The student can see the note now."))
    return redirect(url_for("notes.listed"))


@blueprint.post("/<reference>/stop")
@who.may(Action.RELEASE)
def stop(reference: str) -> ResponseReturnValue:
    """Stop a note permanently: the student never sees it."""
    with changing_own() as work:
        notes.decide(work.session, work.account, reference, False, work.at)
    flash(_("Stopped. The student never sees the note."))
    return redirect(url_for("notes.listed"))
