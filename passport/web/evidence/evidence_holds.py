"""The evidence waiting at a school, and the steps of its coordinator or safeguarding lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from passport.services.core import edit_conflict
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, allows
from passport.services.endorsements import confirmations, exclusions, waiting_lists
from passport.services.endorsements.waiting_lists import Waits
from passport.services.evidence import evidence_access, evidence_holds, evidence_versions, reading_log
from passport.services.safeguarding import worries
from passport.web.core import refusals
from passport.web.core import route_access as who
from passport.web.core.paging import page_number
from passport.web.core.widgets import Form, OneOf, TextInput, choices
from passport.web.core.words import later as _l
from passport.web.core.work import OwnWork, changing_own, reading_own

if TYPE_CHECKING:
    from passport.db.evidence.evidence import Evidence

blueprint = Blueprint("evidence_holds", __name__, url_prefix="/school")
SHORTEST_WHY, LONGEST_WHY = 10, 200


class DecideForm(Form):
    """The stamp of what was read before the decision."""

    seen = HiddenField()


class ReturnForm(DecideForm):
    """One of the fixed reasons for sending evidence back."""

    reason = OneOf(
        _l("What should the student change?"),
        message=_l("Choose what the student should change"),
        choices=choices(*evidence_holds.REASONS),
    )


class WhyForm(Form):
    """The reason for reading, given by a role that does not read evidence every day."""

    why = StringField(_l("Why do you need to read it?"), widget=TextInput())

    def validate_why(self, field: StringField) -> None:
        """Require a few words, within the bounds."""
        field.data = " ".join((field.data or "").split())
        if not SHORTEST_WHY <= len(field.data) <= LONGEST_WHY:
            raise ValidationError(
                _("Enter why, in %(least)s to %(most)s characters", least=SHORTEST_WHY, most=LONGEST_WHY)
            )


@blueprint.get("")
@who.may(Action.RELEASE)
def listed() -> ResponseReturnValue:
    """List what waits for the school, for champions and for students, without any of the texts."""
    shown = request.args.get("show", "")
    waits = Waits(shown) if shown in set(Waits) else Waits.HELD
    with reading_own() as work:
        found = waiting_lists.listed(work.session, work.account, waits, page_number(), work.at)
        confirmed = confirmations.among(work.session, found.rows)
        return render_template(
            "evidence/evidence_holds/list.html",
            account=work.account,
            found=found,
            confirmed=confirmed,
            now=work.at,
        )


@blueprint.route("/<reference>", methods=["GET", "POST"])
@who.may(Action.RELEASE)
def show(reference: str) -> ResponseReturnValue:
    """Show sent evidence and record the reading; roles other than the coordinator give a reason first."""
    form = WhyForm()
    with changing_own() as work:
        item = evidence_holds.theirs(work.session, work.account, reference)
        if allows(work.account.roles, Action.READ_EVIDENCE):
            return _read(work, item, "")
        if form.validate_on_submit():
            return _read(work, item, form.why.data or "")
        return render_template("evidence/evidence_holds/why.html", evidence=item, form=form)


def _read(work: OwnWork, item: Evidence, reason: str) -> ResponseReturnValue:
    reading_log.record(work.session, work.account, item.student_id, work.at, evidence=item, reason=reason)
    hold = evidence_holds.open_hold(work.session, item)
    version = evidence_access.sent_version(work.session, item)
    return render_template(
        "evidence/evidence_holds/show.html",
        evidence=item,
        confirmed=confirmations.among(work.session, [item]),
        version=version,
        reading=evidence_versions.reading(work.session, item, version, whole=True),
        hold=hold,
        cause=evidence_holds.cause_for(work.session, work.account, item, hold) if hold else None,
        flags=evidence_holds.flags_of(hold) if hold else [],
        decides=evidence_holds.may_decide(work.session, work.account, item),
        with_lead=refusals.words(Refused(Reason.WITH_LEAD)),
        worries=worries.about_text(work.session, work.account, item),
        form=Form(),
    )


@blueprint.route("/<reference>/release", methods=["GET", "POST"])
@who.may(Action.RELEASE)
def release(reference: str) -> ResponseReturnValue:
    """Show what happens when the evidence is passed on to a champion; on POST pass it on."""
    form = DecideForm()
    if form.validate_on_submit():
        with changing_own() as work:
            evidence_holds.release(work.session, work.account, reference, work.at, form.seen.data or "")
        flash(_("Passed on. It waits for a champion now."))
        return redirect(url_for("evidence_holds.listed"))
    with reading_own() as work:
        item = _to_decide(work, form, reference)
        if item.state != "held":
            return redirect(url_for("evidence_holds.show", reference=reference))
        return render_template(
            "evidence/evidence_holds/release.html",
            evidence=item,
            champions=exclusions.deciding(work.session, item, work.at),
            worries=worries.about_text(work.session, work.account, item),
            form=form,
        )


def _to_decide(work: OwnWork, form: DecideForm, reference: str) -> Evidence:
    """Return the evidence to decide about, and stamp the form with its current state. Raises Refused."""
    item = evidence_holds.theirs(work.session, work.account, reference)
    evidence_holds.require_decider(work.session, work.account, item)
    if not form.is_submitted():
        form.seen.data = edit_conflict.stamp(
            evidence_holds.read_before_deciding(work.session, work.account, item)
        )
    return item


@blueprint.post("/<reference>/hold")
@who.may(Action.RELEASE)
def hold(reference: str) -> ResponseReturnValue:
    """Hold the evidence: keep it from champions until the school has reviewed it."""
    with changing_own() as work:
        evidence_holds.hold(work.session, work.account, reference, work.at)
    flash(_("Held. No champion can see it now."))
    return redirect(url_for("evidence_holds.listed"))


@blueprint.route("/<reference>/send-back", methods=["GET", "POST"])
@who.may(Action.RELEASE)
def send_back(reference: str) -> ResponseReturnValue:
    """Send it back to the student with a fixed reason."""
    form = ReturnForm()
    if form.validate_on_submit():
        with changing_own() as work:
            chosen = (reference, form.reason.data, work.at, form.seen.data or "")
            evidence_holds.send_back(work.session, work.account, *chosen)
        flash(_("Sent back. The student can change it and send it again."))
        return redirect(url_for("evidence_holds.listed"))
    with reading_own() as work:
        item = _to_decide(work, form, reference)
        return render_template("evidence/evidence_holds/send_back.html", evidence=item, form=form)
