"""Confirmations by a school or college: a coordinator states the basis, and the programme signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport.jobs import queue as job_queue
from passport.services.core.rights import Action, How
from passport.services.endorsements import confirmations, decisions
from passport.services.evidence import evidence_access, evidence_versions, reading_log
from passport.web.access.reauthentication import fresh
from passport.web.core import route_access as who
from passport.web.core.runtime import runtime
from passport.web.core.widgets import Form
from passport.web.core.work import OwnWork, changing_own, reading_own
from passport.web.endorsements.decisions import BasisForm, issue_at_once

if TYPE_CHECKING:
    from passport.db.evidence.evidence import Evidence

blueprint = Blueprint("confirmations", __name__, url_prefix="/overview")


@blueprint.route("/confirm/<reference>", methods=["GET", "POST"])
@who.may(Action.DECIDE, How.CONFIRM)
@fresh
def confirm(reference: str) -> ResponseReturnValue:
    """Show the text and take basis and level, then confirm."""
    form = BasisForm()
    with changing_own() as work:
        item = confirmations.open_evidence(work.session, work.account, reference)
        version = request.form.get("version", 0, type=int)
        if not form.validate_on_submit():
            return _page(work, item, form)
        choice = (version, form.basis.data, form.level.data)
        confirmations.confirm(work.session, runtime().keys, work.account, reference, *choice, work.at)
    job_queue.wake()
    flash(_("Confirmed. Below you see until when it can be undone. Then it is signed."))
    return redirect(url_for("confirmations.given"))


def _page(work: OwnWork, item: Evidence, form: BasisForm) -> ResponseReturnValue:
    if item.state != "submitted":
        return redirect(url_for("evidence_holds.show", reference=item.reference))
    reading_log.record(work.session, work.account, item.student_id, work.at, evidence=item)
    version = evidence_access.sent_version(work.session, item)
    beside = evidence_versions.reading(work.session, item, version, whole=True)
    return render_template(
        "endorsements/confirmations/confirm.html",
        account=work.account,
        evidence=item,
        version=version,
        reading=beside,
        form=form,
    )


@blueprint.get("/confirmations")
@who.may(Action.DECIDE, How.CONFIRM)
def given() -> ResponseReturnValue:
    """Show the account's confirmations, and what can still be undone."""
    with reading_own() as work:
        return render_template(
            "endorsements/confirmations/given.html",
            decided=confirmations.given(work.session, work.account),
            now=work.at,
            form=Form(),
        )


@blueprint.post("/confirmations/<reference>/undo")
@who.may(Action.DECIDE, How.CONFIRM)
def undo(reference: str) -> ResponseReturnValue:
    """Undo a confirmation before it is signed."""
    with changing_own() as work:
        decisions.undo(work.session, work.account, reference, work.at)
    flash(_("Undone. It waits again."))
    return redirect(url_for("confirmations.given"))


@blueprint.post("/confirmations/<reference>/issue-now")
@who.may(Action.DECIDE, How.CONFIRM)
def issue_now(reference: str) -> ResponseReturnValue:
    """Sign a confirmation at once, in a demo only, so that trying it takes no waiting."""
    issue_at_once(reference)
    return redirect(url_for("confirmations.given"))
