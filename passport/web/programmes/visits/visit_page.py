"""The page of one visit for its two sides, who have no account: its address came to them by mail."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from passport.services.core.errors import Refused
from passport.services.programmes.visits import planning
from passport.services.programmes.visits.planning import Side
from passport.web.core import route_access as who
from passport.web.core.work import changing, reading
from passport.web.programmes.managing import told
from passport.web.programmes.visits.planning import CountForm
from passport.web.programmes.visits.public_forms import PublicForm

blueprint = Blueprint("visit_pages", __name__, url_prefix="/visit")


class ClassCountForm(PublicForm, CountForm):
    """How many of a class took part, as its school counts them."""


@blueprint.route("/<token>", methods=["GET", "POST"])
@who.question
def show(token: str) -> ResponseReturnValue:
    """Show the visit and its sheet; the school's side also counts who took part."""
    form = ClassCountForm()
    if form.validate_on_submit() and form.came.data is not None:
        try:
            with changing() as work:
                link = planning.opened(work.session, token, lock=True)
                if link.side is Side.SCHOOL:
                    planning.count(work.session, link.visit, "school", form.came.data, work.at)
        except Refused as refused:
            told(form, refused)
        else:
            return redirect(url_for("visit_pages.show", token=token), 303)
    with reading() as work:
        link = planning.opened(work.session, token)
        if not form.is_submitted():
            form.fill(came=link.visit.came)
        return render_template(
            "programmes/visits/visit_page.html",
            form=form,
            visit=link.visit,
            counts=link.side is Side.SCHOOL,
            now=work.at,
        )
