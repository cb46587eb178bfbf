"""School or college confirmed: a coordinator says how the school knows, and the programme signs for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from passport import jobs
from passport.services import confirmations, endorsements, evidence_versions, looks
from passport.services.rights import Action, How
from passport.web import access as who
from passport.web.confirming import fresh
from passport.web.endorsements import EndorseForm, issue_at_once
from passport.web.runtime import runtime
from passport.web.widgets import Form
from passport.web.work import OwnWork, changing_own, reading_own

if TYPE_CHECKING:
    from passport.db.evidence import Evidence

blueprint = Blueprint("confirmations", __name__, url_prefix="/overview")


@blueprint.route("/confirm/<reference>", methods=["GET", "POST"])
@who.may(Action.DECIDE, How.CONFIRM)
@fresh
def confirm(reference: str) -> ResponseReturnValue:
    """Read it, say how the school knows and at which level, and confirm."""
    form = EndorseForm()
    with changing_own() as work:
        item = confirmations.open_evidence(work.session, work.account, reference)
        version = request.form.get("version", 0, type=int)
        if not form.validate_on_submit():
            return _page(work, item, form)
        choice = (version, form.basis.data, form.level.data)
        confirmations.confirm(work.session, runtime().keys, work.account, reference, *choice, work.at)
    jobs.wake()
    flash(_("Confirmed. Below you see until when it can be undone. Then it is signed."))
    return redirect(url_for("confirmations.given"))


def _page(work: OwnWork, item: Evidence, form: EndorseForm) -> ResponseReturnValue:
    if item.state != "submitted":
        return redirect(url_for("evidence_holds.show", reference=item.reference))
    looks.record(work.session, work.account, item.student_id, work.at, evidence=item)
    version = endorsements.sent_version(work.session, item)
    beside = evidence_versions.reading(work.session, item, version, whole=True)
    return render_template(
        "confirmations/confirm.html",
        account=work.account,
        evidence=item,
        version=version,
        reading=beside,
        form=form,
    )


@blueprint.get("/confirmations")
@who.may(Action.DECIDE, How.CONFIRM)
def given() -> ResponseReturnValue:
    """What you confirmed, and what can still be undone."""
    with reading_own() as work:
        return render_template(
            "confirmations/given.html",
            decided=confirmations.given(work.session, work.account),
            now=work.at,
            form=Form(),
        )


@blueprint.post("/confirmations/<reference>/undo")
@who.may(Action.DECIDE, How.CONFIRM)
def undo(reference: str) -> ResponseReturnValue:
    """Take it back before it is signed."""
    with changing_own() as work:
        endorsements.undo(work.session, work.account, reference, work.at)
    flash(_("Undone. It waits again."))
    return redirect(url_for("confirmations.given"))


@blueprint.post("/confirmations/<reference>/issue-now")
@who.may(Action.DECIDE, How.CONFIRM)
def issue_now(reference: str) -> ResponseReturnValue:
    """Sign a confirmation of a demo at once, so that trying it takes no waiting."""
    issue_at_once(reference)
    return redirect(url_for("confirmations.given"))
