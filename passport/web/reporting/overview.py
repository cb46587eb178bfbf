"""Counts for coordinators (their school) and managers (their programme), without names."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from passport.services.core.rights import Action, How
from passport.services.programmes.activities import proposals, sign_ups
from passport.services.reporting import overview
from passport.services.safeguarding import transfers, worries
from passport.web.core import route_access as who
from passport.web.core.work import reading_own

blueprint = Blueprint("overview", __name__, url_prefix="/overview")


@blueprint.get("")
@who.may(Action.OVERVIEW, How.COUNTS)
def show() -> ResponseReturnValue:
    """Show how much waits, is endorsed, is shared."""
    with reading_own() as work:
        counts = overview.counts(work.session, work.account)
        runs_school = who.can("bring in students") and work.account.staff is not None
        new = worries.new_ones(work.session, work.account)
        return render_template(
            "reporting/overview/show.html",
            account=work.account,
            counts=counts,
            new_worries=new,
            to_approve=sign_ups.to_approve(work.session, work.account) if runs_school else [],
            proposed=len(proposals.waiting(work.session, work.account)) if runs_school else 0,
            moves=transfers.counts(work.session, work.account, work.at),
        )
